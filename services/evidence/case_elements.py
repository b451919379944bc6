"""The seven elements of a case record (C8), suggested from papers that somebody confirmed."""

import orjson
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.evidence import CaseElements, CaseElementsView
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.evidence.prefilling import CASE_ENTRIES
from services.keys import KeyDestroyedError, Vault
from services.permissions import Permission
from services.readings.confirmed_papers import ConfirmedPapers
from services.readings.suggesting import suggestions
from services.spaces.spaces import Spaces
from services.storage.database import Database
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct


class CaseElementsBook:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        papers: ConfirmedPapers,
        vault: Vault,
        audit: Audit,
        gate: Gate,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._papers = papers
        self._vault = vault
        self._audit = audit
        self._gate = gate
        self._clock = clock

    async def get(self, actor: Actor, space_id: str) -> CaseElementsView:
        """For the staff of the space. Raises ``space.not_found``, ``auth.forbidden``, ``file.gone``."""
        await self._spaces.access(actor, space_id, Permission.CASE_RECORD)
        try:
            return await self._view(space_id)
        except KeyDestroyedError:
            raise Problem("file.gone") from None

    async def put(self, actor: Actor, space_id: str, body: CaseElements) -> CaseElementsView:
        """Save all seven; the shape refuses fewer. Raises also ``space.closed``, ``verification.required``."""
        place = await self._spaces.access(actor, space_id, Permission.CASE_RECORD)
        if "closed_at" in place.space:
            raise Problem("space.closed")
        await self._gate.check(GuardedAct.CASE_ELEMENTS, actor.user_id, place.role)
        try:
            key = await self._vault.key(f"space:{space_id}")
        except KeyDestroyedError:
            raise Problem("file.gone") from None
        sealed = key.seal(orjson.dumps(body.model_dump()), _place(space_id))

        async def work(session: AsyncClientSession) -> None:
            await self._db.case_elements.update_one(
                {"_id": space_id},
                {
                    "$set": {"elements": sealed, "by": actor.user_id, "updated_at": self._clock(), "schema_version": 1},
                    "$inc": {"revision": 1},
                },
                upsert=True,
                session=session,
            )
            await self._audit.write(actor, "case_elements.saved", f"space:{space_id}", session)

        await self._db.transaction(work)
        return await self._view(space_id)

    async def _view(self, space_id: str) -> CaseElementsView:
        document = await self._db.case_elements.find_one({"_id": space_id})
        found = suggestions(CASE_ENTRIES, await self._papers.of_space(space_id))
        first = {one.name: one.value for one in reversed(found)}
        if document is None:
            return CaseElementsView(suggested=first, suggestions=found)
        key = await self._vault.key(f"space:{space_id}")
        elements = CaseElements.model_validate(orjson.loads(key.open(document["elements"], _place(space_id))))
        return CaseElementsView(
            elements=elements, suggested=first, suggestions=found, updated_at=document["updated_at"]
        )


def _place(space_id: str) -> str:
    return f"case_elements:{space_id}"
