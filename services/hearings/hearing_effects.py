"""What follows from an act in a hearing: its entry in the record, and its cards (A3). Bears repetition."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from schemas.api.base import rfc3339
from schemas.documents.hearings import HearingDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.hearing_enums import ActKind, HearingKind
from services.errors import Problem
from services.hearings.docket import ACTED, Docket, court_of
from services.hearings.hearing_cards import HearingCards
from services.hearings.journal import sentence
from services.hearings.undertaking_rules import text_sha256
from services.outbox import Effect
from services.spaces.cards import Cards

Tell = Callable[[HearingDocument], Awaitable[None]]

Drafts = Callable[[HearingDocument, OutboxDocument], Awaitable[None]]  # what an act writes into the minutes


class TellAlso(Protocol):
    def __call__(self, document: HearingDocument, also: Sequence[str] = (), /) -> Awaitable[None]:
        """``also``: user ids of those who are told though they are not there."""


class HearingEffects:
    def __init__(self, docket: Docket, cards: Cards, hearing_cards: HearingCards, tell: Tell, drafts: Drafts) -> None:
        self._docket = docket
        self._cards = cards
        self._hearing_cards = hearing_cards
        self._tell = tell
        self._drafts = drafts

    def effects(self) -> dict[str, Effect]:
        return {ACTED: self._acted}

    async def _acted(self, row: OutboxDocument) -> None:
        """The act in the record of the hearing's space, and the state once more: who did it may have died before."""
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        facts = {"at": rfc3339(note["at"]), "version": note["version"], "segment": note["segment"]}
        if note["act"] == ActKind.UNDERTAKE and note["on"]:
            signed = text_sha256(HearingKind(document["kind"]))
            facts |= {"text_sha256": signed, "file_id": note["file_id"], "file_sha256": note["sha256"]}
        code = f"hearing.{note['act']}"
        try:
            await self._cards.notice(
                document["space_id"], row["_id"], code, sentence(court_of(document), note), facts=facts
            )
        except Problem as fault:
            if fault.code != "message.id_reused":  # written already, and a name has changed since
                raise
        await self._drafts(document, row)
        if note["act"] in (ActKind.REMOVE, ActKind.READMIT):
            await self._docket.announce(document, note["target"])
        if note["act"] == ActKind.STAGE:
            await self._hearing_cards.moved_on(document, row["_id"], note)
        await self._tell(document)
