"""What Prometheus is told; every label has few values, so that memory stays flat."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """Counters of one service, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.in_flight = Gauge(
            "hcplens_requests_in_flight", "Requests inside, by queue.", ["queue"], registry=self._registry
        )
        self._requests = Counter(
            "hcplens_requests", "Requests answered.", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "hcplens_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self._registry
        )
        self._refused = Counter(
            "hcplens_requests_refused", "Requests refused before they were read.", ["reason"], registry=self._registry
        )
        self._matches = Counter("hcplens_matches", "Answers of the matcher.", ["outcome"], registry=self._registry)
        self._events = Counter("hcplens_events", "Events told.", ["outcome"], registry=self._registry)
        self._loads = Counter("hcplens_loads", "Runs and catalogues taken up.", ["outcome"], registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request is done; `route` is the pattern, never the path."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """One request was refused: busy, rate_limited, too_large, too_slow or unauthenticated."""
        self._refused.labels(reason).inc()

    def matched(self, outcome: str) -> None:
        """One answer: modules, nothing or suppressed."""
        self._matches.labels(outcome).inc()

    def told(self, outcome: str) -> None:
        """One event: accepted, duplicate or conflict."""
        self._events.labels(outcome).inc()

    def loaded(self, outcome: str) -> None:
        """A run and catalogue: ok or failed."""
        self._loads.labels(outcome).inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
