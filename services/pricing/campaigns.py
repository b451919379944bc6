"""Who may put up how much: what a campaign may cost, and from where on it takes two people (E2).

One person of ops puts up campaigns alone up to a limit, all of theirs in a month together; beyond it, and where the
cost has no bound, the campaign waits for another person. Nobody takes what they gave, approved, or made the code of.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.pricing import CouponDefinitionBody, SubsidyBody
from schemas.documents.pricing import CouponDefinitionDocument, SubsidyDocument
from schemas.enums import DiscountKind
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.storage.database import Database
from services.work_items import WorkItems

COUNTED_FOR = timedelta(days=30)
WAITING = "campaign.waiting"  # kind of the work item
READY: Mapping[str, Any] = {"waiting": {"$exists": False}}


def most_of_coupons(body: CouponDefinitionBody) -> int | None:
    """Fen that all coupons of a definition may cost; None: without a bound."""
    terms = body.terms
    each = terms.off_fen if terms.kind is DiscountKind.FIXED else terms.cap_fen
    return None if each is None or body.total_limit is None else each * body.total_limit


def most_of_subsidy(body: SubsidyBody) -> int | None:
    """Fen that a rule may cost; None: without a bound."""
    return body.budget_fen


class Campaigns:
    def __init__(self, database: Database, items: WorkItems, alone_fen: int, clock: Clock = utc_now) -> None:
        """``alone_fen``: what one person may put up in thirty days without another's word."""
        self._db = database
        self._items = items
        self._alone_fen = alone_fen
        self._clock = clock

    async def needs_second(self, session: AsyncClientSession, actor: Actor | None, most_fen: int | None) -> bool:
        """Whether a campaign that may cost so much must wait. The operator's shell (None) is asked nothing."""
        if actor is None:
            return False
        if most_fen is None:
            return True
        # of two at once the second must see what the first has put up
        await self._db.users.update_one({"_id": actor.user_id}, {"$inc": {"campaigns": 1}}, session=session)
        return await self._alone(session, actor.user_id) + most_fen > self._alone_fen

    async def _alone(self, session: AsyncClientSession, user_id: str) -> int:
        mine = {
            "created_by": user_id,
            "created_at": {"$gt": self._clock() - COUNTED_FOR},
            "approved_by": {"$exists": False},
            **READY,
        }
        definitions = await self._db.coupon_definitions.find(mine, session=session).to_list()
        rules = await self._db.subsidies.find(mine, session=session).to_list()
        return sum(one.get("most_fen") or 0 for one in (*definitions, *rules))

    async def ask(self, session: AsyncClientSession, campaign_id: str, title: str, most_fen: int | None) -> None:
        """Let the others know that a campaign waits for one of them."""
        await self._items.open(
            WAITING,
            campaign_id,
            title=f"优惠活动待复核：{title}",
            advice="请核对优惠力度、数量与预算；同意的，由发起人以外的运营人员复核生效，不同意的直接关闭该活动。",
            session=session,
            campaign_id=campaign_id,
            most_fen=most_fen,
        )

    async def answered(self, session: AsyncClientSession, campaign_id: str, outcome: str) -> None:
        await self._items.resolve(WAITING, campaign_id, outcome, session)


def second(actor: Actor, campaign: CouponDefinitionDocument | SubsidyDocument) -> None:
    """Whether the actor may approve it. Raises ``campaign.not_waiting``, ``campaign.same_person``."""
    if "waiting" not in campaign:
        raise Problem("campaign.not_waiting")
    if campaign["created_by"] == actor.user_id:
        raise Problem("campaign.same_person")


def behind(campaign: CouponDefinitionDocument | SubsidyDocument, user_id: str) -> bool:
    """Whether this person put it up or approved it: then it is not for them."""
    return user_id in (campaign["created_by"], campaign.get("approved_by"))
