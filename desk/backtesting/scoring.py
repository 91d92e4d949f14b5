"""Which past incidents the alerts would have caught, and which alerts are false. Nouns in, nouns out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.backtesting.result import (
    Alert,
    Backtest,
    Catch,
    ClientResult,
    Comparison,
    Contribution,
    Pair,
    Past,
    Standing,
)
from wanglou.domain.client import Client
from wanglou.domain.span import Span

EARLY = timedelta(hours=24)
"""How long before an onset an alert about the brand already counts for it: sharp eyes see the first stir."""

LATE = timedelta(hours=48)
"""How long after an onset an alert still counts as catching it."""

SAME = timedelta(hours=24)
"""Alerts of two configs about one brand within this time tell of the same thing."""


@dataclass(frozen=True, slots=True)
class Margins:
    """How far around an onset an alert belongs to it. ``begins``: when anything at all was seen first."""

    early: timedelta = EARLY
    late: timedelta = LATE
    begins: datetime | None = None

    def onset(self, past: Past) -> datetime:
        """When it could be heard of at first: of what was told of later, not before anything was seen.

        The first posts that are ever seen may be hours old, and a count carries its bucket's start.
        """
        if self.begins and past.told and past.onset < self.begins <= past.told:
            return self.begins
        return past.onset

    def to_be_caught(self, past: Past) -> Span:
        """When an alert catches it."""
        onset = self.onset(past)
        return Span(onset - self.early, onset + self.late)

    def in_trouble(self, past: Past) -> Span:
        """When an alert about its brand is no false alarm: until it had ended, too."""
        onset = self.onset(past)
        until = onset + self.late
        return Span(onset - self.early, max(until, past.ended or until))


@dataclass(frozen=True, slots=True)
class RuleAlerts:
    """What one rule would have told alone, and what all the others would have told without it."""

    alone: Sequence[Alert]
    without: Sequence[Alert]


def client_result(
    client: Client, span: Span, alerts: Iterable[Alert], past: Iterable[Past], margins: Margins
) -> ClientResult:
    """One client's alerts held against its past incidents; what lies outside ``span`` is not looked at.

    A past incident is caught by the first alert about its brand, opened or raised, within the margins.
    A false alarm is an alert that opens something while no past incident of the brand was near or running;
    what people dismissed then is none.
    """
    mine = sorted((a for a in alerts if a.client == client.id and a.at in span), key=lambda a: a.at)
    known = [p for p in past if p.client == client.id]
    real = [p for p in known if p.standing is Standing.REAL and margins.onset(p) in span]
    return ClientResult(
        client=client.id,
        brands=tuple(brand.name for brand in client.brands),
        span=span,
        alerts=tuple(mine),
        catches=tuple(_catch(p, mine, margins) for p in sorted(real, key=lambda p: (p.onset, p.name))),
        false=tuple(a for a in mine if a.opens and not _is_known(a, known, margins)),
    )


def with_rules(
    result: ClientResult,
    client: Client,
    by_rule: Mapping[str, RuleAlerts],
    past: Sequence[Past],
    margins: Margins,
) -> ClientResult:
    """The result with what each rule alone is worth, in the rules' order."""
    shares = []
    for rule, told in by_rule.items():
        alone = client_result(client, result.span, told.alone, past, margins)
        without = client_result(client, result.span, told.without, past, margins)
        shares.append(
            Contribution(
                rule=rule,
                alone_alerts=sum(a.opens for a in alone.alerts),
                alone_false=len(alone.false),
                alone_caught=alone.caught,
                only_alerts=sum(p.other is None for p in pairs(result.alerts, without.alerts) if p.one),
                only_caught=sum(
                    mine.alert is not None and theirs.alert is None
                    for mine, theirs in zip(result.catches, without.catches, strict=True)
                ),
            )
        )
    return replace(result, rules=tuple(shares))


def compared(one: Backtest, other: Backtest) -> dict[str, Comparison]:
    """Client → how two configs differ, for the clients both have."""
    both = [client for client in one.clients if client in other.clients]
    return {client: _comparison(one.clients[client], other.clients[client]) for client in both}


def pairs(one: Iterable[Alert], other: Iterable[Alert]) -> list[Pair]:
    """What opens, side by side, by time: each alert with the nearest of the same brand, used once."""
    mine, theirs = [a for a in one if a.opens], [a for a in other if a.opens]
    near = sorted(
        (abs(a.at - b.at), i, j)
        for i, a in enumerate(mine)
        for j, b in enumerate(theirs)
        if a.brand == b.brand and a.client == b.client and abs(a.at - b.at) <= SAME
    )
    match_of: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in near:
        if i not in match_of and j not in taken:
            match_of[i] = j
            taken.add(j)
    found = [Pair(a, theirs[match_of[i]] if i in match_of else None) for i, a in enumerate(mine)]
    found += [Pair(None, b) for j, b in enumerate(theirs) if j not in taken]
    return sorted(found, key=_when)


def _when(pair: Pair) -> tuple[datetime, str]:
    first = min((a for a in (pair.one, pair.other) if a), key=lambda a: a.at)
    return first.at, first.brand


def _comparison(one: ClientResult, other: ClientResult) -> Comparison:
    by_name = {catch.past.name: catch for catch in other.catches}
    return Comparison(
        client=one.client,
        pairs=tuple(pairs(one.alerts, other.alerts)),
        catches=tuple((c, by_name[c.past.name]) for c in one.catches if c.past.name in by_name),
        false=(one.false_per_brand_week, other.false_per_brand_week),
    )


def _catch(past: Past, alerts: Sequence[Alert], margins: Margins) -> Catch:
    span = margins.to_be_caught(past)
    return Catch(past, next((a for a in alerts if a.brand == past.brand and a.at in span), None))


def _is_known(alert: Alert, known: Iterable[Past], margins: Margins) -> bool:
    return any(
        p.brand == alert.brand and p.standing is not Standing.DISMISSED and alert.at in margins.in_trouble(p)
        for p in known
    )
