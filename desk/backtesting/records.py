"""A report as flat records, one JSON object each: for scripts, spreadsheets and notebooks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from desk.backtesting.result import Alert, Catch, ClientResult, Comparison, Contribution, Report
from desk.backtesting.saying import minutes
from wanglou.domain.reason import Reason

Record = Mapping[str, object]
Say = Callable[[Reason], str]


def records(report: Report, say: Say) -> Iterator[Record]:
    """Alerts, past incidents, rules and sums of each client, then differences, then remarks.

    ``record`` says which kind a line is, ``config`` which config it is about.
    """
    for backtest in (report.one, report.other):
        for result in backtest.clients.values() if backtest else ():
            head = {"config": backtest.config if backtest else "", "client": result.client}
            yield from ({**line, **head} for line in _of_client(result, say))
    for difference in (report.compared or {}).values():
        yield from _differences(report, difference)
    yield from ({"record": "remark", "text": say(remark)} for remark in report.remarks)


def _of_client(result: ClientResult, say: Say) -> Iterator[Record]:
    for alert in result.alerts:
        yield {"record": "alert", **_alert(alert, say), "false_alarm": alert in result.false}
    for catch in result.catches:
        yield {"record": "incident", **_catch(catch)}
    for rule in result.rules:
        yield {"record": "rule", **_rule(rule)}
    yield {
        "record": "client",
        "from": result.span.since.isoformat(),
        "to": result.span.until.isoformat(),
        "alerts": len(result.alerts),
        "incidents": len(result.catches),
        "caught": result.caught,
        "false_alarms": len(result.false),
        "brand_weeks": round(result.brand_weeks, 3),
        "false_alarms_per_brand_week": round(result.false_per_brand_week, 4),
    }


def _alert(alert: Alert, say: Say) -> Record:
    return {
        "brand": alert.brand,
        "at": alert.at.isoformat(),
        "kind": alert.change,
        "severity": alert.severity.colour,
        "topic": alert.topic.value,
        "rule": alert.rule,
        "because": say(alert.because),
        "incident": alert.incident,
        "channels": list(alert.channels),
        "mentions": alert.mentions,
        "links": [{"url": link.url, "at": link.at.isoformat()} for link in alert.links],
    }


def _catch(catch: Catch) -> Record:
    past, alert = catch.past, catch.alert
    return {
        "brand": past.brand,
        "topic": past.topic.value if past.topic else None,
        "name": past.name,
        "number": past.number,
        "onset": past.onset.isoformat(),
        "told": _iso(past.told),
        "caught": alert is not None,
        "alert_at": _iso(alert.at if alert else None),
        "minutes_earlier": minutes(catch.lead),
    }


def _rule(rule: Contribution) -> Record:
    return {
        "rule": rule.rule,
        "alone_alerts": rule.alone_alerts,
        "alone_false_alarms": rule.alone_false,
        "alone_caught": rule.alone_caught,
        "only_alerts": rule.only_alerts,
        "only_caught": rule.only_caught,
    }


def _differences(report: Report, difference: Comparison) -> Iterator[Record]:
    other = report.other.config if report.other else ""
    head = {"record": "difference", "client": difference.client, "first": report.one.config, "second": other}
    for pair in difference.pairs:
        known = pair.one or pair.other
        yield {
            **head,
            "what": "alert",
            "brand": known.brand if known else "",
            "in": _where(pair.one, pair.other),
            "first_at": _iso(pair.one.at if pair.one else None),
            "second_at": _iso(pair.other.at if pair.other else None),
            "minutes_earlier": minutes(pair.earlier),
        }
    for one, two in difference.catches:
        earlier = one.alert.at - two.alert.at if one.alert and two.alert else None
        yield {
            **head,
            "what": "incident",
            "brand": one.past.brand,
            "name": one.past.name,
            "in": _where(one.alert, two.alert),
            "minutes_earlier": minutes(earlier),
        }
    first, second = difference.false
    yield {
        **head,
        "what": "false_alarms_per_brand_week",
        "first_rate": round(first, 4),
        "second_rate": round(second, 4),
    }


def _where(one: object, other: object) -> str:
    if one and other:
        return "both"
    return "first" if one else "second" if other else "neither"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
