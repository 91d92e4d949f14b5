"""Backtests for page tests: a month of two clients under two sets of rules, scored as the command does."""

from collections.abc import Sequence
from datetime import timedelta

from desk.backtesting.result import Alert, Backtest, Past, Report
from desk.backtesting.scoring import Margins, RuleAlerts, client_result, compared, with_rules
from tests.pages_sample import CLIENTS, HOUR, NOW
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic

DAY = timedelta(days=1)
MONTH = Span(NOW - 28 * DAY, NOW)
MARGINS = Margins()


def alert(client: str, brand: str, days: float, severity: Severity, change: str = "opened") -> Alert:
    """Told this many days ago."""
    because = Reason(
        "signal_negative_surge_day_posts",
        {"brand": brand, "hours": 24, "negatives": 36, "times": 4.5, "voices": 60, "share": 0.6},
    )
    at = NOW - timedelta(days=days)
    return Alert(
        client, brand, at, change, severity, Topic.SERVICE_COMPLAINT, "surge", because, f"{client}#1"
    )


SHARP = (
    alert("anju", "安屿", 20.5, Severity.YELLOW),
    alert("anju", "安屿", 20, Severity.RED, "raised"),
    alert("anju", "屿光", 9, Severity.BLUE),
    alert("hemuli", "禾木里", 4, Severity.ORANGE),
)
BLUNT = (alert("anju", "安屿", 20.2, Severity.ORANGE),)
PAST = (
    Past(
        "anju", "安屿", Topic.SERVICE_COMPLAINT, NOW - 20.4 * DAY, NOW - 20.3 * DAY, NOW - 17 * DAY, "i1", 12
    ),
    Past("anju", "安屿", None, NOW - 6 * DAY, None, None, "known.csv:2"),
)


def _backtest(name: str, told: Sequence[Alert]) -> Backtest:
    by_rule = {"surge": RuleAlerts(told, ()), "burst_only": RuleAlerts((), told)}
    clients = [c for c in CLIENTS if c.id in {"anju", "hemuli"}]
    results = {c.id: client_result(c, MONTH, told, PAST, MARGINS) for c in clients}
    scored = {c.id: with_rules(results[c.id], c, by_rule, PAST, MARGINS) for c in clients}
    return Backtest(name, "d1ge57", scored, {"surge": {"zh": "负面成洪", "en": "A flood of negatives"}})


def sample_report(*, two: bool = True) -> Report:
    """A report of one config, or of two side by side."""
    one, other = _backtest("config", BLUNT), _backtest("sharper", SHARP)
    remarks = (
        Reason("backtest_cold", {"days": 15}),
        Reason("backtest_client_gone", {"client": "hemuli", "since": (NOW - 20 * DAY).isoformat()}),
    )
    return Report(
        made_at=NOW - HOUR,
        history="",
        span=MONTH,
        early=MARGINS.early,
        late=MARGINS.late,
        one=one if two else other,
        other=other if two else None,
        compared=compared(one, other) if two else None,
        remarks=remarks,
    )
