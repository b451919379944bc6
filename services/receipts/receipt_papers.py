"""A receipt on paper: the figures, their signature, and a QR code to the page that checks them."""

import segno

from schemas.documents.receipts import ReceiptDocument
from services.papers.papers import Papers
from services.papers.seals import PaperSeal
from services.receipts.capital_amounts import in_capitals


class ReceiptPapers:
    def __init__(self, papers: Papers, seal: PaperSeal) -> None:
        self._papers = papers
        self._seal = seal

    async def pdf(self, receipt: ReceiptDocument, verify_url: str) -> bytes:
        """Signed PDF. Raises ``server.unavailable`` when it cannot be made."""
        values = {
            "receipt": receipt,
            "capitals": in_capitals(receipt["amount_fen"]),
            "verify_url": verify_url,
            "qr": segno.make(verify_url, error="m").svg_data_uri(border=2),
            "signature": receipt["signature"].hex(),
        }
        made = await self._papers.pdf("receipt.html", values)
        return await self._seal.seal(made, f"数字凭证 {receipt['number']}")
