"""Whose turn it is in a stage in which the sides alternate. No I/O.

Civil Procedure Law of 2023, article 144 (民事诉讼法第一百四十四条): in the debate and for the last statements the
plaintiff's side comes first, then the defendant's, then third parties; then they answer one another.
"""

from schemas.hearing_enums import HearingRole
from services.hearings.asynchronous.exchange import Exchange
from services.hearings.asynchronous.procedures import open_stage
from services.hearings.asynchronous.step_rights import SIDES
from services.hearings.court import Court, Seat

_FIRST = frozenset({"原告", "申请人", "上诉人", "再审申请人"})
_LAST = frozenset({"第三人"})


def side_of(seat: Seat) -> str:
    """Who has been given no side is one of their own."""
    return seat.side or seat.user_id


def side_title(court: Court, side: str) -> str:
    seat = court.find(side)
    return seat.name if seat else side


def order_of(court: Court) -> tuple[str, ...]:
    """The sides, in the order in which they are heard; those of one rank as the hearing was called with them."""
    sides = dict.fromkeys(side_of(seat) for seat in court.seats if seat.role in SIDES)
    return tuple(sorted(sides, key=lambda side: (side not in _FIRST, side in _LAST)))


def alternating(court: Court) -> bool:
    order = open_stage(court.kind, court.stage)
    return order is not None and order.alternating


def turn_of(exchange: Exchange) -> str | None:
    """The side whose turn it is: the next one that has turns left. None: there is no order, or nothing left."""
    court = exchange.court
    if not alternating(court):
        return None
    sides = order_of(court)
    start = sides.index(exchange.last_side) + 1 if exchange.last_side in sides else 0
    return next((side for side in (*sides[start:], *sides[:start]) if _has_turns(exchange, side)), None)


def in_turn(exchange: Exchange, seat: Seat) -> bool:
    """Whether it is for this seat to speak now, as far as the order goes."""
    return seat.role is HearingRole.PRESIDER or turn_of(exchange) in (None, side_of(seat))


def awaited(exchange: Exchange) -> list[Seat]:
    """The parties who have said nothing in this stage though it is for them to speak."""
    return [seat for seat in exchange.silent() if side_of(seat) not in exchange.passed and in_turn(exchange, seat)]


def _has_turns(exchange: Exchange, side: str) -> bool:
    return any(exchange.left_for(seat) for seat in exchange.court.seats if seat.role in SIDES and side_of(seat) == side)
