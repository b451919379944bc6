"""Nobody floods the record of a hearing, and nobody is kept from being silent (I6)."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from schemas.hearing_enums import ActKind, HearingRole, HearingStage
from server.wiring import House
from services import rate_limits
from services.errors import Problem
from services.hearings.act_limits import LIMITS, count
from services.hearings.media import MOST_CANDIDATES, check_offer
from services.hearings.rights import Act
from services.rate_limits import RateLimiter
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.services.hearings.courts import act, seat
from tests.services.hearings.hearing_world import called, refusal

PARTY = seat("party", HearingRole.PARTY)


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings(rate_limits=True)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "time", SimpleNamespace(monotonic=lambda: 1_000.0))


def refused(limiter: RateLimiter, kind: ActKind, times: int, *, hearing: str = "h", on: bool = False) -> int:
    """How many of so many are refused."""
    codes = [outcome(limiter, hearing, act(kind, "party", on=on)) for _ in range(times)]
    assert set(codes) <= {"", "request.rate_limited"}
    return codes.count("request.rate_limited")


def outcome(limiter: RateLimiter, hearing: str, one: Act) -> str:
    try:
        count(limiter, hearing, PARTY, one)
    except Problem as problem:
        return problem.code
    return ""


@pytest.mark.parametrize("kind", list(LIMITS))
def test_what_begins_something_is_counted(kind: ActKind) -> None:
    limiter, burst = RateLimiter(), LIMITS[kind].burst
    opens = kind is not ActKind.MUTE_SELF
    assert refused(limiter, kind, burst, on=opens) == 0
    assert refused(limiter, kind, 3, on=opens) == 3
    assert refused(limiter, kind, 1, hearing="another", on=opens) == 0, "each hearing for itself"


def test_nobody_is_kept_from_falling_silent() -> None:
    limiter = RateLimiter()
    assert refused(limiter, ActKind.MUTE_SELF, 200, on=False) > 0
    assert refused(limiter, ActKind.MUTE_SELF, 200, on=True) == 0
    assert refused(limiter, ActKind.HAND, 200, on=False) == 0
    assert refused(limiter, ActKind.LEAVE, 200) == 0


def test_the_bench_is_not_counted() -> None:
    limiter, judge = RateLimiter(), seat("presider", HearingRole.PRESIDER)
    for _ in range(500):
        count(limiter, "h", judge, act(ActKind.SHOW, "presider"))


async def test_a_flood_of_hands_leaves_a_short_record(house: House) -> None:
    world = await called(house)
    await world.begin(HearingStage.OPENING)
    for _ in range(LIMITS[ActKind.HAND].burst):
        await world.act(world.wang, ActKind.HAND, on=True)
        await world.act(world.wang, ActKind.HAND, on=False)
    assert await refusal(world.act(world.wang, ActKind.HAND, on=True)) == "request.rate_limited"
    others = await world.act(world.zhao, ActKind.HAND, on=True)
    assert next(one for one in others.participants if one.user_id == world.zhao.id).hand_at is not None


def test_an_offer_has_no_more_candidates_than_a_phone() -> None:
    head = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111"]
    check_offer("\r\n".join([*head, *["a=candidate:1 1 udp 1 192.0.2.1 9 typ host"] * MOST_CANDIDATES]))
    with pytest.raises(Problem, match=r"hearing\.offer_invalid"):
        check_offer("\r\n".join([*head, *["a=candidate:1 1 udp 1 192.0.2.1 9 typ host"] * (MOST_CANDIDATES + 1)]))
