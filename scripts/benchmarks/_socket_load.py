"""Load for ``messages.py``: many sockets in rooms, some of them sending; a process of its own, on picows.

``python _socket_load.py PLAN.json`` reads ``{url, urls?, rooms: [{space_id, tokens: […]}], senders, seconds,
rate?, warm_up, text}`` (with ``urls``, the members of each room go to them in turn) and prints one
JSON object: messages acknowledged, deliveries, latencies in ms.

Closed loop: each sender has one message in flight. With ``rate`` (messages a second over all) messages are due
at even times, and latency counts from when one was due, so that no wait is left out.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

CONNECTING_AT_ONCE = 50


class Device(WSListener):
    """One socket. ``load`` is told of acknowledgements and deliveries."""

    def __init__(self, load: "Load", space_id: str, token: str) -> None:
        self.load = load
        self.space_id = space_id
        self.token = token
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: WSTransport | None = None
        self.count = 0
        self.due = 0.0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
            return
        head = frame.get_payload_as_bytes()
        if head.startswith(b"42"):
            self.load.delivered(head)
        elif head.startswith(b"43"):
            self.load.acknowledged(self, head)
        elif head.startswith(b"0"):
            self._text(b"40" + json.dumps({"token": self.token}).encode())
        elif head.startswith(b"40"):
            self.ready.set_result(None)
        elif head.startswith(b"44"):
            self.ready.set_exception(ConnectionError(head.decode()))
        elif head == b"2":
            self._text(b"3")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.load.lost += 1

    def _text(self, payload: bytes) -> None:
        assert self.transport is not None
        self.transport.send(WSMsgType.TEXT, payload)

    def send(self, due: float) -> None:
        self.count += 1
        self.due = due
        payload = {
            "space_id": self.space_id,
            "client_msg_id": f"{self.token[-12:]}-{self.count}-{due:.6f}",
            "type": "text",
            "body": {"text": f"{due:017.6f} {self.load.text}"},
        }
        data = json.dumps(["message:send", payload], ensure_ascii=False).encode()
        self._text(b"42%d" % self.count + data)


class Load:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.text: str = plan["text"]
        self.running = False
        self.acks: list[float] = []
        self.deliveries: list[float] = []
        self.failed = 0
        self.lost = 0
        self.devices: list[list[Device]] = []
        self.idle: list[Device] = []

    async def connect(self) -> None:
        gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
        addresses = [
            url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
            for url in self.plan.get("urls") or [self.plan["url"]]
        ]

        async def one(space_id: str, token: str, address: str) -> Device:
            async with gate:
                device = Device(self, space_id, token)
                await ws_connect(lambda: device, address)
                await asyncio.wait_for(device.ready, 60)
                return device

        for number, room in enumerate(self.plan["rooms"]):  # the first of a room sends: those are spread as well
            arrivals = [
                one(room["space_id"], token, addresses[(number + n) % len(addresses)])
                for n, token in enumerate(room["tokens"])
            ]
            self.devices.append(list(await asyncio.gather(*arrivals)))

    def acknowledged(self, device: Device, frame: bytes) -> None:
        now = time.perf_counter()
        if b'"ok":true' not in frame[:40] and b'"ok": true' not in frame[:40]:
            self.failed += 1
        if self.running:
            self.acks.append(now - device.due)
        if self.plan.get("rate"):
            self.idle.append(device)
        elif self.running:
            device.send(time.perf_counter())

    def delivered(self, frame: bytes) -> None:
        if not self.running or b"message:new" not in frame[:20]:
            return
        at = frame.find(b'"text":"')
        if at < 0:
            at = frame.find(b'"text": "') + 1
        self.deliveries.append(time.perf_counter() - float(frame[at + 8 : at + 25]))

    async def run(self) -> dict[str, Any]:
        senders = [room[0] for room in self.devices[: self.plan["senders"]]]
        self.running = True  # the warm-up's figures are thrown away below
        if self.plan.get("rate"):
            pacing = asyncio.create_task(self._pace(senders))
        else:
            for device in senders:
                device.send(time.perf_counter())
        await asyncio.sleep(self.plan["warm_up"])
        self.acks.clear()
        self.deliveries.clear()
        print("BEGIN", flush=True)
        started = time.perf_counter()
        await asyncio.sleep(self.plan["seconds"])
        seconds = time.perf_counter() - started
        result = self._result(seconds)
        print("END", flush=True)
        self.running = False
        if self.plan.get("rate"):
            pacing.cancel()
        await asyncio.sleep(0.5)
        return result

    async def _pace(self, senders: list[Device]) -> None:
        self.idle = list(senders)
        gap = 1 / self.plan["rate"]
        due = time.perf_counter()
        while True:
            due += gap
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            while not self.idle:
                await asyncio.sleep(0.0005)
            self.idle.pop(0).send(due)

    def _result(self, seconds: float) -> dict[str, Any]:
        return {
            "seconds": seconds,
            "messages": len(self.acks),
            "delivered": len(self.deliveries),
            "failed": self.failed,
            "lost": self.lost,
            "ack_ms": percentiles(self.acks),
            "delivery_ms": percentiles(self.deliveries),
        }


def percentiles(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {
        name: round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    }


async def main() -> None:
    load = Load(json.loads(Path(sys.argv[1]).read_text()))
    await load.connect()
    print("CONNECTED", flush=True)
    sys.stdin.readline()
    print(json.dumps(await load.run()), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
