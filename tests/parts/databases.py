"""Settings for tests: the real parts, a fresh database for each call, and the databases dropped at the end."""

import os
import secrets
from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient

from server.embedded.environment import PREFIX, key_variables, store_variables
from server.embedded.keys import load_keys
from server.embedded.sandbox import sandbox_variables
from server.settings import Settings
from tests.parts.real import RealParts


class SettingsMaker:
    """``make_settings(recall_minutes=5)`` → Settings of a database that nobody else uses.

    Every keyword is a field of ``server.settings.Settings`` and replaces the default of the tests. Rate limits are
    off unless asked for, so that a test's outcome does not depend on its neighbours.
    """

    def __init__(self, parts: RealParts) -> None:
        self._parts = parts
        self._databases: list[str] = []
        self._base = self._variables()

    def __call__(self, **overrides: Any) -> Settings:
        fields: dict[str, Any] = {
            name.removeprefix(PREFIX).lower(): value for name, value in self.environment().items()
        }
        fields |= overrides
        return Settings(_env_file=None, **fields)

    def environment(self, **overrides: str) -> dict[str, str]:
        """The same as variables for a process of its own (``CASESPACE_…``); `overrides` are field names."""
        database = f"test_{os.getpid()}_{secrets.token_hex(4)}"
        self._databases.append(database)
        own = {PREFIX + name.upper(): value for name, value in overrides.items()}
        return {**self._base, "CASESPACE_MONGO_DATABASE": database, **own}

    def drop_databases(self) -> None:
        with MongoClient[Mapping[str, Any]](self._parts.mongo_uri) as client:
            for database in self._databases:
                client.drop_database(database)
        self._databases.clear()

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
