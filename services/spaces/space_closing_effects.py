"""What follows when a space closes or opens again: a card in it, and notices for client and lawyer (A3, J2)."""

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import SpaceDocument
from schemas.enums import NoticeKind, Role
from services.orders.order_seams import Teller
from services.outbox import Effect
from services.spaces.cards import Cards
from services.spaces.space_closing import CLOSED, REOPENED
from services.storage.database import Database

_CONCERNED = frozenset({Role.CLIENT.value, Role.LAWYER.value})


class SpaceClosingEffects:
    def __init__(self, database: Database, cards: Cards, notices: Teller) -> None:
        self._db = database
        self._cards = cards
        self._notices = notices

    def effects(self) -> dict[str, Effect]:
        return {CLOSED: self._closed, REOPENED: self._reopened}

    async def _closed(self, row: OutboxDocument) -> None:
        space = await self._space(row)
        if space is None:
            return
        text = "服务已结束，空间已关闭。记录可随时查看和导出；需要继续沟通，请申请重新开启。"
        ref = {"order_id": space["order_id"]}
        await self._cards.show(space["_id"], row["_id"], "space", "案件空间已关闭", "closed", ref, text=text)
        await self._tell(row, space, NoticeKind.SPACE_CLOSED, "案件空间已关闭", "服务已结束，记录仍可查看")

    async def _reopened(self, row: OutboxDocument) -> None:
        space = await self._space(row)
        if space is None:
            return
        if card := row["payload"]["closing"]:
            await self._cards.update(space["_id"], row["_id"], card, "reopened", text="客服已重新开启，可以继续沟通。")
        await self._tell(row, space, NoticeKind.SPACE_REOPENED, "案件空间已重新开启", "可以继续沟通了")

    async def _space(self, row: OutboxDocument) -> SpaceDocument | None:
        """None when its content was destroyed since: there is nothing to say in it, nor a key to say it under."""
        where = {"_id": row["payload"]["space_id"], "purged_at": {"$exists": False}}
        return await self._db.spaces.find_one(where)

    async def _tell(self, row: OutboxDocument, space: SpaceDocument, kind: NoticeKind, title: str, text: str) -> None:
        concerned = {
            member["user_id"] for member in space["members"] if "left_at" not in member and member["role"] in _CONCERNED
        }
        for user_id in sorted(concerned):
            await self._notices.tell(
                user_id,
                kind,
                f"space:{space['_id']}:{row['_id']}",
                title=title,
                text=f"“{space['title']}”{text}",
                link=f"/spaces/{space['_id']}",
                values={"case": space["title"], "sender": "系统"},
            )
