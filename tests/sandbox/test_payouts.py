"""Money that leaves: profit sharing, merchant transfers, abnormal refunds; and the money that is frozen."""

import asyncio
import json
from typing import Any

import pytest
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType

from miniprogram_api.errors import NotificationRejected, PayError, WeChatError
from miniprogram_api.pay import (
    BankCard,
    BillClient,
    ProfitSharing,
    ReportInfo,
    Share,
    Sharing,
    Transfer,
    Transfers,
    TransferUnknown,
)
from miniprogram_api.sandbox.crypto import encrypt_resource
from miniprogram_api.shipping import Shipping
from tests.sandbox.playground import Playground, until

FIRM = "1700000001"


async def refusal(call: Any) -> PayError:
    with pytest.raises(PayError) as caught:
        await call
    return caught.value


async def paid(play: Playground, number: str = "order00001", fen: int = 10000, **values: Any) -> str:
    """A paid order whose money may be shared; its transaction_id."""
    values.setdefault("profit_sharing", True)
    await play.order(number, fen, **values)
    answer = await play.control("POST", f"payments/{number}/pay", {"times": 0})
    return str(answer["transaction_id"])


def sharing_of(play: Playground) -> ProfitSharing:
    return ProfitSharing(play.pay.door)


async def share(play: Playground, transaction: str, fen: int, number: str = "S1", *, rest: bool = False) -> Sharing:
    shares = [Share(FIRM, fen, "律师费")]
    return await sharing_of(play).share(
        transaction_id=transaction, out_order_no=number, shares=shares, unfreeze_rest=rest
    )


async def finished(play: Playground, transaction: str, number: str = "S1") -> Sharing:
    for _ in range(100):
        found = await sharing_of(play).query(transaction_id=transaction, out_order_no=number)
        if found.finished:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("the sharing did not finish")


async def funds(play: Playground, number: str = "order00001") -> str:
    items = (await play.control("GET", "payments"))["items"]
    return str(next(item["funds"] for item in items if item["out_trade_no"] == number))


async def test_a_share_goes_to_the_firm_and_the_rest_is_unfrozen(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    assert play.world.sharing.receivers() == [{"account": FIRM, "name": "北京某某律师事务所", "relation": "PARTNER"}]
    assert await sharing_of(play).unsplit_fen(transaction) == 10000
    accepted = await share(play, transaction, 2000)
    assert (accepted.finished, accepted.parts[0].result) == (False, "PENDING")
    assert (await share(play, transaction, 2000)).order_id == accepted.order_id
    done = await finished(play, transaction)
    assert [(part.mchid, part.amount_fen, part.result) for part in done.parts] == [(FIRM, 2000, "SUCCESS")]
    assert await sharing_of(play).unsplit_fen(transaction) == 8000
    assert await funds(play) == "frozen_sharing"
    await sharing_of(play).unfreeze(transaction_id=transaction, out_order_no="U1", description="解冻全部剩余资金")
    rest = await finished(play, transaction, "U1")
    assert [(part.mchid, part.amount_fen) for part in rest.parts] == [(play.credentials.mchid, 8000)]
    assert (await sharing_of(play).unsplit_fen(transaction), await funds(play)) == (0, "available")
    assert (await refusal(share(play, transaction, 1, "S2"))).reason == "rule_limit"


async def test_the_vendors_limits_of_sharing(play: Playground) -> None:
    plain = await paid(play, "order00009", profit_sharing=False)
    assert (await refusal(share(play, plain, 1))).pay_code == "INVALID_REQUEST"
    transaction = await paid(play)
    assert (await refusal(share(play, transaction, 1))).reason == "rule_limit"
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    assert (await refusal(share(play, transaction, 3001))).reason == "rule_limit"
    assert (await refusal(share(play, transaction, 10001))).reason == "not_enough"
    assert (await refusal(share(play, transaction, 0))).pay_code == "PARAM_ERROR"
    assert (await refusal(share(play, "42000000", 1))).reason == "not_found"
    await share(play, transaction, 2000)
    assert (await refusal(share(play, transaction, 1999))).pay_code == "INVALID_REQUEST"
    # The ratio counts all requests of a payment.
    assert (await refusal(share(play, transaction, 1001, "S2"))).reason == "rule_limit"
    await share(play, transaction, 1000, "S2")
    query = sharing_of(play).query(transaction_id=transaction, out_order_no="S9")
    assert (await refusal(query)).reason == "not_found"
    await play.control("POST", "clock", {"advance_seconds": 30 * 86400 + 60})
    assert await sharing_of(play).unsplit_fen(transaction) == 0
    assert (await refusal(share(play, transaction, 1, "S3"))).reason == "rule_limit"


async def test_a_share_that_the_receiver_cannot_take(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await play.control("POST", "rules", {"sharing_fail_reason": "ACCOUNT_ABNORMAL"})
    await share(play, transaction, 2000)
    done = await finished(play, transaction)
    assert [(part.result, part.fail_reason) for part in done.failed] == [("CLOSED", "ACCOUNT_ABNORMAL")]
    assert await sharing_of(play).unsplit_fen(transaction) == 10000


async def test_shared_money_is_taken_back_before_a_refund(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await share(play, transaction, 3000, rest=True)
    await finished(play, transaction)
    whole: dict[str, Any] = {
        "out_trade_no": "order00001",
        "out_refund_no": "R1",
        "refund_fen": 10000,
        "total_fen": 10000,
    }
    assert (await refusal(play.pay.refund(**whole, reason="取消"))).reason == "not_enough"
    back = {"out_order_no": "S1", "out_return_no": "B1", "mchid": FIRM, "description": "退款"}
    assert (await refusal(sharing_of(play).take_back(**back, amount_fen=3001))).reason == "rule_limit"
    accepted = await sharing_of(play).take_back(**back, amount_fen=3000)
    assert accepted.result == "PROCESSING"
    await until(lambda: play.world.sharing.returns()[0]["result"] == "SUCCESS")
    found = await sharing_of(play).query_return(out_order_no="S1", out_return_no="B1")
    assert (found.result, found.amount_fen, found.return_id) == ("SUCCESS", 3000, accepted.return_id)
    assert (await play.pay.refund(**whole, reason="取消")).status == "PROCESSING"


async def test_money_is_frozen_until_the_service_is_shipped_and_confirmed(play: Playground) -> None:
    await play.control("POST", "rules", {"trading_rules": True})
    shipping = Shipping(play.wechat.door)
    assert await shipping.is_managed()
    openid = await play.user()
    transaction = await paid(play, openid=openid)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    assert await funds(play) == "frozen_shipping"
    assert (await refusal(share(play, transaction, 100))).reason == "rule_limit"
    moment = play.world.clock.moment()
    values: dict[str, Any] = {"transaction_id": transaction, "openid": openid, "delivered_at": moment}
    assert (await play.fetch("POST", "/control/payments/order00001/confirm-receipt")).code == 409
    assert await shipping.upload(**values, description="法律咨询已完成")
    assert not await shipping.upload(**values, description="法律咨询已完成")
    assert await shipping.upload(**values, description="法律咨询与书面意见")
    assert not await shipping.upload(**values, description="第三次")
    assert await funds(play) == "frozen_shipping"
    confirmed = await play.control("POST", "payments/order00001/confirm-receipt")
    assert confirmed["funds"] == "frozen_sharing"
    (received,) = await play.product.wait_for(1)
    assert play.codec.decrypt(received.query, received.body).settled_payment() == transaction
    await share(play, transaction, 100)


async def test_two_days_settle_what_nobody_confirms(play: Playground) -> None:
    await play.control("POST", "rules", {"trading_rules": True})
    openid = await play.user()
    transaction = await paid(play, openid=openid, profit_sharing=False)
    shipping, moment = Shipping(play.wechat.door), play.world.clock.moment()
    await shipping.upload(transaction_id=transaction, openid=openid, description="咨询", delivered_at=moment)
    await play.control("POST", "clock", {"advance_seconds": 2 * 86400 - 60})
    assert await funds(play) == "frozen_shipping"
    await play.control("POST", "clock", {"advance_seconds": 61})
    assert await funds(play) == "available"


async def test_refusals_of_shipping(play: Playground) -> None:
    openid = await play.user()
    transaction = await paid(play, openid=openid)
    shipping, moment = Shipping(play.wechat.door), play.world.clock.moment()
    values: dict[str, Any] = {"transaction_id": transaction, "openid": openid, "description": "咨询"}

    async def errcode(**changes: Any) -> int:
        with pytest.raises(WeChatError) as caught:
            await shipping.upload(**{**values, "delivered_at": moment, **changes})
        return caught.value.errcode

    assert await errcode(transaction_id="4200") == 10060001
    assert await errcode(openid="o-stranger") == 10060031
    assert await errcode(description="") == 10060008
    assert await errcode(description="长" * 121) == 10060009
    token = await play.tokens.get()
    body = {
        "order_key": {"order_number_type": 2, "transaction_id": transaction},
        "logistics_type": 3,
        "delivery_mode": 1,
        "shipping_list": [{"item_desc": "咨询"}],
        "upload_time": "2026-11-21T19:16:00.000+08:00",
        "payer": {"openid": openid},
    }
    cases: list[tuple[dict[str, Any], int]] = [
        ({"upload_time": "2026-11-21T19:16:00+08:00"}, 268485216),
        ({"upload_time": "2026-11-31T19:16:00.000+08:00"}, 268485216),
        ({"logistics_type": 9}, 10060005),
        ({"delivery_mode": 2}, 10060006),
        ({"delivery_mode": 3}, 268485224),
        ({"shipping_list": {}}, 10060014),
        ({"shipping_list": []}, 10060014),
        ({"order_key": {"order_number_type": 3}}, 268485228),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 1}}, 268485196),
        ({"order_key": {"order_number_type": 1, "mchid": play.credentials.mchid}}, 268485194),
        ({}, 0),
    ]
    for change, expected in cases:
        path = f"/wxa/sec/order/upload_shipping_info?access_token={token}"
        answer = await play.fetch("POST", path, {**body, **change})
        assert json.loads(answer.body)["errcode"] == expected, change


def transfers(play: Playground) -> Transfers:
    return Transfers(play.pay.door)


async def create(play: Playground, openid: str, number: str = "T1", fen: int = 5000, **values: Any) -> Any:
    return await transfers(play).create(
        out_bill_no=number,
        scene_id="1005",
        openid=openid,
        amount_fen=fen,
        remark="咨询费",
        notify_url=play.notify_url,
        reports=[ReportInfo("岗位类型", "律师"), ReportInfo("报酬说明", "咨询费")],
        **values,
    )


async def test_a_transfer_waits_for_its_person(play: Playground) -> None:
    openid = await play.user()
    made = await create(play, openid)
    assert isinstance(made, Transfer)
    assert made.waits_for_person
    assert made.package_info
    again = await create(play, openid)
    assert (again.transfer_bill_no, again.package_info) == (made.transfer_bill_no, made.package_info)
    await play.control("POST", "transfers/T1/confirm")
    (received,) = await play.product.wait_for(1)
    notice = play.notifications.transfer(received.headers, received.body)
    assert (notice.event_type, notice.transfer.paid) == ("MCHTRANSFER.BILL.FINISHED", True)
    found = await transfers(play).query("T1")
    assert (found.paid, found.final, found.may_take_new_number, found.amount_fen) == (True, True, False, 5000)
    with pytest.raises(NotificationRejected, match="unexpected_event"):
        play.notifications.payment(received.headers, received.body)


async def test_a_refused_transfer_is_unknown_and_keeps_its_number(play: Playground) -> None:
    openid = await play.user()
    await play.control("POST", "faults", {"endpoint": "transfer_create", "errcode": "SYSTEM_ERROR", "phase": "after"})
    unknown = await create(play, openid)
    assert isinstance(unknown, TransferUnknown)
    assert (unknown.because, unknown.may_take_new_number) == ("pay.SYSTEM_ERROR", False)
    # The answer said 500, and yet the money waits.
    assert (await transfers(play).query("T1")).waits_for_person
    await play.control("DELETE", "faults")
    refused = await create(play, openid, fen=6000)
    assert isinstance(refused, TransferUnknown)
    assert refused.because == "pay.ALREADY_EXISTS"
    assert isinstance(await create(play, "o-stranger", "T2"), TransferUnknown)
    assert (await refusal(transfers(play).query("T2"))).reason == "not_found"


async def test_transfers_end_without_money(play: Playground) -> None:
    openid = await play.user()
    for number in ("T1", "T2", "T3"):
        await create(play, openid, number)
    await play.control("POST", "transfers/T1/confirm", {"fail_reason": "ACCOUNT_FROZEN"})
    assert (await transfers(play).cancel("T2")).state == "CANCELING"
    await play.control("POST", "clock", {"advance_seconds": 24 * 3600 + 60})
    ends = [await transfers(play).query(number) for number in ("T1", "T2", "T3")]
    assert [(end.state, end.fail_reason) for end in ends] == [
        ("FAIL", "ACCOUNT_FROZEN"),
        ("CANCELLED", None),
        ("FAIL", "OVERDUE_CLOSE"),
    ]
    assert all(end.may_take_new_number for end in ends)
    assert (await refusal(transfers(play).cancel("T1"))).pay_code == "INVALID_REQUEST"
    assert (await play.fetch("POST", "/control/transfers/T1/confirm")).code == 409
    assert (await play.fetch("POST", "/control/transfers/T9/confirm")).code == 404


async def test_names_are_sealed_and_fit_the_amount(play: Playground) -> None:
    openid = await play.user()
    with pytest.raises(ValueError, match="name"):
        await create(play, openid, fen=200_000)
    with pytest.raises(ValueError, match="name"):
        await create(play, openid, fen=20, name="张三")
    assert isinstance(await create(play, openid, fen=200_000, name="张三"), Transfer)
    assert play.world.transfers.all()[0]["body"]["user_name"] == "张三"
    (entry,) = await play.log("transfer_create")
    assert entry["checks"]["sealed_user_name"] == "ok"
    assert isinstance(await create(play, openid, "T2", 2_000_001, name="张三"), TransferUnknown)


async def abnormal(play: Playground) -> Any:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    await play.control("POST", "rules", {"refunds_end": "ABNORMAL"})
    accepted = await play.pay.refund(
        out_trade_no="order00001",
        out_refund_no="R1",
        refund_fen=100,
        total_fen=29900,
        reason="取消",
        notify_url=play.notify_url,
    )
    (received,) = await play.product.wait_for(1)
    notice = play.notifications.refund(received.headers, received.body)
    assert (notice.event_type, notice.refund.abnormal) == ("REFUND.ABNORMAL", True)
    assert (await play.pay.query("order00001")).trade_state == "SUCCESS"
    await play.control("POST", "rules", {"refunds_end": "SUCCESS"})
    return accepted


@pytest.mark.parametrize("card", [None, BankCard("ICBC_DEBIT", "6222020000000000000", "张三")])
async def test_an_abnormal_refund_is_sent_another_way(play: Playground, card: BankCard | None) -> None:
    accepted = await abnormal(play)
    again = await play.pay.apply_abnormal_refund(accepted.refund_id, "R1", card)
    assert (again.status, again.refund_id) == ("PROCESSING", accepted.refund_id)
    received = await play.product.wait_for(2)
    notices = [play.notifications.refund(item.headers, item.body) for item in received]
    assert notices[1].event_type == "REFUND.SUCCESS"
    assert notices[0].event_id != notices[1].event_id
    assert (await play.pay.query_refund("R1")).status == "SUCCESS"
    assert (await refusal(play.pay.apply_abnormal_refund(accepted.refund_id, "R1"))).pay_code == "INVALID_REQUEST"
    assert (await refusal(play.pay.apply_abnormal_refund("503", "R1"))).reason == "refund_not_found"
    assert "6222" not in repr(card)


async def test_a_bank_that_cannot_take_it(play: Playground) -> None:
    accepted = await abnormal(play)
    card = BankCard("XYZ_DEBIT", "6222020000000000000", "张三")
    error = await refusal(play.pay.apply_abnormal_refund(accepted.refund_id, "R1", card))
    assert error.pay_code == "PARAM_ERROR"


async def test_a_closed_refund_gives_the_amount_free(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    await play.control("POST", "rules", {"refunds_end": "CLOSED", "refund_gap_seconds": 0})
    values = {"out_trade_no": "order00001", "refund_fen": 29900, "total_fen": 29900, "reason": "取消"}
    await play.pay.refund(**values, out_refund_no="R1")  # type: ignore[arg-type]
    await until(lambda: play.world.till.refunds()[0]["status"] == "CLOSED")
    await play.control("POST", "rules", {"refunds_end": "SUCCESS"})
    await play.pay.refund(**values, out_refund_no="R2")  # type: ignore[arg-type]


async def test_fifty_refunds_and_a_year_are_the_end(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    play.world.till.refund_gap = 0
    values = {"refund": 1, "total": 29900, "currency": "CNY"}
    for index in range(50):
        play.world.till.refund({"out_trade_no": "order00001", "out_refund_no": f"R{index}", "amount": values})
    one = {"out_trade_no": "order00001", "refund_fen": 1, "total_fen": 29900, "reason": "取消"}
    assert (await refusal(play.pay.refund(**one, out_refund_no="R50"))).pay_code == "INVALID_REQUEST"  # type: ignore[arg-type]
    await play.order("order00002")
    await play.control("POST", "payments/order00002/pay", {"times": 0})
    await play.control("POST", "clock", {"advance_seconds": 365 * 86400 + 60})
    late = {**one, "out_trade_no": "order00002"}
    assert (await refusal(play.pay.refund(**late, out_refund_no="R51"))).pay_code == "INVALID_REQUEST"  # type: ignore[arg-type]


async def test_another_implementation_shares_and_transfers(play: Playground) -> None:
    """wechatpayv3 seals names its own way; the double opens them all the same."""
    transaction = await paid(play)
    await play.control("POST", "config", {"sign_with": "public_key"})
    core = Core(
        mchid=play.credentials.mchid,
        cert_serial_no=play.credentials.merchant_serial,
        private_key=play.credentials.merchant_key_pem,
        apiv3_key=play.credentials.api_v3_key,
        public_key=play.credentials.public_key_pem,
        public_key_id=play.credentials.public_key_id,
    )
    core._gate_way = play.url

    async def post(path: str, body: dict[str, Any], *, sealed: bool = False) -> tuple[int, dict[str, Any]]:
        call = lambda: core.request(path, RequestType.POST, body, cipher_data=sealed)  # noqa: E731
        status, text = await asyncio.to_thread(call)
        return status, json.loads(text)

    appid = play.credentials.appid
    receiver = {
        "appid": appid,
        "type": "MERCHANT_ID",
        "account": FIRM,
        "name": core.encrypt("北京某某律师事务所"),
        "relation_type": "PARTNER",
    }
    status, _ = await post("/v3/profitsharing/receivers/add", receiver, sealed=True)
    assert (status, play.world.sharing.receivers()[0]["name"]) == (200, "北京某某律师事务所")
    part = {"type": "MERCHANT_ID", "account": FIRM, "amount": 100, "description": "律师费"}
    order = {"appid": appid, "transaction_id": transaction, "out_order_no": "S1", "receivers": [part]}
    status, answer = await post("/v3/profitsharing/orders", {**order, "unfreeze_unsplit": False})
    assert (status, answer["state"]) == (200, "PROCESSING")
    assert (await finished(play, transaction)).parts[0].amount_fen == 100


async def test_every_payout_is_in_the_fund_bill(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await share(play, transaction, 2000)
    await finished(play, transaction)
    back = {"out_order_no": "S1", "out_return_no": "B1", "mchid": FIRM, "description": "退款"}
    await sharing_of(play).take_back(**back, amount_fen=500)
    await until(lambda: play.world.sharing.returns()[0]["result"] == "SUCCESS")
    await create(play, await play.user("13800000002"))
    await play.control("POST", "transfers/T1/confirm")
    day = play.world.clock.today()
    await play.control("POST", "clock", {"next_morning": True})
    bills = BillClient(play.pay.door)
    basic, operation = await bills.funds(day), await bills.funds(day, "OPERATION")
    moved = {(row.kind, row.incoming, row.amount_fen, row.voucher) for row in basic.rows}
    assert {("分账", False, 2000, "S1"), ("分账回退", True, 500, "B1")} <= moved
    assert [(row.kind, row.incoming, row.amount_fen) for row in operation.rows] == [("商家转账", False, 5000)]
    assert operation.rows[0].balance_fen == play.world.transfers.purse()
    assert (await bills.funds(day, "FEES")).rows == ()


async def test_what_was_under_way_is_finished_after_a_restart(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await share(play, transaction, 2000)
    # As after a kill: the tasks are gone, what was accepted is stored.
    await play.world.sharing.stop()
    play.world.sharing.resume()
    assert (await finished(play, transaction)).parts[0].result == "SUCCESS"


@pytest.mark.parametrize("kind", ["transfer", "invoice"])
def test_notices_for_another_merchant_are_refused(play: Playground, kind: str) -> None:
    events = {"transfer": ("MCHTRANSFER.BILL.FINISHED", "mch_id"), "invoice": ("FAPIAO.ISSUED", "mchid")}
    event, name = events[kind]
    for resource, reason in (({name: "1"}, "wrong_mchid"), ({name: play.credentials.mchid}, "bad_resource")):
        sealed = encrypt_resource(play.credentials.api_v3_key, json.dumps(resource).encode(), "x")
        raw = json.dumps({"id": "e", "event_type": event, "resource": sealed}).encode()
        read = play.notifications.transfer if kind == "transfer" else play.notifications.invoice
        with pytest.raises(NotificationRejected, match=reason):
            read(play.world.keyring.headers(raw), raw)
