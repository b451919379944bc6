"""What goes on in a space beside its messages: finding them."""

from dataclasses import dataclass

from server.wiring.core import Core
from services.search import Search
from services.search_index import SearchIndex


@dataclass(frozen=True, slots=True)
class Talk:
    index: SearchIndex
    search: Search


def build_talk(core: Core) -> Talk:
    index = SearchIndex(core.database, core.recorder, core.index)
    return Talk(index=index, search=Search(core.database, core.spaces, core.reader, index))
