"""Kind: what a plug-in for one sort of paper consists of."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ocr.kinds.paper import Paper
from ocr.readings import Field

_HEADING = 4  # votes
_TOP = 6  # rows, of which the heading is one


@dataclass(frozen=True, slots=True)
class Kind:
    """`words` vote for the kind: each that stands in the text, without white space, counts once with its weight.
    `heading` is what a row at the top of such a paper reads as a whole, a regular expression; it votes most.

    `fields` takes a paper apart; what it does not find it leaves out, what it doubts it flags.
    """

    name: str
    words: Mapping[str, int]
    fields: Callable[[Paper], dict[str, Field]]
    heading: str = ""
    heading_votes: int = _HEADING

    def votes(self, paper: Paper) -> int:
        votes = sum(weight for word, weight in self.words.items() if word in paper.flow)
        return votes + (self.heading_votes if self.heading and self._is_headed(paper) else 0)

    def _is_headed(self, paper: Paper) -> bool:
        top = ("".join(cell.text for cell in row.cells) for row in paper.rows[:_TOP])
        return any(re.fullmatch(self.heading, row) for row in top)
