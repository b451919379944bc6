"""The sandbox as the process that the runner starts: refusal in production, and memory that survives a kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tornado.httpclient import HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import Application, RequestHandler

from miniprogram_api.http import HttpClient
from miniprogram_api.pay import Notifications, PayClient
from miniprogram_api.sandbox import SandboxCredentials, create_credentials
from tests.patience import until
from tests.sandbox.playground import pay_config

COMMAND = [sys.executable, "-m", "miniprogram_api.sandbox"]
REPOSITORY = Path(__file__).resolve().parent.parent.parent


def start(data: Path, *more: str) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--data", str(data), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=REPOSITORY,
    )
    assert process.stdout is not None
    word, url = process.stdout.readline().split()
    assert word == "LISTENING"
    return process, url


@pytest.fixture
def processes() -> Iterator[list["subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


class _Inbox(RequestHandler):
    def initialize(self, status: list[int], got: list[tuple[dict[str, str], bytes]]) -> None:
        self.status, self.got = status, got

    def post(self) -> None:
        self.got.append((dict(self.request.headers.get_all()), self.request.body))
        self.set_status(self.status[0])


@pytest.fixture
async def inbox() -> AsyncIterator[tuple[str, list[int], list[tuple[dict[str, str], bytes]]]]:
    """A product's notify address that answers with ``status[0]``."""
    status, got = [500], list[tuple[dict[str, str], bytes]]()
    server = HTTPServer(Application([(r"/notify", _Inbox, {"status": status, "got": got})]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}/notify", status, got
    server.stop()
    await server.close_all_connections()


async def post(url: str, body: object) -> dict[str, object]:
    client = SimpleAsyncHTTPClient(force_instance=True)
    response = await client.fetch(HTTPRequest(url, method="POST", body=json.dumps(body)))
    client.close()
    return dict(json.loads(response.body))


def test_it_refuses_to_start_in_production(tmp_path: Path) -> None:
    environment = {**os.environ, "CASESPACE_ENV": "production"}
    command = [*COMMAND, "--port", "0", "--data", str(tmp_path / "data")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=REPOSITORY, timeout=30)
    assert done.returncode == 2
    assert "production" in done.stderr
    assert not (tmp_path / "data").exists()


def test_credentials_are_made_once_and_private(credentials: SandboxCredentials) -> None:
    assert create_credentials(credentials.folder) == credentials
    for path in credentials.folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path.name
    shown = repr(credentials)
    for secret in (credentials.secret, credentials.api_v3_key, credentials.push_aes_key, "PRIVATE KEY"):
        assert secret not in shown


async def test_memory_and_schedules_survive_a_kill(
    tmp_path: Path,
    credentials: SandboxCredentials,
    processes: list["subprocess.Popen[str]"],
    inbox: tuple[str, list[int], list[tuple[dict[str, str], bytes]]],
) -> None:
    (tmp_path / "credentials.json").write_text((credentials.folder / "credentials.json").read_text())
    notify_url, status, got = inbox
    process, url = start(tmp_path, "--notify-speed", "20")
    processes.append(process)
    openid = str((await post(f"{url}/control/users", {"phone": "13800000001"}))["openid"])
    http = HttpClient()
    order = {
        "out_trade_no": "order00001",
        "description": "咨询",
        "amount_fen": 100,
        "openid": openid,
        "notify_url": notify_url,
    }
    prepay_id = await PayClient(pay_config(credentials, url), http).prepay_jsapi(**order)  # type: ignore[arg-type]
    await post(f"{url}/control/payments/order00001/pay", {})
    await until(lambda: len(got) >= 1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    status[0] = 204
    before = len(got)
    process, url = start(tmp_path, "--notify-speed", "20")
    processes.append(process)
    await until(lambda: len(got) > before)
    headers, body = got[-1]
    notice = Notifications(pay_config(credentials, url)).payment(headers, body)
    found = await PayClient(pay_config(credentials, url), http).query("order00001")
    http.close()
    assert (found.transaction_id, found.paid) == (notice.transaction.transaction_id, True)
    assert prepay_id
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
