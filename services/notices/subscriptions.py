"""What users accepted to be sent: one accept buys one subscription message.

Two sources tell us about an accept: WeChat's push and the client's own report. Only the push adds a credit; the
report merely withdraws "no credit left", so nothing is counted twice in whatever order the two come. The count
itself is our estimate for people to look at: whether sending is worth trying depends on WeChat's last word alone
(43101 since the last accept that we heard of), because only WeChat knows.
Vendor documents: developers.weixin.qq.com, "subscribeMessage.send", "订阅消息事件推送".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.push import PushEvent
from schemas.api.notices import SubscriptionAnswer, SubscriptionReport, TemplateList, TemplateView
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.notices.notice_templates import TEMPLATES
from services.storage.database import Database

_POPUP, _CHANGE = "subscribe_msg_popup_event", "subscribe_msg_change_event"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether WeChat has refused since the last of ``accepts`` accepts that we heard of."""

    may_send: bool
    accepts: int


class Subscriptions:
    def __init__(self, database: Database, audit: Audit, templates: Mapping[str, str], clock: Clock = utc_now) -> None:
        """``templates``: name → WeChat's template id; names that the product does not use are ignored."""
        self._db = database
        self._audit = audit
        self._templates = {key: templates[key] for key in TEMPLATES if key in templates}
        self._ids = frozenset(self._templates.values())
        self._clock = clock

    def templates(self) -> TemplateList:
        """What the client may ask the user about."""
        return TemplateList(
            items=[
                TemplateView(key=key, template_id=template_id, title=TEMPLATES[key].title)
                for key, template_id in self._templates.items()
            ]
        )

    async def report(self, actor: Actor, body: SubscriptionReport) -> None:
        """The client's word: an accept makes sending worth a try again. Templates not ours are ignored."""
        accepted = sorted(
            template_id
            for template_id, answer in body.results.items()
            if answer is SubscriptionAnswer.ACCEPT and template_id in self._ids
        )
        if not accepted:
            return

        async def work(session: AsyncClientSession) -> None:
            for template_id in accepted:
                await self._change(actor.user_id, template_id, _accept(0, self._clock()), session)
            await self._audit.write(
                actor, "subscription.reported", f"user:{actor.user_id}", session, templates=accepted
            )

        await self._db.transaction(work)

    async def pushed(self, session: AsyncClientSession, user_id: str, event: PushEvent) -> None:
        """WeChat's word. Runs in the transaction that makes the event's repetitions harmless.

        A refusal in the pop-up only means "not this time"; one in the settings takes the earlier accepts away.
        """
        changed: dict[str, str] = {}
        for decision in event.decisions():
            if decision.template_id not in self._ids:
                continue
            if decision.status == "accept" and event.event == _POPUP:
                change = _accept(1, self._clock())
            elif decision.status == "accept":
                change = _accept(0, self._clock())
            elif event.event == _CHANGE:
                change = _exhaust(self._clock())
            else:
                continue
            await self._change(user_id, decision.template_id, change, session)
            changed[decision.template_id] = decision.status
        if changed:
            await self._audit.write(None, "subscription.pushed", f"user:{user_id}", session, templates=changed)

    async def standing(self, user_id: str, template_id: str) -> Standing:
        """What we know now. Where nothing is known, sending is worth a try."""
        credit = await self._db.credits.find_one({"_id": _key(user_id, template_id)})
        return Standing(not credit["exhausted"], credit["accepts"]) if credit else Standing(True, 0)

    async def credits_of(self, user_id: str) -> list[tuple[str, str, int, bool]]:
        """Each template: its key, title, the accepts left by our count, and whether sending is worth a try."""
        known = {row["template_id"]: row async for row in self._db.credits.find({"user_id": user_id})}
        found = []
        for key, template_id in self._templates.items():
            credit = known.get(template_id)
            left, may_send = (credit["credits"], not credit["exhausted"]) if credit else (0, True)
            found.append((key, TEMPLATES[key].title, left, may_send))
        return found

    async def spent(self, session: AsyncClientSession, user_id: str, template_id: str) -> None:
        """A message was taken by WeChat."""
        spend = {"credits": {"$max": [0, {"$subtract": ["$credits", 1]}]}, "updated_at": self._clock()}
        await self._db.credits.update_one({"_id": _key(user_id, template_id)}, [{"$set": spend}], session=session)

    async def refused(self, session: AsyncClientSession, user_id: str, template_id: str, asked_with: Standing) -> bool:
        """WeChat answered 43101 to what was asked. False when an accept has come in since: that one still counts."""
        key = _key(user_id, template_id)
        credit = await self._db.credits.find_one({"_id": key}, session=session)
        if credit is not None and credit["accepts"] != asked_with.accepts:
            return False
        await self._change(user_id, template_id, _exhaust(self._clock()), session)
        return True

    async def _change(
        self, user_id: str, template_id: str, change: dict[str, Any], session: AsyncClientSession
    ) -> None:
        new = {"user_id": user_id, "template_id": template_id}
        await self._db.credits.update_one(
            {"_id": _key(user_id, template_id)}, {**change, "$setOnInsert": new}, upsert=True, session=session
        )


def _key(user_id: str, template_id: str) -> str:
    return f"{user_id}:{template_id}"


def _accept(count: int, at: datetime) -> dict[str, Any]:
    return {"$inc": {"credits": count, "accepts": 1}, "$set": {"exhausted": False, "updated_at": at}}


def _exhaust(at: datetime) -> dict[str, Any]:
    return {"$inc": {"accepts": 0}, "$set": {"credits": 0, "exhausted": True, "updated_at": at}}
