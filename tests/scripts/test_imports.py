"""What the product imports is what setup.cfg asks for: a fresh machine has nothing else."""

import ast
import importlib
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ROOMS = ("handlers", "miniprogram_api", "ocr", "realtime", "schemas", "server", "services")
EMBEDDED = REPOSITORY / "server" / "embedded"


def imported(file: Path) -> set[str]:
    """Top-level names of the modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def third_party(files: list[Path]) -> set[str]:
    return {name for file in files for name in imported(file)} - set(sys.stdlib_module_names) - set(ROOMS)


def test_the_product_imports_only_what_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the extras for development nor what happens to come along with another package."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    pin: Any = importlib.import_module("pin")
    requirements: Any = importlib.import_module("requirements")

    where = metadata.packages_distributions()

    def unasked(rooms: tuple[str, ...], *extras: str) -> set[str]:
        asked = {pin.canonical(line.partition("[")[0]) for line in requirements.requirements(*extras)}
        files = [file for room in rooms for file in (REPOSITORY / room).rglob("*.py") if EMBEDDED not in file.parents]
        assert len(files) > 10, "the rooms were not found"
        return {
            name
            for name in third_party(files)
            if not {pin.canonical(distribution) for distribution in where.get(name, [name])} & asked
        }

    optional = {
        "imageio_ffmpeg",  # an ffmpeg on PATH will do as well
    }
    others = tuple(room for room in ROOMS if room != "ocr")
    assert unasked(others) <= optional, "setup.cfg's install_requires lacks them"
    assert not unasked(("ocr",), "ocr"), "setup.cfg's extra ocr lacks them"


def test_the_product_asks_for_nothing_that_it_does_not_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed and never used is still somebody's code in the process, to be kept up to date."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    pin: Any = importlib.import_module("pin")
    requirements: Any = importlib.import_module("requirements")
    where = metadata.packages_distributions()
    names = third_party([file for room in ROOMS for file in (REPOSITORY / room).rglob("*.py")])
    used = {pin.canonical(distribution) for name in names for distribution in where.get(name, [])}
    asked = {pin.canonical(line.partition("[")[0]) for line in requirements.requirements()}
    assert asked
    assert asked <= used


def test_only_the_runner_and_the_seed_know_what_is_for_development() -> None:
    """The image leaves out server/embedded and the sandbox; the product must not miss them."""
    for room in ROOMS:
        for file in (REPOSITORY / room).rglob("*.py"):
            if EMBEDDED in file.parents or "sandbox" in file.parts:
                continue
            text = file.read_text("utf-8")
            assert "server.embedded" not in text, file
            assert "miniprogram_api.sandbox import" not in text, file
