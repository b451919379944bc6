"""What the people of a hearing do: come in with a ticket, and act. Every act is judged, stored, and told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from ocr import Drawn
from schemas.api.base import Page, PageQuery
from schemas.api.hearings import (
    HearingBody,
    HearingBriefView,
    HearingCancel,
    HearingMove,
    HearingView,
    SdpView,
    TicketView,
)
from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import ActKind, HearingMode, HearingStage, Place
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.files import Files
from services.hearings.act_limits import LIMITS, count
from services.hearings.calendars import calendar
from services.hearings.docket import Docket, court_of, seat_of
from services.hearings.hearing_views import HearingViews
from services.hearings.ice import IceServers
from services.hearings.media import check_offer, line_of
from services.hearings.observers import Observers
from services.hearings.passes import HearingTickets
from services.hearings.proven_seats import proof_for
from services.hearings.rescheduling import Rescheduling
from services.hearings.rights import Act
from services.hearings.scheduling import Scheduling
from services.live import Live
from services.pages import page_of
from services.permissions import Permission
from services.rate_limits import RateLimiter
from services.spaces.spaces import Spaces
from services.storage.database import Database
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct

LISTED_BACK = timedelta(days=30)


class Pages(Protocol):
    """What draws pages (``services/files/page_pictures.py``)."""

    async def look(self, file_id: str, number: int, *, actor: Actor | None, ticket: str | None) -> Drawn:
        """Raises ``file.*``; ``file.no_page`` beyond the last one."""


class Voice(Protocol):
    """What connects people (``services/hearings/switchboard.py``)."""

    def engage(self, hearing_id: str) -> None:
        """Something changed: see that the media follow."""

    async def offer(self, hearing_id: str, user_id: str, sdp: str) -> str:
        """The answer. Raises ``hearing.media_unavailable``, ``hearing.offer_invalid``."""


class Hearings:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        scheduling: Scheduling,
        rescheduling: Rescheduling,
        observers: Observers,
        tickets: HearingTickets,
        views: HearingViews,
        ice: IceServers,
        files: Files,
        pages: Pages,
        spaces: Spaces,
        live: Live,
        voice: Voice | None,
        gate: Gate,
        limiter: RateLimiter,
        public_url: str,
        clock: Clock = utc_now,
        *,
        announcement: bool = False,
    ) -> None:
        """``announcement``: whether the media server has one to play."""
        self._db = database
        self._docket = docket
        self._scheduling = scheduling
        self._rescheduling = rescheduling
        self._observers = observers
        self._tickets = tickets
        self._views = views
        self._ice = ice
        self._files = files
        self._pages = pages
        self._spaces = spaces
        self._live = live
        self._voice = voice
        self._gate = gate
        self._limiter = limiter
        self._public_url = public_url
        self._clock = clock
        self._announcement = announcement

    # --- before it begins

    async def schedule(self, actor: Actor, case_space_id: str, body: HearingBody) -> HearingView:
        """Call a hearing. Raises ``space.*``, ``auth.forbidden``, ``hearing.participants_invalid``."""
        document = await self._scheduling.schedule(actor, case_space_id, body)
        return self._views.view(document, actor.user_id)

    async def reschedule(self, actor: Actor, hearing_id: str, body: HearingMove) -> HearingView:
        """Raises what ``Rescheduling.move`` raises."""
        document = await self._rescheduling.move(actor, hearing_id, body)
        await self.tell(document)
        return self._views.view(document, actor.user_id)

    async def cancel(self, actor: Actor, hearing_id: str, body: HearingCancel) -> HearingView:
        """Raises what ``Rescheduling.cancel`` raises."""
        document = await self._rescheduling.cancel(actor, hearing_id, body)
        await self.tell(document)
        return self._views.view(document, actor.user_id)

    async def get(self, actor: Actor, hearing_id: str) -> HearingView:
        return self._views.view(await self._docket.access(actor, hearing_id), actor.user_id)

    async def mine(self, actor: Actor, query: PageQuery) -> Page[HearingView]:
        """The caller's hearings that are open or were lately, by their time."""
        since = self._clock() - LISTED_BACK
        current = [{"starts_at": {"$gte": since}}, {"stage": {"$ne": HearingStage.CLOSED}}]
        wanted = {"seats.user_id": actor.user_id, "$or": current}
        order = [("starts_at", 1), ("_id", 1)]
        found = (
            await self._db.hearings.find(await self._after(wanted, query)).sort(order).limit(query.limit + 1).to_list()
        )
        shown, more = found[: query.limit], len(found) > query.limit
        items = [self._views.view(document, actor.user_id) for document in shown]
        return Page(items=items, next_cursor=shown[-1]["_id"] if more else None, has_more=more)

    async def _after(self, wanted: dict[str, Any], query: PageQuery) -> dict[str, Any]:
        """``wanted``, from behind the hearing that the page before ended with; it may have been moved meanwhile."""
        last = await self._db.hearings.find_one({"_id": query.cursor}, {"starts_at": 1}) if query.cursor else None
        if last is None:
            return wanted
        at = last["starts_at"]
        behind = [{"starts_at": {"$gt": at}}, {"starts_at": at, "_id": {"$gt": last["_id"]}}]
        return {"$and": [wanted, {"$or": behind}]}

    async def of_case(self, actor: Actor, space_id: str, query: PageQuery) -> Page[HearingBriefView]:
        """The hearings of a case, newest first, for the members of its space; of a hearing's own space, that one.

        Raises ``space.not_found``.
        """
        await self._spaces.access(actor, space_id, Permission.SPACE_VIEW)
        wanted = {"$or": [{"case_space_id": space_id}, {"space_id": space_id}]}
        return await page_of(self._db.hearings, wanted, query, lambda one: self._views.brief(one, actor.user_id))

    async def find(self, actor: Actor, code: str) -> HearingView:
        """The hearing with this code, for those who take part in it. Raises ``hearing.link_invalid``."""
        found = await self._db.hearings.find_one({"code": code})
        if found is None or seat_of(found, actor.user_id) is None:
            raise Problem("hearing.link_invalid")
        return self._views.view(found, actor.user_id)

    async def observe(self, actor: Actor, hearing_id: str, invitation: str) -> HearingView:
        """Take a seat as an observer, with the link of a public hearing. Raises ``hearing.link_invalid``."""
        return self._views.view(await self._observers.seat(actor, hearing_id, invitation), actor.user_id)

    async def calendar(self, actor: Actor, hearing_id: str) -> bytes:
        """The calendar file."""
        document = await self._docket.access(actor, hearing_id)
        return calendar(document, f"{self._public_url}/hearings/{hearing_id}", self._clock())

    async def ticket(self, actor: Actor, hearing_id: str) -> TicketView:
        """A ticket for coming in once, within a minute.

        Raises ``hearing.closed``, ``hearing.asynchronous``, ``hearing.refused``.
        """
        court = court_of(await self._docket.access(actor, hearing_id))
        if court.closed:
            raise Problem("hearing.closed")
        if court.mode is not HearingMode.LIVE:
            raise Problem("hearing.asynchronous")
        if court.seat(actor.user_id).refused:
            raise Problem("hearing.refused")
        ticket, expires_at = await self._tickets.issue(hearing_id, actor.user_id)
        return TicketView(ticket=ticket, ice_servers=self._ice.for_user(actor.user_id), expires_at=expires_at)

    # --- in it

    async def join(self, actor: Actor, hearing_id: str, ticket: str) -> HearingView:
        """Come in, or come back to one's seat. Raises ``hearing.ticket_invalid``, ``hearing.refused``."""
        document = await self._docket.access(actor, hearing_id)
        await self._tickets.use(ticket, hearing_id, actor.user_id)
        kind = proof_for(court_of(document).seat(actor.user_id).role)
        proven = kind is not None and await self._gate.proven(actor.user_id, kind)
        return await self.act(actor, hearing_id, ActKind.COME, verified=proven)

    async def act(
        self, actor: Actor, hearing_id: str, kind: ActKind, target: str | None = None, **more: Any
    ) -> HearingView:
        """Do something; the state afterwards. ``more`` are the fields of ``services.hearings.rights.Act``.

        Raises what the rules raise (``services.hearings.acts.perform``), and ``request.rate_limited``.
        """
        if kind is ActKind.ADMIT and target is not None:
            more["unproven"] = await self._unproven(actor, hearing_id, target)
        act = Act(kind, self._clock(), actor.user_id, target, **more)
        if kind in LIMITS:
            court = court_of(await self._docket.access(actor, hearing_id))
            count(self._limiter, hearing_id, court.seat(actor.user_id), act)
        document = await self._docket.perform(actor, hearing_id, act)
        await self.tell(document, [target] if target else [])
        return self._views.view(document, actor.user_id)

    async def _unproven(self, actor: Actor, hearing_id: str, user_id: str) -> bool:
        """Whether somebody would have to prove who they are before they are let in, and has not."""
        seat = court_of(await self._docket.access(actor, hearing_id)).seat(user_id)
        return await self._gate.lacks(GuardedAct.HEARING_ENTER, user_id, seat.role, seat.identity)

    async def move(self, actor: Actor, hearing_id: str, stage: HearingStage) -> HearingView:
        return await self.act(actor, hearing_id, ActKind.STAGE, stage=stage)

    async def remove(self, actor: Actor, hearing_id: str, user_id: str) -> HearingView:
        """Send somebody out: told so at once, and let in no more."""
        view = await self.act(actor, hearing_id, ActKind.REMOVE, user_id)
        await self._live.to_user(user_id, "hearing:removed", {"hearing_id": hearing_id, "user_id": user_id})
        return view

    async def announce(self, actor: Actor, hearing_id: str, *, on: bool) -> HearingView:
        """Play the discipline of the court to everybody, or stop. Raises ``hearing.no_announcement``."""
        if on and not self._announcement:
            raise Problem("hearing.no_announcement")
        return await self.act(actor, hearing_id, ActKind.ANNOUNCE, on=on)

    async def show(self, actor: Actor, hearing_id: str, file_id: str | None, page: int) -> HearingView:
        """Let everybody look at a page of a file of the hearing's space. Raises ``file.*``.

        It is drawn before anybody is told: nobody is shown a page that there is not, and the phones, which all ask for
        it at once, find it ready.
        """
        if file_id is None:
            return await self.act(actor, hearing_id, ActKind.SHOW)
        document = await self._docket.access(actor, hearing_id)
        await self._files.check_for_message(document["space_id"], actor.user_id, [file_id])
        pages = (await self._pages.look(file_id, page, actor=actor, ticket=None)).pages
        return await self.act(actor, hearing_id, ActKind.SHOW, file_id=file_id, page=page, pages=pages)

    async def offer(self, actor: Actor, hearing_id: str, sdp: str) -> SdpView:
        """Connect one's sound. Only after coming in; who waits is connected and hears nothing.

        Raises ``hearing.offer_invalid``, ``hearing.not_inside``, ``hearing.media_unavailable``.
        """
        court = court_of(await self._docket.access(actor, hearing_id))
        check_offer(sdp)
        if line_of(court, court.seat(actor.user_id)) is None:
            raise Problem("hearing.not_inside")
        if self._voice is None:
            raise Problem("hearing.media_unavailable", "本系统没有配置语音服务")
        return SdpView(sdp=await self._voice.offer(hearing_id, actor.user_id, sdp))

    # --- telling

    async def tell(self, document: HearingDocument, also: Sequence[str] = ()) -> None:
        """Show the new state to everybody who is there (and ``also`` these), and let the media follow.

        In an asynchronous hearing nobody is there, so all are shown it. If it was live a moment ago, whoever leads its
        media sees at the next look that there is nobody left.
        """
        live = court_of(document).mode is HearingMode.LIVE
        if self._voice is not None and live:
            self._voice.engage(document["_id"])
        for seat in document["seats"]:
            if not live or seat["place"] != Place.OUTSIDE or seat["user_id"] in also:
                view = self._views.view(document, seat["user_id"])
                await self._live.to_user(seat["user_id"], "hearing:state", view.model_dump(mode="json"))
