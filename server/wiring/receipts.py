"""Receipts, and the seal that they carry."""

from server.wiring.core import Core
from services.papers.seals import PaperSeal
from services.receipts.receipt_papers import ReceiptPapers
from services.receipts.receipts import Receipts
from services.record import HeadSigner


def build_receipts(core: Core, signer: HeadSigner, seal: PaperSeal) -> Receipts:
    settings = core.settings
    return Receipts(
        core.database,
        signer,
        ReceiptPapers(core.papers, seal),
        settings.payee_name or f"微信支付商户 {settings.pay_mchid}",
        settings.public_url,
        core.clock,
    )


def build_seal(core: Core) -> PaperSeal:
    """What every paper of this deployment is sealed with."""
    settings = core.settings
    if settings.paper_cert_file is not None and settings.paper_key_file is not None:
        return PaperSeal(settings.paper_cert_file.read_bytes(), settings.paper_key_file.read_bytes())
    return PaperSeal.of_record_key(settings.record_key_file.read_bytes())
