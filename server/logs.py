"""Structured logs: one JSON object a line, or text for people. Never personal data, never a request's input."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from pymongo.errors import ConnectionFailure
from pythonjsonlogger.json import JsonFormatter

# Tornado's own lines name addresses and headers of whoever sent something malformed.
QUIET = {
    "tornado.access": logging.ERROR,
    "tornado.general": logging.ERROR,
    "pymongo": logging.WARNING,
    "urllib3": logging.WARNING,
}
# Exceptions that speak of machines. The message of any other may repeat what somebody typed in.
SPEAKING = (OSError, ConnectionFailure)

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def trace_of(fault: Fault) -> str:
    """The trace of an exception and its causes, with types and places; with messages only where they are harmless."""
    kind, value, _ = fault
    if kind is None or value is None:
        return ""
    lines: list[str] = []
    seen: set[int] = set()
    while value is not None and id(value) not in seen:
        seen.add(id(value))
        message = f": {value}" if isinstance(value, SPEAKING) else ""
        frames = traceback.format_tb(value.__traceback__)
        lines.append("".join([*frames, f"{type(value).__name__}{message}"]))
        value = value.__cause__ or (None if value.__suppress_context__ else value.__context__)
    return "\n-- after:\n".join(lines)


class _Json(JsonFormatter):
    def formatException(self, ei: Fault) -> str:  # noqa: N802 - logging's name
        return trace_of(ei)

    def add_fields(self, log_data, record, message_dict):  # type: ignore[no-untyped-def]
        super().add_fields(log_data, record, message_dict)
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        for name in [name for name, value in log_data.items() if value is None]:
            del log_data[name]


class _Text(logging.Formatter):
    """For a person at a terminal: the few extra facts follow the message."""

    def formatException(self, ei: Fault) -> str:  # noqa: N802 - logging's name
        return trace_of(ei)

    _STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(
            f"{name}={value}"
            for name, value in vars(record).items()
            if name not in self._STANDARD and value is not None
        )
        line = super().format(record)
        return f"{line}  {extra}" if extra else line


def handler_for(stream: TextIO, form: str) -> logging.Handler:
    """Writes lines of the chosen form: json or text."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        _Json("%(message)s") if form == "json" else _Text("%(asctime)s %(levelname)-7s %(name)s  %(message)s")
    )
    return handler


def configure(level: str, form: str) -> None:
    """Send everything to stderr in the chosen form."""
    logging.basicConfig(level=level.upper(), handlers=[handler_for(sys.stderr, form)], force=True)
    for name, threshold in QUIET.items():
        logging.getLogger(name).setLevel(threshold)
