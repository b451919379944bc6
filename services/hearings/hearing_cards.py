"""The card of a hearing (A3): one in the case, one in the hearing's own space, which go through the same states.

The opposing side is in the hearing's space only (ruling 10), so neither can do for both. Bears repetition.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.api.base import CHINA
from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import HearingStage, HearingState
from services.errors import Problem
from services.hearings.hearing_states import state_of
from services.spaces.cards import Cards

_STATES = {
    HearingStage.OPENING: HearingState.IN_SESSION,
    HearingStage.RECESS: HearingState.RECESS,
    HearingStage.CLOSED: HearingState.CLOSED,
}


def card_of(hearing_id: str) -> str:
    """The event id of the hearing's card, in either space."""
    return f"hearing:{hearing_id}"


def when(moment: datetime) -> str:
    """As people in China say it."""
    return moment.astimezone(CHINA).strftime("%Y年%-m月%-d日 %H:%M")


class HearingCards:
    def __init__(self, cards: Cards) -> None:
        self._cards = cards

    async def show(self, document: HearingDocument, starts_at: datetime) -> None:
        """That it has been called, for that time."""
        for space_id in (document["case_space_id"], document["space_id"]):
            await self._show(space_id, document, HearingState.SCHEDULED, when(starts_at))

    async def update(
        self, document: HearingDocument, event_id: str, state: HearingState, text: str | None = None
    ) -> None:
        card, own = card_of(document["_id"]), document["space_id"]
        await self._cards.update(document["case_space_id"], event_id, card, state, text=text)
        try:  # the event itself has its line there, under its own id
            await self._cards.update(own, f"{event_id}:card", card, state, text=text)
        except KeyError:  # called before hearings' own spaces had this card
            await self._show(own, document, state, text or when(document["starts_at"]))

    async def moved_on(self, document: HearingDocument, event_id: str, note: Mapping[str, Any]) -> None:
        """The court has gone on to another stage: ``note`` names it, and whether it was taken up after a recess."""
        state = HearingState.IN_SESSION if note["resumed"] else _STATES.get(HearingStage(note["stage"]))
        if state is not None:
            await self.update(document, event_id, state)

    async def tell_case(self, document: HearingDocument, event_id: str, text: str) -> None:
        """Something that the hearing's own space says by an entry of its own."""
        case, card = document["case_space_id"], card_of(document["_id"])
        try:
            await self._cards.update(case, event_id, card, state_of(document), text=text)
        except Problem as fault:
            if fault.code != "message.id_reused":  # said already, and the hearing has gone on since
                raise

    async def _show(self, space_id: str, document: HearingDocument, state: HearingState, text: str) -> None:
        hearing_id = document["_id"]
        ref = {"hearing_id": hearing_id}
        await self._cards.show(space_id, card_of(hearing_id), "hearing", document["title"], state, ref, text=text)
