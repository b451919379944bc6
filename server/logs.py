"""Structured logs: one JSON object a line, or text for people. Never personal data, never a request's input."""

import logging
import sys
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter

QUIET = {"tornado.access": logging.ERROR, "pymongo": logging.WARNING, "urllib3": logging.WARNING}


class _Json(JsonFormatter):
    def add_fields(self, log_data, record, message_dict):  # type: ignore[no-untyped-def]
        super().add_fields(log_data, record, message_dict)
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        for name in [name for name, value in log_data.items() if value is None]:
            del log_data[name]


class _Text(logging.Formatter):
    """For a person at a terminal: the few extra facts follow the message."""

    _STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(
            f"{name}={value}"
            for name, value in vars(record).items()
            if name not in self._STANDARD and value is not None
        )
        line = super().format(record)
        return f"{line}  {extra}" if extra else line


def configure(level: str, form: str) -> None:
    """Send everything to stderr in the chosen form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Json("%(message)s") if form == "json" else _Text("%(asctime)s %(levelname)-7s %(name)s  %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, threshold in QUIET.items():
        logging.getLogger(name).setLevel(threshold)
