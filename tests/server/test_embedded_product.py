"""The runner as a newcomer and a tester meet it: start, stop, crash, reset (issue: "two commands")."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from server.embedded.http_check import get_status
from server.embedded.ports import choose
from server.embedded.processes import PartError
from server.embedded.product import Server
from server.embedded.runner import Options, Runner
from server.setting_sources import load_settings
from tests.parts.product import REPOSITORY, Product, start_product
from tests.parts.programs import Program, is_alive
from tests.patience import PATIENCE


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


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
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
    """Ctrl-C leaves nothing; a second start keeps the data; a killed runner leaves nothing either."""
    pids = list(children(own_product.process.pid).values())
    assert len(pids) == 5  # Janus is one of them, since the tests have it installed
    assert own_product.stop() == 0
    assert not any(is_alive(pid) for pid in pids)

    again = start_product(own_product.data_dir)
    assert again.demo == own_product.demo, "the demo office is kept"
    assert again.base_url == own_product.base_url, "a free port that was chosen once is kept while it is free"

    pids = list(children(again.process.pid).values())
    again.process.kill()
    again.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


def test_a_killed_server_comes_back_and_a_killed_database_is_named(own_product: Product) -> None:
    os.kill(child(own_product, "server all"), signal.SIGKILL)
    wait_for(lambda: not answers(own_product.base_url))
    wait_for(lambda: answers(own_product.base_url))
    assert own_product.process.poll() is None
    assert own_product.said().count("READY ") == 1

    pids = list(children(own_product.process.pid).values())
    os.kill(child(own_product, "mongod"), signal.SIGKILL)
    assert own_product.process.wait(60) == 1
    wait_for(lambda: "mongod: was ended by signal SIGKILL" in own_product.said())
    assert not any(is_alive(pid) for pid in pids)


def sandbox(product: Product, path: str, body: object = None) -> dict[str, Any]:
    """Call the sandbox's control API; with a body it is a POST."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(product.sandbox_url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return dict(json.load(answer))


def test_over_https_the_sandbox_reaches_the_product_too(tmp_path: Path) -> None:
    """With --https notifications and pushes go to an address whose certificate only the sandbox was told to trust."""
    data = tmp_path / "data"
    product = start_product(data, "--https")
    try:
        assert product.base_url.startswith("https://")
        port = int(product.base_url.rpartition(":")[2])
        assert get_status(port, "/readyz", data / "tls.crt") == 200
        templates = load_settings(data / "casespace.env").wechat_templates
        body = {
            "openid": product.demo["clients"][0]["openid"],
            "template_id": templates["new_message"],
            "count": 1,
        }
        sandbox(product, "/control/subscribe-credits", body)
        pushed: list[Any] = []

        def outcome_known() -> bool:
            pushed[:] = [item for item in sandbox(product, "/control/log")["items"] if item["endpoint"] == "push"]
            return bool(pushed)

        wait_for(outcome_known)
        assert [item["outcome"] for item in pushed] == ["ok"]
    finally:
        assert product.stop() == 0


def test_a_server_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    runner = Runner(Options(tmp_path, port=0, https=False))
    runner.server = cast(Server, Program("server", tmp_path, "raise SystemExit('no luck')"))
    runner.server.start()
    with pytest.raises(PartError, match=r"server: died 6 times within 60 s(.|\n)*no luck"):
        runner.watch()


def test_the_summary_tells_whom_to_sign_in_as(product: Product) -> None:
    wait_for(lambda: "Ctrl-C" in product.said())  # it comes after READY, for people
    said = product.said()
    for member in product.demo["staff"]:
        assert f"{member['login']} / {member['password']}" in said
    for client in product.demo["clients"]:
        assert client["phone"] in said


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
