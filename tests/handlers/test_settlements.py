"""The doors of settlement over HTTP: who may, two approvers, one payout, the same papers (E3)."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from pypdf import PdfReader

from schemas.enums import Role
from server.wiring import House
from services.ids import new_id
from services.settlement.standard_rules import STANDARD
from tests.house import Person, client, lawyer, open_doors, open_house, signed_in
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.parts.sandboxes import OwnSandbox
from tests.services.settlement_world import Office, credit_code, open_office

BASE = 29_40


class Doors:
    """The house, and the office whose orders are settled, on one database and one clock."""

    def __init__(self, office: Office, house: House, url: str) -> None:
        self.office = office
        self.house = house
        self.url = url

    async def ask(
        self,
        person: Person | None,
        method: str,
        path: str,
        body: Any = None,
        *,
        tag: str | None = None,
        key: str | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and bytes of an answer."""
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        headers |= {"If-Match": tag} if tag else {}
        headers |= {"Idempotency-Key": key} if key else {}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, f"{self.url}/api/v1{path}", json=body) as answer,
        ):
            return answer.status, answer.headers, await answer.read()

    async def json(
        self, person: Person | None, method: str, path: str, body: Any = None, **more: Any
    ) -> tuple[int, Any]:
        status, _, content = await self.ask(person, method, path, body, **more)
        return status, json.loads(content or b"null")

    async def ops(self, name: str) -> Person:
        return await lawyer(self.house, name, Role.OPS)


@pytest.fixture(scope="module")
async def doors(
    make_settings: SettingsMaker, parts: RealParts, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Doors]:
    sandbox = OwnSandbox(tmp_path_factory.mktemp("doors") / "sandbox", "http://127.0.0.1:9")
    settings = make_settings(**sandbox.fields)
    try:
        async with (
            open_office(settings, parts, sandbox.folder) as office,
            open_house(office.settings, office.world.clock) as house,
            open_doors(house) as url,
        ):
            yield Doors(office, house, url)
    finally:
        sandbox.stop()


async def test_from_the_statement_to_the_payout(doors: Doors) -> None:
    office = doors.office
    await office.served(4)
    await office.close()
    one, two = await doors.ops("运营甲"), await doors.ops("运营乙")
    own, stranger = await signed_in(doors.house, office.lawyer.user_id), await client(doors.house)

    assert (await doors.json(None, "GET", "/settlements"))[0] == 401
    assert (await doors.json(stranger, "GET", "/settlements"))[0] == 403
    listed = (await doors.json(one, "GET", "/settlements"))[1]["items"]
    mine = (await doors.json(own, "GET", "/settlements"))[1]["items"]
    assert [item["total_fen"] for item in listed + mine] == [BASE, BASE]
    path = f"/settlements/{listed[0]['id']}"
    assert (await doors.json(own, "GET", path))[0] == 404
    status, headers, _ = await doors.ask(one, "GET", path)
    assert (status, headers["ETag"]) == (200, '"1"')

    assert (await doors.json(own, "POST", f"{path}/approve", {}, tag='"1"'))[0] == 403
    assert (await doors.json(one, "POST", f"{path}/approve", {}))[1]["code"] == "request.if_match_missing"
    for stale in ('"7"', 'W/"1"', "1"):
        status, refused = await doors.json(one, "POST", f"{path}/approve", {}, tag=stale)
        assert (status, refused["code"]) == (412, "request.changed_meanwhile")
    first, second = await asyncio.gather(
        *(doors.json(person, "POST", f"{path}/approve", {}, tag='"1"') for person in (one, two))
    )
    assert sorted((first[0], second[0])) == [200, 412], "the second saw what the first changed meanwhile"
    other = two if first[0] == 200 else one
    status, approved = await doors.json(other, "POST", f"{path}/approve", {}, tag='"2"')
    assert (status, approved["state"]) == (200, "approved")

    outside = {"method": "outside", "bank_reference": "BANK0001"}
    assert (await doors.json(one, "POST", f"{path}/payout", outside, tag='"3"'))[1]["code"] == "idempotency.key_missing"
    key = new_id()
    paid = await doors.json(one, "POST", f"{path}/payout", outside, tag='"3"', key=key)
    assert paid[1]["state"] == "paid"
    assert await doors.json(one, "POST", f"{path}/payout", outside, tag='"3"', key=key) == paid
    assert (await doors.json(one, "GET", f"{path}/check"))[1]["same"] is True


async def test_the_statement_as_files(doors: Doors) -> None:
    office = doors.office
    await office.served(5)
    await office.close()
    ops, own = await doors.ops("运营甲"), await signed_in(doors.house, office.lawyer.user_id)
    firms = (await doors.json(ops, "GET", "/settlements"))[1]["items"][0]
    mine = (await doors.json(own, "GET", "/settlements"))[1]["items"][0]
    status, headers, table = await doors.ask(ops, "GET", f"/settlements/{firms['id']}.csv")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = table.decode("utf-8-sig")
    rows = [row.split(",") for row in text.splitlines()]
    assert [(row[6], row[8], row[9]) for row in rows[1:]] == [
        ("咨询类分成", "60%", "29.40"),
        ("5 星评价", "×1.1", "2.94"),
        ("本期合计", "", "32.34"),
    ]
    for person, statement in ((ops, firms), (own, mine)):
        path = f"/settlements/{statement['id']}.pdf"
        status, headers, paper = await doors.ask(person, "GET", path)
        assert (status, headers["Content-Type"]) == (200, "application/pdf")
        assert (await doors.ask(person, "GET", path))[2] == paper
        page = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
        for shown in ("律师服务结算单", "明理律师事务所", "咨询类分成", "32.34"):
            assert shown in page
    assert (await doors.ask(own, "GET", f"/settlements/{firms['id']}.pdf"))[0] == 404


async def test_firms_rules_and_penalties_are_for_ops(doors: Doors) -> None:
    office, house = doors.office, doors.house
    ops, advocate = await doors.ops("运营甲"), await lawyer(house)
    code = credit_code()
    firm = {"name": "正平律师事务所", "credit_code": code.lower()}
    assert (await doors.json(advocate, "POST", "/firms", firm))[0] == 403
    assert (await doors.json(ops, "POST", "/firms", {**firm, "credit_code": code[:-1] + "!"}))[0] == 422
    status, made = await doors.json(ops, "POST", "/firms", firm)
    assert (status, made["credit_code"], made["lawyers"]) == (201, code, [])
    assert (await doors.json(ops, "POST", "/firms", firm))[1]["code"] == "firm.exists"
    path = f"/firms/{made['id']}"
    changed = {**firm, "mchid": "1900000109"}
    wanted = (await doors.json(ops, "PUT", path, changed, tag='"1"'))[1]
    assert (wanted["mchid"], wanted["wanted"]["mchid"], wanted["wanted"]["by"]["user_id"]) == (
        None,
        "1900000109",
        ops.id,
    )
    assert (await doors.json(ops, "PUT", path, changed, tag='"1"'))[0] == 412
    assert (await doors.json(ops, "POST", f"{path}/merchant/approve", {}))[1]["code"] == "request.if_match_missing"
    same = await doors.json(ops, "POST", f"{path}/merchant/approve", {}, tag='"2"')
    assert (same[0], same[1]["code"]) == (409, "firm.same_person")
    other = await doors.ops("运营乙")
    assert (await doors.json(advocate, "POST", f"{path}/merchant/approve", {}, tag='"2"'))[0] == 403
    approved = (await doors.json(other, "POST", f"{path}/merchant/approve", {}, tag='"2"'))[1]
    assert (approved["mchid"], approved["wanted"], approved["revision"]) == ("1900000109", None, 3)
    again = await doors.json(ops, "POST", f"{path}/merchant/refuse", {}, tag='"3"')
    assert (again[0], again[1]["code"]) == (409, "firm.nothing_wanted")
    page = (await doors.json(ops, "GET", "/firms?limit=1"))[1]
    assert ([one["id"] for one in page["items"]], page["has_more"]) == ([made["id"]], True), "newest first"
    following = (await doors.json(ops, "GET", f"/firms?cursor={page['next_cursor']}"))[1]
    assert ([one["id"] for one in following["items"]], following["has_more"]) == ([office.firm_id], False)
    joined = (await doors.json(ops, "PUT", f"{path}/lawyers/{advocate.id}", {}))[1]
    assert [one["user_id"] for one in joined["lawyers"]] == [advocate.id]
    assert (await doors.json(ops, "PUT", f"{path}/lawyers/{ops.id}", {}))[1]["code"] == "account.not_found"

    rules = STANDARD.model_dump(mode="json")
    assert (await doors.json(ops, "POST", "/settlement-rules", rules))[1]["code"] == "settlement.rules_retroactive"
    assert (await doors.json(advocate, "GET", "/settlement-rules"))[0] == 403
    status, added = await doors.json(
        ops, "POST", "/settlement-rules", {**rules, "effective_from": "2099-01-01T00:00:00Z"}
    )
    assert (status, added["version"]) == (201, 2)
    versions = (await doors.json(ops, "GET", "/settlement-rules"))[1]["items"]
    assert [one["version"] for one in versions] == [2, 1]

    order = await office.served()
    imposed = await doors.json(ops, "POST", f"/orders/{order.id}/penalties", {"cause": "breach"}, key=new_id())
    assert imposed[0] == 201
    assert (await doors.json(ops, "POST", f"/penalties/{imposed[1]['id']}/waive", {}))[1]["waived_at"]
