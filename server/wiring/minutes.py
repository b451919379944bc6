"""The minutes of hearings: what is written, read and signed, and what follows."""

from dataclasses import dataclass

from miniprogram_api.http import HttpClient, HttpConfig
from miniprogram_api.speech import OpenTranscriber, SpeechConfig
from server.settings import Settings
from server.wiring.core import Core
from services.files.made_files import MadeFiles
from services.hearings.hearing_cards import HearingCards
from services.hearings.minutes.book import MinutesBook
from services.hearings.minutes.drafts import MinutesDrafts
from services.hearings.minutes.effects import MinutesEffects
from services.hearings.minutes.entries import MinutesEntries
from services.hearings.minutes.minutes import Minutes
from services.hearings.minutes.paper import MinutesPaper
from services.hearings.minutes.reading import MinutesReading
from services.hearings.minutes.signing import MinutesSigning
from services.hearings.minutes.suggestions import MinutesSuggestions
from services.hearings.minutes.telling import MinutesTelling
from services.hearings.minutes.views import MinutesViews
from services.notices.notices import Notices
from services.papers.seals import PaperSeal
from services.verification.gate import Gate

RECOGNISED_WITHIN = 600.0  # seconds, for one speaker's part of a segment


@dataclass(frozen=True, slots=True)
class MinutesParts:
    services: Minutes
    after: MinutesEffects
    files: MadeFiles
    drafts: MinutesDrafts
    http: HttpClient  # waits as long as recognising takes


def build_minutes(
    core: Core, notices: Notices, seal: PaperSeal, gate: Gate, files: MadeFiles, hearing_cards: HearingCards
) -> MinutesParts:
    database, clock = core.database, core.clock
    book = MinutesBook(database, core.vault, core.audit, core.outbox, clock)
    speech = _speech(core.settings)
    views = MinutesViews(core.tickets.file_url, clock, recognises=speech is not None)
    telling = MinutesTelling(book, views, core.publisher, gate)
    http = HttpClient(HttpConfig(request_timeout=RECOGNISED_WITHIN, attempts=1), observe=core.metrics.vendor)
    reading = MinutesReading(database, book, telling, clock)
    services = Minutes(
        MinutesEntries(database, book, telling, clock),
        reading,
        MinutesSigning(book, telling, files, gate, clock),
        MinutesSuggestions(database, book, telling, files, OpenTranscriber(speech, http) if speech else None),
    )
    paper = MinutesPaper(core.papers, seal, files)
    return MinutesParts(
        services,
        MinutesEffects(book, reading, telling, paper, files, core.cards, hearing_cards, notices),
        files,
        MinutesDrafts(database, book, telling),
        http,
    )


def _speech(settings: Settings) -> SpeechConfig | None:
    """None: nothing is recognised."""
    if settings.speech_url is None:
        return None
    key = settings.speech_key
    return SpeechConfig(settings.speech_url, settings.speech_model, key.get_secret_value() if key else None)
