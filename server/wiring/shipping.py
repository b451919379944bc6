"""Reports of deliveries to WeChat."""

from miniprogram_api.shipping import Shipping
from server.wiring.core import Core
from services.identity.accounts import Accounts
from services.payments.shipping_reports import ShippingReports


def build_shipping(core: Core, accounts: Accounts) -> ShippingReports:
    return ShippingReports(
        core.database,
        Shipping(core.wechat.door),
        accounts,
        core.work_items,
        core.audit,
        core.settings.pay_shipping,
        core.clock,
        core.tally,
    )
