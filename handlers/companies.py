"""Companies, their people and their prepaid balance (B6, E2)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page, PageQuery
from schemas.api.companies import (
    BankTopUpBody,
    CompanyBody,
    CompanyMemberBody,
    CompanyMemberChangeBody,
    CompanyView,
    InvoiceTitleListView,
    StatementQuery,
    StatementView,
    TopUpBody,
    TopUpView,
)
from schemas.api.payments import PaymentView
from schemas.enums import Role
from services.permissions import SIGNED_IN, only

OPS = only(Role.OPS)
CHANGE = ("company.not_found", "company.member_not_found", "company.last_admin")
DECIDE = ("top_up.not_found", "top_up.wrong_state", "top_up.same_person", "top_up.own_company")


class CompaniesHandler(ApiHandler):
    @door(
        "Set up a company with its first admin",
        allow=OPS,
        body=CompanyBody,
        answer=CompanyView,
        status=201,
        problems=("company.member_not_found", "company.exists"),
    )
    async def post(self, call: Call[CompanyBody]) -> CompanyView:
        return await self.services.companies.create(call.actor, call.body)

    @door(
        "List the caller's companies; all of them for ops", allow=SIGNED_IN, query=PageQuery, answer=Page[CompanyView]
    )
    async def get(self, call: Call[NoBody]) -> Page[CompanyView]:
        return await self.services.companies.list(call.actor, call.query)


class InvoiceTitlesHandler(ApiHandler):
    @door("Invoice titles of the caller's verified companies", allow=SIGNED_IN, answer=InvoiceTitleListView)
    async def get(self, call: Call[NoBody]) -> InvoiceTitleListView:
        return await self.services.companies.invoice_titles(call.actor)


class CompanyHandler(ApiHandler):
    @door("Show a company and its balance", allow=SIGNED_IN, answer=CompanyView, problems=("company.not_found",))
    async def get(self, call: Call[NoBody], company_id: str) -> CompanyView:
        return await self.services.companies.get(call.actor, company_id)


class CompanyMembersHandler(ApiHandler):
    @door(
        "Let somebody order on the company's account, or make them its admin",
        allow=SIGNED_IN,
        body=CompanyMemberBody,
        answer=CompanyView,
        problems=CHANGE,
    )
    async def post(self, call: Call[CompanyMemberBody], company_id: str) -> CompanyView:
        return await self.services.companies.add_member(call.actor, company_id, call.body)


class CompanyMemberHandler(ApiHandler):
    @door(
        "Grant a member another allowance, or make them admin",
        allow=SIGNED_IN,
        body=CompanyMemberChangeBody,
        answer=CompanyView,
        problems=CHANGE,
    )
    async def put(self, call: Call[CompanyMemberChangeBody], company_id: str, user_id: str) -> CompanyView:
        return await self.services.companies.change_member(call.actor, company_id, user_id, call.body)

    @door("Take somebody out of a company", allow=SIGNED_IN, answer=CompanyView, problems=CHANGE)
    async def delete(self, call: Call[NoBody], company_id: str, user_id: str) -> CompanyView:
        return await self.services.companies.remove_member(call.actor, company_id, user_id)


class StatementHandler(ApiHandler):
    @door(
        "What came and went on a company's balance",
        allow=SIGNED_IN,
        query=StatementQuery,
        answer=StatementView,
        problems=("company.not_found",),
    )
    async def get(self, call: Call[NoBody], company_id: str) -> StatementView:
        return await self.services.companies.statement(call.actor, company_id, call.query)


class TopUpsHandler(ApiHandler):
    @door(
        "Start topping up a company's balance by WeChat",
        allow=SIGNED_IN,
        body=TopUpBody,
        answer=PaymentView,
        status=201,
        idempotent=True,
        problems=(
            "company.not_found",
            "payment.wechat_required",
            "payment.refused",
            "idempotency.answer_expired",
            "provider.unavailable",
        ),
    )
    async def post(self, call: Call[TopUpBody], company_id: str) -> PaymentView:
        return await self.services.top_ups.by_wechat(call.actor, company_id, call.body, call.intent)

    @door(
        "List a company's top-ups",
        allow=SIGNED_IN,
        query=PageQuery,
        answer=Page[TopUpView],
        problems=("company.not_found",),
    )
    async def get(self, call: Call[NoBody], company_id: str) -> Page[TopUpView]:
        return await self.services.top_ups.list(call.actor, company_id, call.query)


class BankTopUpsHandler(ApiHandler):
    @door(
        "Enter a company's bank transfer; it counts when another person has approved it",
        allow=OPS,
        body=BankTopUpBody,
        answer=TopUpView,
        status=201,
        problems=("company.not_found", "top_up.own_company", "top_up.reference_used"),
    )
    async def post(self, call: Call[BankTopUpBody], company_id: str) -> TopUpView:
        return await self.services.top_ups.by_bank(call.actor, company_id, call.body)


class TopUpApproveHandler(ApiHandler):
    @door("Approve a bank transfer that another person entered", allow=OPS, answer=TopUpView, problems=DECIDE)
    async def post(self, call: Call[NoBody], top_up_id: str) -> TopUpView:
        return await self.services.top_ups.decide(call.actor, top_up_id, approve=True)


class TopUpRefuseHandler(ApiHandler):
    @door("Refuse a bank transfer that was entered", allow=OPS, answer=TopUpView, problems=DECIDE)
    async def post(self, call: Call[NoBody], top_up_id: str) -> TopUpView:
        return await self.services.top_ups.decide(call.actor, top_up_id, approve=False)


_COMPANY = "/api/v1/companies/([0-9a-f]{24})"
_TOP_UP = "/api/v1/top-ups/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/me/invoice-titles", InvoiceTitlesHandler),
    ("/api/v1/companies", CompaniesHandler),
    (_COMPANY, CompanyHandler),
    (f"{_COMPANY}/members", CompanyMembersHandler),
    (f"{_COMPANY}/members/([0-9a-f]{{24}})", CompanyMemberHandler),
    (f"{_COMPANY}/statement", StatementHandler),
    (f"{_COMPANY}/top-ups", TopUpsHandler),
    (f"{_COMPANY}/bank-top-ups", BankTopUpsHandler),
    (f"{_TOP_UP}/approve", TopUpApproveHandler),
    (f"{_TOP_UP}/refuse", TopUpRefuseHandler),
]
