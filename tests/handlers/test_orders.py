"""Orders and payments over HTTP, from placing to review, with WeChat Pay calling back."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from schemas.enums import Role
from services.ids import new_id
from tests.handlers.orders_app import NEED, Office, open_office, settings_with_port
from tests.parts.databases import SettingsMaker


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(make_settings: SettingsMaker) -> AsyncIterator[Office]:
    async with open_office(settings_with_port(make_settings)) as opened:
        yield opened


async def test_products_are_for_everybody(office: Office) -> None:
    """C1."""
    listed = await office.call(None, "GET", "/api/v1/products")
    assert listed.status == 200
    first = listed.body["items"][0]
    assert set(first) >= {"id", "name", "kind", "price_fen", "promises", "steps", "form"}
    shown = await office.call(None, "GET", f"/api/v1/products/{first['id']}")
    assert shown.body == first
    assert (await office.call(None, "GET", f"/api/v1/products/{new_id()}")).problem == (404, "product.not_found")
    assert (await office.call(None, "GET", "/api/v1/products/xyz")).status == 404


async def test_the_whole_way(office: Office) -> None:
    """C2, A1: placed, paid through the real protocol, assigned at once, served, confirmed, rated."""
    client, lawyer = await office.client(), await office.staff(Role.LAWYER)
    desk = await office.staff(Role.SUPPORT, on_duty=True)
    order = await office.place(client)
    assert (order["status"], order["space_id"]) == ("awaiting_payment", None)
    payment = await office.start(client, order["id"])
    assert set(payment["jsapi"]) == {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    await office.pay(payment["out_trade_no"])
    assigned = await office.reached(client, order["id"], "assigned")
    assert assigned["lawyer"]["user_id"] == lawyer.user_id
    assert assigned["space_id"]
    path = f"/api/v1/orders/{order['id']}"
    assert (await office.call(lawyer, "POST", f"{path}/accept")).body["status"] == "in_service"
    delivered = await office.call(lawyer, "POST", f"{path}/deliver", {"summary": "押金应退"})
    assert delivered.body["delivery"]["summary"] == "押金应退"
    assert (await office.call(client, "POST", f"{path}/confirm", {})).body["status"] == "confirmed"
    reviewed = await office.call(client, "POST", f"{path}/review", {"stars": 5, "text": "好"})
    assert (reviewed.status, reviewed.body["status"]) == (200, "reviewed")
    assert [step["title"] for step in reviewed.body["steps"]] == [
        "待支付",
        "已支付",
        "已分配律师",
        "服务中",
        "已交付",
        "已确认",
        "已评价",
    ]
    assert all(step["at"].endswith("+08:00") for step in reviewed.body["steps"])
    listed = await office.call(desk, "GET", "/api/v1/orders?limit=5")
    assert listed.body["items"][0]["id"] == order["id"]


async def test_refused_requests(office: Office) -> None:
    """Every error path of placing, with its status and stable code."""
    client, lawyer = await office.client(), await office.staff(Role.LAWYER)
    good: dict[str, Any] = {"product_id": office.products["consultation"], "need": NEED}

    async def post(body: Any, who: Any = client, key: str | None = None, **more: Any) -> tuple[int, str]:
        answer = await office.call(who, "POST", "/api/v1/orders", body, key=key or new_id(), **more)
        return answer.problem

    assert (await office.call(client, "POST", "/api/v1/orders", good)).problem == (400, "idempotency.key_missing")
    assert await post(good, key="short") == (400, "idempotency.key_missing")
    assert await post(b"{", client) == (400, "request.bad_json")
    assert await post({**good, "extra": 1}) == (422, "request.invalid")
    assert await post({**good, "product_id": 7}) == (422, "request.invalid")
    assert await post({**good, "need": {"topic": "天文"}}) == (422, "order.need_invalid")
    assert await post({**good, "product_id": new_id()}) == (404, "product.not_found")
    assert await post({**good, "lawyer_id": new_id()}) == (409, "order.lawyer_unavailable")
    assert await post({**good, "coupon_id": new_id()}) == (422, "order.coupon_invalid")
    assert await post(good, lawyer) == (403, "auth.forbidden")
    assert await post(good, None) == (401, "auth.required")
    key = new_id()
    first = await office.call(client, "POST", "/api/v1/orders", good, key=key)
    again = await office.call(client, "POST", "/api/v1/orders", good, key=key)
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert await post({**good, "need": {**NEED, "wish": "退钱"}}, key=key) == (422, "idempotency.key_reused")


async def test_whose_and_who(office: Office) -> None:
    client, stranger = await office.client(), await office.client()
    order = await office.place(client)
    path = f"/api/v1/orders/{order['id']}"
    assert (await office.call(stranger, "GET", path)).problem == (404, "order.not_found")
    for step, body in (
        ("cancel", {}),
        ("confirm", {}),
        ("review", {"stars": 1}),
        ("accept", None),
        ("decline", {"reason": "x"}),
        ("deliver", {"summary": "x"}),
    ):
        answer = await office.call(stranger, "POST", f"{path}/{step}", body)
        assert answer.problem == (404, "order.not_found"), step
    assert (await office.call(client, "POST", f"{path}/accept")).problem == (403, "auth.forbidden")
    assert (await office.call(client, "POST", f"{path}/assign", {"lawyer_id": new_id()})).problem == (
        403,
        "auth.forbidden",
    )
    assert (await office.call(client, "POST", f"{path}/confirm", {})).problem == (409, "order.wrong_state")
    assert (await office.call(client, "POST", f"{path}/review", {"stars": 6})).problem == (422, "request.invalid")
    desk = await office.staff(Role.SUPPORT)
    assert (await office.call(desk, "POST", f"{path}/assign", {"lawyer_id": new_id()})).problem == (
        409,
        "order.lawyer_unavailable",
    )
    assert (await office.call(client, "POST", f"{path}/cancel", {"reason": "改主意"})).body["status"] == "cancelled"
    pay = await office.call(client, "POST", f"{path}/payments", {"method": "wechat_jsapi"}, key=new_id())
    assert pay.problem == (409, "order.wrong_state")


async def test_refused_payments(office: Office) -> None:
    client = await office.client()
    order = await office.place(client)
    path = f"/api/v1/orders/{order['id']}/payments"
    body = {"method": "wechat_jsapi"}
    assert (await office.call(client, "POST", path, body)).problem == (400, "idempotency.key_missing")
    assert (await office.call(client, "POST", path, {"method": "cash"}, key=new_id())).problem == (
        422,
        "request.invalid",
    )
    key = new_id()
    first = await office.call(client, "POST", path, body, key=key)
    again = await office.call(client, "POST", path, body, key=key)
    assert first.body["payment_id"] == again.body["payment_id"]
    assert first.body["jsapi"]["paySign"] != again.body["jsapi"]["paySign"]
    await office.pay(first.body["out_trade_no"])
    await office.reached(client, order["id"], "paid", "assigned")
    assert (await office.call(client, "POST", path, body, key=new_id())).problem == (409, "order.already_paid")


async def test_a_refund_by_notification(office: Office) -> None:
    client = await office.client()
    order = await office.place(client)
    payment = await office.start(client, order["id"])
    await office.pay(payment["out_trade_no"])
    await office.reached(client, order["id"], "paid", "assigned")
    path = f"/api/v1/orders/{order['id']}/refunds"
    assert (await office.call(client, "POST", path, {"reason": "不要了"})).problem == (400, "idempotency.key_missing")
    too_much = {"reason": "不要了", "amount_fen": order["payable_fen"] + 1}
    assert (await office.call(client, "POST", path, too_much, key=new_id())).problem == (422, "refund.amount_invalid")
    asked = await office.call(client, "POST", path, {"reason": "不要了"}, key=new_id())
    assert (asked.status, asked.body["status"]) == (201, "refunding")
    done = await office.reached(client, order["id"], "refunded")
    assert [(one["amount_fen"], one["state"]) for one in done["refunds"]] == [(order["payable_fen"], "succeeded")]
    assert (await office.call(client, "POST", path, {"reason": "再来"}, key=new_id())).problem == (
        409,
        "order.wrong_state",
    )


async def test_a_hundred_notices_of_wechat_s(office: Office) -> None:
    """E1: a hundred notifications through the real door: all answered 2xx, one payment, one space, one card."""
    client = await office.client()
    order = await office.place(client)
    payment = await office.start(client, order["id"])
    await office.pay(payment["out_trade_no"], times=100)
    statuses = await office.delivered_notices(payment["out_trade_no"], 100)
    assert statuses == [204] * 100
    paid = await office.reached(client, order["id"], "paid", "assigned")
    messages = await office.call(client, "GET", f"/api/v1/spaces/{paid['space_id']}/messages")
    payments = [item for item in messages.body["items"] if item["body"].get("kind") == "payment"]
    assert len(payments) == 1
    assert payments[0]["body"]["amount_fen"] == order["payable_fen"]


@pytest.mark.parametrize(
    ("tamper", "status"),
    [
        ("signature", 401),
        ("timestamp", 401),
        ("serial", 401),
        ("ciphertext", 401),
        ("mchid", 401),
        ("appid", 401),
        ("probe", 401),
        ("amount", 409),
    ],
)
async def test_tampered_notices_are_refused_in_wechat_s_format(office: Office, tamper: str, status: int) -> None:
    client = await office.client()
    order = await office.place(client)
    payment = await office.start(client, order["id"])
    await office.pay(payment["out_trade_no"], tamper=tamper)
    assert await office.delivered_notices(payment["out_trade_no"], 1) == [status]
    assert (await office.call(client, "GET", f"/api/v1/orders/{order['id']}")).body["status"] == "awaiting_payment"


async def test_wechat_is_answered_in_its_own_words(office: Office) -> None:
    for path in ("/api/v1/wechat/pay/notify", "/api/v1/wechat/refund/notify"):
        answer = await office.call(None, "POST", path, {"forged": True})
        assert answer.status == 401
        assert answer.body == {"code": "FAIL", "message": "payment.notification_rejected"}
        assert (await office.call(None, "GET", path)).problem == (405, "request.method")


async def test_200_orders_at_once(office: Office) -> None:
    """C3: every order record is generated, none lost, none doubled."""
    client = await office.client()
    placed = await asyncio.gather(*(office.place(client) for _ in range(200)))
    assert len({order["number"] for order in placed}) == 200
    stored = await office.house.database.orders.count_documents({"client_id": client.user_id})
    assert stored == 200


async def test_the_answers_fit_their_description(office: Office) -> None:
    """The served OpenAPI names every door of this part."""
    described = (await office.call(None, "GET", "/openapi.json")).body
    paths = json.dumps(sorted(described["paths"]))
    for path in ("/orders", "/refunds", "/payments", "/products", "/wechat/pay/notify", "/wechat/refund/notify"):
        assert path in paths
