"""The runner as a newcomer and a tester meet it: start, stop, crash, reset (issue: "two commands")."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.embedded.ports import choose
from tests.parts.product import REPOSITORY, Product, start_product
from tests.parts.programs import is_alive


def children(pid: int) -> dict[str, int]:
    """Command line → pid of the direct children of a process."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
        found[" ".join(words)] = int(child)
    return found


def child(product: Product, part: str) -> int:
    """The pid of a part of a running product."""
    (pid,) = [pid for command, pid in children(product.process.pid).items() if part in command]
    return pid


def wait_for(condition: object, seconds: float) -> float:
    """Wait until `condition()` holds; returns how long it took. Fails when it takes longer than `seconds`."""
    assert callable(condition)
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - started


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def own_product(tmp_path: Path) -> Iterator[Product]:
    """A product of the test's own, to be damaged."""
    running = start_product(tmp_path / "data")
    yield running
    running.process.kill()
    running.process.wait()


def test_it_stops_on_a_signal_and_starts_again_within_ten_seconds(own_product: Product) -> None:
    pids = list(children(own_product.process.pid).values())
    assert len(pids) == 4
    users = own_product.demo["clients"]
    assert own_product.stop() == 0
    assert not any(is_alive(pid) for pid in pids)
    started = time.monotonic()
    again = start_product(own_product.data_dir)
    took = time.monotonic() - started
    assert again.demo["clients"] == users, "the demo office is kept"
    assert again.base_url == own_product.base_url, "a free port that was chosen once is kept while it is free"
    assert again.stop() == 0
    assert took < 10


def test_a_server_killed_is_back_at_once(own_product: Product) -> None:
    os.kill(child(own_product, "server all"), signal.SIGKILL)
    wait_for(lambda: not answers(own_product.base_url), 2)
    assert wait_for(lambda: answers(own_product.base_url), 15) < 15
    assert own_product.process.poll() is None


@pytest.mark.parametrize("part", ["mongod", "weed", "miniprogram_api.sandbox"])
def test_a_part_that_dies_is_named_and_everything_stops(own_product: Product, part: str) -> None:
    pids = list(children(own_product.process.pid).values())
    os.kill(child(own_product, part), signal.SIGKILL)
    assert own_product.process.wait(40) == 1
    named = {"mongod": "mongod", "weed": "SeaweedFS", "miniprogram_api.sandbox": "sandbox"}[part]
    assert f"{named}: was ended by signal SIGKILL" in own_product.said()
    assert not any(is_alive(pid) for pid in pids)


def test_kill_9_of_the_runner_leaves_nothing(own_product: Product) -> None:
    pids = list(children(own_product.process.pid).values())
    own_product.process.kill()
    own_product.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in pids), 5)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server.embedded", "run", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    port = choose(set())
    with socket.create_server(("127.0.0.1", port)):
        done = run("--data", str(tmp_path / "data"), "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert done.stdout == ""


def test_it_will_not_reset_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    done = run("--data", str(tmp_path), "--reset")
    assert done.returncode == 1
    assert "did not make" in done.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_what_it_prints_is_what_the_contract_says(product: Product) -> None:
    """contract.md, Starting it: SANDBOX and READY, each on a line of its own, and demo.json of a known shape."""
    lines = product.said().splitlines()
    assert f"SANDBOX {product.sandbox_url}" in lines
    assert lines.index(f"SANDBOX {product.sandbox_url}") < lines.index(f"READY {product.base_url}")
    assert {"user_id", "login", "password", "roles"} <= set(product.demo["staff"][0])
    assert {"user_id", "openid", "phone", "display_name"} <= set(product.demo["clients"][0])
    assert {"id", "kind"} <= set(product.demo["products"][0])
