"""Refuse to start with an undeclared door (architecture 6); every error code is real (architecture 7)."""

import ast
from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, create_model

import handlers
import ocr
from handlers import auth, openapi
from handlers.base import ApiHandler
from handlers.doors import DOOR, Call, door
from handlers.openapi import UndeclaredDoorError
from handlers.problems import FROM_STATUS, STATUS
from handlers.uploads import _REFUSALS
from realtime.base import EVENT, BaseNamespace, UndeclaredEventError, event
from realtime.messages import CaseSpaceNamespace
from schemas.api.base import Body, NoBody
from schemas.described_shapes import TwoShapesOneNameError, described
from schemas.problems import PROBLEMS
from server import app
from server.web import Web
from server.wiring import House
from services.permissions import SIGNED_IN
from tests.house import open_house
from tests.parts.databases import SettingsMaker

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("handlers", "realtime", "services", "server")


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


class Forgotten(ApiHandler):
    async def get(self) -> None:
        self.finish(b"anybody may read this")


class HalfForgotten(ApiHandler):
    @door("declared", allow=SIGNED_IN)
    async def get(self, call: Call[NoBody]) -> None:
        """Declared."""

    async def delete(self) -> None:
        self.finish(b"anybody may delete this")


@pytest.mark.parametrize(("handler", "verb"), [(Forgotten, "get"), (HalfForgotten, "delete")])
async def test_an_undeclared_verb_stops_the_start_and_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch, handler: type[ApiHandler], verb: str
) -> None:
    monkeypatch.setattr(auth, "ROUTES", [*auth.ROUTES, ("/api/v1/back-door", handler)])
    with pytest.raises(UndeclaredDoorError, match=rf"{handler.__name__}\.{verb}"):
        Web(house)


async def test_an_undeclared_event_stops_the_start_and_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class BackDoor(BaseNamespace):
        async def on_everything(self, sid: str, payload: object) -> object:
            return payload

    with pytest.raises(UndeclaredEventError, match=r"BackDoor\.on_everything"):
        BackDoor.audit()

    async def on_message(self: object, sid: str) -> None:
        """What python-socketio would call by its name."""

    monkeypatch.setattr(CaseSpaceNamespace, "on_message", on_message, raising=False)
    with pytest.raises(UndeclaredEventError, match=r"CaseSpaceNamespace\.on_message"):
        Web(house)


def test_two_methods_for_one_event_stop_the_start() -> None:
    class Same(Body):
        pass

    with pytest.raises(UndeclaredEventError, match="same:event"):

        class Twice(BaseNamespace):
            @event("same:event", body=Same, allow=SIGNED_IN, summary="one")
            async def one(self, actor: object, body: Same) -> None:
                """The first."""

            @event("same:event", body=Same, allow=SIGNED_IN, summary="two")
            async def two(self, actor: object, body: Same) -> None:
                """The second."""


async def test_the_server_as_it_is_starts_and_serves_declared_doors_only(house: House) -> None:
    web = Web(house)
    assert web.port == 0
    routes = app.api_routes()
    assert len(routes) > 40
    for pattern, handler in routes:
        assert openapi.doors_of(handler), f"{pattern} answers nothing"
    assert set(CaseSpaceNamespace.events) >= {"message:send", "message:recall", "space:read", "space:typing", "sync"}


def test_every_module_of_handlers_with_routes_is_served() -> None:
    """A resource that nobody listed would exist in the tests only."""
    apart = {"documents", "sandbox", "web"}  # served by server/app.py itself
    with_routes = {path.stem for path in (ROOT / "handlers").glob("*.py") if "\nROUTES = [" in path.read_text("utf-8")}
    assert with_routes - apart == set(handlers.RESOURCES)


def test_no_route_is_declared_twice() -> None:
    patterns = [pattern for pattern, _ in app.api_routes()]
    assert len(patterns) == len(set(patterns))


def test_every_declared_problem_exists() -> None:
    for pattern, handler in app.api_routes():
        for verb, declared in openapi.doors_of(handler).items():
            assert set(declared.problems) <= set(PROBLEMS), (pattern, verb)
    for name, (declared_event, _) in CaseSpaceNamespace.events.items():
        assert set(declared_event.problems) <= set(PROBLEMS), name


# --- error codes


@cache
def modules() -> Sequence[tuple[Path, ast.Module]]:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return [(path, ast.parse(path.read_text("utf-8"))) for path in paths]


def raised() -> set[tuple[str, str]]:
    """(code, where) of every Problem made with a literal, also as one branch of a choice."""
    found = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem" and node.args:
                parts = [part for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                codes = [str(part.value) for part in parts if part is node.args[0] or "." in str(part.value)]
                found |= {(code, f"{path}:{node.lineno}") for code in codes}
    return found


def mentioned() -> set[str]:
    """Every string of the code that is a code, outside the declarations of doors and events."""
    found = set()
    for _, tree in modules():
        declarations = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword) and node.arg == "problems" and not isinstance(node.value, ast.Name)
        ]
        skipped = {id(part) for declaration in declarations for part in ast.walk(declaration)}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
        }
    return found


def test_every_problem_that_is_raised_exists() -> None:
    unknown = {(code, where) for code, where in raised() if code not in PROBLEMS}
    assert not unknown


def test_every_problem_in_the_table_is_raised_somewhere() -> None:
    """A code that nothing raises is a promise that nothing keeps."""
    literal = {code for code, _ in raised()} | set(FROM_STATUS.values()) | set(_REFUSALS.values())
    literal |= ocr.CODES  # what a reading may end with, told on in those words
    assert sorted(PROBLEMS.keys() - literal - mentioned()) == []


def test_every_kind_has_a_status_and_every_text_is_chinese() -> None:
    for problem in PROBLEMS.values():
        assert 400 <= STATUS[problem.kind] <= 599
        number = str(problem.errcode)
        older = problem.code == "request.invalid"  # than the rule; numbers are never changed
        assert number.startswith(str(STATUS[problem.kind])) or older, f"{problem.code}: {number} names another status"
        assert len(number) in (5, 6), f"{problem.code}: {number}"
        assert any("一" <= letter <= "鿿" for letter in problem.title), problem.code
        assert problem.code.count(".") == 1
    assert {DOOR, EVENT} == {"__door__", "__event__"}
    assert issubclass(Body, BaseModel)


def test_two_shapes_of_one_name_stop_the_start() -> None:
    """A client that is generated from the documents would take the one for the other."""
    components: dict[str, Any] = {}
    first = described(create_model("Twin", seen=(int, ...)), "serialization", components)
    assert described(create_model("Twin", seen=(int, ...)), "serialization", components) == first
    with pytest.raises(TwoShapesOneNameError, match="Twin"):
        described(create_model("Twin", heard=(str, ...)), "serialization", components)
