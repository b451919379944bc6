"""The undertaking of a witness (保证书): what it says, who signs it, and that nobody testifies without. No I/O.

Art. 71 of the Supreme People's Court's provisions on evidence in civil proceedings
(最高人民法院关于民事诉讼证据的若干规定第七十一条, 2019): before testifying a witness signs an undertaking
and reads it out in court; those who cannot, or not fully, answer for what they do sign none; for one who has good
reason not to read it, the clerk reads it and says why; who refuses to sign or to read it does not testify. What it says
is that of a party's (art. 65). Courts only: other hearings follow the rules that their parties chose.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from schemas.hearing_enums import HearingKind, HearingRole, Place, UndertakingState
from services.errors import Problem
from services.hearings.court import Court, Seat
from services.hearings.rights import Act

TEXTS: Mapping[HearingKind, str] = {
    HearingKind.COURT: "我作为本案证人，已知悉如实作证的义务以及作伪证的法律后果。"
    "我保证据实陈述，绝无隐瞒、歪曲、增减。如有虚假陈述，我愿意接受罚款、拘留等处罚；构成犯罪的，依法承担刑事责任。",
}
_TOLD_APART = {
    UndertakingState.OPEN: "hearing.undertaking_open",
    UndertakingState.REFUSED: "hearing.undertaking_refused",
}


def text_sha256(kind: HearingKind) -> str:
    """Of the text in UTF-8. Raises KeyError where there is none."""
    return hashlib.sha256(TEXTS[kind].encode()).hexdigest()


def undertakes(kind: HearingKind, seat: Seat) -> bool:
    """Whether an undertaking is asked of them."""
    return seat.role is HearingRole.WITNESS and kind in TEXTS


def check_may_testify(court: Court, seat: Seat) -> None:
    """Before the floor is given. Who has signed reads it out first: they need the floor for that.

    Raises ``hearing.undertaking_open``, ``hearing.undertaking_refused``.
    """
    if undertakes(court.kind, seat) and seat.undertaking in _TOLD_APART:
        raise Problem(_TOLD_APART[seat.undertaking])


def undertake(court: Court, act: Act) -> Court:
    """A witness signs (``file_id`` is the drawing), or says that they will not. Who has signed stays bound by it."""
    seat = court.seat(act.by or "")
    if not undertakes(court.kind, seat):
        raise Problem("hearing.no_undertaking")
    if seat.place not in (Place.WAITING, Place.COURT):
        raise Problem("hearing.not_inside")
    if seat.undertaking in (UndertakingState.SIGNED, UndertakingState.READ):
        return court
    if not act.on:
        return court.with_seat(replace(seat, undertaking=UndertakingState.REFUSED, floor=False))
    return court.with_seat(replace(seat, undertaking=UndertakingState.SIGNED, undertaking_file=act.file_id))


def note(court: Court, act: Act) -> Court:
    """The court notes that a witness has read it out, need not sign, or refuses; who refuses is heard no more."""
    seat, state = court.seat(act.target or ""), act.undertaking
    if not undertakes(court.kind, seat):
        raise Problem("hearing.no_undertaking")
    if state is UndertakingState.READ:
        if seat.undertaking_file is None:
            raise Problem("hearing.undertaking_open")
        if seat.place is not Place.COURT:
            raise Problem("hearing.not_inside")
    elif state not in (UndertakingState.EXEMPT, UndertakingState.REFUSED):
        raise Problem("hearing.not_allowed")
    floor = seat.floor and state is not UndertakingState.REFUSED
    return court.with_seat(replace(seat, undertaking=state, floor=floor))


def witnesses_in_court(court: Court, but: Seat) -> list[Seat]:
    """Other witnesses who would hear this one (art. 74: none is present while another is questioned)."""
    return [
        seat
        for seat in court.seats
        if seat.role is HearingRole.WITNESS and seat.place is Place.COURT and seat.user_id != but.user_id
    ]
