"""Links with a ticket: short-lived, for one copy of one file, equal within a window (ruling 15)."""

import secrets

import pytest

from services.errors import Problem
from services.files.tickets import WINDOW_SECONDS, Tickets
from tests.services.notices_world import HeldClock

FILE = "665f00000000000000000001"
OTHER = "665f00000000000000000002"


@pytest.fixture
def clock() -> HeldClock:
    clock = HeldClock()
    clock.forward(WINDOW_SECONDS - clock().timestamp() % WINDOW_SECONDS)  # a window begins now
    return clock


def ticket_of(url: str) -> str:
    return url.partition("ticket=")[2]


def refused(tickets: Tickets, ticket: str, file_id: str = FILE, variant: str = "original") -> bool:
    try:
        tickets.check(ticket, file_id, variant)
    except Problem as problem:
        return problem.code == "auth.ticket_invalid"
    return False


def test_a_link_is_good_for_its_copy_of_its_file_only(clock: HeldClock) -> None:
    tickets = Tickets({"k1": secrets.token_bytes(32)}, clock)
    url = tickets.file_url(FILE, "thumbnail")
    assert url.startswith(f"/api/v1/files/{FILE}/content?variant=thumbnail&ticket=")
    ticket = ticket_of(url)
    assert not refused(tickets, ticket, FILE, "thumbnail")
    assert refused(tickets, ticket, FILE, "original")
    assert refused(tickets, ticket, OTHER, "thumbnail")


def test_a_link_lives_for_one_to_two_windows_and_is_the_same_within_one(clock: HeldClock) -> None:
    tickets = Tickets({"k1": secrets.token_bytes(32)}, clock)
    first = tickets.file_url(FILE)
    clock.forward(WINDOW_SECONDS - 1)
    assert tickets.file_url(FILE) == first
    clock.forward(1)
    assert tickets.file_url(FILE) != first
    clock.forward(WINDOW_SECONDS - 1)
    assert not refused(tickets, ticket_of(first))
    clock.forward(1)
    assert refused(tickets, ticket_of(first))


def test_forgeries_are_refused(clock: HeldClock) -> None:
    tickets = Tickets({"k1": secrets.token_bytes(32)}, clock)
    genuine = ticket_of(tickets.file_url(FILE))
    expires, _, signature = genuine.partition(".")
    later = f"{int(expires, 16) + 86_400:x}.{signature}"
    stranger = ticket_of(Tickets({"k1": secrets.token_bytes(32)}, clock).file_url(FILE))
    for forged in (later, stranger, genuine[:-1], genuine + "A", genuine.upper(), "", ".", "x" * 200, "zz.汉字"):
        assert refused(tickets, forged), forged
    assert not refused(tickets, genuine)


def test_links_survive_the_rotation_of_the_key(clock: HeldClock) -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    before = ticket_of(Tickets({"k1": old}, clock).file_url(FILE))
    rotated = Tickets({"k2": new, "k1": old}, clock)
    assert not refused(rotated, before)
    assert ticket_of(rotated.file_url(FILE)) != before
    assert refused(Tickets({"k2": new}, clock), before)


def test_the_origin_goes_in_front(clock: HeldClock) -> None:
    tickets = Tickets({"k1": secrets.token_bytes(32)}, clock, origin="https://case.example.com/")
    assert tickets.file_url(FILE).startswith(f"https://case.example.com/api/v1/files/{FILE}/content?ticket=")
