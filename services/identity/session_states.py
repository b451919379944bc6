"""Which sessions live, remembered for a few seconds: a request must not cost a query to be believed."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.documents.people import SessionDocument
from services.storage.database import Database
from services.storage.together import Together

REVOKED_DISABLED = "account_disabled"
_FRESH = 5.0  # seconds: the longest that another process goes on believing in an ended session
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class SessionState:
    """``problem`` is the code to answer, None while the session lives. ``until`` is on the process's own clock."""

    user_id: str
    problem: str | None
    until: float


class SessionStates:
    def __init__(self, database: Database, ticks: Callable[[], float] = time.monotonic) -> None:
        self._db = database
        self._ticks = ticks
        self._states: OrderedDict[str, SessionState] = OrderedDict()
        self._sessions = Together(self._find)
        self._epoch = 0

    async def of(self, session_id: str) -> SessionState:
        state = self._states.get(session_id)
        if state is not None and state.until > self._ticks():
            return state
        epoch = self._epoch
        until = self._ticks() + _FRESH
        state = await self._load(session_id, until)
        if epoch == self._epoch:  # what was read before somebody said "forget" may be the past
            self._states[session_id] = state
            self._states.move_to_end(session_id)
            if len(self._states) > _REMEMBERED:
                self._states.popitem(last=False)
        return state

    def forget(self, session_ids: Iterable[str]) -> None:
        """Ask the database again at the next request of these sessions."""
        self._epoch += 1
        for session_id in session_ids:
            self._states.pop(session_id, None)

    async def _load(self, session_id: str, until: float) -> SessionState:
        session = await self._sessions.get(session_id)
        if session is None:
            return SessionState("", "auth.session_revoked", until)
        if "revoked_at" not in session:
            return SessionState(session["user_id"], None, until)
        return SessionState(session["user_id"], await problem_of_ended(self._db, session), until)

    async def _find(self, session_ids: list[str]) -> dict[str, SessionDocument]:
        shown = {"user_id": 1, "revoked_at": 1, "revoked_because": 1}
        found = await self._db.sessions.find({"_id": {"$in": session_ids}}, shown).to_list()
        return {session["_id"]: session for session in found}


async def problem_of_ended(database: Database, session: SessionDocument) -> str:
    """The code to answer for a session that was ended: whether the person may simply sign in again."""
    if session.get("revoked_because") == REVOKED_DISABLED:
        user = await database.users.find_one({"_id": session["user_id"]}, {"disabled": 1})
        if user is not None and user["disabled"]:
            return "auth.account_disabled"
    return "auth.session_revoked"
