"""Prices, coupons and subsidies (E2)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page, PageQuery
from schemas.api.pricing import (
    ClaimBody,
    CodesBody,
    CodesView,
    CouponDefinitionBody,
    CouponDefinitionView,
    CouponNumbersView,
    CouponOffersView,
    CouponsQuery,
    CouponsView,
    CouponView,
    IssueBody,
    IssuedView,
    PriceQuery,
    PriceView,
    SubsidyBody,
    SubsidyView,
)
from schemas.enums import Role
from services.permissions import SIGNED_IN, only
from services.rate_limits import Limit

OPS = only(Role.OPS)
CLIENTS = only(Role.CLIENT)
# Codes have 60 random bits; this keeps people from trying all the same.
CLAIMS = Limit(20, 60)
SECOND = ("campaign.not_waiting", "campaign.same_person")


class PricesHandler(ApiHandler):
    @door(
        "What a product or a quote costs the caller with these coupons",
        allow=SIGNED_IN,
        body=PriceQuery,
        answer=PriceView,
        problems=("product.not_found", "quote.not_found", "order.coupon_invalid"),
    )
    async def post(self, call: Call[PriceQuery]) -> PriceView:
        return await self.services.pricing.preview(call.actor, call.body)


class CouponsHandler(ApiHandler):
    @door(
        "List the caller's coupons, for a product or a quote with what they save there",
        allow=SIGNED_IN,
        query=CouponsQuery,
        answer=CouponsView,
        problems=("product.not_found", "quote.not_found"),
    )
    async def get(self, call: Call[NoBody]) -> CouponsView:
        return await self.services.wallet.mine(call.actor, call.query)


class CouponOffersHandler(ApiHandler):
    @door("List coupons that can be taken", allow=CLIENTS, answer=CouponOffersView)
    async def get(self, call: Call[NoBody]) -> CouponOffersView:
        return await self.services.wallet.offers(call.actor)


class CouponClaimHandler(ApiHandler):
    @door(
        "Take a coupon that is offered, or the one of a code",
        allow=CLIENTS,
        body=ClaimBody,
        answer=CouponView,
        status=201,
        problems=("coupon.not_found", "coupon.none_left", "coupon.limit_reached", "campaign.own"),
        limit=CLAIMS,
    )
    async def post(self, call: Call[ClaimBody]) -> CouponView:
        return await self.services.coupons.claim(call.actor, call.body)


class CouponDefinitionsHandler(ApiHandler):
    @door(
        "Define a coupon",
        allow=OPS,
        body=CouponDefinitionBody,
        answer=CouponDefinitionView,
        status=201,
        problems=("coupon.code_taken",),
    )
    async def post(self, call: Call[CouponDefinitionBody]) -> CouponDefinitionView:
        return await self.services.coupons.define(call.actor, call.body)

    @door("List what coupons there are, newest first", allow=OPS, query=PageQuery, answer=Page[CouponDefinitionView])
    async def get(self, call: Call[NoBody]) -> Page[CouponDefinitionView]:
        return await self.services.coupons.definitions(call.query)


class CouponNumbersHandler(ApiHandler):
    @door(
        "What became of the coupons of a definition",
        allow=OPS,
        answer=CouponNumbersView,
        problems=("coupon.not_found",),
    )
    async def get(self, call: Call[NoBody], definition_id: str) -> CouponNumbersView:
        return await self.services.coupon_numbers.of(definition_id)


class CouponCloseHandler(ApiHandler):
    @door("Issue no more of a coupon", allow=OPS, answer=CouponDefinitionView, problems=("coupon.not_found",))
    async def post(self, call: Call[NoBody], definition_id: str) -> CouponDefinitionView:
        return await self.services.coupons.close(call.actor, definition_id)


class CouponApproveHandler(ApiHandler):
    @door(
        "Approve a coupon that another person defined",
        allow=OPS,
        answer=CouponDefinitionView,
        problems=("coupon.not_found", *SECOND),
    )
    async def post(self, call: Call[NoBody], definition_id: str) -> CouponDefinitionView:
        return await self.services.coupons.approve(call.actor, definition_id)


class CouponIssueHandler(ApiHandler):
    @door(
        "Give a coupon to people",
        allow=OPS,
        body=IssueBody,
        answer=IssuedView,
        status=201,
        problems=("coupon.not_found", "campaign.waiting", "coupon.none_left"),
    )
    async def post(self, call: Call[IssueBody], definition_id: str) -> IssuedView:
        return await self.services.coupons.issue(call.actor, definition_id, call.body)


class CouponCodesHandler(ApiHandler):
    @door(
        "Make codes that give a coupon once each; they are shown once",
        allow=OPS,
        body=CodesBody,
        answer=CodesView,
        status=201,
        problems=("coupon.not_found", "campaign.waiting"),
    )
    async def post(self, call: Call[CodesBody], definition_id: str) -> CodesView:
        return await self.services.coupons.codes(call.actor, definition_id, call.body)


class SubsidiesHandler(ApiHandler):
    @door("Put a subsidy into force, or its next version", allow=OPS, body=SubsidyBody, answer=SubsidyView, status=201)
    async def post(self, call: Call[SubsidyBody]) -> SubsidyView:
        return await self.services.subsidies.put(call.actor, call.body)

    @door("List all subsidies and their versions, newest first", allow=OPS, query=PageQuery, answer=Page[SubsidyView])
    async def get(self, call: Call[NoBody]) -> Page[SubsidyView]:
        return await self.services.subsidies.page(call.query)


class SubsidyApproveHandler(ApiHandler):
    @door(
        "Approve a subsidy that another person put down",
        allow=OPS,
        answer=SubsidyView,
        problems=("subsidy.not_found", *SECOND),
    )
    async def post(self, call: Call[NoBody], rule_id: str) -> SubsidyView:
        return await self.services.subsidies.approve(call.actor, rule_id)


class SubsidyEndHandler(ApiHandler):
    @door("End a subsidy", allow=OPS, answer=SubsidyView, problems=("subsidy.not_found",))
    async def post(self, call: Call[NoBody], rule_id: str) -> SubsidyView:
        return await self.services.subsidies.end(call.actor, rule_id)


_DEFINITION = "/api/v1/coupon-definitions/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/prices", PricesHandler),
    ("/api/v1/coupons", CouponsHandler),
    ("/api/v1/coupons/offers", CouponOffersHandler),
    ("/api/v1/coupons/claim", CouponClaimHandler),
    ("/api/v1/coupon-definitions", CouponDefinitionsHandler),
    (f"{_DEFINITION}/numbers", CouponNumbersHandler),
    (f"{_DEFINITION}/close", CouponCloseHandler),
    (f"{_DEFINITION}/approve", CouponApproveHandler),
    (f"{_DEFINITION}/issue", CouponIssueHandler),
    (f"{_DEFINITION}/codes", CouponCodesHandler),
    ("/api/v1/subsidies", SubsidiesHandler),
    ("/api/v1/subsidies/([0-9a-f]{24})/approve", SubsidyApproveHandler),
    ("/api/v1/subsidies/([0-9a-f]{24})/end", SubsidyEndHandler),
]
