"""What goes on in a space beside its messages: who is in it, finding something, what the staff note."""

from dataclasses import dataclass

from server.wiring.core import Core
from server.worker import Tick
from services.identity.accounts import Accounts
from services.identity.wechat_codes import WeChatCodes
from services.notices.notices import Notices
from services.outbox import Effect
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_texts import ReadingTexts
from services.search.search import Search
from services.search.search_index import SearchIndex
from services.spaces.calls import Calls
from services.spaces.desk import Desk
from services.spaces.memberships import Memberships
from services.spaces.notes import Notes
from services.spaces.purging import Purging
from services.spaces.renaming import Renaming
from services.spaces.space_closing import SpaceClosing
from services.spaces.space_closing_effects import SpaceClosingEffects


@dataclass(frozen=True, slots=True)
class Talk:
    index: SearchIndex
    search: Search
    notes: Notes
    memberships: Memberships
    desk: Desk
    renaming: Renaming
    purging: Purging
    calls: Calls
    closing: SpaceClosing
    closed: SpaceClosingEffects

    def effects(self) -> dict[str, Effect]:
        parts = (self.memberships, self.renaming, self.calls, self.closed)
        return {kind: effect for part in parts for kind, effect in part.effects().items()}

    def ticks(self) -> list[Tick]:
        return [Tick("space_closing", 600.0, self.closing.tick)]


def build_talk(core: Core, accounts: Accounts, notices: Notices) -> Talk:
    index = SearchIndex(core.database, core.recorder, core.index)
    papers = ReadingTexts(core.database, ReadingSeals(core.vault))
    return Talk(
        index=index,
        search=Search(core.database, core.spaces, core.reader, index, papers.of),
        notes=Notes(core.database, core.recorder, core.spaces, core.publisher, core.limiter),
        memberships=Memberships(core.database, core.spaces, core.recorder, core.cards, core.audit, core.outbox),
        desk=Desk(core.database, core.reader, core.index, core.audit, core.clock),
        renaming=Renaming(core.database, core.spaces),
        purging=Purging(core.database, core.vault, core.recorder, index, core.audit, core.clock),
        calls=Calls(
            core.database,
            core.spaces,
            accounts,
            WeChatCodes(core.wechat),
            core.settings.wechat_appid,
            core.cards,
            core.audit,
            core.outbox,
            core.clock,
        ),
        closing=SpaceClosing(
            core.database,
            core.spaces,
            core.work_items,
            core.audit,
            core.outbox,
            days=core.settings.space_close_days or None,
            clock=core.clock,
        ),
        closed=SpaceClosingEffects(core.database, core.cards, notices),
    )
