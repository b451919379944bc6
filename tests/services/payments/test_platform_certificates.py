"""Platform certificates in every process: a switch of keys is no event, and a missing one calls a person (E1)."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.pay import Notifications, PayClient, PlatformCertificates
from server.setting_values import decode_key
from server.settings import Settings
from services.keys import SealBrokenError, Vault
from services.payments.platform_certificates import CertificateWatch
from services.storage.database import Database
from services.storage.platform_certificates import CertificateStore
from tests.parts.databases import SettingsMaker
from tests.sandbox.fixtures import credentials, play  # noqa: F401 - fixtures
from tests.sandbox.playground import Playground, Received


@dataclass
class Process:
    """The keys of one process, and what keeps them current."""

    pay: PayClient
    watch: CertificateWatch
    database: Database
    ends: dict[str, float] = field(default_factory=dict)

    def proves(self, notice: Received) -> str:
        notifications = Notifications(self.pay.door.config, keys=self.pay.door.keys)
        return notifications.payment(notice.headers, notice.body).transaction.out_trade_no


def process(settings: Settings, play: Playground, *, only: str = "", ahead: timedelta = timedelta()) -> Process:  # noqa: F811
    """``only``: the one key that is configured; ``ahead``: how far its clock runs ahead."""
    config = play.pay_config
    if only:
        config = replace(config, platform_keys={only: config.platform_keys[only]})
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    vault = Vault(database, {name: decode_key(key) for name, key in settings.master_keys.items()})
    pay, ends = PayClient(config, play.http), dict[str, float]()
    store = CertificateStore(database, vault, config.mchid)
    client = PlatformCertificates(pay.door)
    watch = CertificateWatch(client, pay.door.keys, store, ends.__setitem__, lambda: datetime.now(UTC) + ahead)
    return Process(pay, watch, database, ends)


@pytest_asyncio.fixture(loop_scope="session")
async def settings(make_settings: SettingsMaker) -> Settings:
    return make_settings()


@pytest_asyncio.fixture(loop_scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    yield opened
    await opened.close()


async def notified(play: Playground, number: str) -> Received:  # noqa: F811
    await play.order(number)
    await play.control("POST", f"payments/{number}/pay", {"wait": True})
    return play.product.received[-1]


async def test_a_switch_is_no_event_in_any_process(settings: Settings, play: Playground) -> None:  # noqa: F811
    """One process fetches, the other trusts what it stored; old certificate, new one and public key count at once."""
    one, other = process(settings, play), process(settings, play)
    new = play.world.keyring.announce()
    await one.watch.tick()
    await other.watch.tick()
    await one.watch.tick()
    assert len(await play.log("certificates")) == 1
    assert new in one.pay.door.keys.serials & other.pay.door.keys.serials
    assert set(other.ends) == {new, play.credentials.platform_serial}
    seen = set()
    for number, sign, switch in (
        ("before1", "certificate", False),
        ("after1", "certificate", True),
        ("bykey01", "public_key", False),
    ):
        play.world.keyring.sign_with = sign
        if switch:
            play.world.keyring.switch()
        notice = await notified(play, number)
        seen.add(notice.headers["Wechatpay-Serial"])
        assert (one.proves(notice), other.proves(notice)) == (number, number)
    assert seen == {play.credentials.platform_serial, new, play.credentials.public_key_id}
    # and a process that starts when WeChat cannot be reached knows it, too
    late = process(settings, play)
    await play.control("POST", "faults", {"endpoint": "certificates", "drop": True})
    await late.watch.tick()
    assert new in late.pay.door.keys.serials
    for each in (one, other, late):
        await each.database.close()


async def test_without_certificates_there_is_nothing_to_fetch(settings: Settings, play: Playground) -> None:  # noqa: F811
    """A merchant wholly in public-key mode: asked once in hours, and nobody is called."""
    only = process(settings, play, only=play.credentials.public_key_id)
    play.world.keyring.sign_with = "public_key"
    for _ in range(3):
        await only.watch.tick()
    assert len(await play.log("certificates")) == 1
    assert only.pay.door.keys.serials == {play.credentials.public_key_id}
    await only.database.close()


async def test_trouble_at_wechat_is_tried_again_later(
    settings: Settings,
    play: Playground,  # noqa: F811
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    only = process(settings, play)
    await play.control("POST", "faults", {"endpoint": "certificates", "status": 500})
    await only.watch.tick()
    asked = len(await play.log("certificates"))
    assert asked == 2  # one call, repeated once by the HTTP client
    await only.watch.tick()
    assert len(await play.log("certificates")) == asked
    assert "could not be fetched: pay.SYSTEM_ERROR" in caplog.text
    await play.control("DELETE", "faults")
    new = play.world.keyring.announce()
    await database.leases.update_one(
        {"_id": f"pay_certificates:{play.credentials.mchid}"}, {"$set": {"until": datetime.fromtimestamp(0, UTC)}}
    )
    await only.watch.tick()
    assert new in only.pay.door.keys.serials
    await only.database.close()


async def test_what_was_put_into_the_database_by_others_is_not_trusted(
    settings: Settings,
    play: Playground,  # noqa: F811
    database: Database,
) -> None:
    """Whoever can write to the database cannot make payments believed."""
    one, other = process(settings, play), process(settings, play)
    await one.watch.tick()
    place = {"_id": f"pay_certificates:{play.credentials.mchid}"}
    stored = await database.leases.find_one(place)
    assert stored is not None
    assert b"CERTIFICATE" not in stored["value"]
    await database.leases.update_one(place, {"$set": {"value": b"\x01" + b"forged" * 20}})
    held = other.pay.door.keys.serials
    with pytest.raises(SealBrokenError):
        await other.watch.tick()
    assert other.pay.door.keys.serials == held
    await one.database.close()
    await other.database.close()


async def test_a_last_certificate_that_ends_calls_a_person_once_a_day(
    settings: Settings,
    play: Playground,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    only = process(settings, play, only=play.credentials.platform_serial, ahead=timedelta(days=3650 - 10))
    play.world.keyring.sign_with = "public_key"  # and no newer one to be had
    for _ in range(3):
        await only.watch.tick()
    assert [r.__dict__["alarm"] for r in caplog.records if "alarm" in r.__dict__].count("pay_platform_key") >= 1
    assert sum("ends in" in r.getMessage() for r in caplog.records) == 1
    both = process(settings, play, ahead=timedelta(days=3650 - 10))
    caplog.clear()
    await both.watch.tick()  # the public key goes on: nobody need be called
    assert "ends in" not in caplog.text
    await only.database.close()
    await both.database.close()


async def test_an_unknown_serial_calls_a_person_but_not_for_each_request(
    play: Playground,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody can make this server call out or fill its log by naming serials."""
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"wait": True, "tamper": "serial", "times": 5})
    with caplog.at_level(logging.ERROR):
        odd = replace(
            play.product.received[0], headers={**play.product.received[0].headers, "Wechatpay-Serial": "x\ny"}
        )
        for notice in [*play.product.received, odd]:
            with pytest.raises(NotificationRejected, match="unknown_serial"):
                play.notifications.payment(notice.headers, notice.body)
    alarms = [r.__dict__ for r in caplog.records if "alarm" in r.__dict__]
    assert [one["alarm"] for one in alarms] == ["pay_platform_key"]
    assert alarms[0]["serial"] == play.product.received[0].headers["Wechatpay-Serial"]
    assert await play.log("certificates") == []
