"""Electronic invoices."""

from miniprogram_api.pay import Invoices as Vendor
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.money import Money
from services.invoicing.invoices import Invoices, Wording
from services.notices.notices import Notices


def build_invoices(core: Core, money: Money, notices: Notices) -> Invoices:
    return Invoices(
        core.database,
        core.vault,
        Vendor(money.pay.door),
        _wording(core.settings),
        notices,
        core.work_items,
        core.idempotency,
        core.audit,
        core.outbox,
        core.clock,
    )


def _wording(settings: Settings) -> Wording | None:
    code, name, rate = settings.invoice_tax_code, settings.invoice_goods_name, settings.invoice_tax_rate
    return None if code is None or name is None or rate is None else Wording(code, name, rate)
