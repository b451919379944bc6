"""Disputes (售后): opened about an order, argued, decided at the desk (C5)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.upload_forms import as_reached
from schemas.api.base import NoBody, Page
from schemas.api.disputes import (
    DisputeBody,
    DisputeDecisionBody,
    DisputeFilesView,
    DisputeList,
    DisputesQuery,
    DisputeView,
    StatementBody,
)
from schemas.api.files import FileBegin, UploadView
from schemas.enums import Role
from services.permissions import SIGNED_IN, only

DESK = only(Role.SUPPORT, Role.OPS)
STEP = ("dispute.not_found", "dispute.wrong_state")
MONEY = (*STEP, "order.wrong_state", "refund.amount_invalid")


class OrderDisputesHandler(ApiHandler):
    @door(
        "Ask for money back, or complain, where a person has to decide",
        allow=SIGNED_IN,
        body=DisputeBody,
        answer=DisputeView,
        status=201,
        idempotent=True,
        problems=(
            "order.not_found",
            "order.wrong_state",
            "dispute.open_already",
            "refund.amount_invalid",
            "file.not_found",
            "file.not_uploaded",
        ),
    )
    async def post(self, call: Call[DisputeBody], order_id: str) -> DisputeView:
        return await self.services.disputes.open(call.actor, order_id, call.body, call.intent)

    @door(
        "The disputes about an order, newest first", allow=SIGNED_IN, answer=DisputeList, problems=("order.not_found",)
    )
    async def get(self, call: Call[NoBody], order_id: str) -> DisputeList:
        return await self.services.disputes.of_order(call.actor, order_id)


class OrderDisputeFilesHandler(ApiHandler):
    @door(
        "Announce a file that is to go with a dispute, and get the form that uploads it",
        allow=SIGNED_IN,
        body=FileBegin,
        answer=UploadView,
        status=201,
        problems=("order.not_found", "file.type_refused", "file.empty", "file.too_large"),
        description="As for a space's file; for clients and ops, who need be no members, also in a closed space.",
    )
    async def post(self, call: Call[FileBegin], order_id: str) -> UploadView:
        return as_reached(self, await self.services.dispute_files.begin(call.actor, order_id, call.body))


class DisputesHandler(ApiHandler):
    @door("Disputes for the desk, newest first", allow=DESK, query=DisputesQuery, answer=Page[DisputeView])
    async def get(self, call: Call[NoBody]) -> Page[DisputeView]:
        return await self.services.disputes.page(call.actor, call.query)


class DisputeHandler(ApiHandler):
    @door("Show a dispute", allow=SIGNED_IN, answer=DisputeView, problems=("dispute.not_found",))
    async def get(self, call: Call[NoBody], dispute_id: str) -> DisputeView:
        return await self.services.disputes.get(call.actor, dispute_id)


class DisputeFilesHandler(ApiHandler):
    @door(
        "The files that go with a dispute; that the desk looks at them is audited",
        allow=SIGNED_IN,
        answer=DisputeFilesView,
        problems=("dispute.not_found",),
    )
    async def get(self, call: Call[NoBody], dispute_id: str) -> DisputeFilesView:
        return await self.services.dispute_files.of(call.actor, dispute_id)


class DisputeStatementsHandler(ApiHandler):
    @door("Say something in a dispute", allow=SIGNED_IN, body=StatementBody, answer=DisputeView, problems=STEP)
    async def post(self, call: Call[StatementBody], dispute_id: str) -> DisputeView:
        return await self.services.disputes.state(call.actor, dispute_id, call.body)


class DisputeWithdrawHandler(ApiHandler):
    @door("Withdraw what one has asked for", allow=SIGNED_IN, answer=DisputeView, problems=STEP)
    async def post(self, call: Call[NoBody], dispute_id: str) -> DisputeView:
        return await self.services.disputes.withdraw(call.actor, dispute_id)


class DisputeDecideHandler(ApiHandler):
    @door(
        "Decide a dispute; what one person alone may not give becomes a proposal",
        allow=DESK,
        body=DisputeDecisionBody,
        answer=DisputeView,
        problems=MONEY,
    )
    async def post(self, call: Call[DisputeDecisionBody], dispute_id: str) -> DisputeView:
        return await self.services.disputes.decide(call.actor, dispute_id, call.body)


class DisputeApproveHandler(ApiHandler):
    @door(
        "Agree to what another person proposed",
        allow=only(Role.OPS),
        answer=DisputeView,
        problems=(*MONEY, "dispute.same_person"),
    )
    async def post(self, call: Call[NoBody], dispute_id: str) -> DisputeView:
        return await self.services.disputes.approve(call.actor, dispute_id)


class DisputeReturnHandler(ApiHandler):
    @door("Send a proposal back", allow=only(Role.OPS), answer=DisputeView, problems=STEP)
    async def post(self, call: Call[NoBody], dispute_id: str) -> DisputeView:
        return await self.services.disputes.send_back(call.actor, dispute_id)


_DISPUTE = "/api/v1/disputes/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/orders/([0-9a-f]{24})/disputes", OrderDisputesHandler),
    ("/api/v1/orders/([0-9a-f]{24})/dispute-files", OrderDisputeFilesHandler),
    ("/api/v1/desk/disputes", DisputesHandler),
    (_DISPUTE, DisputeHandler),
    (f"{_DISPUTE}/files", DisputeFilesHandler),
    (f"{_DISPUTE}/statements", DisputeStatementsHandler),
    (f"{_DISPUTE}/withdraw", DisputeWithdrawHandler),
    (f"{_DISPUTE}/decide", DisputeDecideHandler),
    (f"{_DISPUTE}/approve", DisputeApproveHandler),
    (f"{_DISPUTE}/return", DisputeReturnHandler),
]
