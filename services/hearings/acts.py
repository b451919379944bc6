"""What comes of each act in a hearing: the next court, or why not. No I/O."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from schemas.hearing_enums import (
    AbsenceCause,
    ActKind,
    HearingMode,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
)
from services.errors import Problem
from services.hearings import speaking_acts, undertaking_rules
from services.hearings.court import MAIN_ROOM, Court, Seat, Shown
from services.hearings.rights import BENCH, RIGHTS, Act

# What is done from within the court room (or a side room); the rest is done from wherever one is.
_FROM_INSIDE = frozenset(RIGHTS) - {ActKind.COME, ActKind.LEAVE, ActKind.LOSE, ActKind.ACCEPT, ActKind.UNDERTAKE}
# Needs nobody's voice: in an asynchronous hearing the court checks who people are by other means.
_WITHOUT_VOICE = frozenset({ActKind.IDENTIFY})
# Who is in the court room to listen, or to be heard and go again, is no part of a talk between the sides.
_NO_CAUCUS = frozenset({HearingRole.OBSERVER, HearingRole.WITNESS})


def perform(court: Court, act: Act) -> Court:
    """The court after the act; the same object when it changes nothing.

    Raises ``hearing.closed``, ``hearing.asynchronous``, ``hearing.not_allowed``, ``hearing.wrong_stage``,
    ``hearing.not_inside``, ``hearing.no_participant`` and what the act itself needs (``hearing.refused``,
    ``hearing.roll_call_open`` …).
    """
    if court.closed:
        raise Problem("hearing.closed")
    live = court.mode is HearingMode.LIVE
    if not live and act.kind not in _WITHOUT_VOICE:
        raise Problem("hearing.asynchronous")
    right = RIGHTS[act.kind]
    if act.by is not None:
        by = court.seat(act.by)
        if by.role not in right.roles:
            raise Problem("hearing.not_allowed")
        if live and act.kind in _FROM_INSIDE and by.place not in (Place.COURT, Place.SIDE):
            raise Problem("hearing.not_inside")
    elif act.kind is not ActKind.LOSE and not _played_out(act):
        raise Problem("hearing.not_allowed")
    if court.stage not in right.stages:
        raise Problem("hearing.wrong_stage")
    after = _DO[act.kind](court, act)
    return court if after == court else after


# --- coming and going


def _come(court: Court, act: Act) -> Court:
    """Into the waiting room, or back to the seat that was kept. The bench goes straight in."""
    seat = court.seat(act.by or "")
    if seat.refused:
        raise Problem("hearing.refused")
    place = seat.place
    if place is Place.OUTSIDE:
        place = Place.COURT if seat.role in BENCH else Place.WAITING
    return court.with_seat(replace(seat, place=place, connected=True, absence=None, verified=act.verified))


def _leave(court: Court, act: Act) -> Court:
    seat = court.seat(act.by or "")
    absence = AbsenceCause.LEFT if seat.place in (Place.COURT, Place.SIDE) else seat.absence
    return court.with_seat(replace(_out(seat), connected=False, absence=absence))


def _lose(court: Court, act: Act) -> Court:
    """The seat is kept, and what was given to it; whether it counts as leaving is for the presider to say."""
    seat = court.seat(act.target or "")
    return court.with_seat(replace(seat, connected=False, hand_at=None))


def _accept(court: Court, act: Act) -> Court:
    return court.with_seat(replace(court.seat(act.by or ""), accepted=True))


def _admit(court: Court, act: Act) -> Court:
    seat = court.seat(act.target or "")
    if seat.place is not Place.WAITING:
        raise Problem("hearing.not_waiting")
    if seat.role is HearingRole.WITNESS:
        raise Problem("hearing.witness_called_only")
    if not seat.accepted:
        raise Problem("hearing.rules_not_accepted")
    if act.unproven and seat.identity is not IdentityState.CONFIRMED:
        raise Problem("hearing.identity_open")
    return court.with_seat(replace(seat, place=Place.COURT))


def _identify(court: Court, act: Act) -> Court:
    """Nobody is who they say in a live hearing to which they have not come."""
    seat = court.seat(act.target or "")
    live = court.mode is HearingMode.LIVE
    if live and act.identity is IdentityState.CONFIRMED and seat.place is Place.OUTSIDE:
        raise Problem("hearing.not_inside")
    return court.with_seat(replace(seat, identity=act.identity or IdentityState.UNCHECKED))


def _absence(court: Court, act: Act) -> Court:
    seat = court.seat(act.target or "")
    if act.cause is not None and seat.connected:
        raise Problem("hearing.is_present")
    return court.with_seat(replace(seat, absence=act.cause))


def _remove(court: Court, act: Act) -> Court:
    seat = court.seat(act.target or "")
    if seat.role is HearingRole.PRESIDER:
        raise Problem("hearing.not_allowed")
    return court.with_seat(replace(_out(seat), refused=True, connected=False))


def _readmit(court: Court, act: Act) -> Court:
    return court.with_seat(replace(court.seat(act.target or ""), refused=False))


def _witness(court: Court, act: Act) -> Court:
    """Call a witness in, or dismiss them. Nobody hears another testify, unless the presider confronts them (对质)."""
    seat = court.seat(act.target or "")
    if seat.role is not HearingRole.WITNESS:
        raise Problem("hearing.no_witness")
    if not act.on:
        return court.with_seat(_waiting(seat))
    if not court.rule.witnesses:
        raise Problem("hearing.wrong_stage")
    if seat.place is Place.COURT:
        return court
    if seat.place is not Place.WAITING:
        raise Problem("hearing.not_waiting")
    if not seat.accepted:
        raise Problem("hearing.rules_not_accepted")
    if undertaking_rules.witnesses_in_court(court, seat) and not act.confront:
        raise Problem("hearing.witness_apart")
    return court.with_seat(replace(seat, place=Place.COURT))


# --- stages


def _stage(court: Court, act: Act) -> Court:
    """A new stage begins with empty hands: floors, hands and what is shown belong to the one before."""
    to = act.stage
    if to is None or to not in court.rule.next:
        raise Problem("hearing.wrong_stage")
    if court.stage is HearingStage.RECESS and to not in (court.resumes, HearingStage.CLOSED):
        raise Problem("hearing.wrong_stage")
    goes_on = to not in (HearingStage.RECESS, HearingStage.CLOSED)
    if court.stage is HearingStage.OPENING and goes_on and court.unanswered():
        raise Problem("hearing.roll_call_open")
    sat = court.rule.in_session
    after = replace(
        court,
        stage=to,
        since=act.at,
        resumes=court.stage if to is HearingStage.RECESS else None,
        shown=None,
        announcing=False,
    )
    if after.rule.in_session and not sat:
        after = replace(after, segments=court.segments + 1)
    return after.with_seats(lambda seat: _settle(after, seat))


def _settle(court: Court, seat: Seat) -> Seat:
    """A seat as the stage wants it: witnesses only where they are heard, side rooms only where there are some."""
    seat = replace(seat, floor=False, hand_at=None)
    if seat.place is Place.SIDE and not court.rule.caucus:
        seat = _back(seat)
    if seat.role is HearingRole.WITNESS and seat.place is Place.COURT and not court.rule.witnesses:
        seat = _waiting(seat)
    return seat


def _caucus(court: Court, act: Act) -> Court:
    """Open a side room with these people, or bring everybody back from theirs."""
    chosen = [court.seat(user_id) for user_id in act.targets]
    if not chosen:
        raise Problem("hearing.no_participant")
    if not act.on:
        rooms = {seat.room for seat in chosen if seat.place is Place.SIDE}
        return court.with_seats(lambda seat: _back(seat) if seat.place is Place.SIDE and seat.room in rooms else seat)
    if not court.rule.caucus:
        raise Problem("hearing.wrong_stage")
    if any(seat.place not in (Place.COURT, Place.SIDE) for seat in chosen):
        raise Problem("hearing.not_inside")
    if any(seat.role in _NO_CAUCUS for seat in chosen):
        raise Problem("hearing.not_allowed")
    taken = {seat.room for seat in court.seats if seat.place is Place.SIDE}
    room = next(number for number in range(1, len(court.seats) + 2) if number not in taken)
    moved = set(act.targets)
    return court.with_seats(
        lambda seat: (
            replace(seat, place=Place.SIDE, room=room, floor=False, hand_at=None) if seat.user_id in moved else seat
        )
    )


# --- what all see and hear


def _show(court: Court, act: Act) -> Court:
    """Evidence for all to see. A side shows its own while it has the floor and evidence is taken."""
    seat = court.seat(act.by or "")
    bench = seat.role in BENCH
    if not bench and not (seat.floor and court.stage is HearingStage.EVIDENCE):
        raise Problem("hearing.not_allowed")
    shown = Shown(act.file_id, act.page, seat.user_id, act.pages) if act.file_id else None
    return replace(court, shown=shown)


def _announce(court: Court, act: Act) -> Court:
    """Play the discipline of the court to all, or stop it. Nobody is taken to know it by that: each accepts it."""
    return replace(court, announcing=act.on)


def _played_out(act: Act) -> bool:
    """The announcement came to its end: the only thing besides a lost connection that nobody does."""
    return act.kind is ActKind.ANNOUNCE and not act.on


# --- seats


def _out(seat: Seat) -> Seat:
    return replace(seat, place=Place.OUTSIDE, room=MAIN_ROOM, floor=False, hand_at=None)


def _waiting(seat: Seat) -> Seat:
    """Out of the court room; one who is not there stays outside."""
    place = Place.OUTSIDE if seat.place is Place.OUTSIDE else Place.WAITING
    return replace(seat, place=place, room=MAIN_ROOM, floor=False, hand_at=None)


def _back(seat: Seat) -> Seat:
    return replace(seat, place=Place.COURT, room=MAIN_ROOM)


_DO: Mapping[ActKind, Callable[[Court, Act], Court]] = {
    ActKind.COME: _come,
    ActKind.LEAVE: _leave,
    ActKind.LOSE: _lose,
    ActKind.ACCEPT: _accept,
    ActKind.ADMIT: _admit,
    ActKind.IDENTIFY: _identify,
    ActKind.ABSENCE: _absence,
    ActKind.STAGE: _stage,
    ActKind.HAND: speaking_acts.hand,
    ActKind.FLOOR: speaking_acts.floor,
    ActKind.MUTE_SELF: speaking_acts.mute_self,
    ActKind.MUTE: speaking_acts.mute,
    ActKind.MUTE_ALL: speaking_acts.mute_all,
    ActKind.REMOVE: _remove,
    ActKind.READMIT: _readmit,
    ActKind.WITNESS: _witness,
    ActKind.UNDERTAKE: undertaking_rules.undertake,
    ActKind.UNDERTAKING: undertaking_rules.note,
    ActKind.CAUCUS: _caucus,
    ActKind.SHOW: _show,
    ActKind.ANNOUNCE: _announce,
}
