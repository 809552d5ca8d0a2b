"""Numbers for operators in Prometheus format. No personal data: the labels are channels and outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_CHANNELS = {"rest", "webchat", "shell", "cmdline", "twilio", "facebook", "telegram"}
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class _Events(Collector):
    """Counters that are kept elsewhere."""

    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        """Give them as they are now."""
        family = CounterMetricFamily("sofy_events", "What happened (the audit trail's kinds)", labels=["kind"])
        for kind, number in sorted(self._counts().items()):
            family.add_metric([kind], number)
        yield family


class Metrics:
    """Counts turns; one registry per app, so that two apps in one process do not collide."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        labels = ("channel", "outcome")
        self._turns = Counter("sofy_turns_total", "Turns, by outcome", labels, registry=self.registry)
        self._seconds = Histogram(
            "sofy_turn_seconds", "Time of a turn", ("channel",), buckets=_SECONDS, registry=self.registry
        )
        self._unsaved = Counter("sofy_turns_not_stored_total", "Turns not stored", registry=self.registry)
        self._limited = Counter("sofy_limited_total", "Refused by a limit", ("scope",), registry=self.registry)
        self._sent = Counter("sofy_messages_sent_total", "Messages sent by channels", labels, registry=self.registry)
        self.sockets = Gauge("sofy_web_sockets", "Open web chats", registry=self.registry)

    def watch(self, counts: Callable[[], Mapping[str, int]]) -> None:
        """Show what the project's parts count: its security events, by kind."""
        self.registry.register(_Events(counts))

    def turn(self, channel: str, outcome: str, seconds: float) -> None:
        """Count a turn. A channel name comes from the client in REST: only known ones become labels."""
        name = channel if channel in _CHANNELS else "other"
        self._turns.labels(name, outcome).inc()
        self._seconds.labels(name).observe(seconds)

    def unsaved(self) -> None:
        """Count a turn that could not be stored."""
        self._unsaved.inc()

    def limited(self, scope: str) -> None:
        """Count what a limit refused: messages of a "conversation", of an "address", in "total", "pages" of links."""
        self._limited.labels(scope).inc()

    def sent(self, channel: str, outcome: str) -> None:
        """Count a message to a provider: "ok", "failed", or "stopped" (the recipient wants none)."""
        self._sent.labels(channel if channel in _CHANNELS else "other", outcome).inc()

    def response(self) -> web.Response:
        """Give all numbers in Prometheus' text format."""
        body = generate_latest(self.registry)
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
