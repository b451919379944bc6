"""Merchant transfers: they wait for their person, and are unknown until a query says more."""

from typing import Any

import pytest

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.pay import (
    ReportInfo,
    Transfer,
    Transfers,
    TransferUnknown,
)
from tests.sandbox.playground import Playground, refusal


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
