"""Asking WeChat for its opinion of what people write (内容安全, ruling 27): after the fact, and off the hot path.

A follower notes each message; every second the notes that are due are asked about, side by side. A WeChat that is
slow or down makes notes wait with growing pauses and holds up nothing else; what no opinion can be had of in time stays
as it is, with the cause. Texts are answered at once, media by push (``services/content/content_verdicts.py``).
Vendor documents: developers.weixin.qq.com, "msgSecCheck", "mediaCheckAsync".
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Literal, Protocol, cast

from pymongo import ASCENDING, UpdateOne

from miniprogram_api.content import MAX_MEDIA_BYTES, MAX_TEXT, USER_AWAY, Verdict
from miniprogram_api.errors import VendorError, WeChatError
from schemas.api.files import FileVariant
from schemas.documents.content import ContentCheckDocument
from schemas.documents.spaces import FileDocument
from schemas.enums import ContentState, MessageType, SystemRole
from services.clock import Clock, utc_now
from services.content.content_holds import ContentHolds
from services.content.content_verdicts import ContentVerdicts
from services.errors import Problem
from services.followers import EntryHead
from services.keys import KeyDestroyedError
from services.outbox import pause
from services.record import Recorder
from services.storage.database import Database, in_slices
from services.work_items import WorkItems

log = logging.getLogger("casespace.content")

# WeChat looks at nobody's content who was not in the mini-program within that time; later there is nothing to ask.
ASKABLE = timedelta(hours=2)
VERDICT_WITHIN = timedelta(minutes=30)
AT_ONCE = 8
BATCH = 100
_TEXTS = frozenset({MessageType.TEXT, MessageType.LOCATION})
_FILES = frozenset({MessageType.IMAGE, MessageType.VOICE, MessageType.FILE})
_WORST = ("pass", "review", "risky")
Tally = Callable[[str, str], None]  # type of message, state


class Opinions(Protocol):
    """The part of ``miniprogram_api.content.ContentSafety`` that is needed here."""

    async def check_text(self, openid: str, text: str) -> Verdict: ...

    async def check_media(self, openid: str, url: str, kind: Literal["audio", "image"]) -> str: ...


class ContentChecks:
    def __init__(
        self,
        database: Database,
        recorder: Recorder,
        opinions: Opinions,
        openid_of: Callable[[str], Awaitable[str | None]],
        links: Callable[[str, str], str],
        holds: ContentHolds,
        verdicts: ContentVerdicts,
        work_items: WorkItems,
        tally: Tally,
        clock: Clock = utc_now,
    ) -> None:
        """``links``: file id, variant → an address with a short-lived ticket that WeChat can fetch."""
        self._db = database
        self._recorder = recorder
        self._opinions = opinions
        self._openid_of = openid_of
        self._links = links
        self._holds = holds
        self._verdicts = verdicts
        self._work_items = work_items
        self._tally = tally
        self._clock = clock

    async def follow(self, heads: Sequence[EntryHead]) -> None:
        """Entries were stored. May be called again with the same ones; what is old is not asked about any more."""
        now = self._clock()
        rows = [
            UpdateOne(
                {"_id": f"{head['_id']['space']}-{head['_id']['seq']}"},
                {
                    "$setOnInsert": {
                        "schema_version": 1,
                        "space_id": head["_id"]["space"],
                        "seq": head["_id"]["seq"],
                        "sender_id": head["sender"],
                        "type": head["type"],
                        "state": ContentState.OWED,
                        "tries": 0,
                        "due_at": now,
                        "sent_at": head["at"],
                        "updated_at": now,
                    }
                },
                upsert=True,
            )
            for head in heads
            if head["type"] in _TEXTS | _FILES
            and head["sender"] != SystemRole.SYSTEM
            and ":" not in head["_id"]["space"]  # notes of the staff stay among the staff
            and now - head["at"] < ASKABLE
        ]
        for some in in_slices(rows):
            await self._db.content_checks.bulk_write(some, ordered=False)

    async def tick(self) -> int:
        """Ask about what is due, oldest first; how many. Call about once a second."""
        due = self._db.content_checks.find({"due_at": {"$lte": self._clock()}})
        checks = await due.sort("due_at", ASCENDING).limit(BATCH).to_list()
        gate = asyncio.Semaphore(AT_ONCE)

        async def look(check: ContentCheckDocument) -> None:
            async with gate:
                await self._look(check)

        await asyncio.gather(*map(look, checks))
        return len(checks)

    async def _look(self, check: ContentCheckDocument) -> None:
        try:
            if check["state"] == ContentState.ASKED:
                await self._timed_out(check)
            elif self._clock() - check["sent_at"] > ASKABLE:
                await self._give_up(check, check.get("cause", "too_late"))
            else:
                await self._ask(check)
        except WeChatError as fault:
            if fault.retryable:
                await self._later(check, fault.code)
            else:
                # 61010: the person was not in the mini-program lately, so that WeChat has no opinion of them
                cause = "user_away" if fault.errcode == USER_AWAY else fault.code
                await self._unchecked(check, cause)
        except VendorError as fault:
            await self._later(check, fault.code)
        except KeyDestroyedError:
            await self._unchecked(check, "purged")
        except Problem as fault:
            if fault.code != "content.already_reviewed":
                raise
            log.info("another process has moved a check on meanwhile", extra={"space_id": check["space_id"]})

    async def _ask(self, check: ContentCheckDocument) -> None:
        openid = await self._openid_of(check["sender_id"])
        entry = await self._db.entries.find_one({"_id": {"space": check["space_id"], "seq": check["seq"]}})
        if openid is None or entry is None:
            await self._unchecked(check, "no_openid" if entry else "purged")
            return
        body, _ = await self._recorder.open(entry)
        if check["type"] in _TEXTS:
            await self._text(check, openid, body)
        else:
            await self._media(check, openid, body["file_id"])

    async def _text(self, check: ContentCheckDocument, openid: str, body: dict[str, Any]) -> None:
        words = "\n".join(str(body[name]) for name in ("text", "name", "address") if body.get(name)).strip()
        worst: Verdict | None = None
        for start in range(0, len(words), MAX_TEXT):
            verdict = await self._opinions.check_text(openid, words[start : start + MAX_TEXT])
            if worst is None or _WORST.index(verdict.suggestion) > _WORST.index(worst.suggestion):
                worst = verdict
        if worst is None or worst.fine:
            await self._move(check, ContentState.PASSED)
        else:
            self._tally(check["type"], ContentState.HELD)
            await self._holds.hold(check, worst)

    async def _media(self, check: ContentCheckDocument, openid: str, file_id: str) -> None:
        file = await self._db.files.find_one({"_id": file_id})
        found = _fetchable(file) if file else "purged"
        if isinstance(found, str):
            await self._unchecked(check, found)
            return
        kind, variant = found
        trace_id = await self._opinions.check_media(openid, self._links(file_id, variant), kind)
        due_at = self._clock() + VERDICT_WITHIN
        await self._move(check, ContentState.ASKED, trace_id=trace_id, file_id=file_id, due_at=due_at)
        await self._verdicts.early(trace_id)

    async def _timed_out(self, check: ContentCheckDocument) -> None:
        log.warning("no verdict came within its time", extra={"space_id": check["space_id"], "seq": check["seq"]})
        await self._give_up(check, "no_verdict")

    async def _later(self, check: ContentCheckDocument, cause: str) -> None:
        """Try again after a growing pause."""
        tries = check["tries"] + 1
        due_at = self._clock() + timedelta(seconds=pause(tries + 4))
        await self._move(check, ContentState.OWED, tries=tries, due_at=due_at, cause=cause)

    async def _give_up(self, check: ContentCheckDocument, cause: str) -> None:
        """No opinion could be had although there should be one: an operator must know."""
        await self._work_items.open(
            "content.unchecked",
            f"cause:{cause}",
            title="内容安全检查没有结果",
            advice="检查微信接口是否可用，以及微信能否访问本服务的文件地址；消息本身照常显示。",
            space_id=check["space_id"],
            seq=check["seq"],
            cause=cause,
        )
        await self._unchecked(check, cause)

    async def _unchecked(self, check: ContentCheckDocument, cause: str) -> None:
        await self._move(check, ContentState.UNCHECKED, cause=cause)

    async def _move(self, check: ContentCheckDocument, state: ContentState, **change: Any) -> None:
        update: dict[str, Any] = {"$set": {"state": state, **change, "updated_at": self._clock()}}
        if "due_at" not in change:
            update["$unset"] = {"due_at": ""}
            self._tally(check["type"], state)
        await self._db.content_checks.update_one({"_id": check["_id"], "state": check["state"]}, update)


def _fetchable(file: FileDocument) -> tuple[Literal["audio", "image"], str] | str:
    """What WeChat is asked about and the copy that it is to fetch, or why it is not asked."""
    family = file["content_type"].partition("/")[0]
    if family not in ("audio", "image"):
        return "not_checkable"
    copies = file.get("copies", {})
    # what every phone plays or shows WeChat can read too; and a small picture shows what the large one does
    shown = FileVariant.PREVIEW if FileVariant.PREVIEW in copies else FileVariant.ORIGINAL
    for variant in (FileVariant.PLAY, shown, FileVariant.THUMBNAIL):
        copy = copies.get(variant)
        if copy is not None and copy["size"] <= MAX_MEDIA_BYTES:
            return cast('Literal["audio", "image"]', family), variant
    return "too_large" if copies else "purged"
