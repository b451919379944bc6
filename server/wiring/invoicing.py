"""Electronic invoices."""

from dataclasses import dataclass

from miniprogram_api.pay import Invoices as Vendor
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.money import Money
from services.invoicing.invoice_book import InvoiceBook
from services.invoicing.invoice_issuing import InvoiceIssuing, Wording
from services.invoicing.invoices import Invoices
from services.notices.notices import Notices


@dataclass(frozen=True, slots=True)
class Invoicing:
    invoices: Invoices
    issuing: InvoiceIssuing


def build_invoicing(core: Core, money: Money, notices: Notices) -> Invoicing:
    database, audit, clock = core.database, core.audit, core.clock
    vendor = Vendor(money.pay.door)
    book = InvoiceBook(database, core.vault, notices, core.work_items, audit, clock)
    return Invoicing(
        invoices=Invoices(database, book, vendor, core.work_items, core.idempotency, audit, core.outbox, clock),
        issuing=InvoiceIssuing(database, book, vendor, _wording(core.settings), core.work_items, core.outbox, clock),
    )


def _wording(settings: Settings) -> Wording | None:
    code, name, rate = settings.invoice_tax_code, settings.invoice_goods_name, settings.invoice_tax_rate
    return None if code is None or name is None or rate is None else Wording(code, name, rate)
