"""Finance and work items over HTTP and on the command line: by ops alone, audited, and true to the books (E1, K2)."""

import argparse
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any

import aiohttp
import pytest

from schemas.api.base import CHINA
from schemas.enums import OutboxState, Role
from server import ledger_commands
from server.__main__ import parser
from server.wiring import House
from services.clock import utc_now
from services.days import day_of
from services.ids import new_id
from services.ledger import postings
from services.ledger.accounts import Kind, account
from tests.house import Person, client, lawyer, open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.parts.sandboxes import OwnSandbox

DAY = day_of(utc_now()) - timedelta(days=2)  # the bill of yesterday comes at ten in the morning, in Beijing


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """With a sandbox whose bills are empty: nobody ever paid in it."""
    sandbox = OwnSandbox(tmp_path_factory.mktemp("vendor") / "sandbox", "http://127.0.0.1:9")
    try:
        async with open_house(make_settings(**sandbox.fields)) as opened:
            await opened.blobs.ensure_bucket()
            yield opened
    finally:
        sandbox.stop()


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield f"{base}/api/v1"


@pytest.fixture(scope="module")
async def ops(house: House) -> Person:
    return await lawyer(house, "钱会计", Role.OPS)


@pytest.fixture(scope="module")
async def support(house: House) -> Person:
    return await lawyer(house, "小陈", Role.SUPPORT)


async def ask(url: str, person: Person | None, method: str, body: Any = None, **query: str) -> tuple[int, Any]:
    """Status and JSON (or bytes) of an answer."""
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, url, json=body, params=query) as answer,
    ):
        return answer.status, await (answer.json() if "json" in answer.content_type else answer.read())


async def paid(house: House, fen: int = 4900, at: date = DAY) -> str:
    """A payment of a consultation as it is stored, with its posting; the order's id."""
    order_id, payment_id = new_id(), new_id()
    # at noon: what moves in the last hour of a day waits for the next day's bill, whenever the test runs
    moment = datetime.combine(at, time(12), CHINA)
    order: dict[str, Any] = {
        "_id": order_id,
        "schema_version": 1,
        "number": f"CS{order_id}",
        "client_id": new_id(),
        "space_id": new_id(),
        "status": "paid",
        "amount_fen": fen,
        "payable_fen": fen,
        "steps": [],
        "created_at": moment,
        "updated_at": moment,
    }
    payment: Any = {
        "_id": payment_id,
        "schema_version": 1,
        "subject": {"kind": "order", "id": order_id},
        "order_id": order_id,
        "payer_id": order["client_id"],
        "method": "wechat_jsapi",
        "out_trade_no": f"P{payment_id}",
        "amount_fen": fen,
        "state": "succeeded",
        "transaction_id": f"42{payment_id}",
        "mchid": house.settings.pay_mchid,
        "paid_at": moment,
        "query_at": moment,
        "expires_at": moment,
        "created_at": moment,
        "updated_at": moment,
    }
    await house.database.raw.orders.insert_one(order)
    await house.database.payments.insert_one(payment)
    await house.database.transaction(lambda session: house.core.ledger.write(session, postings.paid(payment)))
    return order_id


DOORS = (
    ("GET", "/finance/trial-balance"),
    ("GET", f"/finance/orders/{'a' * 24}/ledger"),
    ("GET", f"/finance/ledger.csv?first={DAY}&last={DAY}"),
    ("GET", "/finance/reconciliations"),
    ("GET", f"/finance/reconciliations/{DAY}"),
    ("POST", f"/finance/reconciliations/{DAY}"),
    ("GET", f"/finance/reconciliations/{DAY}/rebuilt"),
    ("GET", f"/finance/bills/{DAY}/trades.csv"),
)


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_finance_is_for_ops_alone(house: House, url: str, support: Person, method: str, path: str) -> None:
    body: Any = {} if method == "POST" else None
    assert (await ask(url + path, None, method, body))[0] == 401
    for person in (await client(house), await lawyer(house), support):
        assert (await ask(url + path, person, method, body))[0] == 403


async def test_the_trial_balance_and_an_orders_ledger(house: House, url: str, ops: Person) -> None:
    order_id = await paid(house)
    status, balance = await ask(f"{url}/finance/trial-balance", ops, "GET")
    assert (status, balance["balanced"]) == (200, True)
    assert balance["debit_fen"] == balance["credit_fen"]
    rows = {row["account"]: row for row in balance["rows"]}
    assert (rows["provider"]["title"], rows["provider"]["side"]) == ("支付机构余额", "debit")
    assert rows["order"]["balance_fen"] == rows["provider"]["balance_fen"] > 0
    status, orders = await ask(f"{url}/finance/trial-balance", ops, "GET", kind="order")
    assert {"account": account(Kind.ORDER, order_id), "balance_fen": 4900}.items() <= {
        **next(row for row in orders["rows"] if row["account"].endswith(order_id))
    }.items()
    before = str(DAY - timedelta(days=1))
    assert (await ask(f"{url}/finance/trial-balance", ops, "GET", until=before))[1]["rows"] == []
    assert (await ask(f"{url}/finance/trial-balance", ops, "GET", kind="pocket"))[0] == 422
    status, ledger = await ask(f"{url}/finance/orders/{order_id}/ledger", ops, "GET")
    assert (status, ledger["held_fen"], len(ledger["transactions"])) == (200, 4900, 1)
    assert [line["fen"] for line in ledger["transactions"][0]["lines"]] == [4900, -4900]
    assert (await ask(f"{url}/finance/orders/{new_id()}/ledger", ops, "GET"))[0] == 404
    read = await house.database.audit.find({"actor": ops.id, "action": "finance.read"}).to_list()
    assert f"finance:{order_id}" in {entry["subject"] for entry in read}


async def test_the_ledger_as_a_file(house: House, url: str, ops: Person) -> None:
    order_id = await paid(house, 12_34)
    day = str(DAY)
    status, content = await ask(f"{url}/finance/ledger.csv", ops, "GET", first=day, last=day)
    lines = content.decode("utf-8-sig").splitlines()
    assert (status, lines[0].split(",")[5:7]) == (200, ["借方(元)", "贷方(元)"])
    assert [line for line in lines if order_id in line and "12.34" in line]
    long_ago = str(DAY - timedelta(days=31))
    assert (await ask(f"{url}/finance/ledger.csv", ops, "GET", first=long_ago, last=day))[0] == 422
    assert (await ask(f"{url}/finance/ledger.csv", ops, "GET", first=day, last=long_ago))[0] == 422


async def test_a_day_is_compared_on_demand_and_its_items_are_closed_by_ops(
    house: House, url: str, ops: Person, support: Person
) -> None:
    """E1: a payment of that day is not in the (empty) bill: one work item, which support sees and ops close."""
    for name in ("ledger", "payments", "orders"):
        await house.database.raw[name].delete_many({})
    await paid(house)
    (payment,) = await house.database.payments.find({}).to_list()
    path = f"{url}/finance/reconciliations/{DAY}"
    assert (await ask(path, ops, "GET"))[0] == 404
    assert (await ask(path, ops, "POST", {"fetch": False}))[0] == 409
    assert (await ask(f"{url}/finance/reconciliations/{day_of(utc_now())}", ops, "POST", {}))[0] == 409
    assert (await ask(f"{url}/finance/reconciliations/2026-13-01", ops, "GET"))[0] == 404
    status, found = await ask(path, ops, "POST", {})
    assert status == 200, found
    assert [(one["kind"], one["subject"]) for one in found["differences"]] == [
        ("missing_there", payment["out_trade_no"])
    ]
    assert (await ask(path, ops, "GET"))[1]["differences"] == found["differences"]
    page = (await ask(f"{url}/finance/reconciliations", ops, "GET"))[1]
    assert [(row["day"], row["differences"]) for row in page["items"]] == [(str(DAY), 1)]
    assert (await ask(f"{url}/finance/bills/{DAY}/trades.csv", ops, "GET")) == (200, b"")
    assert (await ask(f"{path}/rebuilt", ops, "GET"))[1]["mistakes"] == []

    items = f"{url}/desk/work-items"
    assert (await ask(items, await client(house), "GET"))[0] == 403
    (seen,) = (await ask(items, support, "GET"))[1]["items"]
    assert (seen["kind"], seen["can_close"]) == ("reconciliation.missing_there", False)
    close, outcome = f"{items}/{seen['id']}/close", {"outcome": "已在商户平台核实"}
    assert (await ask(close, support, "POST", outcome))[0] == 403
    assert (await ask(close, ops, "POST", {"outcome": ""}))[0] == 422
    status, done = await ask(close, ops, "POST", outcome)
    assert (status, done["state"], done["done_by"]) == (200, "done", ops.id)
    assert (await ask(close, ops, "POST", outcome))[0] == 409
    assert (await ask(f"{items}/{new_id()}/close", ops, "POST", outcome))[0] == 404
    assert (await ask(items, ops, "GET"))[1]["items"] == []
    assert [item["id"] for item in (await ask(items, ops, "GET", state="done"))[1]["items"]] == [seen["id"]]


async def test_an_item_that_was_closed_by_mistake_is_opened_again(
    house: House, url: str, ops: Person, support: Person
) -> None:
    """H1: by whoever may close it; not what closed by itself, nor beside a new item about the same matter."""
    items = house.core.work_items
    texts: Any = {"title": "退款失败", "advice": "请核实。"}
    subject = f"refund:{new_id()}"
    item_id = await items.open("money.refund_failed", subject, **texts)
    path = f"{url}/desk/work-items/{item_id}"
    assert (await ask(f"{path}/reopen", ops, "POST"))[0] == 409
    assert (await ask(f"{path}/close", ops, "POST", {"outcome": "点错了"}))[1]["can_reopen"]
    assert (await ask(f"{path}/reopen", support, "POST"))[0] == 403
    status, again = await ask(f"{path}/reopen", ops, "POST")
    assert (status, again["state"], again["done_by"], again["outcome"]) == (200, "open", None, "点错了")
    assert await items.open("money.refund_failed", subject, **texts) == item_id  # found again, it is the same one
    await ask(f"{path}/close", ops, "POST", {"outcome": "已处理"})
    await items.open("money.refund_failed", subject, **texts)
    assert (await ask(f"{path}/reopen", ops, "POST"))[1]["code"] == "work_item.cannot_reopen"
    itself = await items.open("money.stray", subject, **texts)
    await items.resolve("money.stray", subject, "已退回")
    assert (await ask(f"{url}/desk/work-items/{itself}/reopen", ops, "POST"))[0] == 409
    assert (await ask(f"{url}/desk/work-items/{new_id()}/reopen", ops, "POST"))[0] == 404
    await house.database.work_items.delete_many({"subject": subject})


async def test_a_parked_effect_becomes_an_item_and_is_started_again(house: House, url: str, support: Person) -> None:
    """What failed for good is seen, started again by a person, and its item closes when it is done."""
    row = house.core.outbox.row("refund.send", "refund:x", {"refund_id": "x"})
    await house.database.outbox.insert_one({**row, "state": OutboxState.PARKED.value, "fault": "PayError"})
    assert await house.books.parked.tick() == 1
    assert await house.books.parked.tick() == 0
    items = f"{url}/desk/work-items"
    (item,) = (await ask(items, support, "GET"))[1]["items"]
    assert (item["kind"], item["can_retry"], item["detail"]["effect"]) == ("outbox.parked", True, "refund.send")
    assert (await ask(f"{items}/{item['id']}/retry", support, "POST"))[0] == 200
    assert (await ask(f"{items}/{item['id']}/retry", support, "POST"))[0] == 409
    assert await house.books.parked.tick() == 0  # it runs again, and may fail again
    await house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": OutboxState.DONE.value}})
    assert await house.books.parked.tick() == 1
    assert (await ask(items, support, "GET"))[1]["items"] == []


# --- the command line


async def command(house: House, *words: str) -> None:
    await ledger_commands.run(house, parser().parse_args(["ledger", *words]))


async def test_the_commands_say_what_is_wrong(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """E1: a day is rebuilt and compared, all is checked, summed up and posted anew, by whoever runs the servers."""
    for name in ("ledger", "payments", "orders", "bills"):
        await house.database.raw[name].delete_many({})
    order_id = await paid(house)
    day = str(DAY)
    await command(house, "rebuild", "--day", day)
    await command(house, "check")
    await command(house, "check", "--day", day)
    await command(house, "trial-balance")
    assert "49.00" in capsys.readouterr().out
    await command(house, "trial-balance", "--kind", "order", "--until", day)
    assert order_id in capsys.readouterr().out
    with pytest.raises(ledger_commands.NotInOrderError):
        await command(house, "compare", "--day", day)
    assert "missing_there" in capsys.readouterr().out

    (payment,) = await house.database.payments.find({}).to_list()
    await house.database.ledger.delete_many({})  # as if it were older than the ledger
    for words in (("rebuild", "--day", day), ("check",)):
        with pytest.raises(ledger_commands.NotInOrderError):
            await command(house, *words)
        assert f"not_posted  payment:{payment['_id']}" in capsys.readouterr().out
    await house.database.payments.update_one({"_id": payment["_id"]}, {"$unset": {"mchid": ""}})
    await command(house, "backfill")
    assert capsys.readouterr().out == "1 payments were posted\n"
    await command(house, "backfill")
    assert capsys.readouterr().out == "0 payments were posted\n"
    await command(house, "check")
    await house.database.ledger.update_one({}, {"$inc": {"lines.0.fen": 1}})
    with pytest.raises(ledger_commands.NotInOrderError):
        await command(house, "check")
    assert "unbalanced" in capsys.readouterr().out


def test_a_day_must_be_one() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["ledger", "rebuild", "--day", "yesterday"])
    assert isinstance(parser().parse_args(["ledger", "check"]), argparse.Namespace)
