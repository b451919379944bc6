"""Holding what WeChat finds doubtful, and a person's judgement of it (ruling 27). Nothing is ever destroyed.

The hold, the file's lock, the work item, the audit entry and the debt of telling the space commit together. The space
learns of it by an entry of its record, so that sync, export and every client learn it the way they learn everything.
"""

from typing import Any

from pymongo import DESCENDING, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.content import Verdict
from schemas.api.content import ContentDecisionBody, Decision, HeldMessageView, HoldPage, HoldQuery, HoldView
from schemas.documents.content import ContentCheckDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import ContentState, MessageType, NoticeKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import KeyDestroyedError
from services.notices.notices import Notices
from services.outbox import Effect, Outbox
from services.permissions import DESK, Permission
from services.record import Recorder
from services.spaces.cards import Cards
from services.spaces.holds import TEXTS, HoldCode
from services.spaces.message_views import GONE_NAME, Links, linked_body, names_of
from services.storage.database import Database
from services.work_items import WorkItems

CHANGED = "content.changed"  # kind of the outbox row
WORK = "content.review"
# The vendor's labels (developers.weixin.qq.com, "msgSecCheck").
LABELS = {
    100: "正常",
    10001: "广告",
    20001: "时政",
    20002: "色情",
    20003: "辱骂",
    20006: "违法犯罪",
    20008: "欺诈",
    20012: "低俗",
    20013: "版权",
    21000: "其他",
}
_CODES = {
    ContentState.HELD: HoldCode.HELD,
    ContentState.RELEASED: HoldCode.RELEASED,
    ContentState.UPHELD: HoldCode.UPHELD,
}


class ContentHolds:
    def __init__(
        self,
        database: Database,
        recorder: Recorder,
        cards: Cards,
        notices: Notices,
        work_items: WorkItems,
        audit: Audit,
        outbox: Outbox,
        links: Links,
        clock: Clock = utc_now,
    ) -> None:
        """``links``: to files that are held, for those who judge them."""
        self._db = database
        self._recorder = recorder
        self._cards = cards
        self._notices = notices
        self._work_items = work_items
        self._audit = audit
        self._outbox = outbox
        self._links = links
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {CHANGED: self._tell}

    # --- holding

    async def hold(self, check: ContentCheckDocument, verdict: Verdict) -> None:
        """WeChat finds it doubtful: hide it until somebody has looked. Harmless when repeated."""

        async def work(session: AsyncClientSession) -> None:
            item = await self._work_items.open(
                WORK,
                f"content:{check['_id']}",
                title=f"内容待审核：{label_text(verdict.label)}",
                advice="查看原文后选择恢复显示或不予显示；原文已存证，不会删除。",
                session=session,
                space_id=check["space_id"],
                seq=check["seq"],
                label=verdict.label,
            )
            change = {
                "state": ContentState.HELD,
                "suggestion": verdict.suggestion,
                "label": verdict.label,
                "held_at": self._clock(),
                "work_item": item,
            }
            await self._move(session, check, ContentState.HELD, change, None, verdict.label)

        await self._db.transaction(work)
        self._outbox.nudge()

    async def _move(
        self,
        session: AsyncClientSession,
        check: ContentCheckDocument,
        state: ContentState,
        change: dict[str, Any],
        actor: Actor | None,
        label: int | None,
    ) -> ContentCheckDocument:
        """Move on, by compare-and-set, with everything that goes along. Raises ``content.already_reviewed``."""
        moved = await self._db.content_checks.find_one_and_update(
            {"_id": check["_id"], "state": check["state"]},
            {"$set": {**change, "updated_at": self._clock()}, "$unset": {"due_at": ""}},
            session=session,
            return_document=ReturnDocument.AFTER,
        )
        if moved is None:
            raise Problem("content.already_reviewed")
        if "file_id" in moved:
            held = {"$set": {"held": True}} if state is not ContentState.RELEASED else {"$unset": {"held": ""}}
            await self._db.files.update_one({"_id": moved["file_id"]}, held, session=session)
        subject = f"space:{moved['space_id']}"
        await self._audit.write(actor, _CODES[state].value, subject, session, seq=moved["seq"], label=label)
        await self._outbox.add(session, CHANGED, f"content:{moved['_id']}", {"check_id": moved["_id"], "state": state})
        return moved

    async def _tell(self, row: OutboxDocument) -> None:
        """The space, by an entry of its record; and the one whose message it is."""
        check = await self._db.content_checks.find_one({"_id": row["payload"]["check_id"]})
        if check is None:
            return
        state = ContentState(row["payload"]["state"])
        code = _CODES[state]
        await self._cards.mark(check["space_id"], row["_id"], check["seq"], code, TEXTS[code])
        space = await self._db.spaces.find_one({"_id": check["space_id"]}, {"title": 1})
        if space is None:
            return
        title, text = _NEWS[state]
        await self._notices.tell(
            check["sender_id"],
            NoticeKind.CONTENT_HELD if state is ContentState.HELD else NoticeKind.CONTENT_REVIEWED,
            row["_id"],
            title=title,
            text=text,
            link=f"/spaces/{check['space_id']}",
            values={"case": space["title"], "sender": "平台审核"},
        )

    # --- reviewing

    async def listing(self, actor: Actor, query: HoldQuery) -> HoldPage:
        """What is held, or was. Raises ``auth.forbidden``."""
        _demand(actor)
        wanted: dict[str, Any] = {"state": query.state}
        if query.cursor is not None:
            wanted["_id"] = {"$lt": query.cursor}
        found = await self._db.content_checks.find(wanted).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        return HoldPage(
            items=[_view(check) for check in shown], next_cursor=shown[-1]["_id"] if more else None, has_more=more
        )

    async def read(self, actor: Actor, check_id: str) -> HeldMessageView:
        """The message itself; the audit entry is written before it is shown.

        Raises ``auth.forbidden``, ``content.hold_not_found``.
        """
        check = await self._load(actor, check_id)
        await self._audit.write(actor, "content.read", f"space:{check['space_id']}", seq=check["seq"])
        key = {"_id": {"space": check["space_id"], "seq": check["seq"]}}
        entry = await self._db.entries.find_one(key)
        if entry is None:
            raise Problem("content.hold_not_found")
        try:
            body, _ = await self._recorder.open(entry)
        except KeyDestroyedError:
            raise Problem("content.hold_not_found") from None
        space = await self._db.spaces.find_one({"_id": check["space_id"]}, {"title": 1, "members": 1})
        return HeldMessageView(
            hold=_view(check),
            body=linked_body(MessageType(check["type"]), body, self._links),
            sender_name=names_of(space).get(check["sender_id"], GONE_NAME) if space else GONE_NAME,
            space_title=space["title"] if space else "",
        )

    async def decide(self, actor: Actor, check_id: str, body: ContentDecisionBody) -> HoldView:
        """Release it or uphold that it is hidden. What was upheld may still be released.

        Raises ``auth.forbidden``, ``content.hold_not_found``, ``content.already_reviewed``.
        """
        check = await self._load(actor, check_id)
        state = ContentState.RELEASED if body.decision is Decision.RELEASE else ContentState.UPHELD
        from_upheld = check["state"] == ContentState.UPHELD and state is ContentState.RELEASED
        if check["state"] != ContentState.HELD and not from_upheld:
            raise Problem("content.already_reviewed")
        change = {"state": state, "reviewed_by": actor.user_id, "reviewed_at": self._clock(), "reason": body.reason}

        async def work(session: AsyncClientSession) -> ContentCheckDocument:
            return await self._move(session, check, state, change, actor, check.get("label"))

        moved = await self._db.transaction(work)
        self._outbox.nudge()
        await self._close_work(actor, check, state)
        return _view(moved)

    async def _close_work(self, actor: Actor, check: ContentCheckDocument, state: ContentState) -> None:
        """The item that asked for this; somebody may have closed it by hand."""
        try:
            await self._work_items.close(actor, check.get("work_item", ""), state.value)
        except Problem as fault:
            if fault.code not in ("work_item.not_found", "work_item.already_done"):
                raise

    async def _load(self, actor: Actor, check_id: str) -> ContentCheckDocument:
        _demand(actor)
        judged = {"$in": [state.value for state in _CODES]}
        check = await self._db.content_checks.find_one({"_id": check_id, "state": judged})
        if check is None:
            raise Problem("content.hold_not_found")
        return check


_NEWS = {
    ContentState.HELD: ("消息正在审核", "您发送的一条消息正在审核，暂时只有您和工作人员可见。"),
    ContentState.RELEASED: ("消息已通过审核", "您发送的一条消息已通过审核，恢复显示。"),
    ContentState.UPHELD: ("消息未通过审核", "您发送的一条消息经审核不予显示，原文已存证。"),
}


def label_text(label: int | None) -> str:
    return LABELS.get(label, LABELS[21000]) if label is not None else LABELS[21000]


def _demand(actor: Actor) -> None:
    if not actor.has(*DESK[Permission.CONTENT_REVIEW]):
        raise Problem("auth.forbidden")


def _view(check: ContentCheckDocument) -> HoldView:
    suggestion = check.get("suggestion")
    return HoldView(
        id=check["_id"],
        space_id=check["space_id"],
        seq=check["seq"],
        sender_id=check["sender_id"],
        type=MessageType(check["type"]),
        state=ContentState(check["state"]),
        label=check.get("label"),
        label_text=label_text(check.get("label")),
        suggestion="risky" if suggestion == "risky" else "review" if suggestion == "review" else None,
        sent_at=check["sent_at"],
        held_at=check.get("held_at"),
        reviewed_by=check.get("reviewed_by"),
        reviewed_at=check.get("reviewed_at"),
    )
