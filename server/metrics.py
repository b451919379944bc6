"""Prometheus metrics: what an operator needs to see, with labels of bounded number only."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from miniprogram_api.http import Outcome

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One registry for each process, so that tests can build several."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "casespace_http_request_seconds",
            "Server time of HTTP requests",
            ("route", "method", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._events = Histogram(
            "casespace_socket_event_seconds",
            "Server time of Socket.IO events",
            ("event", "outcome"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._vendor = Histogram(
            "casespace_vendor_call_seconds",
            "Calls to WeChat, WeChat Pay and the SMS provider",
            ("api", "outcome"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.sockets = Gauge("casespace_sockets", "Live sockets of this process", registry=self.registry)
        self.effects_failed = Counter(
            "casespace_effects_failed_total", "Effects that failed", ("kind", "parked"), registry=self.registry
        )
        self.effects_parked = Gauge(
            "casespace_effects_parked", "Effects that were given up", ("kind",), registry=self.registry
        )
        self.money_events = Counter(
            "casespace_money_events_total",
            "What happened to payments, refunds and WeChat's notices of them",
            ("what", "which"),
            registry=self.registry,
        )

        self.alarms = Counter(
            "casespace_alarms_total", "Log lines that call a person", ("alarm",), registry=self.registry
        )
        self.key_ends = Gauge(
            "casespace_pay_certificate_ends_seconds",
            "When a platform certificate of WeChat Pay ends, Unix time",
            ("serial",),
            registry=self.registry,
        )

        self.content = Counter(
            "casespace_content_checks_total",
            "What became of content checks, by type of message",
            ("type", "state"),
            registry=self.registry,
        )
        self.readings = Counter(
            "casespace_readings_total",
            "What became of files that were to be read",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self.reading_queue = Gauge(
            "casespace_reading_queue", "Files that wait to be read, or are read now", ("state",), registry=self.registry
        )
        self.notices = Counter(
            "casespace_notices_outside_total",
            "How notices ended on each channel outside the app",
            ("channel", "state"),
            registry=self.registry,
        )

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).observe(seconds)

    def event(self, name: str, outcome: str, seconds: float) -> None:
        self._events.labels(name, outcome).observe(seconds)

    def vendor(self, outcome: Outcome) -> None:
        self._vendor.labels(outcome.api, outcome.outcome).observe(outcome.seconds)

    def parked(self, counts: Mapping[str, int]) -> None:
        """Kind → effects that wait now; kinds that are not named have none."""
        self.effects_parked.clear()
        for kind, count in counts.items():
            self.effects_parked.labels(kind).set(count)

    def reads(self, counts: Mapping[str, int]) -> None:
        """State → files that wait to be read or are read now."""
        for state, count in counts.items():
            self.reading_queue.labels(state).set(count)

    def text(self) -> bytes:
        return generate_latest(self.registry)
