"""Limits on sending (back-pressure and abuse): who is held back is told when to go on, and nobody else is."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.api.messages import MessageSendBody
from schemas.api.notes import NoteBody
from schemas.enums import MessageType
from server.wiring import House
from services import rate_limits
from services.errors import Problem
from services.ids import new_id
from services.rate_limits import SEND, Limit
from services.record import Draft, waiting
from services.spaces import messages as sending
from tests.house import client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.realtime.test_sockets import phone


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings(rate_limits=True)) as opened:
        yield opened


class Frozen:
    """The limiter's clock, so that a slow machine refills nothing."""

    @staticmethod
    def monotonic() -> float:
        return 1_000.0


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "time", Frozen)


async def refusal(work: object) -> Problem:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value


async def test_one_person_is_held_back_in_all_spaces_and_others_are_not(house: House) -> None:
    wang, li = await client(house), await lawyer(house)
    first, second = await space_of(house, wang, li), await space_of(house, wang, li)
    await asyncio.gather(*(say(house, wang, first, str(n)) for n in range(SEND.burst - 1)))
    await house.services.messages.recall(wang.actor, first, 1)
    for space_id in (first, second):
        problem = await refusal(say(house, wang, space_id, "还有"))
        assert (problem.code, problem.retry_after) == ("request.rate_limited", 1.0)
    assert (await refusal(house.services.messages.recall(wang.actor, first, 2))).code == "request.rate_limited"
    assert (await say(house, li, first, "我没事")).seq == SEND.burst + 1


async def test_notes_count_as_messages(house: House) -> None:
    li = await lawyer(house)
    space_id = await space_of(house, li)
    for n in range(SEND.burst):
        await house.services.notes.send(li.actor, space_id, NoteBody(client_msg_id=str(n), text="x"))
    assert (await refusal(say(house, li, space_id, "还有"))).code == "request.rate_limited"


async def test_a_space_is_held_back_by_its_members_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger who knows the id must not be able to silence a case."""
    monkeypatch.setattr(sending, "SEND_IN_SPACE", Limit(4, 60))
    wang, li, stranger = await client(house), await lawyer(house), await client(house)
    space_id, other = await space_of(house, wang, li), await space_of(house, wang)
    for _ in range(10):
        assert (await refusal(say(house, stranger, space_id, "?"))).code == "space.not_found"
    for person in (wang, li, wang, li):
        await say(house, person, space_id, "好")
    assert (await refusal(say(house, li, space_id, "再"))).code == "request.rate_limited"
    await house.core.cards.notice(space_id, new_id(), "joined", "系统照常")
    await say(house, wang, other, "这里可以")


async def test_the_socket_says_when_to_go_on(house: House) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    async with open_doors(house) as url, phone(url, wang) as a:
        answers = await asyncio.gather(*(a.send(space_id, str(n)) for n in range(SEND.burst + 3)))
        refused = [answer["error"] for answer in answers if not answer["ok"]]
        assert len(refused) == 3
        assert refused[0]["code"] == "request.rate_limited"
        assert refused[0]["retryable"]
        assert refused[0]["details"]["retry_after"] == 1.0
        assert (await a.call("space:read", {"space_id": space_id, "seq": 1}))["ok"]  # reading goes on


async def test_a_space_that_is_full_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded queues: what does not fit is refused at once, and what was accepted is stored."""
    monkeypatch.setattr(waiting, "MAX_QUEUED_IN_SPACE", 3)
    wang = await client(house)
    full, other = await space_of(house, wang), await space_of(house, wang)

    def draft(space_id: str, n: int) -> Draft:
        return Draft(space_id, wang.id, "client", f"m{n}", MessageType.TEXT, {"text": str(n)})

    for space_id in (full, other):
        await house.core.vault.key(f"space:{space_id}")
    asked = [house.core.recorder.append(draft(full, n)) for n in range(10)]
    asked.append(house.core.recorder.append(draft(other, 0)))
    results = await asyncio.gather(*asked, return_exceptions=True)
    faults = [one for one in results if isinstance(one, Problem)]
    assert {(one.code, one.retry_after, one.type.retryable) for one in faults} == {("server.unavailable", 1, True)}
    assert len(faults) == 7
    assert not isinstance(results[-1], BaseException)
    assert await house.database.entries.count_documents({"_id.space": full}) == 3


@pytest.mark.parametrize("body", [{"text": "长" * 5001}, {"text": "x", "more": "y" * 100_000}, {"x" * 300: 1}])
async def test_a_payload_beyond_its_limit_never_reaches_the_record(house: House, body: dict[str, object]) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    sent = MessageSendBody(client_msg_id="m1", type="text", body=body)
    problem = await refusal(house.services.messages.send(wang.actor, space_id, sent))
    assert problem.code == "message.invalid"
    assert len(str(problem.errors)) < 1000
    assert await house.database.entries.count_documents({"_id.space": space_id}) == 0
