"""Products, orders, payments, refunds."""

from dataclasses import dataclass

from miniprogram_api.pay import Notifications, PayClient
from miniprogram_api.settings import PayConfig
from schemas.enums import SubjectKind
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.pricing import Prices
from services.files.files import Files
from services.identity.accounts import Accounts
from services.notices.notices import Notices
from services.orders.assignments import Assignments
from services.orders.order_book import OrderBook
from services.orders.order_effects import OrderEffects
from services.orders.order_placing import OrderPlacing
from services.orders.order_seals import OrderSeals
from services.orders.order_views import OrderViews
from services.orders.orders import Orders
from services.payments.order_payments import OrderPayments
from services.payments.payment_confirming import PaymentConfirming
from services.payments.payment_watch import PaymentWatch
from services.payments.payments import Payments
from services.payments.purposes import Purpose
from services.payments.refund_settling import RefundSettling
from services.payments.refunds import Refunds
from services.payments.settled_payments import SettledPayments
from services.payments.stuck_refunds import StuckRefunds
from services.storage.group_commit import GroupCommit


@dataclass(frozen=True, slots=True)
class Money:
    book: OrderBook
    orders: Orders
    payments: Payments
    refunds: Refunds
    stuck_refunds: StuckRefunds
    effects: OrderEffects
    watch: PaymentWatch
    settled: SettledPayments
    pay: PayClient


def build_money(core: Core, prices: Prices, accounts: Accounts, files: Files, notices: Notices) -> Money:
    settings, database, clock = core.settings, core.database, core.clock
    audit, outbox, idempotency = core.audit, core.outbox, core.idempotency
    book = OrderBook(database, audit, outbox, clock)
    seals = OrderSeals(core.vault)
    views = OrderViews(database, seals)
    assignments = Assignments(
        database, book, seals, core.spaces, clock, verified_only=settings.requires_verified_lawyers
    )
    placing = OrderPlacing(
        database, GroupCommit(database), core.vault, prices.products, prices.pricing, idempotency, audit, outbox, clock
    )

    config = _pay_config(settings)
    pay = PayClient(config, core.http)
    notifications = Notifications(config, keys=pay.door.keys)
    purposes: dict[SubjectKind, Purpose] = {
        SubjectKind.ORDER: OrderPayments(database, book, core.spaces, clock),
        **prices.purposes(core),
    }
    confirming = PaymentConfirming(
        database, purposes, core.ledger, core.work_items, audit, outbox, core.index, clock, core.tally
    )
    watch = PaymentWatch(
        database, book, pay, confirming, audit, outbox, settings.pay_query_after_seconds, clock, core.tally
    )
    settled = SettledPayments(database, purposes, prices.companies, confirming, watch, idempotency, outbox, clock)
    payments = Payments(
        database,
        book,
        purposes,
        idempotency,
        accounts,
        pay,
        notifications,
        confirming,
        watch,
        settled,
        audit,
        f"{settings.public_url}/api/v1/wechat/pay/notify",
        settings.pay_lapse_minutes,
        settings.pay_query_after_seconds,
        clock,
        core.tally,
        settings.pay_profit_sharing,
    )
    refunds = Refunds(
        database,
        book,
        idempotency,
        views,
        seals,
        pay,
        notifications,
        RefundSettling(database, book, core.ledger, core.work_items, audit, outbox, clock, core.tally),
        core.ledger,
        notices,
        audit,
        outbox,
        f"{settings.public_url}/api/v1/wechat/refund/notify",
        clock,
        core.tally,
    )
    return Money(
        book=book,
        orders=Orders(database, book, placing, views, seals, assignments, core.spaces, files, audit, outbox, clock),
        payments=payments,
        refunds=refunds,
        stuck_refunds=StuckRefunds(
            database, book, seals, pay, core.work_items, notices, core.publisher, audit, outbox, clock
        ),
        effects=OrderEffects(database, book, seals, core.spaces, core.cards, notices, core.publisher, assignments),
        watch=watch,
        settled=settled,
        pay=pay,
    )


def _pay_config(settings: Settings) -> PayConfig:
    return PayConfig(
        appid=settings.wechat_appid,
        mchid=settings.pay_mchid,
        merchant_serial=settings.pay_merchant_serial,
        merchant_private_key_pem=settings.pay_private_key_file.read_text(),
        api_v3_key=settings.pay_api_v3_key.get_secret_value(),
        platform_keys={name: path.read_text() for name, path in settings.pay_platform_keys.items()},
        base_url=settings.pay_api_url,
        failover_base_url=settings.pay_fallback_api_url,
    )
