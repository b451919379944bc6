"""The events of a hearing. Each is one act of the person whose socket it is; the rules are in ``services/hearings``."""

from realtime.base import BaseNamespace, event
from realtime.sockets import Connection
from schemas.api.hearings import BenchLineView, HearingView, SdpView
from schemas.hearing_enums import ActKind, UndertakingState
from schemas.hearing_events import (
    HearingAbsence,
    HearingAct,
    HearingAnnounce,
    HearingCaucus,
    HearingFloor,
    HearingHand,
    HearingIdentity,
    HearingJoin,
    HearingLine,
    HearingMute,
    HearingOffer,
    HearingRemove,
    HearingShow,
    HearingStageMove,
    HearingTarget,
    HearingUndertaking,
    HearingWitness,
)
from services.actors import Actor
from services.permissions import SIGNED_IN, Allow

_ANYBODY: Allow = SIGNED_IN  # what they may do in a hearing is decided there
_USUAL = (
    "hearing.not_found",
    "hearing.closed",
    "hearing.asynchronous",
    "hearing.not_allowed",
    "hearing.wrong_stage",
    "hearing.not_inside",
)
_NOT_SWORN = ("hearing.undertaking_open", "hearing.undertaking_refused")


class HearingEvents(BaseNamespace):
    @event(
        "hearing:join",
        body=HearingJoin,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Come in with a ticket: into the waiting room, or back to one's seat",
        problems=("hearing.not_found", "hearing.ticket_invalid", "hearing.refused", "hearing.closed"),
        of_connection=True,
    )
    async def join_hearing(self, connection: Connection, body: HearingJoin) -> HearingView:
        """The connection is in before the act: whoever turns away with another one meanwhile is not taken for gone."""
        courtrooms = self.publisher.courtrooms
        fresh = courtrooms.enter(connection, body.hearing_id)
        try:
            return await self.services.hearings.join(connection.actor, body.hearing_id, body.ticket)
        except BaseException:
            if fresh:
                courtrooms.turn_away(connection, body.hearing_id)
            raise

    @event(
        "hearing:away",
        body=HearingAct,
        allow=_ANYBODY,
        summary="The page turned away from the hearing: the seat is kept, and nobody is there unless by another page",
        problems=("hearing.not_found",),
        of_connection=True,
    )
    async def turn_away(self, connection: Connection, body: HearingAct) -> None:
        self.publisher.courtrooms.turn_away(connection, body.hearing_id)
        await self.services.attendance.turned_away(connection.actor, body.hearing_id)

    @event(
        "hearing:offer",
        body=HearingOffer,
        allow=_ANYBODY,
        answer=SdpView,
        summary="Connect one's sound: an SDP offer with one audio line and its candidates; the newest device wins",
        problems=("hearing.not_inside", "hearing.offer_invalid", "hearing.media_unavailable"),
    )
    async def offer(self, actor: Actor, body: HearingOffer) -> SdpView:
        return await self.services.hearings.offer(actor, body.hearing_id, body.sdp)

    @event(
        "hearing:leave",
        body=HearingAct,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Go, and give up the seat",
        of_connection=True,
    )
    async def leave_hearing(self, connection: Connection, body: HearingAct) -> HearingView:
        left = await self.services.hearings.act(connection.actor, body.hearing_id, ActKind.LEAVE)
        self.publisher.courtrooms.turn_away(connection, body.hearing_id)
        return left

    @event(
        "hearing:accept",
        body=HearingAct,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Promise the discipline of the court (庭审纪律), agree to take part online: else nobody is admitted",
        problems=_USUAL,
    )
    async def accept_rules(self, actor: Actor, body: HearingAct) -> HearingView:
        return await self.services.hearings.act(actor, body.hearing_id, ActKind.ACCEPT)

    @event(
        "hearing:announce",
        body=HearingAnnounce,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Play the discipline of the court to everybody in the court room, or stop it",
        problems=(*_USUAL, "hearing.no_announcement"),
    )
    async def announce(self, actor: Actor, body: HearingAnnounce) -> HearingView:
        return await self.services.hearings.announce(actor, body.hearing_id, on=body.play)

    @event(
        "hearing:admit",
        body=HearingTarget,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Let somebody in from the waiting room",
        problems=(
            *_USUAL,
            "hearing.no_participant",
            "hearing.not_waiting",
            "hearing.rules_not_accepted",
            "hearing.witness_called_only",
            "hearing.identity_open",
        ),
    )
    async def admit(self, actor: Actor, body: HearingTarget) -> HearingView:
        return await self.services.hearings.act(actor, body.hearing_id, ActKind.ADMIT, body.user_id)

    @event(
        "hearing:identity",
        body=HearingIdentity,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Note at the roll-call whether somebody is who they say",
        problems=(*_USUAL, "hearing.no_participant"),
    )
    async def identify(self, actor: Actor, body: HearingIdentity) -> HearingView:
        return await self.services.hearings.act(
            actor, body.hearing_id, ActKind.IDENTIFY, body.user_id, identity=body.state
        )

    @event(
        "hearing:absence",
        body=HearingAbsence,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Note why somebody is not there, or take the note back",
        problems=(*_USUAL, "hearing.no_participant", "hearing.is_present"),
    )
    async def note_absence(self, actor: Actor, body: HearingAbsence) -> HearingView:
        return await self.services.hearings.act(actor, body.hearing_id, ActKind.ABSENCE, body.user_id, cause=body.cause)

    @event(
        "hearing:stage",
        body=HearingStageMove,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Move on to a stage, into a recess and back, or close",
        problems=(*_USUAL, "hearing.roll_call_open"),
    )
    async def move_on(self, actor: Actor, body: HearingStageMove) -> HearingView:
        return await self.services.hearings.move(actor, body.hearing_id, body.stage)

    @event(
        "hearing:hand",
        body=HearingHand,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Raise one's hand, or lower it",
        problems=_USUAL,
    )
    async def hand(self, actor: Actor, body: HearingHand) -> HearingView:
        return await self.services.hearings.act(actor, body.hearing_id, ActKind.HAND, on=body.raised)

    @event(
        "hearing:floor",
        body=HearingFloor,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Give somebody the floor, or take it",
        problems=(*_USUAL, "hearing.no_participant", "hearing.no_floor_for_role", *_NOT_SWORN),
    )
    async def floor(self, actor: Actor, body: HearingFloor) -> HearingView:
        return await self.services.hearings.act(actor, body.hearing_id, ActKind.FLOOR, body.user_id, on=body.give)

    @event(
        "hearing:mute",
        body=HearingMute,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Close a microphone: one's own, somebody's, or everybody's; locked ones only the court opens",
        problems=(*_USUAL, "hearing.no_participant", "hearing.mic_locked"),
    )
    async def mute(self, actor: Actor, body: HearingMute) -> HearingView:
        kind, target = ActKind.MUTE_SELF, None
        if body.everybody:
            kind = ActKind.MUTE_ALL
        elif body.user_id is not None and body.user_id != actor.user_id:
            kind, target = ActKind.MUTE, body.user_id
        return await self.services.hearings.act(actor, body.hearing_id, kind, target, on=body.muted, lock=body.locked)

    @event(
        "hearing:remove",
        body=HearingRemove,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Send somebody out and refuse them, or let them come again",
        problems=(*_USUAL, "hearing.no_participant"),
    )
    async def remove(self, actor: Actor, body: HearingRemove) -> HearingView:
        if body.readmit:
            return await self.services.hearings.act(actor, body.hearing_id, ActKind.READMIT, body.user_id)
        return await self.services.hearings.remove(actor, body.hearing_id, body.user_id)

    @event(
        "hearing:witness",
        body=HearingWitness,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Call a witness in from outside, or dismiss them",
        problems=(
            *_USUAL,
            "hearing.no_witness",
            "hearing.not_waiting",
            "hearing.rules_not_accepted",
            "hearing.witness_apart",
        ),
    )
    async def witness(self, actor: Actor, body: HearingWitness) -> HearingView:
        return await self.services.hearings.act(
            actor, body.hearing_id, ActKind.WITNESS, body.user_id, on=body.called, confront=body.confront
        )

    @event(
        "hearing:undertaking",
        body=HearingUndertaking,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Note that a witness has read their undertaking (保证书), need not sign one, or refuses to",
        problems=(*_USUAL, "hearing.no_undertaking", "hearing.undertaking_open", "hearing.no_participant"),
    )
    async def undertaking(self, actor: Actor, body: HearingUndertaking) -> HearingView:
        act = self.services.hearings.act
        if body.user_id == actor.user_id and body.state is UndertakingState.REFUSED:
            return await act(actor, body.hearing_id, ActKind.UNDERTAKE)
        return await act(
            actor, body.hearing_id, ActKind.UNDERTAKING, body.user_id, undertaking=body.state, on=body.by_clerk
        )

    @event(
        "hearing:caucus",
        body=HearingCaucus,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Take people into a side room that is never recorded, or bring a side room back",
        problems=(*_USUAL, "hearing.no_participant"),
    )
    async def caucus(self, actor: Actor, body: HearingCaucus) -> HearingView:
        return await self.services.hearings.act(
            actor, body.hearing_id, ActKind.CAUCUS, targets=tuple(body.user_ids), on=body.open
        )

    @event(
        "hearing:show",
        body=HearingShow,
        allow=_ANYBODY,
        answer=HearingView,
        summary="Show everybody a page of a file of the hearing's space",
        problems=(*_USUAL, "file.not_found", "file.not_uploaded", "file.no_page"),
    )
    async def show(self, actor: Actor, body: HearingShow) -> HearingView:
        return await self.services.hearings.show(actor, body.hearing_id, body.file_id, body.page)

    @event(
        "hearing:line",
        body=HearingLine,
        allow=_ANYBODY,
        answer=BenchLineView,
        summary="Say something between those who preside and the clerk; nobody else hears of it",
        problems=("hearing.not_found", "hearing.not_allowed", "hearing.refused", "message.id_reused"),
    )
    async def line(self, actor: Actor, body: HearingLine) -> BenchLineView:
        return await self.services.bench_lines.say(actor, body.hearing_id, body.client_msg_id, body.text)
