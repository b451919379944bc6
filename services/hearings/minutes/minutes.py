"""Everything that people do with the minutes of a hearing, as the doors are given it."""

from dataclasses import dataclass

from services.hearings.minutes.entries import MinutesEntries
from services.hearings.minutes.reading import MinutesReading
from services.hearings.minutes.signing import MinutesSigning
from services.hearings.minutes.suggestions import MinutesSuggestions


@dataclass(frozen=True, slots=True)
class Minutes:
    entries: MinutesEntries
    reading: MinutesReading
    signing: MinutesSigning
    suggestions: MinutesSuggestions
