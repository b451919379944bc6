"""The doors of preferences, reach, statistics and content review, over a whole process (J1, ruling 27)."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient

from schemas.enums import ContentState, Role
from server.wiring import House
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker


@dataclass
class Doors:
    house: House
    url: str
    person: Person
    worker: Person
    desk: Person
    reviewer: Person
    space: str

    async def call(self, method: str, path: str, who: Person | None, body: Mapping[str, Any] | None = None) -> Any:
        """Status and JSON."""
        headers = {"Content-Type": "application/json"}
        if who is not None:
            headers["Authorization"] = f"Bearer {who.token}"
        answer = await AsyncHTTPClient().fetch(
            f"{self.url}/api/v1{path}",
            method=method,
            headers=headers,
            body=json.dumps(body) if body is not None else None,
            allow_nonstandard_methods=True,
            raise_error=False,
        )
        return answer.code, json.loads(answer.body) if answer.body else None


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doors(make_settings: SettingsMaker) -> AsyncIterator[Doors]:
    async with open_house(make_settings()) as house, open_doors(house) as url:
        person, worker = await client(house), await lawyer(house)
        desk, reviewer = await lawyer(house, "运营", Role.OPS), await lawyer(house, "审核", Role.REVIEWER)
        space = await space_of(house, person, worker)
        yield Doors(house, url, person, worker, desk, reviewer, space)


async def test_preferences_go_there_and_back(doors: Doors) -> None:
    wanted = {"channels": {"call": True}, "quiet_hours": {"start": "23:00", "end": "07:30"}}
    status, changed = await doors.call("PUT", "/me/notice-preferences", doors.person, wanted)
    assert status == 200
    assert (changed["channels"]["call"], changed["quiet_hours"]) == (True, wanted["quiet_hours"])
    assert await doors.call("GET", "/me/notice-preferences", doors.person) == (200, changed)
    status, refused = await doors.call(
        "PUT", "/me/notice-preferences", doors.person, {"muted": ["order_refund_failed"]}
    )
    assert (status, refused["code"], refused["errors"][0]["field"]) == (422, "request.invalid", "muted")


async def test_an_address_needs_a_mail_server_and_a_code(doors: Doors) -> None:
    status, refused = await doors.call("POST", "/me/notice-email", doors.person, {"email": "a@example.com"})
    assert (status, refused["code"]) == (409, "notice.email_unavailable")
    status, refused = await doors.call("POST", "/me/notice-email/confirm", doors.person, {"code": "123456"})
    assert (status, refused["code"]) == (422, "notice.email_code_invalid")
    assert (await doors.call("DELETE", "/me/notice-email", doors.person))[0] == 204


async def test_who_may_see_how_people_can_be_reached(doors: Doors) -> None:
    space, person = f"/spaces/{doors.space}/reach", f"/desk/people/{doors.person.id}/reach"
    expected = {
        space: {doors.person: 403, doors.worker: 200, doors.desk: 404},
        person: {doors.person: 403, doors.worker: 403, doors.desk: 200},
        "/desk/notice-statistics": {doors.person: 403, doors.worker: 403, doors.desk: 200},
        "/desk/content-holds": {doors.person: 403, doors.worker: 403, doors.desk: 200, doors.reviewer: 200},
    }
    for path, statuses in expected.items():
        for who, status in statuses.items():
            assert (await doors.call("GET", path, who))[0] == status, (path, who.actor.roles)
        assert (await doors.call("GET", path, None))[0] == 401, path


async def test_a_hold_is_read_and_decided(doors: Doors) -> None:
    message = await say(doors.house, doors.person, doors.space, "待审核的话")
    check_id = f"{doors.space}-{message.seq}"
    now = message.sent_at
    await doors.house.database.content_checks.insert_one(
        {
            "_id": check_id,
            "schema_version": 1,
            "space_id": doors.space,
            "seq": message.seq,
            "sender_id": doors.person.id,
            "type": "text",
            "state": ContentState.HELD,
            "suggestion": "review",
            "label": 20003,
            "tries": 0,
            "sent_at": now,
            "held_at": now,
            "updated_at": now,
        }
    )
    status, page = await doors.call("GET", "/desk/content-holds", doors.reviewer)
    assert status == 200
    assert [(item["id"], item["label_text"]) for item in page["items"]] == [(check_id, "辱骂")]
    status, held = await doors.call("GET", f"/desk/content-holds/{check_id}", doors.reviewer)
    assert (status, held["body"]) == (200, {"text": "待审核的话"})
    decision = f"/desk/content-holds/{check_id}/decision"
    status, refused = await doors.call("POST", decision, doors.reviewer, {"decision": "release"})
    assert (status, refused["errors"][0]["field"]) == (422, "reason")
    body = {"decision": "release", "reason": "误判"}
    assert (await doors.call("POST", decision, doors.worker, body))[0] == 403
    status, decided = await doors.call("POST", decision, doors.reviewer, body)
    assert (status, decided["state"], decided["reviewed_by"]) == (200, "released", doors.reviewer.id)
    status, again = await doors.call("POST", decision, doors.reviewer, body)
    assert (status, again["code"]) == (409, "content.already_reviewed")
    status, page = await doors.call("GET", "/desk/content-holds?state=released", doors.desk)
    assert [item["id"] for item in page["items"]] == [check_id]


@pytest.mark.parametrize("path", ["/desk/content-holds/0-0", "/desk/content-holds/" + "0" * 24 + "-1"])
async def test_a_hold_that_is_not_there(doors: Doors, path: str) -> None:
    status, refused = await doors.call("GET", path, doors.reviewer)
    assert status == 404
    assert refused["code"] in ("content.hold_not_found", "request.not_found")


async def test_providers_report_to_an_address_that_only_they_know(doors: Doors) -> None:
    """J1: the address is all that proves who calls."""
    secret = doors.house.settings.sms_report_token
    assert secret is not None
    status, refused = await doors.call("POST", "/provider-reports/somebody-else", None, {})
    assert (status, refused["code"]) == (401, "report.rejected")
    told = {"voiceprompt_callback": {"callid": "1", "result": "0"}}
    taken = await doors.call("POST", f"/provider-reports/{secret.get_secret_value()}", None, told)
    assert taken == (200, {"result": 0, "errmsg": "OK"})
    assert await doors.house.database.outbox.count_documents({"kind": "notice.reported"}) == 1
