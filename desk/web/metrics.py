"""Numbers for a monitoring system, in the format Prometheus reads; no client, brand or person is named."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException

from desk.web.ports import DeskPorts
from wanglou.domain.job import JobRun
from wanglou.ports import Gauges

FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def metrics_route(desk: DeskPorts) -> APIRouter:
    """``/metrics`` for whoever shows the token; nobody learns that it is there without one."""
    router = APIRouter()

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        if desk.gauges is None or not _may(request, desk.metrics_token):
            raise HTTPException(404)
        return Response(exposition(desk.gauges(), desk.clock.now()), media_type=FORMAT)

    return router


def exposition(gauges: Gauges, now: datetime) -> bytes:
    """The numbers as text. A registry of its own: nothing of the process leaks in."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(gauges, now))
    return generate_latest(registry)


def _may(request: Request, token: str) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    fits = hmac.compare_digest(shown.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and fits


@dataclass(frozen=True, eq=False)  # the registry keeps collectors by identity
class _Figures(Collector):
    gauges: Gauges
    now: datetime

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family a subject."""
        found = self.gauges
        yield GaugeMetricFamily("wanglou_unread_items", "Items nobody has read yet.", value=found.unread)
        yield _by("wanglou_open_incidents", "Open incidents by severity.", "severity", dict(found.incidents))
        yield _by(
            "wanglou_deliveries", "Messages that wait or were given up.", "state", dict(found.deliveries)
        )
        yield _by("wanglou_sources", "Sources by state.", "state", dict(found.sources))
        if found.watched_at is not None:
            age = (self.now - found.watched_at).total_seconds()
            says = "Seconds since the worker last looked around."
            yield GaugeMetricFamily("wanglou_watch_age_seconds", says, value=age)
        yield _ages(found.jobs, self.now)


def _ages(jobs: tuple[JobRun, ...], now: datetime) -> GaugeMetricFamily:
    ages = {run.job: (now - run.succeeded_at).total_seconds() for run in jobs if run.succeeded_at}
    says = "Seconds since a job of the worker last ended well."
    return _by("wanglou_job_age_seconds", says, "job", ages)


def _by(name: str, says: str, label: str, counts: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family
