"""``/finance``: the ledger, what differs from the provider's bills, and the bills themselves; for ops."""

from datetime import date

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.streams import StreamHandler
from schemas.api.base import NoBody, Page
from schemas.api.finance import (
    CompareBody,
    LedgerQuery,
    OrderLedgerView,
    RebuiltView,
    ReconciliationRow,
    ReconciliationsQuery,
    ReconciliationView,
    TrialBalanceQuery,
    TrialBalanceView,
)
from schemas.api.refunds import RefundCardView
from schemas.enums import Role
from services.errors import Problem
from services.permissions import only
from services.rate_limits import Limit

_OPS = only(Role.OPS)
# These read a whole day, or ask the provider for it.
HEAVY = Limit(20, 600)


class TrialBalanceHandler(ApiHandler):
    @door(
        "The trial balance (科目余额表)",
        allow=_OPS,
        query=TrialBalanceQuery,
        answer=TrialBalanceView,
        problems=("finance.no_account",),
    )
    async def get(self, call: Call[NoBody]) -> TrialBalanceView:
        return await self.services.finance.trial_balance(call.actor, call.query)


class OrderLedgerHandler(ApiHandler):
    @door("Everything the ledger has about an order", allow=_OPS, answer=OrderLedgerView, problems=("order.not_found",))
    async def get(self, call: Call[NoBody], order_id: str) -> OrderLedgerView:
        return await self.services.finance.of_order(call.actor, order_id)


class LedgerFileHandler(StreamHandler):
    @door(
        "The ledger's lines of up to 31 days, as CSV",
        allow=_OPS,
        query=LedgerQuery,
        raw=True,
        limit=HEAVY,
        problems=("finance.span_invalid",),
    )
    async def get(self, call: Call[NoBody]) -> None:
        blocks = await self.services.finance.ledger_csv(call.actor, call.query.first, call.query.last)
        _named(self, f"ledger-{call.query.first}-{call.query.last}.csv")
        await self.send_blocks(blocks)


class ReconciliationsHandler(ApiHandler):
    @door(
        "Days that were compared with the bills, newest first",
        allow=_OPS,
        query=ReconciliationsQuery,
        answer=Page[ReconciliationRow],
    )
    async def get(self, call: Call[NoBody]) -> Page[ReconciliationRow]:
        return await self.services.finance.reconciliations(call.actor, call.query)


class ReconciliationHandler(ApiHandler):
    @door(
        "What comparing one day brought", allow=_OPS, answer=ReconciliationView, problems=("reconciliation.not_found",)
    )
    async def get(self, call: Call[NoBody], day: str) -> ReconciliationView:
        return await self.services.finance.reconciliation(call.actor, _day(day))

    @door(
        "Compare a day now, fetching its bills first",
        allow=_OPS,
        body=CompareBody,
        answer=ReconciliationView,
        limit=HEAVY,
        problems=("reconciliation.not_found", "reconciliation.no_bill", "provider.unavailable"),
    )
    async def post(self, call: Call[CompareBody], day: str) -> ReconciliationView:
        return await self.services.finance.compare(call.actor, _day(day), call.body)


class RebuildHandler(ApiHandler):
    @door(
        "A day of the ledger made once more from everything else, and compared",
        allow=_OPS,
        answer=RebuiltView,
        limit=HEAVY,
        problems=("reconciliation.not_found",),
    )
    async def get(self, call: Call[NoBody], day: str) -> RebuiltView:
        return await self.services.finance.rebuild(call.actor, _day(day))


class BillHandler(ApiHandler):
    @door(
        "A provider's bill as it was fetched",
        allow=_OPS,
        raw=True,
        limit=HEAVY,
        problems=("reconciliation.not_found", "reconciliation.no_bill"),
    )
    async def get(self, call: Call[NoBody], day: str, kind: str) -> None:
        content = await self.services.finance.bill(call.actor, _day(day), "trades" if kind == "trades" else "funds")
        _named(self, f"{kind}-{day}.csv")
        self.finish(content)


class RefundCardHandler(ApiHandler):
    @door(
        "The card that a client named for a refund which their account cannot take",
        allow=_OPS,
        answer=RefundCardView,
        problems=("refund.not_stuck",),
    )
    async def get(self, call: Call[NoBody], refund_id: str) -> RefundCardView:
        return await self.services.stuck_refunds.card(call.actor, refund_id)

    @door(
        "Send the refund to that card",
        allow=_OPS,
        answer=RefundCardView,
        problems=("refund.not_stuck", "refund.no_card", "refund.card_refused", "provider.unavailable"),
        description="Nobody does so for an order of their own. A card that WeChat Pay refuses is forgotten, and the "
        "client asked for another one.",
    )
    async def post(self, call: Call[NoBody], refund_id: str) -> RefundCardView:
        return await self.services.stuck_refunds.send(call.actor, refund_id)


def _day(text: str) -> date:
    """Raises ``reconciliation.not_found`` for a day that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("reconciliation.not_found") from None


def _named(handler: ApiHandler, name: str) -> None:
    handler.set_header("Content-Type", "text/csv; charset=utf-8")
    handler.set_header("Content-Disposition", f'attachment; filename="{name}"')


_DAY = r"(\d{4}-\d{2}-\d{2})"
ROUTES = [
    ("/api/v1/finance/trial-balance", TrialBalanceHandler),
    ("/api/v1/finance/orders/([0-9a-f]{24})/ledger", OrderLedgerHandler),
    ("/api/v1/finance/ledger.csv", LedgerFileHandler),
    ("/api/v1/finance/reconciliations", ReconciliationsHandler),
    ("/api/v1/finance/refunds/([0-9a-f]{24})/card", RefundCardHandler),
    (f"/api/v1/finance/reconciliations/{_DAY}", ReconciliationHandler),
    (f"/api/v1/finance/reconciliations/{_DAY}/rebuilt", RebuildHandler),
    (rf"/api/v1/finance/bills/{_DAY}/(trades|funds)\.csv", BillHandler),
]
