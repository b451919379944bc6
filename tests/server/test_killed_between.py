"""kill -9 of the server between WeChat's notification and its effects: nothing is lost, nothing is doubled."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from services.ids import new_id
from tests.parts.product import Product, start_product
from tests.patience import PATIENCE

NEED = {"description": "房东不退押金", "topic": "房产"}


class Killable:
    """A running product whose server process can be killed, seen through its doors and into its database."""

    def __init__(self, product: Product) -> None:
        self.product = product
        lines = (product.data_dir / "casespace.env").read_text("utf-8").splitlines()
        own = dict(line.split("=", 1) for line in lines if "=" in line)
        uri = own["CASESPACE_MONGO_URI"].strip("'\"")
        self.client: MongoClient[dict[str, Any]] = MongoClient(uri)
        self.database = self.client[own.get("CASESPACE_MONGO_DATABASE", "casespace").strip("'\"")]

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, token: str = "", key: str = ""
    ) -> Any:
        return fetch(method, self.product.base_url + path, body, token=token, key=key)

    def control(self, path: str, body: Mapping[str, Any]) -> Any:
        return fetch("POST", f"{self.product.sandbox_url}/control{path}", body)

    def sign_in(self) -> str:
        openid = self.product.demo["clients"][0]["openid"]
        code = self.control("/codes", {"openid": openid})["code"]
        token: str = self.call("POST", "/api/v1/auth/wechat", {"code": code})["access_token"]
        return token

    def kill_server(self) -> None:
        """As a crash would end it."""
        os.kill(self.server_pid(), signal.SIGKILL)

    def server_pid(self) -> int:
        """The child of the runner that serves."""
        runner = self.product.process.pid
        for pid in Path(f"/proc/{runner}/task/{runner}/children").read_text("utf-8").split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"server" in words and b"all" in words:
                return int(pid)
        raise AssertionError("no server process was found")

    def ready_again(self) -> None:
        until(self.is_ready)

    def is_ready(self) -> bool:
        try:
            self.call("GET", "/readyz")
        except (OSError, urllib.error.HTTPError):
            return False
        return True


def fetch(method: str, url: str, body: Mapping[str, Any] | None = None, *, token: str = "", key: str = "") -> Any:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if key:
        headers["Idempotency-Key"] = key
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read() or b"null")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.002)


@pytest.fixture(scope="module")
def killable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    product = start_product(tmp_path_factory.mktemp("killed"))
    opened = Killable(product)
    yield opened
    opened.client.close()
    product.stop()


@pytest.mark.parametrize("delay_ms", [0, 7, 15, 60, 250])
def test_killed_between_notice_and_effects(killable: Killable, delay_ms: int) -> None:
    """Issue 2, A1, A6, J1: after the restart the space exists once, the card once, the notice once."""
    token, database = killable.sign_in(), killable.database
    product_id = killable.product.demo["products"][0]["id"]
    order = killable.call("POST", "/api/v1/orders", {"product_id": product_id, "need": NEED}, token=token, key=new_id())
    payment = killable.call(
        "POST", f"/api/v1/orders/{order['id']}/payments", {"method": "wechat_jsapi"}, token=token, key=new_id()
    )
    killable.control(f"/payments/{payment['out_trade_no']}/pay", {"times": 3})
    until(lambda: database.payments.count_documents({"_id": payment["payment_id"], "state": "succeeded"}) == 1)
    time.sleep(delay_ms / 1000)
    killable.kill_server()
    killable.ready_again()
    until(lambda: database.outbox.count_documents({"payload.order_id": order["id"], "state": {"$ne": "done"}}) == 0)
    shown = killable.call("GET", f"/api/v1/orders/{order['id']}", token=token)
    assert shown["status"] == "assigned"
    assert database.spaces.count_documents({"order_id": order["id"]}) == 1
    messages = killable.call("GET", f"/api/v1/spaces/{shown['space_id']}/messages", token=token)["items"]
    assert [item["seq"] for item in messages] == list(range(1, len(messages) + 1))
    assert [item["body"]["kind"] for item in messages if item["type"] == "card"] == ["payment", "assignment"]
    events = [row["_id"] for row in database.outbox.find({"kind": "order.paid", "payload.order_id": order["id"]})]
    assert len(events) == 1
    client_id = killable.call("GET", "/api/v1/me", token=token)["id"]
    assert database.notices.count_documents({"user_id": client_id, "fact": events[0]}) == 1
    told = [(notice["user_id"], notice["fact"]) for notice in database.notices.find({})]
    assert len(told) == len(set(told))
    entries = list(database.entries.find({"_id.space": shown["space_id"]}).sort("_id.seq", 1))
    assert [entry["prev"] for entry in entries[1:]] == [entry["hash"] for entry in entries[:-1]], "the chain is whole"
    assert database.audit.count_documents({"action": "payment.succeeded", "subject": payment["payment_id"]}) == 1
