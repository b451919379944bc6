"""What the documents name exists: files, headings, error codes, calls, events, settings, tests."""

import importlib
import re
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

import handlers
from handlers import documents
from handlers.openapi import doors_of, path_of
from realtime.asyncapi import SERVER_EVENTS
from realtime.messages import CaseSpaceNamespace
from schemas.problems import PROBLEMS
from server.metrics import Metrics
from server.settings import Settings
from services.orders.order_news import NEWS
from services.spaces.holds import HoldCode

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").glob("*.md"),
        REPOSITORY / "web" / "README.md",
    ]
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
# A file of the repository, as the texts name them: with a folder of ours in front.
ROOMS = "server|handlers|realtime|services|miniprogram_api|ocr|schemas|web|scripts|deploy|docs|tests|.ci"
NAMED_FILE = re.compile(rf"^(?:{ROOMS})/[\w./-]*$")
# Problem codes look like other dotted names; their first halves are known.
SUBJECTS = {code.partition(".")[0] for code in PROBLEMS}
CODE_LIKE = re.compile(rf"^(?:{'|'.join(sorted(SUBJECTS))})\.[a-z_]+$")
OUTBOX = set(NEWS)  # kinds of effects, which look like problem codes
MADE = ("web/dist", "deploy/secrets")  # by a build or a script; not in the repository
CALL = re.compile(r"\b(GET|POST|PATCH|PUT|DELETE|HEAD) (/[\w/{}.-]+)")
EXAMPLE_PATH = re.compile(r"\$(?:BASE|\{BASE\})(/api/v1/[\w/${}.-]*)")
EVENT = re.compile(r"^(?:message|space|presence|order|notice|hearing|note):[a-z_]+$")
SETTING = re.compile(r"\bCASESPACE_([A-Z0-9_]+)\b")
FOREIGN = re.compile(r"\.\./shared|/work/|/root/|/home/\w")


def pages() -> list[ParameterSet]:
    return [pytest.param(page.read_text("utf-8"), page, id=str(page.relative_to(REPOSITORY))) for page in PAGES]


def anchor(heading: str) -> str:
    """The fragment that Git hosts make of a heading."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in HEADING.findall(FENCE.sub("", page.read_text("utf-8")))}


def calls() -> set[tuple[str, str]]:
    """(verb, path) of everything that the server answers, parameters written as ``{}``."""
    routes = [*documents.ROUTES]
    for name in handlers.RESOURCES:
        routes += importlib.import_module(f"handlers.{name}").ROUTES
    return {(verb.upper(), bare(path_of(pattern)[0])) for pattern, handler in routes for verb in doors_of(handler)}


def bare(path: str) -> str:
    """Without the names of its parameters: ``{order_id}`` and ``$ORDER`` become ``{}``."""
    return re.sub(r"\{\w+\}|\$\{?\w+\}?", "{}", path).rstrip(".")


def test_there_are_pages() -> None:
    assert {"README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md", "protocol.md"} <= {p.name for p in PAGES}


@pytest.mark.parametrize(("text", "page"), pages())
def test_relative_links_lead_somewhere(text: str, page: Path) -> None:
    for target in map("".join, LINK.findall(FENCE.sub("", text))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert file.is_relative_to(REPOSITORY), target
        if fragment:
            assert fragment in anchors(file), target


@pytest.mark.parametrize(("text", "page"), pages())
def test_named_files_exist(text: str, page: Path) -> None:
    base = REPOSITORY / "web" if page.parent.name == "web" else REPOSITORY
    for span in CODE.findall(FENCE.sub("", text)):
        name = span.split("::")[0]
        if NAMED_FILE.match(name) and not name.startswith(MADE):
            assert (REPOSITORY / name).exists() or (base / name).exists(), span
        if "::" in span:
            test = span.split("::")[1]
            assert f"def {test}(" in (REPOSITORY / name).read_text("utf-8"), span


@pytest.mark.parametrize(("text", "page"), pages())
def test_error_codes_exist(text: str, page: Path) -> None:
    named = {span for span in CODE.findall(text) if CODE_LIKE.match(span)}
    assert named <= set(PROBLEMS) | OUTBOX | set(HoldCode)


@pytest.mark.parametrize(("text", "page"), pages())
def test_calls_exist(text: str, page: Path) -> None:
    known = calls()
    paths = {path for _, path in known}
    for verb, path in CALL.findall(text):
        full = (
            path if path.startswith(("/api/v1/", "/openapi", "/asyncapi", "/healthz", "/readyz")) else f"/api/v1{path}"
        )
        assert (verb, bare(full)) in known, f"{verb} {path}"
    for path in EXAMPLE_PATH.findall(text):
        assert bare(path) in paths, path


@pytest.mark.parametrize(("text", "page"), pages())
def test_events_exist(text: str, page: Path) -> None:
    known = set(SERVER_EVENTS) | set(CaseSpaceNamespace.events)
    assert {span for span in CODE.findall(FENCE.sub("", text)) if EVENT.match(span)} <= known


@pytest.mark.parametrize(("text", "page"), pages())
def test_settings_exist(text: str, page: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | {"CONFIG", "URL"}  # URL: of the web client's dev server
    assert {name for name in SETTING.findall(text) if not name.endswith("_")} <= known


def test_metrics_that_are_worth_an_alarm_exist() -> None:
    told = Metrics().text().decode()
    text = (REPOSITORY / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"\bcasespace_[a-z_]+\b", " ".join(CODE.findall(FENCE.sub("", text)))))
    assert named
    for name in named:
        assert f"# HELP {name.removesuffix('_count')} " in told, name


@pytest.mark.parametrize(("text", "page"), pages())
def test_nothing_of_somebodys_machine_is_named(text: str, page: Path) -> None:
    assert not FOREIGN.search(text)


def test_the_protocol_names_every_socket_event() -> None:
    """Who writes a client reads this page only."""
    text = (REPOSITORY / "docs" / "protocol.md").read_text("utf-8")
    assert set(SERVER_EVENTS) | set(CaseSpaceNamespace.events) <= set(CODE.findall(text))


def test_every_requirement_has_a_line() -> None:
    """A1 … K4 of the list, each with a state."""
    text = (REPOSITORY / "docs" / "requirements.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([A-K]\d+) \|.*?\| (done|part|not yet) \|", text, re.MULTILINE))
    counts = {"A": 7, "B": 6, "C": 8, "D": 3, "E": 4, "F": 7, "G": 8, "H": 8, "I": 11, "J": 2, "K": 4}
    assert set(rows) == {f"{area}{number}" for area, most in counts.items() for number in range(1, most + 1)}
    done, part, open_ = (list(rows.values()).count(state) for state in ("done", "part", "not yet"))
    assert f"Of {len(rows)}: {done} done, {part} in part, {open_} not yet." in text
