"""What the scripts install and when: pinned packages, once, and again only when something changed."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SCRIPTS = REPOSITORY / "scripts"


@pytest.fixture(autouse=True)
def _scripts_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))


def script(name: str) -> Any:
    """A module of scripts/, which is no package: each is run by itself, some before anything is installed."""
    return importlib.import_module(name)


def constraints() -> dict[str, str]:
    lines = (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_everything_that_setup_cfg_asks_for_is_pinned() -> None:
    pin, requirements = script("pin"), script("requirements")
    wanted = requirements.requirements("embedded", "ocr", "dev") + requirements.lone_requirements("embedded")
    for line in wanted:
        name = line.partition("[")[0]
        assert pin.canonical(name) in constraints(), name


def test_the_pins_are_what_is_installed() -> None:
    done = subprocess.run([sys.executable, SCRIPTS / "pin.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_pin_names_a_place() -> None:
    text = (REPOSITORY / "constraints.txt").read_text("utf-8")
    assert "://" not in text
    assert "--" not in text.replace("scripts/", "")


def test_the_run_needs_less_than_the_tests() -> None:
    requirements = script("requirements")
    run, test = requirements.requirements("embedded"), requirements.requirements("embedded", "dev")
    assert set(run) < set(test)
    assert "pytest" in test
    assert "pytest" not in run


def test_a_fingerprint_tells_a_moved_boundary() -> None:
    bootstrap = script("bootstrap")
    assert bootstrap.fingerprint([b"ab", b"c"]) != bootstrap.fingerprint([b"a", b"bc"])
    assert bootstrap.fingerprint([b"ab"]) == bootstrap.fingerprint([b"ab"])


def test_the_web_client_is_built_anew_only_for_its_sources() -> None:
    bootstrap = script("bootstrap")
    names = {str(file.relative_to(REPOSITORY)) for file in bootstrap.web_sources()}
    assert {"web/package.json", "web/package-lock.json"} <= names
    assert not [name for name in names if name.startswith(("web/node_modules", "web/dist"))]


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    system = script("system")
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(system.MissingError, match="sudo apt-get install -y --no-install-recommends libcurl4"):
        system.provide(["libcurl4"])


def test_a_library_that_is_there_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    system = script("system")
    monkeypatch.setattr(system, "LIBRARIES", {"libc.so.6": "libc6", "libnothing.so.9": "libnothing9"})
    assert system.library_packages() == {"libnothing9"}


def test_the_product_starts_where_no_papers_can_be_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = script("system")
    monkeypatch.setattr(system, "PAPER_LIBRARIES", {"libnothing.so.9": "libnothing9"})
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    system.require("run")
    assert "sudo apt-get install -y --no-install-recommends libnothing9" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["run", "check", "test", "bench", "find_python.sh"])
def test_the_shell_scripts_parse(name: str) -> None:
    done = subprocess.run(["bash", "-n", SCRIPTS / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_bench_lists_what_there_is() -> None:
    done = subprocess.run([SCRIPTS / "bench"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Benchmarks:" in done.stderr
