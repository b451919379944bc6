"""Agreeing to the terms, and taking it back (个人信息保护法 13–17). Staff work under their own contracts."""

from collections.abc import Iterable, Mapping

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.terms import AgreeBody, AgreedView, MyTermsView, TermsListView, TermsSectionView, TermsTextView
from schemas.documents.verifications import ConsentDocument
from schemas.enums import TermsKind
from services.actors import Actor
from services.errors import Problem
from services.identity.sessions import Sessions
from services.storage.database import Database
from services.terms.term_texts import TermsText
from services.verification.consents import Consents

WITHDRAWAL = (
    "撤回同意后，您将在所有设备上退出登录，在重新同意之前不能下单、沟通和参加庭审。",
    "撤回前已经完成的处理不受影响。已成立的订单不会自动取消，有结果时仍会按您的通知设置告知您；需要退款的，请先在订单页申请。",
    "依法必须保存的交易信息和案件记录继续保存。要求删除其余信息的，请联系客服注销账号。",
)
_REMEMBERED = 50_000


class Terms:
    def __init__(
        self,
        database: Database,
        consents: Consents,
        sessions: Sessions,
        texts: Iterable[TermsText],
        *,
        demanded: bool,
    ) -> None:
        """``demanded``: whether doors refuse clients who have not agreed."""
        self._db = database
        self._consents = consents
        self._sessions = sessions
        self._texts: Mapping[TermsKind, TermsText] = {text.kind: text for text in texts}
        self._agreed = {kind: text.agreed for kind, text in self._texts.items()}
        self._demanded = demanded
        self._known: set[str] = set()  # sessions that have been let through

    def texts(self) -> TermsListView:
        return TermsListView(items=[self._view(text) for text in self._texts.values()])

    async def mine(self, actor: Actor) -> MyTermsView:
        """What the caller has agreed to, and what is left."""
        given = await self._living(actor.user_id)
        items = [self._mine(kind, given.get(_purpose(kind))) for kind in self._texts]
        agreed = actor.is_staff or all(item.agreed for item in items)
        return MyTermsView(agreed=agreed, demanded=self._demanded, items=items, withdrawal=list(WITHDRAWAL))

    async def agree(self, actor: Actor, body: AgreeBody) -> MyTermsView:
        """Raises ``terms.outdated`` unless every text is named in its words of now. A repeat changes nothing."""
        if body.versions != {kind: text.version for kind, text in self._agreed.items()}:
            raise Problem("terms.outdated")
        await self.note(actor.user_id, actor)
        return await self.mine(actor)

    async def note(self, user_id: str, actor: Actor | None) -> None:
        """Write down that somebody agrees to all of it as it stands. ``actor`` None: people who are invented."""
        given = await self._living(user_id)

        async def work(session: AsyncClientSession) -> None:
            for kind, text in self._agreed.items():
                before = given.get(_purpose(kind))
                if before is None or before["text_sha256"] != text.sha256:
                    await self._consents.record(session, actor, user_id, _purpose(kind), text)

        await self._db.transaction(work)

    async def withdraw(self, actor: Actor) -> None:
        """Take it back: every session ends, and the next sign-in asks again."""

        async def work(session: AsyncClientSession) -> list[str]:
            for purpose in map(_purpose, self._texts):
                wanted = {"user_id": actor.user_id, "purpose": purpose, "withdrawn_at": {"$exists": False}}
                found = [row["_id"] async for row in self._db.consents.find(wanted, {"_id": 1}, session=session)]
                for consent_id in found:
                    await self._consents.withdraw(session, actor, consent_id)
            return await self._sessions.revoke_all(session, actor.user_id, "terms_withdrawn", actor)

        ended = await self._db.transaction(work)
        self._known.difference_update(ended)
        await self._sessions.ended(ended)

    async def demand(self, actor: Actor) -> None:
        """Raises ``terms.not_agreed`` for a client who has not, where this deployment demands it, and everywhere for
        one who took it back.

        Believed for as long as the session lives: taking the consent back ends it, and new words are asked for by
        the process that starts with them.
        """
        if actor.is_staff or actor.session_id in self._known:
            return
        if self._demanded and not (await self.mine(actor)).agreed:
            raise Problem("terms.not_agreed")
        if not self._demanded and await self._took_back(actor.user_id):
            raise Problem("terms.not_agreed")
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known.add(actor.session_id)

    async def _took_back(self, user_id: str) -> bool:
        """Whether the last word about any of it was no."""
        words: dict[str, bool] = {}
        wanted = {"user_id": user_id, "purpose": {"$in": [_purpose(kind) for kind in self._texts]}}
        async for one in self._db.consents.find(wanted).sort("_id", 1):
            words[one["purpose"]] = "withdrawn_at" in one
        return any(words.values())

    async def _living(self, user_id: str) -> dict[str, ConsentDocument]:
        """By purpose, the last that was given and not taken back."""
        purposes = [_purpose(kind) for kind in self._texts]
        wanted = {"user_id": user_id, "purpose": {"$in": purposes}, "withdrawn_at": {"$exists": False}}
        return {one["purpose"]: one async for one in self._db.consents.find(wanted).sort("_id", 1)}

    def _mine(self, kind: TermsKind, given: ConsentDocument | None) -> AgreedView:
        text = self._agreed[kind]
        agreed = given is not None and given["text_sha256"] == text.sha256
        return AgreedView(
            kind=kind,
            title=text.title,
            version=text.version,
            agreed=agreed,
            agreed_at=given["given_at"] if given and agreed else None,
        )

    def _view(self, text: TermsText) -> TermsTextView:
        return TermsTextView(
            kind=text.kind,
            version=self._agreed[text.kind].version,
            title=text.title,
            effective_on=text.effective_on,
            sections=[
                TermsSectionView(heading=section.heading, paragraphs=list(section.paragraphs))
                for section in text.sections
            ],
        )


def _purpose(kind: TermsKind) -> str:
    return f"terms.{kind.value}"
