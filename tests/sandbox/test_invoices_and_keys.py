"""Electronic invoices, and a switch of the platform's keys."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from wechatpayv3.core import Core
from wechatpayv3.utils import load_private_key

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.pay import (
    InvoiceItem,
    Invoices,
    InvoiceTitle,
    IssuedInvoice,
    Notifications,
    PayClient,
    PlatformCertificates,
)
from miniprogram_api.pay.signing import PlatformKeys
from miniprogram_api.sandbox.keyring import Keyring
from tests.sandbox.playground import Playground, pay_config, refusal

TAX_CODE = "3040203000000000000"


def invoices(play: Playground) -> Invoices:
    return Invoices(play.pay.door)


async def paid(play: Playground, openid: str) -> str:
    await play.order(openid=openid, support_fapiao=True)
    return str((await play.control("POST", "payments/order00001/pay", {"times": 0}))["transaction_id"])


async def issued(play: Playground, apply_id: str, state: str) -> IssuedInvoice:
    for _ in range(100):
        (found,) = await invoices(play).query(apply_id, "F1")
        if found.status == state:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"the invoice did not become {state}")


async def test_an_invoice_from_issuing_to_reversal(play: Playground) -> None:
    openid = await play.user()
    apply_id = await paid(play, openid)
    contact = {"phone": "13800000000", "email": "a@b.cn"}
    title = InvoiceTitle("ORGANIZATION", "某某科技有限公司", "91110000MA00000000", **contact)
    assert "13800000000" not in repr(title)
    items = [InvoiceItem(TAX_CODE, "法律咨询服务", 29900, 600)]
    for _ in range(2):
        await invoices(play).issue(apply_id=apply_id, fapiao_id="F1", buyer=title, items=items)
    found = await issued(play, apply_id, "ISSUED")
    assert (found.total_fen, found.tax_fen, found.card_status) == (29900, 1692, "INSERTED")
    (file,) = await invoices(play).files(apply_id, "F1")
    assert file.url.startswith(play.url)
    await invoices(play).reverse(apply_id=apply_id, reason="退款", invoice=found)
    assert (await issued(play, apply_id, "REVERSED")).number == found.number


async def test_refusals_of_invoices(play: Playground) -> None:
    openid = await play.user()
    apply_id = await paid(play, openid)
    person = InvoiceTitle("INDIVIDUAL", "张三")

    async def issue(number: str = "F1", fen: int = 29900, buyer: InvoiceTitle = person, code: str = TAX_CODE) -> None:
        items = [InvoiceItem(code, "法律咨询服务", fen, 600)]
        await invoices(play).issue(apply_id=apply_id, fapiao_id=number, buyer=buyer, items=items)

    assert (await refusal(issue(fen=29901))).pay_code == "INVALID_REQUEST"
    assert (await refusal(issue(code="1"))).pay_code == "PARAM_ERROR"
    assert (await refusal(issue(buyer=InvoiceTitle("ORGANIZATION", "某某公司")))).pay_code == "PARAM_ERROR"
    await issue()
    assert (await refusal(issue(fen=1))).pay_code == "INVALID_REQUEST"
    assert (await refusal(issue("F2", 1))).pay_code == "INVALID_REQUEST"
    assert (await refusal(invoices(play).query("4200"))).reason == "not_found"
    assert (await refusal(invoices(play).files("4200", "F1"))).reason == "not_found"
    found = IssuedInvoice("F9", "ISSUED", None, "1", None, None, None, None)
    assert (await refusal(invoices(play).reverse(apply_id=apply_id, reason="退款", invoice=found))).status == 404


def certificate_client(play: Playground) -> PayClient:
    """A merchant that knows the old certificate only."""
    keys = {play.credentials.platform_serial: play.credentials.platform_certificate_pem}
    return PayClient(pay_config(play.credentials, play.url, platform_keys=keys), play.http)


async def test_a_switch_of_certificates(play: Playground) -> None:
    await play.order()
    await play.control("POST", "config", {"sign_with": "certificate"})
    client = certificate_client(play)
    notices = Notifications(play.pay_config, keys=client.door.keys)
    certificates = PlatformCertificates(client.door)
    assert await certificates.refresh() == ()
    announced = (await play.control("POST", "keys", {"action": "announce"}))["serial"]
    assert (await client.query("order00001")).trade_state == "NOTPAY"
    await play.control("POST", "keys", {"action": "switch"})
    error = await refusal(client.query("order00001"))
    assert (error.reason, error.signature_fault) == ("answer_unverified", "unknown_serial")
    assert "unknown_serial" in str(error)
    paid = await play.control("POST", "payments/order00001/pay", {"wait": True})
    (received,) = play.product.received
    with pytest.raises(NotificationRejected, match="unknown_serial"):
        notices.payment(received.headers, received.body)
    # The answer with the new certificate is signed with it, and believed for the API v3 key's sake.
    assert await certificates.refresh() == (announced,)
    assert notices.payment(received.headers, received.body).event_id == paid["event_id"]
    assert (await client.query("order00001")).paid
    fetched = await certificates.fetch()
    assert [found.serial for found in fetched] == [play.credentials.platform_serial, announced]
    assert all(found.starts < found.ends for found in fetched)


async def test_certificates_under_another_api_key_are_not_believed(play: Playground) -> None:
    await play.control("POST", "config", {"sign_with": "certificate"})
    await play.control("POST", "keys", {"action": "switch"})
    client = certificate_client(play)
    other = PayClient(replace(client.door.config, api_v3_key="x" * 32), play.http)
    error = await refusal(PlatformCertificates(other.door).refresh())
    assert error.signature_fault == "unknown_serial"
    await play.control("POST", "config", {"sign_with": "public_key"})
    assert (await refusal(PlatformCertificates(play.pay.door).refresh())).reason == "not_found"


async def test_a_field_sealed_for_a_key_that_is_gone(play: Playground) -> None:
    body = {"appid": play.credentials.appid, "type": "MERCHANT_ID", "account": "1", "name": "x"}
    target = "/v3/profitsharing/receivers/add"
    for serial in ("AB" * 20, play.credentials.platform_serial):
        call = play.pay.door.call(
            "sharing_receiver", "POST", target, {**body, "relation_type": "PARTNER"}, str, serial=serial
        )
        assert (await refusal(call)).pay_code == "PARAM_ERROR"


async def test_the_switch_survives_a_restart(play: Playground) -> None:
    await play.control("POST", "keys", {"action": "switch"})
    keyring = Keyring(play.world.state, play.credentials)
    assert keyring.active_serial == play.world.keyring.active_serial != play.credentials.platform_serial
    assert keyring.serials == play.world.keyring.serials


async def test_a_certificate_that_has_ended_proves_nothing(play: Playground) -> None:
    keys = PlatformKeys({play.credentials.platform_serial: play.credentials.platform_certificate_pem})
    later = 2_500_000_000.0
    headers = play.world.keyring.headers(b"{}", play.credentials.platform_serial)
    lower = {name.lower(): value for name, value in headers.items()} | {"wechatpay-timestamp": str(int(later))}
    with pytest.raises(NotificationRejected, match="expired_serial"):
        keys.verify(lower, b"{}", later)


def test_a_field_is_sealed_for_the_key_that_lives_longest(play: Playground) -> None:
    certificate = play.credentials.platform_serial
    both = PlatformKeys(play.pay_config.platform_keys)
    assert both.encrypt("张三")[0] == play.credentials.public_key_id
    only = PlatformKeys({certificate: play.credentials.platform_certificate_pem})
    serial, sealed = only.encrypt("张三")
    assert (serial, play.world.keyring.opened(serial, sealed)) == (certificate, "张三")
    with pytest.raises(ValueError, match="no platform key"):
        PlatformKeys({}).encrypt("张三")


async def test_another_implementation_reads_the_certificates(play: Playground) -> None:
    await play.control("POST", "config", {"sign_with": "certificate"})
    await play.control("POST", "keys", {"action": "switch"})
    core = Core.__new__(Core)
    values = {"mchid": play.credentials.mchid, "private_key": play.credentials.merchant_key_pem}

    def start() -> list[Any]:
        # The constructor fetches certificates from the real host, so its parts are put together by hand.
        core._proxy = core._logger = core._timeout = core._public_key = core._public_key_id = core._cert_dir = None
        core._mchid, core._private_key = values["mchid"], load_private_key(values["private_key"])
        core._cert_serial_no, core._apiv3_key = play.credentials.merchant_serial, play.credentials.api_v3_key
        core._gate_way, core._certificates = play.url, []
        core._update_certificates()
        return [certificate.serial_number for certificate in core._certificates]

    serials = await asyncio.to_thread(start)
    assert [f"{serial:040X}" for serial in serials] == play.world.keyring.serials[:2]
