"""What people may say that a paper is (F2): the page's list against the reader's own."""

import re
from pathlib import Path

from ocr import KINDS

FIELDS = Path(__file__).parents[3] / "web" / "src" / "readings" / "fields.ts"


def test_the_page_offers_every_kind_by_the_name_that_its_card_bears() -> None:
    """A kind that the page lacks could never be put right by a person; another name would be another paper to them."""
    listed = re.search(r"PAPER_KINDS: Record<string, string> = \{(.*?)\n\}", FIELDS.read_text("utf-8"), re.DOTALL)
    assert listed is not None
    offered = dict(re.findall(r'^\s+([a-z_]+): "([^"]+)",$', listed[1], re.MULTILINE))
    assert offered == dict(KINDS)
