"""Kind: what a plug-in for one sort of paper consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ocr.kinds.paper import Paper
from ocr.readings import Field


@dataclass(frozen=True, slots=True)
class Kind:
    """`words` vote for the kind: each that stands in the text, without white space, counts once with its weight.

    `fields` takes a paper apart; what it does not find it leaves out, what it doubts it flags.
    """

    name: str
    words: Mapping[str, int]
    fields: Callable[[Paper], dict[str, Field]]

    def votes(self, text: str) -> int:
        return sum(weight for word, weight in self.words.items() if word in text)
