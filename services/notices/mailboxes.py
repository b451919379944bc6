"""The e-mail address that somebody wants notices at: told by them, and shown to be theirs by a code sent there.

It is sealed under the person's key; what is shown of it is masked. Without the code anybody could have a stranger told.
"""

import hmac
import secrets
from datetime import timedelta

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import MailError, TransportError
from miniprogram_api.mail import Mailer
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import BlindIndex, Vault
from services.masks import masked_email
from services.storage.database import Database

VALID = timedelta(minutes=15)
TRIES = 5


class Mailboxes:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        index: BlindIndex,
        mailer: Mailer | None,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        """``mailer`` None: this deployment sends no e-mail."""
        self._db = database
        self._vault = vault
        self._index = index
        self._mailer = mailer
        self._audit = audit
        self._clock = clock

    async def ask(self, actor: Actor, address: str) -> None:
        """Send a code to an address; a later one replaces it.

        Raises ``notice.email_unavailable``, ``request.invalid`` (the mail server knows no such address),
        ``provider.unavailable``.
        """
        if self._mailer is None:
            raise Problem("notice.email_unavailable")
        code = f"{secrets.randbelow(1_000_000):06d}"
        key = await self._vault.key(f"user:{actor.user_id}")
        pending = {
            "address": key.seal_text(address, _place(actor.user_id)),
            "code": self._index.lookup("email-code", f"{actor.user_id}:{code}"),
            "tries": 0,
            "expires_at": self._clock() + VALID,
        }
        now = self._clock()
        await self._db.notice_wishes.update_one(
            {"_id": actor.user_id},
            {"$set": {"pending": pending, "updated_at": now}, "$setOnInsert": {"schema_version": 1}},
            upsert=True,
        )
        try:
            await self._mailer.send(address, "案件空间：确认邮箱", f"您的确认码是 {code}，15 分钟内有效。")
        except MailError as fault:
            if fault.reason != "bad_address":
                raise Problem("provider.unavailable") from None
            text = "邮箱地址无法送达"
            raise Problem("request.invalid", text, errors=[{"field": "email", "message": text}]) from None
        except TransportError:
            raise Problem("provider.unavailable") from None

    async def confirm(self, actor: Actor, code: str) -> None:
        """The code that arrived. Raises ``notice.email_code_invalid``; after five wrong ones for the right one too."""
        asked = await self._db.notice_wishes.find_one_and_update(
            {"_id": actor.user_id, "pending.expires_at": {"$gt": self._clock()}, "pending.tries": {"$lt": TRIES}},
            {"$inc": {"pending.tries": 1}},
            return_document=ReturnDocument.AFTER,
        )
        right = self._index.lookup("email-code", f"{actor.user_id}:{code}")
        if asked is None or not hmac.compare_digest(asked["pending"]["code"], right):
            raise Problem("notice.email_code_invalid")
        sealed = asked["pending"]["address"]
        key = await self._vault.key(f"user:{actor.user_id}")
        hint = masked_email(key.open_text(sealed, _place(actor.user_id)))

        async def work(session: AsyncClientSession) -> None:
            await self._db.notice_wishes.update_one(
                {"_id": actor.user_id},
                {"$set": {"email": sealed, "email_hint": hint}, "$unset": {"pending": ""}},
                session=session,
            )
            await self._audit.write(actor, "notice.email_confirmed", f"user:{actor.user_id}", session)

        await self._db.transaction(work)

    async def forget(self, actor: Actor) -> None:
        """Take the address away, and one that waits for its code."""

        async def work(session: AsyncClientSession) -> None:
            gone = {"email": "", "email_hint": "", "pending": ""}
            await self._db.notice_wishes.update_one({"_id": actor.user_id}, {"$unset": gone}, session=session)
            await self._audit.write(actor, "notice.email_removed", f"user:{actor.user_id}", session)

        await self._db.transaction(work)

    async def address_of(self, user_id: str) -> str | None:
        """Where to send; for services only, it never leaves the server."""
        wishes = await self._db.notice_wishes.find_one({"_id": user_id}, {"email": 1})
        if wishes is None or "email" not in wishes:
            return None
        key = await self._vault.key(f"user:{user_id}")
        return key.open_text(wishes["email"], _place(user_id))


def _place(user_id: str) -> str:
    return f"user:{user_id}:notice-email"
