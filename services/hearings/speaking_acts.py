"""What opens and closes voices: hands, the floor, mutes and locks. The table of ``rights.py`` comes first. No I/O."""

from dataclasses import replace

from schemas.hearing_enums import HearingRole, Place
from services.errors import Problem
from services.hearings.court import Court, Seat
from services.hearings.rights import Act
from services.hearings.undertaking_rules import check_may_testify


def hand(court: Court, act: Act) -> Court:
    seat = court.seat(act.by or "")
    if not act.on:
        return court.with_seat(replace(seat, hand_at=None))
    return court if seat.hand_at else court.with_seat(replace(seat, hand_at=act.at))


def floor(court: Court, act: Act) -> Court:
    seat = court.seat(act.target or "")
    if not act.on:
        return court.with_seat(replace(seat, floor=False))
    if seat.role not in court.rule.by_floor:
        raise Problem("hearing.no_floor_for_role")
    if seat.place is not Place.COURT:
        raise Problem("hearing.not_inside")
    check_may_testify(court, seat)
    return court.with_seat(replace(seat, floor=True, hand_at=None))


def mute_self(court: Court, act: Act) -> Court:
    seat = court.seat(act.by or "")
    if not act.on and seat.locked:
        raise Problem("hearing.mic_locked")
    return court.with_seat(replace(seat, muted=act.on))


def mute(court: Court, act: Act) -> Court:
    """The court closes a microphone, with ``lock`` until it opens it again. Nobody opens another's own mute, and a
    clerk whom the presider has locked does not free themselves.
    """
    seat, by = court.seat(act.target or ""), court.seat(act.by or "")
    if seat == by and seat.locked and not act.on and by.role is not HearingRole.PRESIDER:
        raise Problem("hearing.mic_locked")
    if seat.role is HearingRole.PRESIDER and by.role is not HearingRole.PRESIDER:
        raise Problem("hearing.not_allowed")
    if act.on:
        return court.with_seat(replace(seat, muted=True, locked=seat.locked or act.lock))
    return court.with_seat(replace(seat, locked=False))


def mute_all(court: Court, act: Act) -> Court:
    """Everybody but those who preside. Who unlocks all stays locked themselves: see ``mute``."""

    def closed(seat: Seat) -> Seat:
        if seat.role is HearingRole.PRESIDER:
            return seat
        if act.on:
            return replace(seat, muted=True, locked=seat.locked or act.lock)
        return replace(seat, locked=seat.locked and seat.user_id == act.by)

    return court.with_seats(closed)
