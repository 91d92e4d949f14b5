"""The page 回测: kept backtests with would-be alerts and past incidents on one line of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from desk.backtesting.result import Alert, Backtest, Catch, ClientResult, Comparison, Report
from desk.backtesting.saying import difference, verdict
from desk.web.guard import Guard
from desk.web.rendering import Reader, page, reader_of
from wanglou.domain.span import Span

LANE = 52
"""Pixels a brand's line is high, its name above it."""

TICKS = 5
NARROWEST = 0.6
"""Per cent of the plot that a short incident is wide at least."""

SHORT = timedelta(days=2)
"""Up to here ticks are hours."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """A would-be alert at ``x`` per cent; ``row`` names its line in the table."""

    x: float
    alert: Alert
    is_false: bool
    row: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A past incident from ``x`` on, ``width`` wide, in per cent."""

    x: float
    width: float
    catch: Catch


@dataclass(frozen=True, slots=True)
class Lane:
    """One brand in one config; ``y`` is where it begins, in pixels."""

    brand: str
    config: str
    y: int
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the plot."""

    at: float
    moment: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws; ``height`` in pixels without the labels below."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    height: int
    by_hour: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One client on the page: a result for each config, and the comparison where there are two."""

    client: str
    results: tuple[tuple[str, ClientResult], ...]
    compared: Comparison | None
    picture: Picture

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but the sums."""
        return not any(result.alerts or result.catches for _, result in self.results)


def backtest_page(guard: Guard) -> APIRouter:
    """The route of the page."""
    router = APIRouter()

    @router.get("/backtest")
    def show(request: Request, run: str = "", client: str = "") -> Response:
        reader = reader_of(guard, request, guard.required(request))
        shelf = reader.ports.backtests
        runs = shelf.runs(reader.access) if shelf else []
        name = run or (runs[0].name if runs else "")
        report = shelf.run(reader.access, name) if shelf and name else None
        if run and report is None:
            raise HTTPException(404)
        clients = list(report.one.clients) if report else []
        chosen = client if client in clients else ""
        parts = [part for part in parts_of(report) if chosen in {"", part.client}] if report else []
        facts = {
            "runs": runs,
            "chosen": name,
            "report": report,
            "client": chosen,
            "clients": clients,
            "unread": client if client != chosen else "",
            "shown": parts,
            "verdict": verdict,
            "pair_reason": _pair_reason(report),
            "rule_said": _rule_said(report, reader.language),
            "mentions_of": lambda alert: mentions_address(reader, alert),
            "hours": {"early": report.early / HOUR, "late": report.late / HOUR} if report else {},
        }
        return page(reader, "backtest.html", facts)

    return router


def _pair_reason(report: Report | None) -> object:
    """Says which of the two configs told of a pair."""
    one = report.one.config if report else ""
    other = report.other.config if report and report.other else ""
    return lambda pair: difference(pair, one, other)


def _rule_said(report: Report | None, language: str) -> object:
    """Says a config's rule by its name."""
    of = {backtest.config: backtest for backtest in _both(report)} if report else {}
    return lambda config, rule: of[config].rule_said(rule, language)


def mentions_address(reader: Reader, alert: Alert) -> str:
    """Where the brand's mentions of the day up to an alert are listed, as far as they are still kept."""
    since, until = (reader.times.typed(at) for at in (alert.at - 24 * HOUR, alert.at))
    of = {"client": alert.client, "brand": alert.brand, "since": since, "until": until}
    return f"/mentions?{urlencode(of)}"


def parts_of(report: Report) -> list[Part]:
    """The clients in the config's order, those with something to show first."""
    parts = [_part(report, client) for client in report.one.clients]
    return sorted(parts, key=lambda part: part.is_empty)


def _part(report: Report, client: str) -> Part:
    results = tuple(
        (backtest.config, backtest.clients[client])
        for backtest in _both(report)
        if client in backtest.clients
    )
    found = (report.compared or {}).get(client)
    return Part(client, results, found, drawn(results, report.span))


def _both(report: Report) -> Iterator[Backtest]:
    yield report.one
    if report.other:
        yield report.other


def drawn(results: Sequence[tuple[str, ClientResult]], span: Span) -> Picture:
    """A lane for each brand that has anything on it and each config, brands together."""
    brands = dict.fromkeys(brand for _, result in results for brand in result.brands)
    lanes: list[Lane] = []
    for brand in brands:
        if any(_has(result, brand) for _, result in results):
            for number, (config, result) in enumerate(results):
                lanes.append(_lane(brand, config, result, span, (len(lanes) * LANE, number)))
    step = (span.until - span.since) / TICKS
    ticks = tuple(Tick(_x(at, span), at) for at in (span.since + step * (n + 0.5) for n in range(TICKS)))
    return Picture(tuple(lanes), ticks, len(lanes) * LANE, by_hour=span.until - span.since <= SHORT)


def _has(result: ClientResult, brand: str) -> bool:
    return any(a.brand == brand for a in result.alerts) or any(c.past.brand == brand for c in result.catches)


def _lane(brand: str, config: str, result: ClientResult, span: Span, place: tuple[int, int]) -> Lane:
    y, number = place
    marks = [
        Mark(_x(alert.at, span), alert, alert in result.false, row_of(number, n))
        for n, alert in enumerate(result.alerts)
        if alert.brand == brand
    ]
    stretches = [_stretch(catch, span) for catch in result.catches if catch.past.brand == brand]
    return Lane(brand, config, y, tuple(stretches), tuple(marks))


def row_of(config: int, alert: int) -> str:
    """The name of an alert's line in its client's table."""
    return f"{config}-{alert}"


def _stretch(catch: Catch, span: Span) -> Stretch:
    past = catch.past
    x = _x(past.onset, span)
    end = _x(past.ended or past.told or past.onset, span)
    return Stretch(x, round(max(NARROWEST, end - x), 2), catch)


def _x(moment: datetime, span: Span) -> float:
    share = (moment - span.since) / (span.until - span.since)
    return round(100 * min(1.0, max(0.0, share)), 2)
