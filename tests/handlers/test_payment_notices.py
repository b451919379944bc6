"""WeChat Pay's notices at the real door: each proven, counted once, answered in time, and silent in the logs (E1)."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient

from handlers.payments import ANSWER_WITHIN
from tests.conftest import StartSandbox
from tests.handlers.orders_app import Office, open_office, settings_with_port
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.parts.slow_link import slow_mongo
from tests.patience import until

# What WeChat Pay waits for an answer.
PATIENCE = 5.0
# How a notice is damaged → (status, what is counted, as what). Those that are not WeChat's, or not for us, end before
# anything of them is believed; the others are WeChat's word about our payment, and wrong.
BATTERY = {
    "signature": (401, "pay_notice_refused", "bad_signature"),
    "key": (401, "pay_notice_refused", "bad_signature"),
    "serial": (401, "pay_notice_refused", "unknown_serial"),
    "timestamp": (401, "pay_notice_refused", "stale"),
    "probe": (401, "pay_notice_refused", "probe"),
    "ciphertext": (401, "pay_notice_refused", "undecryptable"),
    "api_v3_key": (401, "pay_notice_refused", "undecryptable"),
    "mchid": (401, "pay_notice_refused", "wrong_mchid"),
    "appid": (401, "pay_notice_refused", "wrong_appid"),
    "amount": (409, "payment_refused", "amount_mismatch"),
    "openid": (409, "payment_refused", "payer_mismatch"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(make_settings: SettingsMaker) -> AsyncIterator[Office]:
    async with open_office(settings_with_port(make_settings)) as opened:
        yield opened


def counted(office: Office, what: str, which: str) -> float:
    sample = office.house.metrics.registry.get_sample_value(
        "casespace_money_events_total", {"what": what, "which": which}
    )
    return sample or 0.0


@pytest.mark.parametrize("tamper", BATTERY)
async def test_a_wrong_notice_is_refused_counted_and_not_told(
    office: Office, tamper: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, what, which = BATTERY[tamper]
    client = await office.client()
    order = await office.place(client)
    payment = await office.start(client, order["id"])
    before = counted(office, what, which)
    with caplog.at_level(logging.DEBUG):
        await office.pay(payment["out_trade_no"], tamper=tamper, times=3)
        assert await office.delivered_notices(payment["out_trade_no"], 3) == [status] * 3
    assert counted(office, what, which) == before + 3
    shown = (await office.call(client, "GET", f"/api/v1/orders/{order['id']}")).body
    assert shown["status"] == "awaiting_payment"
    written = caplog.text + "".join(repr(record.__dict__) for record in caplog.records)
    for secret in (client.openid, client.token, office.house.settings.pay_api_v3_key.get_secret_value()):
        assert secret not in written
    # and the honest one still counts
    await office.pay(payment["out_trade_no"])
    assert (await office.reached(client, order["id"], "paid", "assigned"))["status"]


async def test_an_answer_leaves_in_time_however_slow_the_database_is(
    make_settings: SettingsMaker, parts: RealParts
) -> None:
    """The work goes on behind the answer; WeChat's repetition finds it done, and it was done once."""
    async with slow_mongo(parts.mongo_uri) as (uri, link):
        settings = settings_with_port(make_settings, mongo_uri=uri)
        async with open_office(settings) as office:
            client = await office.client()
            order = await office.place(client)
            payment = await office.start(client, order["id"])
            link.delay = 1.0  # a confirmation takes several round trips
            await office.pay(payment["out_trade_no"])
            (first, *_) = await office.delivered_notices(payment["out_trade_no"], 1)
            link.delay = 0.0
            assert first == 503
            items = (await office.control("GET", "/payments"))["items"]
            (known,) = [item for item in items if item["out_trade_no"] == payment["out_trade_no"]]
            attempt = known["notices"][0]["attempts"][0]
            assert ANSWER_WITHIN * 1000 <= attempt["ms"] < PATIENCE * 1000
            await office.reached(client, order["id"], "paid", "assigned")
            statuses = await office.delivered_notices(payment["out_trade_no"], 2)
            assert statuses[-1] == 204
            assert counted(office, "payment_confirmed", "succeeded") == 1


async def test_a_certificate_that_nobody_configured_is_known_in_time(
    make_settings: SettingsMaker, start_sandbox: StartSandbox
) -> None:
    """WeChat lists a new certificate and signs with it later: no setting is changed, no process started again."""
    sandbox = start_sandbox("http://127.0.0.1:9")
    keys = f"{sandbox.url}/control/keys"
    answer = await AsyncHTTPClient().fetch(keys, method="POST", body='{"action": "announce"}')
    new = json.loads(answer.body)["serial"]
    async with open_office(settings_with_port(make_settings, **sandbox.fields)) as office:
        known = office.house.metrics.registry.get_sample_value
        await until(lambda: known("casespace_pay_certificate_ends_seconds", {"serial": new}) is not None)
        await office.control("POST", "/config", {"sign_with": "certificate"})
        await office.control("POST", "/keys", {"action": "switch"})
        client = await office.client()
        order = await office.place(client)
        payment = await office.start(client, order["id"])
        await office.pay(payment["out_trade_no"])
        assert await office.delivered_notices(payment["out_trade_no"], 1) == [204]
        assert (await office.control("GET", "/keys"))["active"] == new


async def test_a_burst_of_notices_for_many_orders(office: Office) -> None:
    """Twenty payments, each told ten times and damaged once, all at once: each is confirmed once."""
    client = await office.client()
    orders = [await office.place(client) for _ in range(20)]
    payments = [await office.start(client, order["id"]) for order in orders]
    before = counted(office, "payment_confirmed", "succeeded")
    numbers = [payment["out_trade_no"] for payment in payments]
    await asyncio.gather(*(office.pay(number, times=10) for number in numbers))
    await asyncio.gather(*(office.pay(number, tamper="signature") for number in numbers))
    for order, number in zip(orders, numbers, strict=True):
        await office.reached(client, order["id"], "paid", "assigned")
        statuses = await office.delivered_notices(number, 11)
        assert sorted(statuses) == [204] * 10 + [401]
    assert counted(office, "payment_confirmed", "succeeded") == before + 20
