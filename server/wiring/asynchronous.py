"""Asynchronous hearings: decisions, turns, and what follows from them."""

from dataclasses import dataclass

from server.wiring.core import Core
from services.files.files import Files
from services.hearings.asynchronous.exchange_book import ExchangeBook
from services.hearings.asynchronous.exchange_effects import ExchangeEffects, Says
from services.hearings.asynchronous.exchanges import Exchanges
from services.hearings.asynchronous.turns import Turns
from services.hearings.docket import Docket
from services.hearings.hearing_cards import HearingCards
from services.hearings.hearing_effects import TellAlso
from services.hearings.hearing_views import HearingViews
from services.notices.notices import Notices
from services.verification.gate import Gate


@dataclass(frozen=True, slots=True)
class Asynchronous:
    exchanges: Exchanges
    turns: Turns
    after: ExchangeEffects


def build_asynchronous(
    core: Core,
    docket: Docket,
    files: Files,
    notices: Notices,
    views: HearingViews,
    hearing_cards: HearingCards,
    tell: TellAlso,
    says: Says,
    gate: Gate,
) -> Asynchronous:
    database, vault, clock = core.database, core.vault, core.clock
    book = ExchangeBook(docket, core.outbox, clock)
    return Asynchronous(
        Exchanges(docket, book, vault, views, tell, gate, clock),
        Turns(database, docket, book, vault, files, core.tickets.file_url, tell, gate, clock),
        ExchangeEffects(
            database, docket, book, vault, files, core.recorder, core.cards, hearing_cards, notices, tell, says
        ),
    )
