"""Content safety: opinions by a tester's rules, at once for texts, by push for media that is really fetched."""

import asyncio
import logging
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from miniprogram_api.sandbox.clock import Clock
from miniprogram_api.sandbox.journal import Journal
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.people import People
from miniprogram_api.sandbox.state import Row, State

log = logging.getLogger(__name__)

MAX_MEDIA = 10 * 1024 * 1024
# Found without any rule of a tester: enough for a demonstration.
BUILT_IN = ({"contains": "沙箱违规", "suggest": "risky", "label": 20001},)
LABELS = {"pass": 100, "review": 20001, "risky": 20002}
ACTIVE_SECONDS = 2 * 3600.0
_FETCH_FAILED = -1008


class ContentDesk:
    """``delay`` seconds pass before a medium's verdict is pushed."""

    def __init__(
        self, state: State, people: People, notifier: Notifier, journal: Journal, clock: Clock, appid: str
    ) -> None:
        self._state = state
        self._people = people
        self._notifier = notifier
        self._journal = journal
        self._clock = clock
        self._appid = appid
        self.delay = 0.3
        self._tasks: set[asyncio.Task[None]] = set()

    def active(self, openid: str) -> bool:
        """Whether a user was in the mini-program within two hours: WeChat looks at nobody else's content."""
        row = self._state.one("select at from activity where openid = ?", openid)
        return row is not None and time.time() - row["at"] <= ACTIVE_SECONDS

    def seen(self, openid: str, seconds_ago: float = 0.0) -> None:
        """A user opens the mini-program."""
        self._state.run("insert or replace into activity values (?, ?)", openid, time.time() - seconds_ago)

    def add_rule(self, contains: str, suggest: str, label: int | None) -> int:
        """Texts, and media URLs, with ``contains`` in them get this opinion; the rule's id."""
        row = {"contains": contains, "suggest": suggest, "label": label or LABELS[suggest]}
        return self._state.insert("content_rules", row)

    def rules(self) -> list[Row]:
        return self._state.all("select * from content_rules order by id")

    def clear_rules(self) -> None:
        self._state.run("delete from content_rules")

    def checks(self) -> list[Row]:
        """All checks, oldest first."""
        return self._state.all("select * from content_checks order by rowid")

    def text(self, openid: str, content: str) -> dict[str, Any]:
        """The opinion of a text, as the answer carries it."""
        return self._opinion("text", openid, content, content)

    def media(self, openid: str, url: str, kind: str) -> str:
        """Start a check of the file at ``url``; the trace id."""
        trace_id = str(uuid.uuid4())
        row = {"trace_id": trace_id, "kind": kind, "openid": openid, "subject": url, "at": self._clock.text()}
        self._state.insert("content_checks", row)
        task = asyncio.get_running_loop().create_task(self._check(trace_id, openid, url))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return trace_id

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _opinion(self, kind: str, openid: str, subject: str, haystack: str) -> dict[str, Any]:
        trace_id, (suggest, label) = str(uuid.uuid4()), self._judge(haystack)
        row = {"trace_id": trace_id, "kind": kind, "openid": openid, "subject": subject, "at": self._clock.text()}
        self._state.insert("content_checks", {**row, "suggest": suggest, "label": label})
        return {"trace_id": trace_id, **_result(suggest, label)}

    def _judge(self, haystack: str) -> tuple[str, int]:
        for rule in (*self.rules(), *BUILT_IN):
            if str(rule["contains"]) in haystack:
                return str(rule["suggest"]), int(str(rule["label"]))
        return "pass", 100

    async def _check(self, trace_id: str, openid: str, url: str) -> None:
        await asyncio.sleep(self.delay)
        errcode = 0 if await self._fetchable(url) else _FETCH_FAILED
        suggest, label = self._judge(url)
        self._state.run(
            "update content_checks set suggest = ?, label = ?, errcode = ? where trace_id = ?",
            suggest if errcode == 0 else None,
            label if errcode == 0 else None,
            errcode,
            trace_id,
        )
        event: dict[str, Any] = {
            "FromUserName": openid,
            "CreateTime": self._people.next_event_time(openid),
            "MsgType": "event",
            "Event": "wxa_media_check",
            "appid": self._appid,
            "trace_id": trace_id,
            "version": 2,
            "errcode": errcode,
            "errmsg": "ok" if errcode == 0 else "链接无法下载",
        }
        if errcode == 0:
            # The label as a text, as WeChat sends it now and then.
            event |= _result(suggest, label) | {"result": {"suggest": suggest, "label": str(label)}}
        await self._notifier.push(event)

    async def _fetchable(self, url: str) -> bool:
        """Fetch the file as WeChat does: no cookies, no redirects, 10 MB at most."""
        started = time.monotonic()
        client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=MAX_MEDIA)
        request = HTTPRequest(url, follow_redirects=False, request_timeout=10, validate_cert=False)
        try:
            status = (await client.fetch(request, raise_error=False)).code
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with a stranger's URL means the same
            log.info("media not fetched: %s", type(error).__name__)
            status = 0
        finally:
            client.close()
        ms = (time.monotonic() - started) * 1000
        outcome = "ok" if status == 200 else "no_answer"
        path = urlsplit(url).path
        self._journal.add("out", "media_fetch", "GET", path, status=status, outcome=outcome, checks={}, ms=ms)
        return status == 200


def _result(suggest: str, label: int) -> dict[str, Any]:
    detail = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
    return {"result": {"suggest": suggest, "label": label}, "detail": [detail]}
