"""Finding messages in one space, or in all of one's own. What is shown was opened and checked, never guessed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from schemas.api.messages import MessageView
from schemas.api.search import HighlightView, SearchEverywhereQuery, SearchHit, SearchPage, SearchQuery, SpaceSearchPage
from schemas.documents.spaces import MemberDocument, SpaceDocument
from services.actors import Actor
from services.errors import Problem
from services.permissions import Permission
from services.search.search_index import SearchIndex
from services.search.search_text import marks, pairs, searchable, terms
from services.spaces.message_reader import MessageReader
from services.spaces.spaces import Spaces, current_member
from services.storage.database import Database

CHUNK = 100  # entries that are opened together
MOST_OPENED = 1_000  # for one answer; the caller goes on from where it ended
MOST_SPACES = 100  # that one answer looks into
_END = 2**53 - 1
READ = "reading"  # the field that stands for what a paper says
EXCERPT = 24  # characters on each side of a term

# Space, seqs → further texts that stand behind messages, such as what a picture says.
Behind = Callable[[str, Sequence[int]], Awaitable[dict[int, str]]]


class Search:
    def __init__(
        self, database: Database, spaces: Spaces, reader: MessageReader, index: SearchIndex, behind: Behind
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._reader = reader
        self._index = index
        self._behind = behind

    async def in_space(self, actor: Actor, space_id: str, query: SearchQuery) -> SpaceSearchPage:
        """Messages of a space that contain every term, newest first. Raises ``space.not_found``."""
        wanted = _terms(query.q)
        place = await self._spaces.access(actor, space_id, Permission.SPACE_VIEW)
        before = query.before_seq if query.before_seq is not None else _END
        hits, reached = await self._look(place.space, place.member, wanted, before, query.limit, _Budget())
        return SpaceSearchPage(items=hits, next_before_seq=reached, has_more=reached is not None)

    async def everywhere(self, actor: Actor, query: SearchEverywhereQuery) -> SearchPage:
        """The same over all of one's spaces: newest space first, and in each the newest message first."""
        wanted = _terms(query.q)
        places = await self._places(actor)
        start, before = _after(query.cursor)
        left = [(space, member) for space, member in places if start is None or space["_id"] <= start]
        budget = _Budget()
        hits: list[SearchHit] = []
        for space, member in left[:MOST_SPACES]:
            bound = before if space["_id"] == start else _END
            found, reached = await self._look(space, member, wanted, bound, query.limit - len(hits), budget)
            hits += found
            if reached is not None:
                return SearchPage(items=hits, next_cursor=f"{space['_id']}-{reached}", has_more=True)
        following = left[MOST_SPACES : MOST_SPACES + 1]
        cursor = f"{following[0][0]['_id']}-{_END}" if following else None
        return SearchPage(items=hits, next_cursor=cursor, has_more=cursor is not None)

    async def _places(self, actor: Actor) -> list[tuple[SpaceDocument, MemberDocument]]:
        """Ids begin with the time at which they were made."""
        spaces = sorted(await self._spaces.of(actor.user_id), key=lambda space: space["_id"], reverse=True)
        members = ((space, current_member(space, actor.user_id)) for space in spaces)
        return [(space, member) for space, member in members if member is not None]

    async def _look(
        self,
        space: SpaceDocument,
        member: MemberDocument,
        wanted: Sequence[str],
        before: int,
        limit: int,
        budget: "_Budget",
    ) -> tuple[list[SearchHit], int | None]:
        """Up to ``limit`` hits below ``before``, and the seq to go on below when this was not all."""
        pieces = set().union(*(pairs(term) for term in wanted))
        hits: list[SearchHit] = []
        while limit > 0 and budget.left > 0:
            seqs, more = await self._index.candidates(space["_id"], member["first_seq"], before, pieces, CHUNK)
            texts = await self._behind(space["_id"], seqs) if seqs else {}
            for view in reversed(await self._opened(space, member, seqs)):
                hit = _hit(view, texts.get(view.seq), wanted)
                if hit is None:
                    continue
                if len(hits) == limit:
                    return hits, hits[-1].message.seq
                hits.append(hit)
            budget.left -= len(seqs)
            if not more:
                return hits, None
            before = seqs[-1]
        return hits, before

    async def _opened(self, space: SpaceDocument, member: MemberDocument, seqs: Sequence[int]) -> list[MessageView]:
        """Ascending, as the member is shown them now: what was recalled or is held has no body."""
        keys = [{"space": space["_id"], "seq": seq} for seq in sorted(seqs)]
        entries = await self._db.entries.find({"_id": {"$in": keys}}).sort("_id", 1).to_list()
        return await self._reader.views(space, entries, viewer=member)


@dataclass(slots=True)
class _Budget:
    """Entries that may still be opened for one answer, in all spaces together."""

    left: int = field(default_factory=lambda: MOST_OPENED)


def _terms(query: str) -> list[str]:
    wanted = terms(query)
    if not wanted:
        fault = "请输入文字或数字"
        raise Problem("request.invalid", fault, errors=[{"field": "q", "message": fault}])
    return wanted


def _hit(view: MessageView, behind: str | None, wanted: Sequence[str]) -> SearchHit | None:
    fields = searchable(view.type, view.body)
    found = marks(fields if behind is None else {**fields, READ: behind}, wanted)
    if found is None:
        return None
    read = next((mark for mark in found if mark.field == READ), None)
    return SearchHit(
        message=view,
        highlights=[
            HighlightView(field=mark.field, start=mark.start, length=mark.length)
            for mark in found
            if mark.field != READ
        ],
        excerpt=_excerpt(behind, read.start, read.length) if behind is not None and read is not None else None,
    )


def _excerpt(text: str, start: int, length: int) -> str:
    """What stands around a mark, on one line. Marks are counted in UTF-16 units."""
    units = text.encode("utf-16-le")
    part = units[2 * max(0, start - EXCERPT) : 2 * (start + length + EXCERPT)].decode("utf-16-le", "ignore")
    return " ".join(part.split())


def _after(cursor: str | None) -> tuple[str | None, int]:
    if cursor is None:
        return None, _END
    space_id, _, seq = cursor.partition("-")
    return space_id, int(seq)
