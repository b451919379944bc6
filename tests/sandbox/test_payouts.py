"""Profit sharing, and what every payout looks like in the fund bill."""

import asyncio
import json
from typing import Any

from wechatpayv3.core import Core
from wechatpayv3.type import RequestType

from miniprogram_api.pay import (
    BillClient,
    ProfitSharing,
    Share,
    Sharing,
)
from tests.patience import until
from tests.sandbox.playground import Playground, refusal

FIRM = "1700000001"


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


def unsplit(play: Playground) -> int:
    """Fen that are still frozen for sharing, as the vendor's books have it."""
    order = play.world.till.find("order00001")
    assert order is not None
    return play.world.sharing.unsplit(order)


async def funds(play: Playground, number: str = "order00001") -> str:
    items = (await play.control("GET", "payments"))["items"]
    return str(next(item["funds"] for item in items if item["out_trade_no"] == number))


async def test_a_share_goes_to_the_firm_and_the_rest_is_unfrozen(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    assert play.world.sharing.receivers() == [{"account": FIRM, "name": "北京某某律师事务所", "relation": "PARTNER"}]
    assert unsplit(play) == 10000
    accepted = await share(play, transaction, 2000)
    assert (accepted.finished, accepted.parts[0].result) == (False, "PENDING")
    assert (await share(play, transaction, 2000)).order_id == accepted.order_id
    done = await finished(play, transaction)
    assert [(part.mchid, part.amount_fen, part.result) for part in done.parts] == [(FIRM, 2000, "SUCCESS")]
    assert unsplit(play) == 8000
    assert await funds(play) == "frozen_sharing"
    await sharing_of(play).unfreeze(transaction_id=transaction, out_order_no="U1", description="解冻全部剩余资金")
    rest = await finished(play, transaction, "U1")
    assert [(part.mchid, part.amount_fen) for part in rest.parts] == [(play.credentials.mchid, 8000)]
    assert (unsplit(play), await funds(play)) == (0, "available")
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
    assert unsplit(play) == 0
    assert (await refusal(share(play, transaction, 1, "S3"))).reason == "rule_limit"


async def test_a_share_that_the_receiver_cannot_take(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await play.control("POST", "rules", {"sharing_fail_reason": "ACCOUNT_ABNORMAL"})
    await share(play, transaction, 2000)
    done = await finished(play, transaction)
    assert [(part.result, part.fail_reason) for part in done.failed] == [("CLOSED", "ACCOUNT_ABNORMAL")]
    assert unsplit(play) == 10000


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


async def test_another_implementation_shares(play: Playground) -> None:
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
    day = play.world.clock.today()
    await play.control("POST", "clock", {"next_morning": True})
    bills = BillClient(play.pay.door)
    basic = await bills.funds(day)
    moved = {(row.kind, row.incoming, row.amount_fen, row.voucher) for row in basic.rows}
    assert {("分账", False, 2000, "S1"), ("分账回退", True, 500, "B1")} <= moved
    assert (await bills.funds(day, "OPERATION")).rows == ()


async def test_what_was_under_way_is_finished_after_a_restart(play: Playground) -> None:
    transaction = await paid(play)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    await share(play, transaction, 2000)
    # As after a kill: the tasks are gone, what was accepted is stored.
    await play.world.sharing.stop()
    play.world.sharing.resume()
    assert (await finished(play, transaction)).parts[0].result == "SUCCESS"
