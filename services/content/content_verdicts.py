"""WeChat's opinions of media, as they come in by push, once or more often, and now and then before we expect them."""

import logging

from pymongo.errors import DuplicateKeyError

from miniprogram_api.content import Verdict
from miniprogram_api.push import PushEvent
from schemas.documents.content import ContentCheckDocument, EarlyVerdictDocument
from schemas.enums import ContentState
from services.clock import Clock, utc_now
from services.content.content_holds import ContentHolds
from services.errors import Problem
from services.storage.database import Database

log = logging.getLogger("casespace.content")


class ContentVerdicts:
    def __init__(self, database: Database, holds: ContentHolds, clock: Clock = utc_now) -> None:
        self._db = database
        self._holds = holds
        self._clock = clock

    async def pushed(self, user_id: str | None, event: PushEvent) -> None:
        """Hears WeChat's pushes (``services.notices.pushes.Listener``)."""
        found = event.media_verdict()
        if found is None:
            return
        arrived: EarlyVerdictDocument = {"_id": found.trace_id, "errcode": found.errcode, "at": self._clock()}
        if found.verdict is not None:
            arrived |= {"suggestion": found.verdict.suggestion, "label": found.verdict.label}
        # Kept before it is looked for: whoever stores the trace id at this moment looks here afterwards.
        try:
            await self._db.early_verdicts.insert_one(arrived)
        except DuplicateKeyError:
            log.info("a verdict came again")
        await self.early(found.trace_id)

    async def early(self, trace_id: str) -> None:
        """Apply the verdict on ``trace_id``, when both it and the check that asked for it are there."""
        arrived = await self._db.early_verdicts.find_one({"_id": trace_id})
        check = await self._db.content_checks.find_one({"trace_id": trace_id, "state": ContentState.ASKED})
        if arrived is not None and check is not None:
            await self._apply(check, arrived)

    async def _apply(self, check: ContentCheckDocument, arrived: EarlyVerdictDocument) -> None:
        suggestion = arrived.get("suggestion")
        if suggestion in ("review", "risky"):
            verdict = Verdict("risky" if suggestion == "risky" else "review", arrived["label"], arrived["_id"])
            try:
                await self._holds.hold(check, verdict)
            except Problem as fault:
                if fault.code != "content.already_reviewed":  # another process has applied it meanwhile
                    raise
            return
        passed = {"state": ContentState.PASSED}
        # -1008: WeChat could not fetch it
        unchecked = {"state": ContentState.UNCHECKED, "cause": f"wechat.{arrived['errcode']}"}
        change = {**(passed if suggestion == "pass" else unchecked), "updated_at": self._clock()}
        asked = {"_id": check["_id"], "state": ContentState.ASKED}
        await self._db.content_checks.update_one(asked, {"$set": change, "$unset": {"due_at": ""}})
