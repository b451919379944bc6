"""The seam to whatever reads papers: `ocr.Reader` in the product."""

from typing import Protocol

from ocr import Reading


class PaperReader(Protocol):
    @property
    def available(self) -> bool:
        """Whether engine and weights are installed here, or a server stands for them."""
        ...

    async def read(self, data: bytes, content_type: str = "", kind: str | None = None) -> Reading:
        """Raises `ocr.ReadingFault`."""
        ...
