"""How people can be reached, for the staff who must reach them (J1): accepted messages, open windows, phone, e-mail.

Shown are facts of delivery, never addresses.
"""

from collections.abc import Mapping
from typing import cast

from pymongo import DESCENDING

from schemas.api.notice_reach import (
    CreditView,
    DeskReachView,
    PersonReachView,
    SentNoticeView,
    SpaceReachView,
    TrackView,
    WindowView,
)
from schemas.documents.ledgers import ChannelDocument, NoticeDocument
from schemas.enums import IdentityKind, NoticeChannel, NoticeKind
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.notices.customer_windows import CustomerWindows
from services.notices.subscriptions import Subscriptions
from services.notices.wishes import Wishes
from services.permissions import Permission
from services.spaces.spaces import Spaces
from services.storage.database import Database

RECENT = 20


class Reach:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        subscriptions: Subscriptions,
        windows: CustomerWindows,
        wishes: Wishes,
        audit: Audit,
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._subscriptions = subscriptions
        self._windows = windows
        self._wishes = wishes
        self._audit = audit

    async def of_space(self, actor: Actor, space_id: str) -> SpaceReachView:
        """Everybody who is in a space now, for its staff. Raises ``space.not_found``, ``auth.forbidden``."""
        place = await self._spaces.access(actor, space_id, Permission.SPACE_NOTES)
        present = [member["user_id"] for member in place.space["members"] if "left_at" not in member]
        return SpaceReachView(items=[await self._person(user_id) for user_id in present])

    async def of_person(self, actor: Actor, user_id: str) -> DeskReachView:
        """The same of one person, and what became of their last notices, for the desk; it is written down who looked.

        Raises ``account.not_found``.
        """
        if await self._db.users.find_one({"_id": user_id}, {"_id": 1}) is None:
            raise Problem("account.not_found")
        await self._audit.write(actor, "notice.reach_read", f"user:{user_id}")
        found = self._db.notices.find({"user_id": user_id}).sort("_id", DESCENDING).limit(RECENT)
        return DeskReachView(person=await self._person(user_id), notices=[_sent(notice) async for notice in found])

    async def _person(self, user_id: str) -> PersonReachView:
        user = await self._db.users.find_one({"_id": user_id}, {"phone_hint": 1})
        wechat = {"user_id": user_id, "kind": IdentityKind.WECHAT}
        window, wish = await self._windows.open_until(user_id), await self._wishes.of(user_id)
        email = await self._db.notice_wishes.find_one({"_id": user_id, "email": {"$exists": True}}, {"_id": 1})
        return PersonReachView(
            user_id=user_id,
            wechat=await self._db.identities.find_one(wechat, {"_id": 1}) is not None,
            templates=[
                CreditView(key=key, title=title, credits=credit, may_send=may_send)
                for key, title, credit, may_send in await self._subscriptions.credits_of(user_id)
            ],
            customer_window=WindowView(ends_at=window["ends_at"], left=window["left"]) if window else None,
            phone=user is not None and "phone_hint" in user,
            email=email is not None,
            wants=[channel for channel in NoticeChannel if wish.wants(channel)],
        )


def _sent(notice: NoticeDocument) -> SentNoticeView:
    tracks = cast("Mapping[str, ChannelDocument]", notice["channels"])
    return SentNoticeView(
        id=notice["_id"],
        kind=NoticeKind(notice["kind"]),
        title=notice["title"],
        created_at=notice["created_at"],
        read_at=notice.get("read_at"),
        told_with=notice.get("gathered_into"),
        channels=[
            TrackView(
                channel=NoticeChannel(name),
                state=track["state"],
                cause=track.get("fault"),
                attempts=track["attempts"],
                at=track["updated_at"],
            )
            for name, track in tracks.items()
        ],
    )
