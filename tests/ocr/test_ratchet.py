"""The ratchet (F2): a few photographed papers of both parts are read as well as they are today. Tighten, never loosen.

The whole evaluation is scripts/ocr_eval; what is measured there stands in docs/ocr.md.
"""

import pytest
from ocr_evaluation.damage import damaged
from ocr_evaluation.papers import paper, seed
from ocr_evaluation.scoring import Score, scored

from ocr import Reader

KINDS = ("id_card_front", "business_licence", "summons", "contract", "vat_invoice", "chat_screenshot")
MOST_ERRORS = 0.01  # of the characters
FEWEST_EXACT = 0.95  # of the fields


@pytest.mark.parametrize("part", ["tuning", "held_out"])
async def test_photos_are_read_as_well_as_they_were(reader: Reader, part: str) -> None:
    whole = Score()
    for place, kind in enumerate(KINDS):
        sheet = paper(kind, part, 60)
        picture = damaged(sheet.image, "rotated" if place % 3 == 2 else "photo", seed(kind, part, 60))
        reading = await reader.read(picture.data)
        whole.add(scored(sheet.truth, picture.matrix, reading.lines, reading.kind, reading.fields))
    assert whole.kinds_right == len(KINDS)
    assert whole.wrong_unflagged == 0, "a number is wrong and nobody is told"
    assert whole.error_rate <= MOST_ERRORS, whole.misses
    assert whole.exact_rate >= FEWEST_EXACT, whole.misses
