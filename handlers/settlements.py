"""``/settlements``: statements, their approval and payout; ``/settlement-rules``; penalties on orders (E3)."""

from urllib.parse import quote

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.preconditions import show_revision, wanted_revision
from schemas.api.base import NoBody, Page
from schemas.api.settlement_rules import SettlementRules, SettlementRulesList, SettlementRulesView
from schemas.api.settlements import (
    ImposedPenaltyView,
    PayoutBody,
    PenaltiesQuery,
    PenaltyBody,
    PenaltyView,
    PeriodCheckView,
    RejectBody,
    SettlementPage,
    SettlementQuery,
    SettlementSummaryView,
    SettlementView,
)
from schemas.enums import Role
from services.permissions import only
from services.rate_limits import Limit
from services.settlement.statement_files import StatementFile

_SEES = only(Role.LAWYER, Role.OPS)
_DECIDES = only(Role.OPS)
_CHANGE = (
    "settlement.not_found",
    "settlement.own_firm",
    "settlement.wrong_state",
    "request.changed_meanwhile",
    "request.if_match_missing",
)
# Setting a page costs half a second of CPU; computing a period again reads all its orders.
FILES = Limit(20, 600)
CHECKS = Limit(10, 600)


class SettlementsHandler(ApiHandler):
    @door(
        "List statements, newest first: the firms' for ops, the caller's own for lawyers",
        allow=_SEES,
        query=SettlementQuery,
        answer=SettlementPage,
    )
    async def get(self, call: Call[NoBody]) -> SettlementPage:
        return await self.services.settlements.list(call.actor, call.query)


class SettlementHandler(ApiHandler):
    @door(
        "Show a statement, line by line",
        allow=_SEES,
        answer=SettlementView,
        problems=("settlement.not_found",),
        description="`ETag` is what `If-Match` wants when something is done with it.",
    )
    async def get(self, call: Call[NoBody], settlement_id: str) -> SettlementView:
        view = await self.services.settlements.get(call.actor, settlement_id)
        show_revision(self, view.revision)
        return view


class SettlementFileHandler(ApiHandler):
    @door(
        "A statement as CSV or PDF",
        allow=_SEES,
        raw=True,
        limit=FILES,
        problems=("settlement.not_found", "server.unavailable"),
    )
    async def get(self, call: Call[NoBody], settlement_id: str, kind: str) -> None:
        settlements = self.services.settlements
        make = settlements.pdf if kind == "pdf" else settlements.csv
        self._give(await make(call.actor, settlement_id))

    def _give(self, file: StatementFile) -> None:
        self.set_header("Content-Type", file.content_type)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file.name, safe='')}")
        self.finish(file.content)


class SettlementCheckHandler(ApiHandler):
    @door(
        "Compute the period of a statement again from the stored facts, and compare",
        allow=_DECIDES,
        answer=PeriodCheckView,
        limit=CHECKS,
        problems=("settlement.not_found",),
    )
    async def get(self, call: Call[NoBody], settlement_id: str) -> PeriodCheckView:
        return await self.services.settlements.check(call.actor, settlement_id)


class SettlementApproveHandler(ApiHandler):
    @door(
        "Approve a firm's statement; two different people must (If-Match)",
        allow=_DECIDES,
        answer=SettlementSummaryView,
        problems=(*_CHANGE, "settlement.same_approver"),
    )
    async def post(self, call: Call[NoBody], settlement_id: str) -> SettlementSummaryView:
        view = await self.services.settlements.approve(call.actor, settlement_id, wanted_revision(self))
        show_revision(self, view.revision)
        return view


class SettlementRejectHandler(ApiHandler):
    @door(
        "Reject a firm's statement: it is not paid until two people approve it anew (If-Match)",
        allow=_DECIDES,
        body=RejectBody,
        answer=SettlementSummaryView,
        problems=_CHANGE,
    )
    async def post(self, call: Call[RejectBody], settlement_id: str) -> SettlementSummaryView:
        view = await self.services.settlements.reject(call.actor, settlement_id, wanted_revision(self), call.body)
        show_revision(self, view.revision)
        return view


class SettlementPayoutHandler(ApiHandler):
    @door(
        "Pay what is open of an approved statement, or try again what failed (If-Match)",
        allow=_DECIDES,
        body=PayoutBody,
        answer=SettlementSummaryView,
        idempotent=True,
        problems=(
            *_CHANGE,
            "settlement.no_receiver",
            "settlement.nothing_shareable",
            "settlement.nothing_to_give_back",
            "settlement.reference_used",
        ),
        description="`sharing` pays by profit sharing as far as the payments allow; `outside` enters a transfer of "
        "the rest with the bank's number; `give_back` fetches shares back from a firm that owes.",
    )
    async def post(self, call: Call[PayoutBody], settlement_id: str) -> SettlementSummaryView:
        view = await self.services.payouts.start(
            call.actor, settlement_id, wanted_revision(self), call.body, call.intent
        )
        show_revision(self, view.revision)
        return view


class SettlementRulesHandler(ApiHandler):
    @door("All versions of the settlement rules, newest first", allow=_DECIDES, answer=SettlementRulesList)
    async def get(self, call: Call[NoBody]) -> SettlementRulesList:
        return await self.services.rulebook.list(call.actor)

    @door(
        "Add a version of the settlement rules, for orders that are earned from a time in the future on",
        allow=_DECIDES,
        body=SettlementRules,
        answer=SettlementRulesView,
        status=201,
        problems=("settlement.rules_retroactive",),
    )
    async def post(self, call: Call[SettlementRules]) -> SettlementRulesView:
        return await self.services.rulebook.add(call.actor, call.body)


class OrderPenaltiesHandler(ApiHandler):
    @door(
        "Impose a penalty on an order; the rules say what it costs",
        allow=_DECIDES,
        body=PenaltyBody,
        answer=PenaltyView,
        status=201,
        idempotent=True,
        problems=("order.not_found", "penalty.unknown_cause"),
    )
    async def post(self, call: Call[PenaltyBody], order_id: str) -> PenaltyView:
        return await self.services.penalties.impose(call.actor, order_id, call.body, call.intent)


class PenaltiesHandler(ApiHandler):
    @door(
        "Penalties that were imposed, newest first; waived ones too",
        allow=_DECIDES,
        query=PenaltiesQuery,
        answer=Page[ImposedPenaltyView],
    )
    async def get(self, call: Call[NoBody]) -> Page[ImposedPenaltyView]:
        return await self.services.penalties.page(call.actor, call.query)


class PenaltyWaiveHandler(ApiHandler):
    @door("Waive a penalty", allow=_DECIDES, answer=PenaltyView, problems=("penalty.not_found",))
    async def post(self, call: Call[NoBody], penalty_id: str) -> PenaltyView:
        return await self.services.penalties.waive(call.actor, penalty_id)


_SETTLEMENT = "/api/v1/settlements/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/settlements", SettlementsHandler),
    (_SETTLEMENT, SettlementHandler),
    (rf"{_SETTLEMENT}\.(csv|pdf)", SettlementFileHandler),
    (f"{_SETTLEMENT}/check", SettlementCheckHandler),
    (f"{_SETTLEMENT}/approve", SettlementApproveHandler),
    (f"{_SETTLEMENT}/reject", SettlementRejectHandler),
    (f"{_SETTLEMENT}/payout", SettlementPayoutHandler),
    ("/api/v1/settlement-rules", SettlementRulesHandler),
    ("/api/v1/orders/([0-9a-f]{24})/penalties", OrderPenaltiesHandler),
    ("/api/v1/penalties", PenaltiesHandler),
    ("/api/v1/penalties/([0-9a-f]{24})/waive", PenaltyWaiveHandler),
]
