"""Calls the product back: payment and refund notices, and WeChat's message push.

Notices are stored before they are sent, so that a sandbox that was killed goes on with its schedule.
"""

import asyncio
import json
import logging
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.crypto import encrypt_resource, push_encrypt, push_signature
from miniprogram_api.sandbox.journal import Journal, timestamp
from miniprogram_api.sandbox.keyring import Keyring
from miniprogram_api.sandbox.state import Row, State, pack
from miniprogram_api.sandbox.tampers import damaged, flipped
from miniprogram_api.sandbox.till import china_time

log = logging.getLogger(__name__)

# Seconds before each attempt of a payment notice, as WeChat Pay documents them; divided by the speed.
PAY_SCHEDULE = (
    *(0, 15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
    *(10800, 10800, 10800, 21600, 21600),
)
PUSH_SCHEDULE = (0, 5, 5, 5)
# What the vendor calls the resource of each kind of notice.
_ORIGINALS = {"payment": "transaction", "refund": "refund"}
# The vendor waits this long for an answer, whatever the speed.
_PATIENCE = 5.0
# A phone confirms an SMS, or somebody picks up, after this long; divided by the speed.
_REPORT_SECONDS = 60.0


@dataclass(frozen=True)
class Delivery:
    """One attempt: HTTP status (0 = no answer), whether the vendor is content with it, milliseconds."""

    status: int
    ok: bool
    ms: float
    at: str

    def as_dict(self) -> dict[str, Any]:
        return {"status": self.status, "ok": self.ok, "ms": round(self.ms, 1), "at": self.at}


class Notifier:
    """Sends notices on the vendor's schedule, ``speed`` times as fast."""

    def __init__(
        self,
        state: State,
        credentials: SandboxCredentials,
        journal: Journal,
        keyring: Keyring,
        *,
        speed: float = 60.0,
    ) -> None:
        self._state = state
        self._credentials = credentials
        self._keyring = keyring
        self._journal = journal
        self._speed = speed
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: SimpleAsyncHTTPClient | None = None
        self.push_url: str | None = None
        self.report_url: str | None = None

    def resume(self) -> None:
        """Go on with what was not delivered when the process ended."""
        for row in self._state.all("select * from notices where done = 0"):
            self._start(row["id"])

    async def stop(self) -> None:
        """End all schedules; what is undelivered stays stored."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            self._client.close()

    def queue(
        self,
        kind: str,
        reference: str,
        url: str,
        payload: Mapping[str, Any],
        *,
        tamper: str | None = None,
        delay: float = 0.0,
    ) -> "asyncio.Task[None]":
        """Store a notice and start its schedule; the task ends with its last attempt.

        ``kind`` is ``payment``, ``refund``, ``push`` or ``report``. A tampered notice
        is sent once: its honest repetition would heal what the tester broke.
        """
        row = {"kind": kind, "reference": reference, "url": url, "payload": pack(payload), "tamper": tamper}
        return self._start(self._state.insert("notices", {**row, "due_at": time.time() + delay}))

    def notices(self, reference: str | None = None) -> list[Row]:
        """Stored notices with their attempts, oldest first."""
        where, values = ("where reference = ?", (reference,)) if reference else ("", ())
        rows = self._state.all(f"select * from notices {where} order by id", *values)  # noqa: S608
        return [
            {
                "id": row["id"],
                "kind": row["kind"],
                "reference": row["reference"],
                "tamper": row["tamper"],
                "done": bool(row["done"]),
                "attempts": json.loads(row["attempts"]),
            }
            for row in rows
        ]

    async def push(self, event: Mapping[str, Any]) -> None:
        """Push an event to the product and wait for the first attempt. Nothing happens without a product URL."""
        if self.push_url is None:
            log.warning("no product URL: the event stays here")
            return
        task = self.queue("push", str(event.get("Event", "")), self.push_url, event)
        await asyncio.wait({task}, timeout=_PATIENCE + 1)

    def report(self, reference: str, report: Any) -> None:
        """Report to the product what became of an SMS or a call. Nothing happens without a product URL."""
        if self.report_url is not None:
            self.queue("report", reference, self.report_url, {"report": report}, delay=_REPORT_SECONDS / self._speed)

    def _start(self, notice_id: int) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(self._run(notice_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, notice_id: int) -> None:
        row = self._state.one("select * from notices where id = ?", notice_id)
        if row is None:
            return
        schedule = PUSH_SCHEDULE if row["kind"] in ("push", "report") else PAY_SCHEDULE
        attempts: list[dict[str, Any]] = json.loads(row["attempts"])
        await asyncio.sleep(max(0.0, row["due_at"] - time.time()))
        for wait in schedule[len(attempts) :]:
            await asyncio.sleep(wait / self._speed)
            delivery = await self._deliver(row)
            attempts.append(delivery.as_dict())
            done = delivery.ok or bool(row["tamper"]) or len(attempts) == len(schedule)
            self._state.run(
                "update notices set attempts = ?, done = ? where id = ?", pack(attempts), int(done), notice_id
            )
            if done:
                return

    async def _deliver(self, row: Row) -> Delivery:
        payload = json.loads(row["payload"])
        if row["kind"] == "push":
            url, headers, body = self._push_request(row["url"], payload)
        elif row["kind"] == "report":
            url, headers, body = row["url"], {}, json.dumps(payload["report"], ensure_ascii=False).encode()
        else:
            url = row["url"]
            headers, body = self._pay_request(payload, row["kind"], row["tamper"])
        started = time.monotonic()
        status, answer = await self._post(url, headers, body)
        ms = (time.monotonic() - started) * 1000
        delivery = Delivery(status, 200 <= status < 300 and _content(row["kind"], answer), ms, timestamp())
        self._journal.add(
            "out",
            row["kind"],
            "POST",
            urlsplit(url).path if row["kind"] != "report" else "reports",
            status=status,
            outcome="ok" if delivery.ok else "refused" if status else "no_answer",
            checks={"tamper": row["tamper"]} if row["tamper"] else {},
            ms=ms,
        )
        return delivery

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if self._client is None:
            self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=200)
        request = HTTPRequest(
            url,
            method="POST",
            headers={**headers, "Content-Type": "application/json"},
            body=body,
            connect_timeout=_PATIENCE,
            request_timeout=_PATIENCE,
            follow_redirects=False,
            # A development server's certificate is its own.
            validate_cert=False,
        )
        try:
            response = await self._client.fetch(request, raise_error=False)
        except (OSError, ssl.SSLError) as error:
            log.info("product unreachable: %s", type(error).__name__)
            return 0, b""
        except Exception as error:  # noqa: BLE001 - Tornado's time-outs and closed streams share no base class
            log.info("no answer from the product: %s", type(error).__name__)
            return 0, b""
        return response.code, response.body or b""

    def _push_request(self, url: str, event: Mapping[str, Any]) -> tuple[str, dict[str, str], bytes]:
        credentials = self._credentials
        plain = json.dumps({"ToUserName": credentials.original_id, **event}, ensure_ascii=False).encode()
        sealed = push_encrypt(credentials.push_aes_key, credentials.appid, plain)
        stamp, nonce = str(int(time.time())), secrets.token_hex(5)
        query = {
            "signature": push_signature(credentials.push_token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": str(event.get("FromUserName", "")),
            "encrypt_type": "aes",
            "msg_signature": push_signature(credentials.push_token, stamp, nonce, sealed),
        }
        body = {"ToUserName": credentials.original_id, "Encrypt": sealed}
        return f"{url}?{urlencode(query)}", {}, json.dumps(body).encode()

    def _pay_request(self, notice: dict[str, Any], kind: str, tamper: str | None) -> tuple[dict[str, str], bytes]:
        """A signed and encrypted notice, damaged as asked. Each attempt is signed anew; its id stays."""
        resource = damaged(dict(notice["resource"]), tamper)
        original = _ORIGINALS[kind]
        plain = json.dumps(resource, ensure_ascii=False).encode()
        api_v3_key = self._credentials.api_v3_key
        sealed = encrypt_resource(api_v3_key[::-1] if tamper == "api_v3_key" else api_v3_key, plain, original)
        if tamper == "ciphertext":
            sealed["ciphertext"] = flipped(sealed["ciphertext"])
        envelope = {
            "id": notice["id"],
            "create_time": china_time(),
            "resource_type": "encrypt-resource",
            "event_type": notice["event_type"],
            "summary": notice["summary"],
            "resource": sealed,
        }
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        return self._damaged_headers(self._keyring.headers(body), body, tamper), body

    def _damaged_headers(self, headers: dict[str, str], body: bytes, tamper: str | None) -> dict[str, str]:
        if tamper == "signature":
            headers["Wechatpay-Signature"] = flipped(headers["Wechatpay-Signature"])
        elif tamper == "probe":
            headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
        elif tamper == "serial":
            headers["Wechatpay-Serial"] = secrets.token_hex(20).upper()
        elif tamper == "key":
            # The other key of the platform's two: an honest signature, and not by whom the serial names.
            other = next(serial for serial in self._keyring.serials if serial != headers["Wechatpay-Serial"])
            headers |= {**self._keyring.headers(body, other), "Wechatpay-Serial": headers["Wechatpay-Serial"]}
        elif tamper == "timestamp":
            # An honest signature of an hour ago: a replayed notice.
            stamp, nonce = str(int(time.time()) - 3600), headers["Wechatpay-Nonce"]
            headers["Wechatpay-Timestamp"] = stamp
            headers["Wechatpay-Signature"] = self._keyring.sign(headers["Wechatpay-Serial"], stamp, nonce, body)
        return headers


def _content(kind: str, answer: bytes) -> bool:
    """Whether the vendor takes the answer for an acknowledgement."""
    if kind == "push":
        return answer.strip() in (b"success", b"")
    if kind != "report":
        return True
    try:
        return bool(json.loads(answer)["result"] == 0)
    except (ValueError, KeyError, TypeError):
        return False
