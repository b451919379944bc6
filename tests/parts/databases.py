"""Settings for tests: the real parts, and for each call a database that is empty and nobody else's.

A new database costs mongod half a CPU-second: some 220 files for its collections and indexes. So one whose tests are
over is emptied and lent again, unless another process wrote to it, which may be writing still.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient

from server.embedded.environment import PREFIX, key_variables, store_variables
from server.embedded.keys import load_keys
from server.embedded.sandbox import sandbox_variables
from server.settings import Settings
from tests.parts.real import RealParts


class Databases:
    """The databases of one test run, lent and taken back."""

    def __init__(self, uri: str) -> None:
        self._client: MongoClient[Mapping[str, Any]] = MongoClient(uri)
        self._spare: list[str] = []

    def lend(self) -> str:
        """The name of a database that is empty, though its collections and indexes may be there already."""
        while self._spare:
            name = self._spare.pop(0)
            if self._empty(name) == 0:
                return name
            self.drop(name)  # something that outlived its test writes there
        return self.new()

    def new(self) -> str:
        """The name of one that does not exist yet."""
        return f"test_{os.getpid()}_{secrets.token_hex(4)}"

    def take_back(self, name: str) -> None:
        self._empty(name)
        self._spare.append(name)

    def drop(self, name: str) -> None:
        self._client.drop_database(name)

    def close(self) -> None:
        """Drop what is spare."""
        for name in self._spare:
            self.drop(name)
        self._client.close()

    def _empty(self, name: str) -> int:
        """How many documents were still there."""
        database = self._client[name]
        return sum(database[found].delete_many({}).deleted_count for found in database.list_collection_names())


class SettingsMaker:
    """``make_settings(recall_minutes=5)`` → Settings of a database that nobody else uses.

    Every keyword is a field of ``server.settings.Settings`` and replaces the default of the tests. Rate limits are
    off unless asked for, so that a test's outcome does not depend on its neighbours.
    """

    def __init__(self, parts: RealParts, databases: Databases | None = None) -> None:
        """``databases``: those of the whole run; by default some of its own."""
        self._parts = parts
        self._databases = databases or Databases(parts.mongo_uri)
        self._lent: list[str] = []
        self._own: list[str] = []  # made for somebody, and dropped
        self._base = self._variables()

    def __call__(self, **overrides: Any) -> Settings:
        self._lent.append(self._databases.lend())
        return self._settings(**{"mongo_database": self._lent[-1], **overrides})

    @contextmanager
    def for_one_test(self, **overrides: Any) -> Iterator[Settings]:
        """The same, and the next test of the module may have the database."""
        settings = self(**overrides)
        name = self._lent.pop()
        yield settings
        self._databases.take_back(name)

    def of_new_database(self) -> Settings:
        """Of one without collections and indexes, for tests of how those are made."""
        self._own.append(self._databases.new())
        return self._settings(mongo_database=self._own[-1])

    def _settings(self, **overrides: Any) -> Settings:
        fields: dict[str, Any] = {name.removeprefix(PREFIX).lower(): value for name, value in self._base.items()}
        return Settings(_env_file=None, **{**fields, **overrides})

    def environment(self, **overrides: str) -> dict[str, str]:
        """The same as variables for a process of its own (``CASESPACE_…``); `overrides` are field names."""
        self._own.append(self._databases.new())
        own = {PREFIX + name.upper(): value for name, value in overrides.items()}
        return {**self._base, "CASESPACE_MONGO_DATABASE": self._own[-1], **own}

    def give_back(self) -> None:
        """Every database that it made settings of."""
        for name in self._lent:
            self._databases.take_back(name)
        for name in self._own:
            self._databases.drop(name)
        self._lent.clear()
        self._own.clear()

    def _variables(self) -> dict[str, str]:
        parts = self._parts
        return {
            **store_variables(parts.mongo_uri, parts.s3_endpoint, parts.s3_keys, parts.s3_bucket),
            **key_variables(parts.path, load_keys(parts.path)),
            **sandbox_variables(parts.path / "sandbox", parts.sandbox_url),
            "CASESPACE_HTTP_PORT": "0",
            "CASESPACE_PUBLIC_URL": "http://127.0.0.1:8000",
            "CASESPACE_LOG_FORMAT": "text",
            "CASESPACE_RATE_LIMITS": "false",
            "CASESPACE_DRAIN_SECONDS": "2",
        }
