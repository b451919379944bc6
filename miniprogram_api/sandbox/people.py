"""WeChat's users as the sandbox knows them: codes, session keys, access tokens, credits, what was sent to them."""

import base64
import json
import secrets
import string
import time
from typing import Any

from miniprogram_api.sandbox.journal import timestamp
from miniprogram_api.sandbox.state import Row, State, pack

CODE_SECONDS = 300.0
TOKEN_SECONDS = 7200
FORCED_A_DAY = 20
_LETTERS = string.ascii_letters + string.digits


class People:
    """Users, their codes, their accepted notices and their messages."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.unreachable: dict[str, str] = {}  # bare phone → the carrier's code
        self._reports: dict[str, list[dict[str, str]]] = {}  # bare phone → what became of its messages

    def register(self, openid: str | None, phone: str, nickname: str) -> Row:
        """Add a user, or change phone and name of a known one."""
        openid = openid or "o" + _characters(27)
        self._state.run(
            "insert into users (openid, phone, nickname) values (?, ?, ?) "
            "on conflict (openid) do update set phone = excluded.phone, nickname = excluded.nickname",
            openid,
            phone,
            nickname,
        )
        return {"openid": openid, "phone": phone, "nickname": nickname}

    def get(self, openid: str) -> Row | None:
        return self._state.one("select * from users where openid = ?", openid)

    def all(self) -> list[Row]:
        return self._state.all("select openid, phone, nickname from users order by rowid")

    def issue_code(self, kind: str, openid: str) -> str:
        """A single-use code; ``kind`` is ``login`` or ``phone``."""
        code = "0" + _characters(31)
        expires = time.time() + CODE_SECONDS
        self._state.insert("codes", {"code": code, "kind": kind, "openid": openid, "expires_at": expires})
        return code

    def take_code(self, kind: str, code: str) -> tuple[str | None, str]:
        """Use a code: (openid, "ok"), or (None, ``unknown`` | ``used`` | ``expired``)."""
        row = self._state.one("select * from codes where code = ? and kind = ?", code, kind)
        if row is None:
            return None, "unknown"
        if row["used"]:
            return None, "used"
        if row["expires_at"] < time.time():
            return None, "expired"
        self._state.run("update codes set used = 1 where code = ?", code)
        return str(row["openid"]), "ok"

    def new_session(self, openid: str) -> str:
        """A new session key; it replaces the one before, as any login at WeChat may."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._state.run("update users set session_key = ? where openid = ?", key, openid)
        return key

    def next_event_time(self, openid: str) -> int:
        """Unix seconds for an event, never twice the same for a user: WeChat's receivers deduplicate by it."""
        row = self._state.one("select last_event from users where openid = ?", openid)
        moment = max(int(time.time()), (row["last_event"] if row else 0) + 1)
        self._state.run("update users set last_event = ? where openid = ?", moment, openid)
        return moment

    def credits(self, openid: str, template_id: str) -> int:
        row = self._state.one("select count from credits where openid = ? and template_id = ?", openid, template_id)
        return int(row["count"]) if row else 0

    def set_credits(self, openid: str, template_id: str, count: int) -> None:
        self._state.run(
            "insert into credits values (?, ?, ?) on conflict do update set count = excluded.count",
            openid,
            template_id,
            count,
        )

    def store_message(self, openid: str, template_id: str, page: str, data: dict[str, str], state: str) -> int:
        row = {"openid": openid, "template_id": template_id, "page": page, "data": json.dumps(data), "state": state}
        return self._state.insert("messages", {**row, "sent_at": timestamp()})

    def messages(self, openid: str | None) -> list[Row]:
        """Sent subscription messages, oldest first."""
        where, values = ("where openid = ?", (openid,)) if openid else ("", ())
        rows = self._state.all(f"select * from messages {where} order by id", *values)  # noqa: S608
        return [{**row, "data": json.loads(row["data"])} for row in rows]

    def store_sms(self, phone: str, template_id: str, params: list[str], text: str) -> int:
        row = {"phone": phone, "template_id": template_id, "params": pack(params), "text": text}
        return self._state.insert("sms", {**row, "sent_at": timestamp()})

    def store_call(self, phone: str, text: str, plays: int) -> int:
        return self._state.insert("calls", {"phone": phone, "text": text, "plays": plays, "made_at": timestamp()})

    def make_unreachable(self, phone: str, code: str | None) -> None:
        """What is sent to the phone is taken and does not arrive, for the carrier's ``code``; None: it does again."""
        self.unreachable.pop(bare_phone(phone), None)
        if code is not None:
            self.unreachable[bare_phone(phone)] = code

    def calls(self, phone: str | None) -> list[Row]:
        """Calls made to a phone, or to all, oldest first; ``phone`` with or without +86."""
        rows = self._state.all("select * from calls order by id")
        return [row for row in rows if phone is None or str(row["phone"]).removeprefix("+86") == phone[-11:]]

    def remember_report(self, phone: str, report: dict[str, str]) -> None:
        self._reports.setdefault(bare_phone(phone), []).append(report)

    def reports(self, phone: str) -> list[dict[str, str]]:
        """What became of the messages to a phone, newest first."""
        return self._reports.get(bare_phone(phone), [])[::-1]

    def sms(self, phone: str | None) -> list[Row]:
        """Sent SMS, oldest first; ``phone`` with or without the country code."""
        rows = self._state.all("select * from sms order by id")
        wanted = bare_phone(phone) if phone else None
        chosen = [row for row in rows if wanted is None or bare_phone(row["phone"]) == wanted]
        return [{**row, "params": json.loads(row["params"])} for row in chosen]


class Tokens:
    """Access tokens as stable_token hands them out."""

    def __init__(self, state: State) -> None:
        self._state = state

    def issue(self, *, force: bool) -> dict[str, Any] | None:
        """The living token, or a new one; None when the day's forced refreshes are used up."""
        now = time.time()
        if force and not self._may_force(now):
            return None
        live = self._state.one("select * from tokens where live = 1 and expires_at > ?", now)
        if live is None or force:
            self._state.run("update tokens set live = 0")
            live = {"value": self._new_value(), "issued_at": now, "expires_at": now + TOKEN_SECONDS, "live": 1}
            self._state.insert("tokens", live)
        return {"access_token": live["value"], "expires_in": int(live["expires_at"] - now)}

    def fault(self, value: str) -> int:
        """0, or WeChat's errcode for this access token."""
        if not value:
            return 41001
        row = self._state.one("select * from tokens where value = ?", value)
        if row is None or not row["live"]:
            return 40001
        return 42001 if row["expires_at"] < time.time() else 0

    def revoke(self) -> None:
        """Make the living token invalid, as a change of the secret would."""
        self._state.run("update tokens set live = 0")

    def expire(self) -> None:
        """Let the living token run out."""
        self._state.run("update tokens set expires_at = 0 where live = 1")

    def _may_force(self, now: float) -> bool:
        self._state.run("delete from token_refreshes where at < ?", now - 86400)
        row = self._state.one("select count(*) as used from token_refreshes")
        if row is not None and row["used"] >= FORCED_A_DAY:
            return False
        self._state.insert("token_refreshes", {"at": now})
        return True

    def _new_value(self) -> str:
        # As long as WeChat warns that tokens may become, so that nobody stores them in too small a place.
        return "9" + "_" + _characters(510)


def bare_phone(phone: str) -> str:
    """``+8613800000000`` → ``13800000000``. A "+" may have become a space in a query string."""
    return phone.strip().removeprefix("+").removeprefix("86") if len(phone.strip()) > 11 else phone.strip()


def _characters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
