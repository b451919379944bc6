"""Alarms: log lines that call a person, counted so that a monitor can call them.

Whoever finds something that a person must look at logs it as an error with ``extra={"alarm": name}``.
"""

import logging

from server.metrics import Metrics


class AlarmCounter(logging.Handler):
    """Counts the alarms of a process as ``casespace_alarms_total``; while it is ``listening``, of all loggers."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.ERROR)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        alarm = getattr(record, "alarm", None)
        if isinstance(alarm, str):
            self._metrics.alarms.labels(alarm).inc()

    def start(self) -> None:
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        logging.getLogger().removeHandler(self)
