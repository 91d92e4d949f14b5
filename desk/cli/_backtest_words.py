"""A backtest's report as people read it in a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.backtesting.result import Alert, Backtest, Catch, ClientResult, Comparison, Report
from desk.backtesting.saying import difference, verdict
from wanglou.domain.agency import Config
from wanglou.domain.reason import Reason, Value
from wanglou.wording import moment, say

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Words:
    """Says a report in one language and one zone; ``config`` gives the clients their names."""

    language: str
    config: Config

    @property
    def zone(self) -> ZoneInfo:
        """The agency's."""
        return self.config.agency.zone

    def lines(self, report: Report) -> Iterator[str]:
        """Title, clients, differences, remarks, and what the figures mean."""
        for backtest in (report.one, report.other):
            if backtest is not None:
                yield from self._backtest(report, backtest)
        if report.other is not None and report.compared is not None:
            names = {"one": report.one.config, "other": report.other.config}
            yield self.t("backtest_compared", **names)
            for found in report.compared.values():
                yield from self._difference(report.one.config, report.other.config, found)
        yield from (f"! {self.reason(remark)}" for remark in report.remarks)
        yield self.t("backtest_definition", early=report.early / HOUR, late=report.late / HOUR)

    def t(self, code: str, /, **facts: Value) -> str:
        """A sentence of ours."""
        return self.reason(Reason(code, facts))

    def reason(self, reason: Reason) -> str:
        """A stored reason in words."""
        return say(reason, self.language, self.zone)

    def _at(self, when: datetime) -> str:
        return moment(when, self.language, self.zone)

    def _name(self, client: str) -> str:
        known = self.config.clients.get(client)
        return f"{known.name} ({client})" if known else client

    def _backtest(self, report: Report, backtest: Backtest) -> Iterator[str]:
        history = self.t("backtest_stored") if report.history == "" else report.history
        span = {"since": self._at(report.span.since), "until": self._at(report.span.until)}
        yield self.t("backtest_title", config=backtest.config, history=history, **span)
        for result in backtest.clients.values():
            yield ""
            yield from self._client(backtest, result)
        yield ""

    def _client(self, backtest: Backtest, result: ClientResult) -> Iterator[str]:
        yield self.t(
            "backtest_client",
            client=self._name(result.client),
            alerts=len(result.alerts),
            incidents=len(result.catches),
            caught=result.caught,
            false=len(result.false),
            rate=result.false_per_brand_week,
            weeks=result.brand_weeks,
        )
        if result.alerts:
            yield f"  {self.t('backtest_alerts')}"
            for alert in result.alerts:
                rule = backtest.rule_said(alert.rule, self.language)
                yield from self._alert(alert, rule, is_false=alert in result.false)
        if result.catches:
            yield f"  {self.t('backtest_incidents')}"
            yield from (f"    {self._catch(catch)}" for catch in result.catches)
        if result.alerts or result.catches:
            yield f"  {self.t('backtest_rules')}"
            yield from (f"    {line}" for line in _table(self._rules(backtest, result)))

    def _alert(self, alert: Alert, rule: str, *, is_false: bool) -> Iterator[str]:
        parts = [
            self._at(alert.at),
            self.t(f"severity_{alert.severity.colour}"),
            self.t(f"topic_{alert.topic.value}"),
            alert.brand,
            self.t(f"backtest_alert_{alert.change}"),
            rule,
            *([self.t("backtest_is_false")] if is_false else []),
        ]
        yield f"    {'  '.join(parts)}"
        yield f"      {self.reason(alert.because)}"
        if alert.mentions:
            where = [self.t("backtest_mentions", count=alert.mentions), *(link.url for link in alert.links)]
            yield f"      {'  '.join([*where, *alert.channels])}"

    def _catch(self, catch: Catch) -> str:
        past = catch.past
        topic = self.t(f"topic_{past.topic.value}") if past.topic else ""
        number = f"#{past.number}" if past.number else past.name
        return "  ".join(
            x for x in (self._at(past.onset), number, past.brand, topic, self.reason(verdict(catch))) if x
        )

    def _rules(self, backtest: Backtest, result: ClientResult) -> list[tuple[str, ...]]:
        head = tuple(self.t(code) for code in ("backtest_rule", "backtest_rule_alone", "backtest_rule_only"))
        rows = [
            (
                backtest.rule_said(r.rule, self.language),
                f"{r.alone_alerts} / {r.alone_false} / {r.alone_caught}",
                f"{r.only_alerts} / {r.only_caught}",
            )
            for r in result.rules
        ]
        return [head, *rows]

    def _difference(self, one: str, other: str, found: Comparison) -> Iterator[str]:
        yield f"  {self._name(found.client)}"
        for pair in found.pairs:
            alert = pair.one or pair.other
            if alert is not None:
                which = self.reason(difference(pair, one, other))
                yield f"    {self._at(alert.at)}  {alert.brand}  {which}"
        for mine, theirs in found.catches:
            leads = "; ".join(
                f"{name} {self.reason(verdict(catch))}" for name, catch in ((one, mine), (other, theirs))
            )
            what = f"{mine.past.brand}  {self.t('backtest_incidents')}"
            yield f"    {self._at(mine.past.onset)}  {what}: {leads}"
        first, second = found.false
        yield f"    {self.t('backtest_false_compared', one=first, other=second)}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns in line, Han characters counted as two places wide."""
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
