"""Alarms of the logs are counted, so that a monitor can call a person."""

import logging

from server.alarms import AlarmCounter
from server.metrics import Metrics

log = logging.getLogger("casespace.somewhere")


def test_alarms_are_counted_by_name_while_the_process_listens() -> None:
    metrics = Metrics()

    def count(alarm: str) -> float:
        return metrics.registry.get_sample_value("casespace_alarms_total", {"alarm": alarm}) or 0.0

    counter = AlarmCounter(metrics)
    log.error("before it listens", extra={"alarm": "wechat_token"})
    counter.start()
    try:
        log.error("one", extra={"alarm": "wechat_token"})
        log.error("two", extra={"alarm": "wechat_token"})
        log.error("another", extra={"alarm": "pay_platform_key"})
        log.error("no alarm")
    finally:
        counter.stop()
    log.error("after it listened", extra={"alarm": "wechat_token"})
    assert (count("wechat_token"), count("pay_platform_key")) == (2, 1)
