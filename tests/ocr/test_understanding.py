"""The ratchet of what is understood (F2, C8): papers made of lines, with wordings and layouts by lot.

They are taken apart as well as they are today. Tighten, never loosen.

``scripts/ocr_eval --lines 400`` is the whole; what it says stands in docs/ocr.md.
"""

import pytest
from ocr_evaluation.lines.fuzz import MAKERS, made, tally

PAPERS = 6  # of each kind
FEWEST_EXACT = 0.97  # of the fields
FEWEST_OF_A_KIND = 0.9


def test_papers_of_any_layout_are_understood_as_well_as_they_were() -> None:
    found = tally(MAKERS, PAPERS, "ratchet")
    asked = sum(sum(one.fields.values()) for one in found.values())
    exact = sum(sum(one.exact.values()) for one in found.values())
    assert exact / asked >= FEWEST_EXACT, {kind: dict(one.misses) for kind, one in found.items() if one.misses}
    assert {kind: one.exact_rate for kind, one in found.items() if one.exact_rate < FEWEST_OF_A_KIND} == {}
    assert sum(one.wrong_unflagged for one in found.values()) == 0, "a number is wrong and nobody is told"


@pytest.mark.parametrize("kind", ["summons", "bank_receipt"])
def test_a_paper_of_lines_is_always_the_same(kind: str) -> None:
    assert made(kind, 3) == made(kind, 3)
    assert made(kind, 3) != made(kind, 3, "another")
