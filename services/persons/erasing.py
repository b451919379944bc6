"""Erasing a person (个人信息保护法 47): what names them goes, what the law keeps stays under an id that names nobody.

Kept are orders and money (电子商务法 31: three years and more), invoices, the records of cases and hearings (files of
the law firm), the ledger of consents and the audit trail, which prove that all of it was lawful. What was said in a
case lies under keys of its own: ``purging`` ends that, when its time has come.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection

from schemas.documents.people import UserDocument
from schemas.enums import RefundState, Role
from schemas.hearing_enums import HearingStage
from schemas.verification_enums import VerificationState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.identity.accounts import RENAMED
from services.identity.sessions import Sessions
from services.keys import Vault
from services.outbox import Outbox
from services.spaces.purging import OVER
from services.storage.database import Database

log = logging.getLogger("casespace.persons")

NAME = "已注销用户"
JUDGED = (VerificationState.PENDING, VerificationState.FACE, VerificationState.IN_REVIEW)
Wanted = tuple[AsyncCollection[Any], Mapping[str, Any]]


class NotErasableError(Exception):
    """There is no such person, or something is still open; the text names all of it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What goes and what stays, as numbers of documents. ``obstacles``: why nothing may go yet."""

    user_id: str
    goes: dict[str, int]
    stays: dict[str, int]
    cases: list[str]  # their spaces, which `server purge` takes when their time has come
    key_stays: bool  # invoices are sealed under the person's key: it goes with a later run, when they are gone
    obstacles: list[str] = field(default_factory=list)


class Erasing:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        sessions: Sessions,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._vault = vault
        self._sessions = sessions
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def look(self, user_id: str) -> Erasure:
        """What an erasure would do. Changes nothing. Raises NotErasableError for nobody's id."""
        user = await self._db.users.find_one({"_id": user_id})
        if user is None:
            raise NotErasableError(f"{user_id} is nobody")
        going = {**self._goes(user_id), **self._handed_over(user_id)}
        goes = {name: await found.count_documents(wanted) for name, (found, wanted) in going.items()}
        stays = {name: await found.count_documents(wanted) for name, (found, wanted) in self._stays(user_id).items()}
        orders = await self._db.orders.find({"client_id": user_id}, {"space_id": 1}).to_list()
        return Erasure(
            user_id,
            {"account": int("erased_at" not in user), **goes},
            stays,
            [order["space_id"] for order in orders],
            bool(stays["invoices"]),
            await self._obstacles(user),
        )

    async def erase(self, user_id: str, reason: str) -> Erasure:
        """Do it; ``reason`` goes into the audit trail. May be run again after an interruption, or when invoices have
        had their time. Files in drafts and photos of applications follow within minutes. Raises NotErasableError."""
        planned = await self.look(user_id)
        if planned.obstacles:
            raise NotErasableError("; ".join(planned.obstacles))

        async def work(session: AsyncClientSession) -> list[str]:
            await self._forget(session, user_id)
            await self._outbox.add(session, RENAMED, f"user:{user_id}", {"user_id": user_id})
            facts = {"reason": reason, "goes": planned.goes, "stays": planned.stays}
            await self._audit.write(None, "person.erased", user_id, session, **facts)
            return await self._sessions.revoke_all(session, user_id, "account_disabled", None)

        await self._sessions.ended(await self._db.transaction(work))
        for found, wanted in self._goes(user_id).values():
            await found.delete_many(wanted)
        if not planned.key_stays:
            await self._vault.destroy(f"user:{user_id}")
        self._outbox.nudge()
        log.info("a person was erased", extra={"user_id": user_id})
        return planned

    async def _forget(self, session: AsyncClientSession, user_id: str) -> None:
        now = self._clock()
        blank = {"display_name": NAME, "disabled": True, "verified": False, "pii": {}, "erased_at": now}
        gone = dict.fromkeys(("phone_hint", "verified_until", "profile", "signed_in_at"), "")
        await self._db.users.update_one(
            {"_id": user_id}, {"$set": {**blank, "updated_at": now}, "$unset": gone}, session=session
        )
        await self._db.identities.delete_many({"user_id": user_id}, session=session)
        for found, wanted in self._handed_over(user_id).values():
            await found.update_many(wanted, {"$set": {"purge_at": now}}, session=session)
        mine = {"user_id": user_id}
        words = dict.fromkeys(("confirmed", "hints", "holder_key", "open_key", "face"), "")
        await self._db.verifications.update_many(mine, {"$unset": words}, session=session)
        counting = {**mine, "state": {"$in": [VerificationState.DRAFT.value, VerificationState.VERIFIED.value]}}
        ended = {"$set": {"state": VerificationState.WITHDRAWN.value}}
        await self._db.verifications.update_many(counting, ended, session=session)
        await self._db.companies.update_many(
            {"members.user_id": user_id},
            {"$pull": {"members": {"user_id": user_id}}, "$set": {"updated_at": now}},
            session=session,
        )

    async def _obstacles(self, user: UserDocument) -> list[str]:
        """What has to end first: whoever is owed something, or owes it, must be found."""
        user_id = user["_id"]
        if set(user["roles"]) - {Role.CLIENT}:
            return ["a member of staff is disabled, not erased: others' cases name who acted in them"]
        orders = await self._db.orders.find({"client_id": user_id}, {"number": 1, "status": 1}).to_list()
        ids = [order["_id"] for order in orders]
        open_orders = [order["number"] for order in orders if order["status"] not in OVER]
        found = [f"order {number} is not over" for number in open_orders]
        under_way = {"order_id": {"$in": ids}, "state": RefundState.REQUESTED.value}
        found += [f"refund {one['_id']} is under way" async for one in self._db.refunds.find(under_way)]
        quarrels = {"client_id": user_id, "open_key": {"$exists": True}}
        found += [f"dispute {one['_id']} is open" async for one in self._db.disputes.find(quarrels, {"_id": 1})]
        judged = {"user_id": user_id, "state": {"$in": [state.value for state in JUDGED]}}
        found += [f"application {one['_id']} is under way" async for one in self._db.verifications.find(judged)]
        sitting = {
            "seats.user_id": user_id,
            "stage": {"$ne": HearingStage.CLOSED.value},
            "cancelled_at": {"$exists": False},
        }
        found += [f"hearing {one['_id']} is to be held" async for one in self._db.hearings.find(sitting, {"_id": 1})]
        alone = {
            "members": {"$elemMatch": {"user_id": user_id, "admin": True}},
            "$nor": [{"members": {"$elemMatch": {"user_id": {"$ne": user_id}, "admin": True}}}],
        }
        found += [
            f"company {one['_id']} has no other admin" async for one in self._db.companies.find(alone, {"_id": 1})
        ]
        return found

    def _goes(self, user_id: str) -> dict[str, Wanted]:
        db = self._db
        mine, about = {"user_id": user_id}, {"_id.user": user_id}
        return {
            "identities": (db.identities, mine),
            "sessions": (db.sessions, mine),
            "notices": (db.notices, mine),
            "notice_turns": (db.notice_turns, {"_id": {"$regex": f"^{user_id}:"}}),
            "notice_wishes": (db.notice_wishes, {"_id": user_id}),
            "customer_windows": (db.customer_windows, {"_id": user_id}),
            "credits": (db.credits, mine),
            "attention": (db.attention, about),
            "mentions": (db.mentions, about),
            "idempotency": (db.idempotency, about),
        }

    def _handed_over(self, user_id: str) -> dict[str, Wanted]:
        """What has files under keys of their own: the worker's next rounds destroy those, and then the rest."""
        unpurged = {"user_id": user_id, "purged_at": {"$exists": False}}
        return {"drafts": (self._db.drafts, {"user_id": user_id}), "verifications": (self._db.verifications, unpurged)}

    def _stays(self, user_id: str) -> dict[str, Wanted]:
        db = self._db
        return {
            "orders": (db.orders, {"client_id": user_id}),
            "payments": (db.payments, {"payer_id": user_id}),
            "invoices": (db.invoices, {"payer_id": user_id}),
            "spaces": (db.spaces, {"members.user_id": user_id}),
            "hearings": (db.hearings, {"seats.user_id": user_id}),
            "consents": (db.consents, {"user_id": user_id}),
            "audit": (db.audit, {"$or": [{"actor": user_id}, {"subject": user_id}]}),
        }
