"""Showing the minutes: to who asked, and at once to everybody else who may read them."""

from schemas.api.minutes import EntryView, MinutesChange, MinutesView
from schemas.documents.minutes import MinutesEntryDocument
from schemas.hearing_enums import IdentityState
from schemas.minutes_enums import MinutesAct
from services.errors import Problem
from services.hearings.court import Seat
from services.hearings.minutes.book import MinutesBook
from services.hearings.minutes.rights import may
from services.hearings.minutes.sheet import Sheet, shown_to
from services.hearings.minutes.views import MinutesViews
from services.live import Live
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct

EVENT = "hearing:minutes"


class MinutesTelling:
    def __init__(self, book: MinutesBook, views: MinutesViews, live: Live, gate: Gate) -> None:
        self._book = book
        self._views = views
        self._live = live
        self._gate = gate

    async def view(self, sheet: Sheet) -> MinutesView:
        """Everything, as the one whose sheet it is may see it."""
        if sheet.seat is None:
            raise Problem("hearing.not_allowed")
        view = self._views.view(sheet, await self._book.entries(sheet), sheet.seat)
        return view.model_copy(update={"proof_wanted": await self._proof_wanted(view, sheet.seat)})

    async def _proof_wanted(self, view: MinutesView, seat: Seat) -> bool:
        """Whether they would sign but for a proof that they can give; what the court doubts only the court lifts."""
        if MinutesAct.SIGN not in view.may or seat.identity is IdentityState.DOUBTED:
            return False
        return await self._gate.lacks(GuardedAct.MINUTES_SIGN, seat.user_id, seat.role, seat.identity)

    async def tell(self, sheet: Sheet) -> None:
        """That something changed: load them again."""
        hint = self._change(sheet, None, None).model_dump(mode="json")
        for seat in _readers(sheet):
            await self._live.to_user(seat.user_id, EVENT, hint)

    async def entry(self, sheet: Sheet, entry: MinutesEntryDocument) -> EntryView:
        """That this line changed; the line as it is. Who may not see it hears only that something changed."""
        view, order = self._views.entry(sheet, entry), sheet.minutes["order"]
        place = order.index(entry["_id"])
        shown = self._change(sheet, view, order[place - 1] if place else None).model_dump(mode="json")
        hint = {**shown, "entry": None, "after": None}
        for seat in _readers(sheet):
            await self._live.to_user(seat.user_id, EVENT, shown if shown_to(seat, entry) else hint)
        return view

    def _change(self, sheet: Sheet, entry: EntryView | None, after: str | None) -> MinutesChange:
        version = sheet.minutes["version"]
        return MinutesChange(hearing_id=sheet.id, version=version, state=sheet.state, entry=entry, after=after)


def _readers(sheet: Sheet) -> list[Seat]:
    return [seat for seat in sheet.court.seats if may(sheet.court, seat, sheet.state, MinutesAct.READ)]
