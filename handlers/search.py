"""``/search`` and ``/spaces/{id}/search``: finding messages."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.search import SearchEverywhereQuery, SearchPage, SearchQuery, SpaceSearchPage
from services.permissions import SIGNED_IN
from services.rate_limits import Limit

# A search opens entries; somebody who types does not need more.
SEARCHES = Limit(60, 60)
EVERYWHERE = Limit(20, 60)


class SpaceSearchHandler(ApiHandler):
    @door(
        "Find messages in a case space, newest first",
        allow=SIGNED_IN,
        query=SearchQuery,
        answer=SpaceSearchPage,
        problems=("space.not_found",),
        limit=SEARCHES,
        description="Finds texts, names of files, titles of cards, places and contacts, a moment after they were "
        "sent. Recalled messages are not found.",
    )
    async def get(self, call: Call[NoBody], space_id: str) -> SpaceSearchPage:
        return await self.services.search.in_space(call.actor, space_id, call.query)


class SearchHandler(ApiHandler):
    @door(
        "Find messages in all of the caller's case spaces",
        allow=SIGNED_IN,
        query=SearchEverywhereQuery,
        answer=SearchPage,
        limit=EVERYWHERE,
    )
    async def get(self, call: Call[NoBody]) -> SearchPage:
        return await self.services.search.everywhere(call.actor, call.query)


ROUTES = [
    ("/api/v1/spaces/([0-9a-f]{24})/search", SpaceSearchHandler),
    ("/api/v1/search", SearchHandler),
]
