"""Applications that a person decides: ops see photos beside fields, and say yes or why not. Every look is audited."""

from collections.abc import AsyncIterator
from typing import Any

from pymongo import DESCENDING

from schemas.api.base import Page
from schemas.api.verifications import DecideBody, DeskVerificationsQuery, DeskVerificationView
from schemas.documents.verifications import VerificationDocument
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import RefusalReason, VerificationState
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.permissions import DESK, Permission, require
from services.storage.database import Database
from services.verification.deciding import Deciding
from services.verification.papers import Papers
from services.verification.verification_book import IN_REVIEW, VerificationBook, kind_of
from services.verification.verification_texts import field_label
from services.verification.verification_views import paper_views


class Reviews:
    def __init__(
        self, database: Database, book: VerificationBook, papers: Papers, deciding: Deciding, audit: Audit
    ) -> None:
        self._db = database
        self._book = book
        self._papers = papers
        self._deciding = deciding
        self._audit = audit

    async def page(self, actor: Actor, query: DeskVerificationsQuery) -> Page[DeskVerificationView]:
        """Newest first, masked. Raises ``auth.forbidden``."""
        require(DESK, Permission.VERIFICATION_REVIEW, actor.roles)
        where: dict[str, Any] = {"state": query.state.value}
        if query.cursor is not None:
            where["_id"] = {"$lt": query.cursor}
        found = await self._db.verifications.find(where).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        return Page[DeskVerificationView](
            items=[await self._view(one, {}) for one in shown],
            next_cursor=shown[-1]["_id"] if more else None,
            has_more=more,
        )

    async def get(self, actor: Actor, verification_id: str) -> DeskVerificationView:
        """One with its values in the clear. Raises ``auth.forbidden``, ``verification.not_found``."""
        require(DESK, Permission.VERIFICATION_REVIEW, actor.roles)
        document = await self._book.load(verification_id)
        await self._audit.write(actor, "verification.read", f"verification:{verification_id}")
        return await self._view(document, await self._book.values(document))

    async def photo(self, actor: Actor, verification_id: str, paper: ReadingKind) -> tuple[str, AsyncIterator[bytes]]:
        """Raises ``auth.forbidden``, ``verification.not_found``, ``file.not_found``, ``file.gone``."""
        require(DESK, Permission.VERIFICATION_REVIEW, actor.roles)
        document = await self._book.load(verification_id)
        await self._audit.write(actor, "verification.photo_seen", f"verification:{verification_id}", paper=paper.value)
        return await self._papers.content(document, paper)

    async def decide(self, actor: Actor, verification_id: str, body: DecideBody) -> DeskVerificationView:
        """Yes, or no with a reason. Nobody decides about themselves.

        Raises ``auth.forbidden``, ``verification.not_found``, ``verification.wrong_state``, ``request.invalid``.
        """
        require(DESK, Permission.VERIFICATION_REVIEW, actor.roles)
        document = await self._book.load(verification_id)
        if document["user_id"] == actor.user_id:
            raise Problem("auth.forbidden")
        if document["state"] != IN_REVIEW:
            raise Problem("verification.wrong_state")
        if body.approved:
            await self._deciding.approve(document, actor)
        else:
            await self._deciding.refuse(document, _reason(body), actor)
        return await self._view(await self._book.load(verification_id), {})

    async def _view(self, document: VerificationDocument, values: dict[str, str]) -> DeskVerificationView:
        states, _, errors = await self._papers.states(document)
        user = await self._db.users.find_one({"_id": document["user_id"]}, {"display_name": 1})
        return DeskVerificationView(
            id=document["_id"],
            user_id=document["user_id"],
            display_name=user["display_name"] if user else "",
            kind=kind_of(document),
            state=VerificationState(document["state"]),
            papers=paper_views(document, states, errors),
            hints=document.get("hints", {}),
            values=values,
            labels={name: field_label(name) for name in document.get("hints", {})},
            reason=RefusalReason(document["reason"]) if "reason" in document else None,
            submitted_at=document.get("submitted_at"),
            decided_at=document.get("decided_at"),
            expires_at=document.get("expires_at"),
        )


def _reason(body: DecideBody) -> RefusalReason:
    if body.reason is None:
        raise Problem("request.invalid", errors=[{"field": "reason", "message": "请选择驳回原因"}])
    return body.reason
