"""What became of the notices of some days: by kind, channel, state and cause (J1)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from schemas.api.base import CHINA
from schemas.api.notice_reach import (
    ChannelCountView,
    KindStatisticsView,
    NoticeStatisticsView,
    StatisticsQuery,
)
from schemas.enums import ChannelState, NoticeChannel, NoticeKind
from services.clock import Clock, utc_now
from services.errors import Problem
from services.storage.database import Database

DAYS = 7
MOST_DAYS = 92


class NoticeStatistics:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def of(self, query: StatisticsQuery) -> NoticeStatisticsView:
        """Counted afresh each time; 92 days at most. Raises ``request.invalid``."""
        last = query.last or self._clock().astimezone(CHINA).date()
        first = query.first or last - timedelta(days=DAYS - 1)
        if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
            fault = f"时间范围应为 1 至 {MOST_DAYS} 天"
            raise Problem("request.invalid", fault, errors=[{"field": "first", "message": fault}])
        told = {"created_at": {"$gte": _midnight(first), "$lt": _midnight(last + timedelta(days=1))}}
        kinds = await self._kinds(told, await self._channels(told))
        return NoticeStatisticsView(
            first=first,
            last=last,
            told=sum(kind.told for kind in kinds),
            read=sum(kind.read for kind in kinds),
            kinds=kinds,
        )

    async def _channels(self, told: dict[str, Any]) -> dict[str, list[ChannelCountView]]:
        """Kind → what became of it on each channel, the most frequent first."""
        pipeline: list[dict[str, Any]] = [
            {"$match": told},
            {"$project": {"kind": 1, "channel": {"$objectToArray": "$channels"}}},
            {"$unwind": "$channel"},
            {
                "$group": {
                    "_id": {
                        "kind": "$kind",
                        "channel": "$channel.k",
                        "state": "$channel.v.state",
                        "cause": {"$ifNull": ["$channel.v.fault", None]},
                    },
                    "count": {"$sum": 1},
                }
            },
            {"$sort": {"count": -1, "_id": 1}},
        ]
        found: dict[str, list[ChannelCountView]] = {}
        async for row in await self._db.raw.notices.aggregate(pipeline):
            key = row["_id"]
            found.setdefault(key["kind"], []).append(
                ChannelCountView(
                    channel=NoticeChannel(key["channel"]),
                    state=ChannelState(key["state"]),
                    cause=key["cause"],
                    count=row["count"],
                )
            )
        return found

    async def _kinds(
        self, told: dict[str, Any], channels: dict[str, list[ChannelCountView]]
    ) -> list[KindStatisticsView]:
        seconds = {"$divide": [{"$subtract": ["$read_at", "$created_at"]}, 1000]}
        pipeline: list[dict[str, Any]] = [
            {"$match": told},
            {"$project": {"kind": 1, "seconds": {"$cond": [{"$gt": ["$read_at", None]}, seconds, "$$REMOVE"]}}},
            {"$sort": {"seconds": 1}},
            {"$group": {"_id": "$kind", "told": {"$sum": 1}, "seconds": {"$push": "$seconds"}}},
            {
                "$project": {
                    "told": 1,
                    "read": {"$size": "$seconds"},
                    "median": {"$arrayElemAt": ["$seconds", {"$floor": {"$divide": [{"$size": "$seconds"}, 2]}}]},
                }
            },
            {"$sort": {"_id": 1}},
        ]
        return [
            KindStatisticsView(
                kind=NoticeKind(row["_id"]),
                told=row["told"],
                read=row["read"],
                median_seconds_to_read=int(row["median"]) if row.get("median") is not None else None,
                channels=channels.get(row["_id"], []),
            )
            async for row in await self._db.raw.notices.aggregate(pipeline)
        ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA)
