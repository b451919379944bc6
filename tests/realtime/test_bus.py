"""Two processes that share a database and a real Valkey, which is killed, frozen and brought back (architecture 5)."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import redis.asyncio as redis

from realtime.bus import NoBus, ValkeyBus, open_client
from schemas.enums import Role
from server.embedded.ports import choose
from server.embedded.processes import start_together
from server.embedded.valkey import Valkey
from server.wiring import House
from services.ids import new_id
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE, eventually, until
from tests.realtime.test_sockets import Phone, phone


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    folder = tmp_path_factory.mktemp("valkey")
    part = Valkey(folder, choose(set()), folder / "valkey.log")
    start_together([part])
    yield part
    part.kill()


@dataclass
class Two:
    """Two processes of one deployment, in one event loop."""

    a: House
    a_url: str
    b: House
    b_url: str


@pytest.fixture(scope="module")
async def two(make_settings: SettingsMaker, valkey: Valkey) -> AsyncIterator[Two]:
    one = make_settings(redis_url=valkey.url)
    other = make_settings(redis_url=valkey.url, mongo_database=one.mongo_database)
    async with open_house(one) as a, open_house(other) as b, open_doors(a) as a_url, open_doors(b) as b_url:
        yield Two(a, a_url, b, b_url)


def seqs(device: Phone) -> list[int]:
    return [message["seq"] for message in device.of("message:new")]


def heard(device: Phone, text: str) -> bool:
    return any(message["body"]["text"] == text for message in device.of("message:new"))


async def heard_on_channel(valkey: Valkey, channel: str) -> int:
    async with redis.Redis.from_url(valkey.url) as asking:
        ((_, count),) = await asking.pubsub_numsub(f"casespace:{channel}")
    return int(count)


async def both(two: Two) -> tuple[Person, Person, str]:
    wang, li = await client(two.a), await lawyer(two.a)
    return wang, li, await space_of(two.a, wang, li)


async def test_messages_of_both_processes_are_heard_on_both_in_order(two: Two) -> None:
    """A6. Of what is said while a process begins to listen a phone may see a jump, and asks for it: not tried here."""
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        while not (heard(a, "乙") and heard(b, "甲")):
            await asyncio.gather(a.send(space_id, "甲"), b.send(space_id, "乙"))
        answers = await asyncio.gather(*(p.send(space_id, f"{n}") for n in range(50) for p in (a, b)))
        assert all(answer["ok"] for answer in answers)
        last = max(answer["data"]["seq"] for answer in answers)
        await until(lambda: seqs(a)[-1] == seqs(b)[-1] == last)
        assert seqs(a)[-100:] == seqs(b)[-100:] == list(range(last - 99, last + 1))
        assert a.of("message:new")[-100:] == b.of("message:new")[-100:]


async def test_presence_is_known_on_both(two: Two) -> None:
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a:
        async with phone(two.b_url, li):
            await until(lambda: a.of("presence:changed"))
            assert a.of("presence:changed") == [{"space_id": space_id, "user_id": li.id, "online": True}]

            async def seen() -> bool:
                return await two.a.core.publisher.online([li.id]) == {li.id}

            await eventually(seen)
        await until(lambda: len(a.of("presence:changed")) == 2)
        assert a.of("presence:changed")[1]["online"] is False
        assert await two.a.core.publisher.online([li.id]) == set()


async def test_who_is_in_a_hearing_is_known_on_both(two: Two) -> None:
    """I6: by the page that came in, not by any page; from where it turned away, at once."""
    wang, hearing_id = await client(two.a), new_id()
    here, elsewhere = two.a.core.publisher.courtrooms, two.b.core.publisher.courtrooms
    async with phone(two.a_url, wang), phone(two.b_url, wang):
        (page,) = two.a.core.sockets.by_user[wang.id]

        async def known() -> bool:
            return await elsewhere.attending(hearing_id, [wang.id]) == {wang.id}

        async def forgotten() -> bool:
            return not await known()

        assert await forgotten(), "connected to both, and in no hearing"
        assert here.enter(page, hearing_id)
        await eventually(known)
        await two.a.core.publisher._presence.refresh()  # type: ignore[union-attr]
        assert await known(), "said again with all who are here"
        here.turn_away(page, hearing_id)
        assert await here.attending(hearing_id, [wang.id]) == set(), "whatever Valkey still says of this process"
        await eventually(forgotten)
        assert await two.b.core.publisher.online([wang.id]) == {wang.id}


async def test_who_moves_to_the_other_process_is_not_announced_as_gone(two: Two) -> None:
    wang, li, _ = await both(two)
    async with phone(two.a_url, wang) as a:
        async with phone(two.a_url, li):
            await until(lambda: a.of("presence:changed"))
        async with phone(two.b_url, li):
            await asyncio.sleep(3.3)
            assert all(change["online"] for change in a.of("presence:changed"))


async def test_signing_out_on_one_closes_the_socket_on_the_other(two: Two) -> None:
    """Ruling 14."""
    wang = await client(two.a)
    async with phone(two.b_url, wang) as b:
        await two.a.services.sessions.revoke(wang.actor.session_id, "logout", wang.actor)
        await until(lambda: not b.client.connected)
    with pytest.raises(Exception, match="session_revoked"):
        await two.b.services.sessions.authenticate(wang.token)


async def test_removal_on_one_is_obeyed_on_the_other_at_once(two: Two) -> None:
    """A1."""
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        assert (await b.send(space_id, "一"))["ok"]  # the other process remembers the membership now
        await two.a.services.spaces.remove_members(None, space_id, [li.id])
        await two.a.services.spaces.announce(space_id, left=[li.id])
        await until(lambda: b.of("space:removed"))
        assert (await b.send(space_id, "二"))["error"]["code"] == "space.not_found"
        assert (await a.send(space_id, "三"))["ok"]
        await asyncio.sleep(0.2)
        assert seqs(b) == [1]


async def test_who_joins_on_one_hears_on_the_other(two: Two, valkey: Valkey) -> None:
    wang, li = await client(two.a), await lawyer(two.a)
    space_id = await space_of(two.a, wang)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        added = await two.a.services.spaces.add_members(None, space_id, [NewMember(li.id, Role.LAWYER, "李律师")])
        await two.a.services.spaces.announce(space_id, joined=added)

        async def subscribed() -> bool:
            return await heard_on_channel(valkey, f"space:{space_id}") == 2

        await eventually(subscribed)
        assert (await a.send(space_id, "您好"))["ok"]
        await until(lambda: seqs(b) == [1])


async def test_a_process_listens_only_while_somebody_is_there(two: Two, valkey: Valkey) -> None:
    wang, _, space_id = await both(two)
    channels = (f"space:{space_id}", f"user:{wang.id}")

    async def listeners() -> list[int]:
        return [await heard_on_channel(valkey, channel) for channel in channels]

    assert await listeners() == [0, 0]
    async with phone(two.a_url, wang), phone(two.b_url, wang):
        assert await listeners() == [2, 2]
    for _ in range(10):  # one who comes back while the last goodbye is on its way is not forgotten
        async with phone(two.a_url, wang):
            pass
    async with phone(two.a_url, wang) as back:
        await two.b.core.publisher.to_user(wang.id, "notice:new", {"id": "1"})
        await until(lambda: back.of("notice:new"))

    async def nobody() -> bool:
        return await listeners() == [0, 0]

    await eventually(nobody)


async def test_a_gap_longer_than_a_page_is_filled_in_order(two: Two) -> None:
    wang, li, space_id = await both(two)
    async with phone(two.b_url, li) as b:
        await say(two.a, wang, space_id, "一")
        await until(lambda: seqs(b) == [1])
        lost = two.a.core.publisher._bus
        two.a.core.publisher._bus = NoBus()  # what it says now is lost on its way
        two.a.core.publisher._bus.shared = True
        await asyncio.gather(*(say(two.a, wang, space_id, f"{n}") for n in range(450)))
        two.a.core.publisher._bus = lost
        await say(two.a, wang, space_id, "末")
        await until(lambda: len(seqs(b)) >= 452)
        assert seqs(b) == list(range(1, 453))


async def test_what_arrives_while_a_gap_is_filled_is_delivered_too(two: Two) -> None:
    """The last message used to be lost until somebody wrote another."""
    wang, li, space_id = await both(two)
    publisher = two.b.core.publisher
    reading, go_on = asyncio.Event(), asyncio.Event()
    truth = publisher.delivery.truth
    assert truth is not None
    missing = truth.missing

    async def slow(space: str, after: int, up_to: int) -> list[tuple[int, bytes]]:
        found = await missing(space, after, up_to)
        reading.set()
        await go_on.wait()
        return found

    async with phone(two.b_url, li) as b:
        await say(two.a, wang, space_id, "一")
        await until(lambda: seqs(b) == [1])
        bus, two.a.core.publisher._bus = two.a.core.publisher._bus, NoBus()
        await say(two.a, wang, space_id, "二")
        two.a.core.publisher._bus = bus
        truth.missing = slow  # type: ignore[method-assign, assignment]
        try:
            await say(two.a, wang, space_id, "三")
            await asyncio.wait_for(reading.wait(), PATIENCE)
            await say(two.a, wang, space_id, "四")
            await asyncio.sleep(0.2)
            go_on.set()
            await until(lambda: seqs(b) == [1, 2, 3, 4])
        finally:
            truth.missing = missing  # type: ignore[method-assign]


async def test_who_leaves_while_a_gap_is_filled_leaves_nothing_behind(two: Two) -> None:
    """A place remembered for an empty room would make the next visitor hear old messages as new."""
    wang, li, space_id = await both(two)
    delivery = two.b.core.publisher.delivery
    async with phone(two.b_url, li) as b:
        await say(two.a, wang, space_id, "一")
        await until(lambda: seqs(b) == [1])
        await say(two.b, wang, space_id, "二")
        delivery._start_healing(space_id, 9)
    await until(lambda: space_id not in delivery._healing and space_id not in two.b.core.sockets.by_space)
    assert space_id not in delivery._delivered
    assert space_id not in delivery._newest


async def test_valkey_dies_and_comes_back(two: Two, valkey: Valkey) -> None:
    """Acknowledgements go on, sync heals, and when it is back the gap is filled from the database in order."""
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        assert (await a.send(space_id, "一"))["ok"]
        await until(lambda: seqs(b) == [1])
        valkey.kill()
        for number in range(2, 22):
            assert (await (a if number % 2 else b).send(space_id, f"{number}"))["ok"]
        synced = (await b.call("sync", {"spaces": {space_id: 1}}))["data"]["spaces"][space_id]
        assert [message["seq"] for message in synced["messages"]] == list(range(2, 22))
        async with phone(two.b_url, wang) as late:  # one can even arrive meanwhile
            assert (await late.send(space_id, "22"))["ok"]
            start_together([valkey])
            await until(lambda: len(seqs(a)) == len(seqs(b)) == 22)
            assert seqs(a) == seqs(b) == list(range(1, 23))
            assert (await a.send(space_id, "23"))["ok"]
            await until(lambda: seqs(a)[-1] == seqs(b)[-1] == seqs(late)[-1] == 23)
        assert seqs(a) == seqs(b) == list(range(1, 24))


async def test_orders_to_other_processes_outlive_an_outage(two: Two, valkey: Valkey) -> None:
    """A sign-out that was said while Valkey was away is heard when it is back."""
    wang = await client(two.a)
    async with phone(two.b_url, wang) as b:
        valkey.kill()
        await two.a.services.sessions.revoke(wang.actor.session_id, "logout", wang.actor)
        start_together([valkey])
        await until(lambda: not b.client.connected)


async def test_an_interruption_too_short_to_see_is_healed_too(valkey: Valkey) -> None:
    """A client that reconnects by itself would hide that messages were missed."""
    healed = asyncio.Event()

    async def heal(_away: float) -> None:
        healed.set()

    bus = ValkeyBus(open_client(valkey.url))
    await bus.start(lambda _channel, _message: None, heal)
    async with redis.Redis.from_url(valkey.url) as operator:

        async def cut() -> bool:
            await operator.client_kill_filter(_type="pubsub")
            return healed.is_set()

        await eventually(cut)
    await bus.close()


async def test_a_peer_that_vanishes_without_a_word_is_noticed(valkey: Valkey) -> None:
    """A frozen Valkey keeps its connections open: without asking, a process would wait for ever."""
    healed, heard = asyncio.Event(), asyncio.Event()

    async def heal(_away: float) -> None:
        healed.set()

    async def nothing(_away: float) -> None:
        pass

    bus = ValkeyBus(open_client(valkey.url), silence=0.3)
    await bus.start(lambda _channel, _message: heard.set(), heal)
    other = ValkeyBus(open_client(valkey.url), silence=0.3)
    await other.start(lambda _channel, _message: None, nothing)
    pid = valkey._process.pid  # type: ignore[union-attr]
    try:
        await bus.subscribe("here")
        os.kill(pid, signal.SIGSTOP)
        healed.clear()  # on a busy machine 0.3 s may have passed without an answer before
        await asyncio.sleep(1.2)
        assert not healed.is_set()
        os.kill(pid, signal.SIGCONT)
        await asyncio.wait_for(healed.wait(), PATIENCE)

        async def said_until_heard() -> None:  # each side comes back by itself, and either may be the later one
            while not heard.is_set():
                other.publish("here", b"again")
                await asyncio.sleep(0.1)

        await asyncio.wait_for(said_until_heard(), PATIENCE)
    finally:
        await bus.close()
        await other.close()


async def test_what_does_not_fit_is_counted_and_never_waited_for() -> None:
    bus = ValkeyBus(open_client("redis://127.0.0.1:1/0"))
    for number in range(10_005):
        bus.publish("space:x", b"%d" % number)
    assert bus.dropped == 5
    await bus.close()


async def test_one_process_alone_needs_no_bus(make_settings: SettingsMaker) -> None:
    async with open_house(make_settings()) as house, open_doors(house) as url:
        assert isinstance(house.core.publisher._bus, NoBus)
        wang = await client(house)
        space_id = await space_of(house, wang)
        async with phone(url, wang) as a:
            await a.send(space_id, "一")
            await until(lambda: seqs(a) == [1])
            assert await house.core.publisher.online([wang.id, new_id()]) == {wang.id}
        await until(lambda: space_id not in house.core.sockets.by_space)
        await say(house, wang, space_id, "没有人听")


# --- what another process does not hear


async def published(valkey: Valkey) -> int:
    async with redis.Redis.from_url(valkey.url) as asking:
        stats = await asking.info("commandstats")
    return int(stats.get("cmdstat_publish", {"calls": 0})["calls"])


async def at_rest(valkey: Valkey) -> int:
    """The same, once nothing has been published for a moment: earlier tests' people are still said to be gone."""
    count, before = await published(valkey), -1
    while count != before:
        await asyncio.sleep(0.3)
        count, before = await published(valkey), count
    return count


async def deafen(valkey: Valkey) -> None:
    """Cut everybody's subscriptions: what is said in the next moment is lost, the connection that says it is not."""
    async with redis.Redis.from_url(valkey.url) as operator:
        await operator.client_kill_filter(_type="pubsub")


async def test_what_nobody_else_hears_is_not_published(two: Two, valkey: Valkey) -> None:
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a, phone(two.a_url, li):
        assert (await a.send(space_id, "一"))["ok"]
        before = await at_rest(valkey)
        for number in range(20):
            assert (await a.send(space_id, f"{number}"))["ok"]
        more = await at_rest(valkey) - before
        assert more < 10, "not one for each that was said; late words about others who have gone are among them"
        async with phone(two.b_url, li) as b:
            assert (await a.send(space_id, "二"))["ok"]
            await until(lambda: seqs(b)[-1:] == [22])
        assert await published(valkey) > before


async def test_nobody_who_arrives_elsewhere_misses_what_is_said_in_that_moment(two: Two) -> None:
    """Join first, then fetch: with what sync gave and what came live, there is no hole, and the last one is there."""
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a:
        assert (await a.send(space_id, "零"))["ok"]
        for number in range(15):
            talking = asyncio.create_task(_talk(a, space_id, 8))
            await asyncio.sleep(0.004 * (number % 5))
            async with phone(two.b_url, li) as b:
                synced = (await b.call("sync", {"spaces": {space_id: 0}, "limit": 200}))["data"]["spaces"][space_id]
                known = len(synced["messages"])
                last = await talking
                await until(lambda: max([known, *seqs(b)]) == last)  # noqa: B023 - awaited in this round


async def _talk(device: Phone, space_id: str, times: int) -> int:
    for _ in range(times):
        answer = await device.send(space_id, "再说一句")
    last: int = answer["data"]["seq"]
    return last


async def test_an_entry_said_while_nobody_could_hear_comes_when_they_can_again(two: Two, valkey: Valkey) -> None:
    """Also in a space from which this process has delivered nothing yet."""
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        await deafen(valkey)
        assert (await a.send(space_id, "一"))["ok"]
        await until(lambda: seqs(b) == [1])


async def test_a_removal_that_was_not_heard_takes_effect_all_the_same(two: Two, valkey: Valkey) -> None:
    """A1: the command is lost while the receiver has no connection to Valkey."""
    wang, li, space_id = await both(two)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        await two.a.services.spaces.remove_members(None, space_id, [li.id])
        await deafen(valkey)
        await two.a.services.spaces.announce(space_id, left=[li.id])
        await until(lambda: b.of("space:removed"))
        assert (await a.send(space_id, "秘密"))["ok"]
        await asyncio.sleep(0.2)
        assert seqs(b) == []


async def test_a_joining_that_was_not_heard_takes_effect_all_the_same(two: Two, valkey: Valkey) -> None:
    wang, li = await client(two.a), await lawyer(two.a)
    space_id = await space_of(two.a, wang)
    async with phone(two.a_url, wang) as a, phone(two.b_url, li) as b:
        added = await two.a.services.spaces.add_members(None, space_id, [NewMember(li.id, Role.LAWYER, "李律师")])
        await deafen(valkey)
        await two.a.services.spaces.announce(space_id, joined=added)
        sockets = two.b.core.sockets
        await until(lambda: space_id in sockets.by_space)
        assert (await a.send(space_id, "您好"))["ok"]
        await until(lambda: seqs(b) == [1])


async def test_a_sign_out_that_was_not_heard_takes_effect_all_the_same(two: Two, valkey: Valkey) -> None:
    """Ruling 14."""
    wang = await client(two.a)
    async with phone(two.b_url, wang) as b:
        session = wang.actor.session_id
        await two.a.database.sessions.update_one({"_id": session}, {"$set": {"revoked_at": two.a.core.clock()}})
        await deafen(valkey)
        await two.a.core.publisher.sign_out([session])
        await until(lambda: not b.client.connected)


async def test_who_is_online_is_known_again_as_soon_as_valkey_is_back(two: Two, valkey: Valkey) -> None:
    """It forgets everything; the next beat may be 15 s away."""
    wang, li, _ = await both(two)
    async with phone(two.a_url, wang), phone(two.b_url, li):
        valkey.kill()
        start_together([valkey])

        async def seen() -> bool:
            return await two.a.core.publisher.online([li.id]) == {li.id}

        async with asyncio.timeout(12):
            await eventually(seen)


async def test_others_are_told_when_something_had_to_be_dropped(valkey: Valkey) -> None:
    """Control messages are among what a full queue drops: the others then look at the database."""
    healed = asyncio.Event()

    async def heal(_away: float) -> None:
        healed.set()

    async def nothing(_away: float) -> None:
        pass

    full, other = ValkeyBus(open_client(valkey.url)), ValkeyBus(open_client(valkey.url))
    for number in range(10_001):
        full.publish("space:x", b"%d" % number)
    await other.start(lambda _channel, _message: None, heal)

    await until(lambda: "listening" in other._confirmed)
    await full.start(lambda _channel, _message: None, nothing)
    await asyncio.wait_for(healed.wait(), PATIENCE)
    await full.close()
    await other.close()
