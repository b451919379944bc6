"""Accounts: what a person sees and changes of their own, and what others may see of them."""

from pymongo import ASCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.auth import BindPhoneBody
from schemas.api.base import Page
from schemas.api.lawyers import LawyerQuery, LawyerView
from schemas.api.me import MeView, PhoneView
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.account_views import clean_name, lawyer_view, me_view, name_fault
from services.identity.people import NewClient, People
from services.identity.phone_binding import PhoneBinding
from services.identity.sms_codes import SmsCodes
from services.identity.wechat_codes import WeChatCodes
from services.ids import new_id
from services.outbox import Outbox
from services.storage.database import Database

# Who may read somebody's whole phone number; every reading is recorded (K2).
PHONE_READERS = (Role.SUPPORT, Role.OPS)

RENAMED = "account.renamed"  # kind of the outbox row; services/spaces/renaming.py carries the name on


class Accounts:
    def __init__(
        self,
        database: Database,
        people: People,
        binding: PhoneBinding,
        wechat: WeChatCodes,
        sms: SmsCodes,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._people = people
        self._binding = binding
        self._wechat = wechat
        self._sms = sms
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def me(self, actor: Actor) -> MeView:
        return await self._view(actor.user_id)

    async def rename(self, actor: Actor, display_name: str) -> MeView:
        """Take another display name; the worker carries it to where it was copied (``services/spaces/renaming.py``).

        Raises ``request.invalid`` for one that nobody, or no client, may bear.
        """
        name = clean_name(display_name)
        fault = name_fault(name, staff=actor.is_staff)
        if fault is not None:
            raise Problem("request.invalid", fault, errors=[{"field": "display_name", "message": fault}])

        async def work(session: AsyncClientSession) -> None:
            await self._db.users.update_one(
                {"_id": actor.user_id},
                {"$set": {"display_name": name, "updated_at": self._clock()}},
                session=session,
            )
            await self._audit.write(actor, "account.renamed", actor.user_id, session)
            await self._outbox.add(session, RENAMED, f"user:{actor.user_id}", {"user_id": actor.user_id})

        await self._db.transaction(work)
        self._outbox.nudge()
        return await self._view(actor.user_id)

    async def bind_phone(self, actor: Actor, body: BindPhoneBody) -> MeView:
        """Bind a phone, proven by WeChat's button or by SMS. The answer is the account that has it then, which is
        another one when the actor's was empty (the actor's session follows at its next refresh).

        Raises ``auth.code_invalid``, ``auth.sms_code_invalid``, ``auth.too_many_attempts``,
        ``auth.identity_exists``, ``auth.account_conflict``, ``provider.unavailable``.
        """
        if body.phone is None:
            phone = await self._wechat.phone(body.code)
        else:
            phone = body.phone
            await self._sms.check(phone, body.code, actor.address)
        return await self._view(await self._binding.bind(actor, phone))

    async def read_phone(self, actor: Actor, user_id: str) -> PhoneView:
        """Somebody's whole phone number. The audit entry is written before it is shown.

        Raises ``auth.forbidden``, ``account.not_found`` (also for an account without a phone).
        """
        if not actor.has(*PHONE_READERS):
            raise Problem("auth.forbidden")
        user = await self._people.load(user_id)
        phone = (await self._people.opened(user, "phone")).get("phone") if user else None
        if phone is None:
            raise Problem("account.not_found")
        await self._audit.write(actor, "account.phone_read", user_id)
        return PhoneView(user_id=user_id, phone=phone)

    async def openid_of(self, user_id: str) -> str | None:
        """The openid to pay and to notify with; for services only, it never leaves the server."""
        user = await self._people.load(user_id)
        return (await self._people.opened(user, "openid")).get("openid") if user else None

    async def user_of_openid(self, openid: str) -> str | None:
        """Whom WeChat means by an openid, in its pushes."""
        identity = await self._people.find(IdentityKind.WECHAT, openid)
        return identity["user_id"] if identity else None

    async def phone_of(self, user_id: str) -> str | None:
        """The phone to send an SMS to; for services only, it never leaves the server."""
        user = await self._people.load(user_id)
        return (await self._people.opened(user, "phone")).get("phone") if user else None

    async def lawyer(self, user_id: str) -> LawyerView:
        """A lawyer as everybody may see them (B5). Raises ``account.not_found``."""
        user = await self._people.load(user_id)
        if user is None or user["disabled"] or Role.LAWYER not in user["roles"]:
            raise Problem("account.not_found")
        return lawyer_view(user)

    async def lawyers(self, query: LawyerQuery) -> Page[LawyerView]:
        """Lawyers who can be chosen, oldest account first."""
        wanted: dict[str, object] = {"roles": Role.LAWYER, "disabled": False}
        if query.area is not None:
            wanted["profile.areas"] = query.area
        if query.cursor is not None:
            wanted["_id"] = {"$gt": query.cursor}
        users = await self._db.users.find(wanted).sort("_id", ASCENDING).limit(query.limit + 1).to_list()
        shown = users[: query.limit]
        more = len(users) > query.limit
        return Page[LawyerView](
            items=[lawyer_view(user) for user in shown],
            next_cursor=shown[-1]["_id"] if more else None,
            has_more=more,
        )

    async def ensure_client(self, new: NewClient) -> str:
        """The id of the client with this WeChat identity or phone; made when there is none (seeds, imports)."""
        for kind, value in new.identities():
            identity = await self._people.find(kind, value)
            if identity is not None:
                return identity["user_id"]
        user_id = new_id()

        async def work(session: AsyncClientSession) -> None:
            await self._people.add_client(session, user_id, new)
            kinds = [kind for kind, _ in new.identities()]
            await self._audit.write(None, "account.created", user_id, session, identity=kinds)

        await self._db.transaction(work)
        return user_id

    async def _view(self, user_id: str) -> MeView:
        user = await self._people.load(user_id)
        if user is None:
            raise Problem("auth.token_invalid")
        return me_view(user, await self._people.kinds(user_id))
