"""The runner as a newcomer and a tester meet it: start, stop, crash, reset (issue: "two commands")."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
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


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until `condition()` holds. Fails when it takes longer than `seconds`."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.05)


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


def test_stop_start_again_and_kill_9_of_the_runner(own_product: Product) -> None:
    """Ctrl-C leaves nothing; a second start keeps the data and is quick; a killed runner leaves nothing either."""
    pids = list(children(own_product.process.pid).values())
    assert len(pids) == 4
    assert own_product.stop() == 0
    assert not any(is_alive(pid) for pid in pids)

    started = time.monotonic()
    again = start_product(own_product.data_dir)
    took = time.monotonic() - started
    assert took < 20, "5 s on an idle machine with two cores; the aim is 10"
    assert again.demo == own_product.demo, "the demo office is kept"
    assert again.base_url == own_product.base_url, "a free port that was chosen once is kept while it is free"

    pids = list(children(again.process.pid).values())
    again.process.kill()
    again.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in pids), 5)


def test_a_killed_server_comes_back_and_a_killed_database_is_named(own_product: Product) -> None:
    os.kill(child(own_product, "server all"), signal.SIGKILL)
    wait_for(lambda: not answers(own_product.base_url), 2)
    wait_for(lambda: answers(own_product.base_url), 20)
    assert own_product.process.poll() is None
    assert own_product.said().count("READY ") == 1

    pids = list(children(own_product.process.pid).values())
    os.kill(child(own_product, "mongod"), signal.SIGKILL)
    assert own_product.process.wait(60) == 1
    wait_for(lambda: "mongod: was ended by signal SIGKILL" in own_product.said(), 5)
    assert not any(is_alive(pid) for pid in pids)


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
