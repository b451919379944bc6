"""The private line between those who preside and the clerk: a record of its own; nobody else hears of it (ruling 7)."""

from schemas.api.hearings import BenchLineView, LinePage
from schemas.api.messages import MessageListQuery
from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType
from services.actors import Actor
from services.errors import Problem
from services.hearings.court import Court, Seat
from services.hearings.docket import Docket, court_of
from services.hearings.rights import BENCH
from services.keys import KeyDestroyedError
from services.live import Live
from services.record import Draft, Recorder
from services.record.side_pages import side_page
from services.storage.database import Database


def line_record(hearing_id: str) -> str:
    """The id of the record that holds the line of a hearing; it takes no seq of the hearing's space."""
    return f"line:{hearing_id}"


class BenchLines:
    def __init__(self, database: Database, docket: Docket, recorder: Recorder, live: Live) -> None:
        self._db = database
        self._docket = docket
        self._recorder = recorder
        self._live = live

    async def say(self, actor: Actor, hearing_id: str, client_msg_id: str, text: str) -> BenchLineView:
        """A word to the others of the bench. Raises ``hearing.not_allowed``, ``message.id_reused``."""
        court, seat = await self._bench(actor, hearing_id)
        view = await self._view(
            hearing_id, (await self._recorder.append(_draft(hearing_id, seat, client_msg_id, text))).entry
        )
        hint = view.model_dump(mode="json")
        for one in court.seats:
            if one.role in BENCH and not court.shuts_out(one):
                await self._live.to_user(one.user_id, "hearing:line", hint)
        return view

    async def page(self, actor: Actor, hearing_id: str, query: MessageListQuery) -> LinePage:
        """What was said before, ascending. Raises ``hearing.not_allowed``, ``request.invalid``."""
        await self._bench(actor, hearing_id)
        found, has_more = await side_page(self._db, line_record(hearing_id), query)
        return LinePage(items=[await self._view(hearing_id, entry) for entry in found], has_more=has_more)

    async def _bench(self, actor: Actor, hearing_id: str) -> tuple[Court, Seat]:
        court = court_of(await self._docket.access(actor, hearing_id))
        seat = court.find(actor.user_id)
        if seat is None or seat.role not in BENCH:
            raise Problem("hearing.not_allowed")
        if court.shuts_out(seat):
            raise Problem("hearing.refused")
        return court, seat

    async def _view(self, hearing_id: str, entry: EntryDocument) -> BenchLineView:
        try:
            text = (await self._recorder.open(entry))[0]["text"]
        except KeyDestroyedError as purged:
            text = purged.detail
        return BenchLineView(
            hearing_id=hearing_id, seq=entry["_id"]["seq"], user_id=entry["sender"], text=text, sent_at=entry["at"]
        )


def _draft(hearing_id: str, seat: Seat, client_msg_id: str, text: str) -> Draft:
    return Draft(
        space_id=line_record(hearing_id),
        sender=seat.user_id,
        role=seat.role.value,
        client_msg_id=client_msg_id,
        type=MessageType.TEXT,
        body={"text": text},
        sender_name=seat.name,
        broadcast=False,
    )
