"""The pages: what people see, and that the cashier leads nowhere else."""

from urllib.parse import quote, urlencode

import pytest

from miniprogram_api.sandbox.pages import safe_return, yuan
from tests.sandbox.playground import Playground

PRODUCT = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("/orders/1", True),
        ("/orders/1?x=1#paid", True),
        (f"{PRODUCT}/orders/1", True),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("\\\\evil.example", False),
        ("https://evil.example/", False),
        (f"{PRODUCT}.evil.example/", False),
        (f"{PRODUCT}@evil.example/", False),
        ("javascript:alert(1)", False),
        ("/orders\r\nSet-Cookie: a=b", False),
        ("\t//evil.example", False),
        ("orders/1", False),
        ("", False),
    ],
)
def test_only_ways_back_to_the_product(value: str, kept: bool) -> None:
    assert safe_return(value, PRODUCT) == (value if kept else None)


def test_without_a_product_only_paths() -> None:
    assert safe_return("/orders", None) == "/orders"
    assert safe_return(f"{PRODUCT}/orders", None) is None


def test_money_is_written_as_people_read_it() -> None:
    assert [yuan(fen) for fen in (1, 29900, 123456789)] == ["¥0.01", "¥299.00", "¥1,234,567.89"]


async def test_paying_on_the_page(play: Playground) -> None:
    await play.order(description="<b>法律咨询</b>")
    page = await play.fetch("GET", "/pay/order00001")
    text = page.body.decode()
    assert page.code == 200
    assert "¥299.00" in text
    assert "&lt;b&gt;法律咨询" in text
    assert "<b>法律咨询" not in text
    assert "确认支付" in text
    address = f"/pay/order00001?return={quote('/orders/1?paid=1')}"
    done = await play.fetch("POST", address, b"", follow_redirects=False)
    assert (done.code, done.headers["Location"]) == (303, "/orders/1?paid=1")
    await play.product.wait_for(1)
    assert (await play.pay.query("order00001")).paid
    again = await play.fetch("POST", address, b"", follow_redirects=False)
    assert "支付成功" in again.body.decode()
    assert len(play.world.notifier.notices("order00001")) == 1


async def test_the_cashier_opens_only_for_the_merchants_signature(play: Playground) -> None:
    _, prepay_id = await play.order()
    good = play.pay.jsapi_params(prepay_id)
    other = play.pay.jsapi_params("wx-other")
    damaged = [{**good, name: "x"} for name in good] + [other, {**good, "paySign": other["paySign"]}]
    for params in damaged:
        address = f"/pay/order00001?{urlencode(params)}"
        assert (await play.fetch("GET", address)).code == 400
        assert (await play.fetch("POST", address, b"")).code == 400
        response = await play.fetch("POST", "/control/payments/order00001/pay", {"jsapi": params})
        assert response.code == 400
    assert not (await play.pay.query("order00001")).paid
    assert "确认支付" in (await play.fetch("GET", f"/pay/order00001?{urlencode(good)}")).body.decode()
    await play.control("POST", "payments/order00001/pay", {"jsapi": good})
    assert (await play.pay.query("order00001")).paid


async def test_no_open_redirect(play: Playground) -> None:
    await play.order()
    address = f"/pay/order00001?return={quote('https://evil.example/', safe='')}"
    done = await play.fetch("POST", address, b"", follow_redirects=False)
    assert done.code == 200
    assert "evil.example" not in done.body.decode()


async def test_orders_that_cannot_be_paid(play: Playground) -> None:
    assert (await play.fetch("GET", "/pay/nothing")).code == 404
    await play.order()
    await play.pay.close("order00001")
    assert "订单已关闭" in (await play.fetch("GET", "/pay/order00001")).body.decode()
    await play.fetch("POST", "/pay/order00001", b"")
    assert (await play.pay.query("order00001")).trade_state == "CLOSED"


async def test_the_index_shows_what_happened_with_relative_links(play: Playground) -> None:
    openid, _ = await play.order()
    await play.sms.send("+8613800000001", play.credentials.sms_template_ids["login"], ["482913", "5"])
    await play.control("POST", "payments/order00001/pay", {"wait": True})
    text = (await play.fetch("GET", "/")).body.decode()
    for shown in ("法律咨询", "已支付", "482913", openid, "pay_jsapi", "通知 1/1"):
        assert shown in text
    assert 'href="orders/order00001"' in text
    assert 'href="/' not in text
    assert play.credentials.secret not in text
