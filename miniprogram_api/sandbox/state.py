"""The sandbox's memory: one SQLite file in the data folder, so that it survives a kill."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SCHEMA = """
create table if not exists users (
    openid text primary key, phone text not null, nickname text not null, session_key text, last_event integer not null default 0
);
create table if not exists codes (
    code text primary key, kind text not null, openid text not null, expires_at real not null, used integer not null default 0
);
create table if not exists tokens (value text primary key, issued_at real not null, expires_at real not null, live integer not null);
create table if not exists token_refreshes (at real not null);
create table if not exists credits (openid text, template_id text, count integer not null, primary key (openid, template_id));
create table if not exists messages (
    id integer primary key, openid text not null, template_id text not null, page text not null, data text not null,
    state text not null, sent_at text not null
);
create table if not exists sms (
    id integer primary key, phone text not null, template_id text not null, params text not null, text text not null,
    sent_at text not null
);
create table if not exists calls (
    id integer primary key, phone text not null, text text not null, plays integer not null, made_at text not null
);
create table if not exists prepays (
    out_trade_no text primary key, prepay_id text not null unique, body text not null, state text not null,
    created_at real not null, expires_at real not null, transaction_id text, success_time text, event_id text
);
create table if not exists refunds (
    out_refund_no text primary key, refund_id text not null, out_trade_no text not null, body text not null,
    status text not null, created_at text not null, success_time text, event_id text
);
create table if not exists notices (
    id integer primary key, kind text not null, reference text not null, url text not null, payload text not null,
    tamper text, due_at real not null, attempts text not null default '[]', done integer not null default 0
);
create table if not exists settings (name text primary key, value text not null);
create table if not exists shippings (
    out_trade_no text primary key, description text, upload_time text, uploaded_at real, uploads integer not null default 0, settled_at text
);
create table if not exists receivers (account text primary key, name text not null, relation text not null);
create table if not exists sharings (
    out_order_no text primary key, order_id text not null, transaction_id text not null, body text not null, kind text not null,
    state text not null, created_at text not null, parts text not null
);
create table if not exists sharing_returns (
    out_return_no text primary key, return_id text not null, out_order_no text not null, body text not null, result text not null,
    created_at text not null, finished_at text, fail_reason text
);
create table if not exists invoices (
    fapiao_id text primary key, apply_id text not null, body text not null, status text not null, number text, issued_at text,
    card_status text
);
create table if not exists bill_edits (id integer primary key, action text not null, number text not null, fen integer, day text);
create table if not exists activity (openid text primary key, at real not null);
create table if not exists windows (openid text primary key, remaining integer not null, ends_at real not null, limited integer not null);
create table if not exists customer_messages (id integer primary key, openid text not null, text text not null, sent_at text not null);
create table if not exists content_rules (id integer primary key, contains text not null, suggest text not null, label integer not null);
create table if not exists content_checks (
    trace_id text primary key, kind text not null, openid text not null, subject text not null, suggest text, label integer,
    errcode integer not null default 0, at text not null
);
create table if not exists residents (number text primary key, name text not null, state text not null);
create table if not exists enterprises (credit_code text primary key, name text not null, legal_representative text not null, status text not null);
create table if not exists faces (token text primary key, number text not null, name text not null, return_url text not null, passed integer);
create index if not exists sharings_by_transaction on sharings (transaction_id);
create index if not exists refunds_by_order on refunds (out_trade_no);
create index if not exists messages_by_openid on messages (openid);
create index if not exists notices_by_reference on notices (reference);
create index if not exists notices_open on notices (done);
"""  # noqa: E501 - one column list a line reads best

Row = dict[str, Any]


class State:
    """A thin layer over SQLite: autocommit, rows as dicts. ``path`` None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        if path is not None:
            # The page cache survives a killed process; only a killed machine could lose the last writes.
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = off")
        self._db.executescript(_SCHEMA)

    def all(self, sql: str, *values: object) -> list[Row]:
        return [dict(row) for row in self._db.execute(sql, values)]

    def one(self, sql: str, *values: object) -> Row | None:
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else dict(row)

    def run(self, sql: str, *values: object) -> int:
        """Execute one change; returns how many rows it touched."""
        return self._db.execute(sql, values).rowcount

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert ``row``; returns the row id. Table and column names are this package's own."""
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        cursor = self._db.execute(
            f"insert into {table} ({columns}) values ({marks})",  # noqa: S608
            tuple(row.values()),
        )
        return int(cursor.lastrowid or 0)

    def setting(self, name: str) -> str | None:
        """A switch that survives a restart, or None."""
        row = self.one("select value from settings where name = ?", name)
        return None if row is None else str(row["value"])

    def set_setting(self, name: str, value: str) -> None:
        self.run("insert into settings values (?, ?) on conflict do update set value = excluded.value", name, value)

    def close(self) -> None:
        self._db.close()


def pack(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """JSON with sorted keys, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
