"""The served descriptions against the running server (architecture, "Conventions at the edges"; ruling 20)."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from playwright.async_api import async_playwright

from handlers import openapi
from realtime.asyncapi import SERVER_EVENTS
from realtime.messages import CaseSpaceNamespace
from schemas.api.base import NoBody
from schemas.enums import Role
from schemas.problems import PROBLEMS
from server import app
from server.demo.products import PRODUCTS
from server.wiring import House
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker

CHROMIUM = Path("/usr/bin/chromium")
SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
# What answers in somebody else's format, or hands content through.
FOREIGN = r"^/(api/v1/(wechat/|uploads|files/.*/content|spaces/.*/export)|metrics|openapi|asyncapi)"


@dataclass
class Site:
    house: House
    url: str
    http: aiohttp.ClientSession
    wang: Person
    li: Person
    space_id: str

    async def json(self, path: str) -> Any:
        async with self.http.get(self.url + path) as answer:
            assert answer.status == 200
            return await answer.json()


@pytest.fixture(scope="module")
async def site(make_settings: SettingsMaker) -> AsyncIterator[Site]:
    async with open_house(make_settings()) as house, open_doors(house) as url, aiohttp.ClientSession() as http:
        await house.services.products.put(PRODUCTS)
        wang, li = await client(house), await lawyer(house)
        space_id = await space_of(house, wang, li)
        await say(house, wang, space_id, "您好")
        yield Site(house, url, http, wang, li, space_id)


# --- /openapi.json


async def test_openapi_is_valid(site: Site) -> None:
    document = await site.json("/openapi.json")
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


async def test_every_route_is_described_and_nothing_else(site: Site) -> None:
    described = {(path, verb) for path, item in (await site.json("/openapi.json"))["paths"].items() for verb in item}
    served = {
        (openapi.path_of(pattern)[0], verb)
        for pattern, handler in app.api_routes()
        for verb in openapi.doors_of(handler)
    }
    assert described - served == {
        ("/openapi.json", "get"),
        ("/asyncapi.json", "get"),
        ("/api/v1/client-config", "get"),
    }
    assert served <= described


async def test_every_operation_says_who_what_and_which_errors(site: Site) -> None:
    document = await site.json("/openapi.json")
    ids = []
    for pattern, handler in app.api_routes():
        path, names = openapi.path_of(pattern)
        for verb, door in openapi.doors_of(handler).items():
            operation = document["paths"][path][verb]
            ids.append(operation["operationId"])
            assert operation["security"] == ([] if door.allow.public else [{"bearer": []}])
            parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
            assert set(names) <= set(parameters)
            assert ("Idempotency-Key" in parameters) is door.idempotent
            assert ("requestBody" in operation) is (door.body is not NoBody)
            codes = {code for answer in operation["responses"].values() for code in answer["description"].split(", ")}
            assert set(door.problems) <= codes
    assert len(ids) == len(set(ids))
    assert all(code in PROBLEMS for code in document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])


async def test_path_parameters_say_what_they_look_like(site: Site) -> None:
    """A client generated from the description need not guess."""
    for path, item in (await site.json("/openapi.json"))["paths"].items():
        for operation in item.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    shape = parameter["schema"]
                    assert "pattern" in shape or shape["type"] == "integer", (path, parameter)


def schemathesis(url: str, token: str, phases: str) -> "subprocess.CompletedProcess[str]":
    """Requests made from the description, good and bad ones, and every answer held against it."""
    arguments = [
        *("run", f"{url}/openapi.json", "--url", url, "--header", f"Authorization: Bearer {token}"),
        *("--checks", "not_a_server_error,status_code_conformance,content_type_conformance"),
        *("--checks", "response_schema_conformance,negative_data_rejection"),
        *("--exclude-path-regex", FOREIGN, "--exclude-path", "/api/v1/auth/logout"),
        *("--exclude-operation-id", "delete_me_terms"),  # ends the session as logout does
        *("--phases", phases, "--max-examples", "4", "--seed", "7", "--no-color"),
        # One worker: CPython 3.11 counts the depth of ast.parse for all threads together (python/cpython#106905), and
        # Hypothesis parses.
        *("--workers", "1", "--request-timeout", "10", "--suppress-health-check", "all"),
    ]
    return subprocess.run([str(SCHEMATHESIS), *arguments], capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(("role", "phases"), [("client", "coverage"), ("lawyer", "fuzzing")])
async def test_the_server_keeps_to_its_description(site: Site, role: str, phases: str) -> None:
    person = site.wang if role == "client" else site.li
    done = await asyncio.to_thread(schemathesis, site.url, person.token, phases)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
    tested = re.search(r"Tested:\s+(\d+)", done.stdout)
    assert tested is not None, done.stdout
    assert int(tested[1]) > 40


# --- /asyncapi.json


async def test_asyncapi_describes_every_event_both_ways(site: Site) -> None:
    document = await site.json("/asyncapi.json")
    assert document["asyncapi"] == "3.0.0"
    messages = document["channels"]["socket"]["messages"]
    assert {message["name"] for key, message in messages.items() if not key.startswith("server_")} == set(
        CaseSpaceNamespace.events
    )
    assert {message["name"] for key, message in messages.items() if key.startswith("server_")} == set(SERVER_EVENTS)
    for name, (declared, _) in CaseSpaceNamespace.events.items():
        message = messages[name.replace(":", "_")]
        assert message["payload"] == {"$ref": f"#/components/schemas/{declared.body.__name__}"}
        shape = document["components"]["schemas"][declared.body.__name__]
        assert shape["properties"].keys() == declared.body.model_json_schema()["properties"].keys()
        assert message["x-ack"]["properties"]["ok"] == {"const": True}


async def test_every_reference_inside_asyncapi_leads_somewhere(site: Site) -> None:
    document = await site.json("/asyncapi.json")
    references = set(re.findall(r'"\$ref":\s*"#/([^"]+)"', json.dumps(document)))
    assert references
    for reference in references:
        place = document
        for step in reference.split("/"):
            place = place[step]
    for operation in document["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert operation["messages"]


async def test_what_the_code_sends_is_described() -> None:
    """Every event name that a service hands to the sockets."""
    root = Path(__file__).resolve().parent.parent.parent
    sent = set()
    for room in ("services", "realtime"):
        for path in (root / room).rglob("*.py"):
            calls = re.findall(r"(?:to_space|to_user|event_frame)\(.{0,160}", path.read_text("utf-8"), re.DOTALL)
            sent |= {name for call in calls for name in re.findall(r'"([a-z]+:[a-z]+)"', call)}
    assert sent >= {"space:updated", "space:typing", "space:read", "presence:changed", "order:updated", "notice:new"}
    assert sent <= set(SERVER_EVENTS)


# --- the readable pages


@pytest.mark.parametrize(
    ("path", "shown"), [("http", "/api/v1/orders"), ("events", "message:send"), ("problems", "order.already_paid")]
)
async def test_the_readable_pages_render_on_a_phone(site: Site, path: str, shown: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        await page.goto(f"{site.url}/docs/{path}")
        assert await page.get_by_text(shown, exact=True).first.is_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await browser.close()
    assert [fault for fault in faults if "favicon" not in fault] == []
    assert wide <= 390, f"{wide} px: it scrolls sideways"


async def test_roles_in_the_description_are_the_ones_there_are(site: Site) -> None:
    document = await site.json("/openapi.json")
    known = {"public", "signed in", *Role}
    for item in document["paths"].values():
        for operation in item.values():
            assert set(operation["x-allow"].split(", ")) <= known
