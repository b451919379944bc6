"""A witness signs before they testify (保证书): drawn on the phone, kept with the hearing, in record and minutes."""

import hashlib

import pytest

from schemas.hearing_enums import ActKind, HearingKind, HearingStage, UndertakingState
from server.wiring import House
from services.hearings.docket import ACTED
from services.hearings.scheduling import CALLED
from services.hearings.undertaking_rules import TEXTS
from tests.house import client
from tests.services.hearings.hearing_world import World, called, owed, refusal
from tests.services.hearings.minutes_world import SIGNATURE, Scribe, drawn

TEXT = TEXTS[HearingKind.COURT]


@pytest.fixture
async def world(house: House) -> World:
    world = await called(house)
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    return world


async def pictures(world: World) -> list[str]:
    files = world.house.database.files.find({"space_id": world.space, "content_type": "image/png"})
    return [one["_id"] async for one in files]


async def test_nobody_signs_for_a_witness_or_anything_else_than_the_text(house: House, world: World) -> None:
    stranger = await client(house, "旁人")
    for other in (world.wang, world.judge, world.clerk):
        assert await refusal(world.undertake(other, SIGNATURE)) == "hearing.not_allowed"
    with pytest.raises(Exception, match=r"hearing\.not_found"):
        await world.undertake(stranger, SIGNATURE)
    assert await refusal(world.undertake(world.witness, SIGNATURE, "0" * 64)) == "minutes.text_changed"
    assert await refusal(world.undertake(world.witness, drawn("white"))) == "minutes.signature_invalid"
    await world.act(world.witness, ActKind.LEAVE)
    assert await refusal(world.undertake(world.witness, SIGNATURE)) == "hearing.not_inside"
    assert await pictures(world) == []


async def test_other_hearings_ask_for_none(house: House) -> None:
    world = await called(house, kind=HearingKind.ARBITRATION)
    await world.come(world.witness)
    assert (await world.seen(world.witness)).undertaking is None
    assert await refusal(world.undertake(world.witness, SIGNATURE)) == "hearing.no_undertaking"


async def test_signed_in_the_waiting_room_read_in_court_and_kept(world: World) -> None:
    """Once, whatever the phone repeats; the floor comes after it; the record and the minutes say so."""
    await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    assert await refusal(world.act(world.judge, ActKind.FLOOR, world.witness, on=True)) == "hearing.undertaking_open"
    await world.act(world.judge, ActKind.WITNESS, world.witness, on=False)
    first = await world.undertake(world.witness, SIGNATURE)
    again = await world.undertake(world.witness, SIGNATURE)
    assert again.version == first.version
    (picture,) = await pictures(world)

    await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    await world.act(world.judge, ActKind.FLOOR, world.witness, on=True)
    read = await world.act(world.clerk, ActKind.UNDERTAKING, world.witness, undertaking=UndertakingState.READ)
    seat = next(one for one in read.participants if one.user_id == world.witness.id)
    assert (seat.undertaking, seat.mic) == (UndertakingState.READ, True)
    assert {one.undertaking for one in read.participants if one is not seat} == {None}

    await owed(world.house, CALLED, ACTED)
    lines = {one.body["code"]: one.body for one in await world.lines(world.wang)}
    content = await world.house.courts.minutes.files.read(picture)
    assert lines["hearing.undertake"]["text"] == "证人孙证签署保证书"
    kept = {name: lines["hearing.undertake"][name] for name in ("text_sha256", "file_id", "file_sha256")}
    assert kept == {
        "text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "file_id": picture,
        "file_sha256": hashlib.sha256(content).hexdigest(),
    }
    minutes = [one.text for one in (await Scribe(world).seen(world.clerk)).entries]
    assert [one for one in minutes if "保证书" in one] == [
        f"证人孙证签署保证书：“{TEXT}”",
        "证人孙证当庭宣读保证书。",
    ]
    assert await refusal(world.house.services.files.get(world.witness.actor, picture)) == "file.not_found"
    assert (await world.house.services.files.get(world.zhao.actor, picture)).content_type == "image/png"


async def test_who_refuses_is_noted_and_may_think_better_of_it(world: World) -> None:
    await world.act(world.witness, ActKind.UNDERTAKE)
    await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    refused = world.act(world.judge, ActKind.FLOOR, world.witness, on=True)
    assert await refusal(refused) == "hearing.undertaking_refused"
    await world.undertake(world.witness, SIGNATURE)
    heard = await world.act(world.judge, ActKind.FLOOR, world.witness, on=True)
    assert next(one for one in heard.participants if one.user_id == world.witness.id).mic
