"""Codes by SMS: who may be sent one, and what a right one is (ruling 18)."""

import asyncio

import pytest

from miniprogram_api.errors import SmsError, TransportError, VendorError
from services.errors import Problem
from services.identity.sms_codes import ATTEMPTS
from tests.services.identity_world import World, refusal


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_the_code_that_was_sent_is_right_once(world: World) -> None:
    """B1"""
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    number, _, params = world.texts.sent[-1]
    assert number == f"+86{phone}"
    assert len(params[0]) == 6
    assert params[1] == "5"
    await world.sms.check(phone, params[0], here)
    assert await refusal(world.sms.check(phone, params[0], here)) == "auth.sms_code_invalid"


async def test_the_code_of_another_phone_is_wrong(world: World) -> None:
    one, other, here = world.phone(), world.phone(), world.origin().address
    await world.sms.send(one, here)
    await world.sms.send(other, here)
    assert await refusal(world.sms.check(other, world.texts.code_for(one), here)) == "auth.sms_code_invalid"
    assert await refusal(world.sms.check(world.phone(), "000000", here)) == "auth.sms_code_invalid"


async def test_it_ends_after_five_minutes(world: World) -> None:
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    world.clock.forward(300)
    assert await refusal(world.sms.check(phone, world.texts.code_for(phone), here)) == "auth.sms_code_invalid"


async def test_a_new_code_ends_the_old_one(world: World) -> None:
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    first = world.texts.code_for(phone)
    await world.sms.send(phone, here)
    if first != world.texts.code_for(phone):
        assert await refusal(world.sms.check(phone, first, here)) == "auth.sms_code_invalid"
    await world.sms.check(phone, world.texts.code_for(phone), here)


async def test_five_wrong_tries_end_it_for_the_right_one_too(world: World) -> None:
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    code = world.texts.code_for(phone)
    for _ in range(ATTEMPTS):
        assert await refusal(world.sms.check(phone, wrong(code), here)) == "auth.sms_code_invalid"
    assert await refusal(world.sms.check(phone, code, here)) == "auth.too_many_attempts"


async def test_tries_at_the_same_time_do_not_share_a_count(world: World) -> None:
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    code = world.texts.code_for(phone)
    codes = await asyncio.gather(*(refusal(world.sms.check(phone, wrong(code), here)) for _ in range(20)))
    assert codes.count("auth.sms_code_invalid") == ATTEMPTS


async def test_of_two_right_ones_at_the_same_time_one_is_used(world: World) -> None:
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    code = world.texts.code_for(phone)
    tries = await asyncio.gather(*(world.sms.check(phone, code, here) for _ in range(5)), return_exceptions=True)
    assert tries.count(None) == 1


async def test_sends_to_one_phone_are_limited_by_minutes_and_by_the_day(world: World) -> None:
    phone, codes = world.phone(), []
    for _ in range(8):  # from new addresses each time: it is the phone that is protected
        codes += [await outcome(world, phone, world.origin().address) for _ in range(4)]
        assert codes[-1] == "auth.too_many_attempts"
        world.clock.forward(600)
    assert set(codes) == {"sent", "auth.too_many_attempts"}
    assert 10 <= codes.count("sent") <= 20  # the day's ten; twice at most when the day ended meanwhile


async def test_sends_from_one_address_are_limited(world: World) -> None:
    here = world.origin().address
    codes = [await outcome(world, world.phone(), here) for _ in range(130)]
    assert codes.count("sent") >= 60
    assert codes[-1] == "auth.too_many_attempts"
    phone = world.phone()
    assert await outcome(world, phone, world.origin().address) == "sent"


async def outcome(world: World, phone: str, address: str) -> str:
    try:
        await world.sms.send(phone, address)
    except Problem as problem:
        return problem.code
    return "sent"


async def test_wrong_codes_from_one_address_are_limited_and_right_ones_are_not(world: World) -> None:
    here = world.origin().address
    for _ in range(70):
        phone = world.phone()
        await world.sms.send(phone, world.origin().address)
        await world.sms.check(phone, world.texts.code_for(phone), here)
    codes = [await refusal(world.sms.check(world.phone(), "123456", here)) for _ in range(125)]
    assert codes[0] == "auth.sms_code_invalid"
    assert codes[-1] == "auth.too_many_attempts"


@pytest.mark.parametrize(
    ("fault", "code", "counted"),
    [
        (
            SmsError("LimitExceeded.PhoneNumberDailyLimit", "rate_limited", retryable=True),
            "auth.too_many_attempts",
            False,
        ),
        (
            SmsError("InvalidParameterValue.IncorrectPhoneNumber", "bad_number", retryable=False),
            "request.invalid",
            False,
        ),
        (SmsError("InternalError", "unavailable", retryable=True), "provider.unavailable", False),
        (SmsError("AuthFailure", "misconfigured", retryable=False), "provider.unavailable", False),
        (TransportError("send_sms", "connect_failed", sent=False), "provider.unavailable", False),
        (TransportError("send_sms", "timeout", sent=True), "provider.unavailable", True),
    ],
)
async def test_what_the_provider_says_is_told(world: World, fault: VendorError, code: str, counted: bool) -> None:
    """A message that certainly did not go out counts for nobody; one that may have does."""
    phone = world.phone()
    world.texts.fault = fault
    try:
        for _ in range(3):
            assert await outcome(world, phone, world.origin().address) == code
    finally:
        world.texts.fault = None
    after = await outcome(world, phone, world.origin().address)
    assert after == ("auth.too_many_attempts" if counted else "sent")


async def test_neither_phone_nor_code_nor_address_is_stored(world: World) -> None:
    """K2"""
    phone, here = world.phone(), world.origin().address
    await world.sms.send(phone, here)
    code = world.texts.code_for(phone)
    rows = [str(row) async for row in world.db.sms_codes.find()] + [str(row) async for row in world.db.counters.find()]
    assert rows
    assert not any(phone in row or here in row for row in rows)
    stored = await world.db.sms_codes.find_one({"_id": world.index.lookup("phone", phone)})
    assert stored is not None
    assert code not in str({**stored, "_id": "", "code_hash": ""})
    assert stored["code_hash"] != world.index.lookup("sms_code", code)
