"""Backtests kept in the data folder: a folder a run, a file a client, so that a client's can be forgotten.

Files hold codes, numbers and times; no words and no addresses of mentions, which may expire meanwhile.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from desk.backtesting.result import Alert, Backtest, Catch, ClientResult, Contribution, Past, Report, Standing
from desk.backtesting.scoring import compared
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic

FOLDER = "backtests"
"""Below the data folder."""

HEAD = "_run.json"
"""No client can be called so."""

NAMED = "%Y%m%dT%H%M%S%f"
"""The moment a run was made, in UTC, as its name begins."""

VERSION = 1

Fields = dict[str, Any]


UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError)
"""What half a copy, or what another Wanglou wrote, leads to: no reason to fail a page."""

KEPT = 50
"""A client's newest runs that are kept, as long as its file lets us; so many are listed as well."""


@dataclass(frozen=True, slots=True)
class RunHead:
    """What a run is called and was about, without anything of a client. ``configs``: one, or two compared."""

    name: str
    made_at: datetime
    configs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The kept runs of one data folder. Runs are named by when they were made, so names sort by time."""

    data: Path

    @property
    def folder(self) -> Path:
        """Where the runs lie."""
        return self.data / FOLDER

    def keep(self, report: Report) -> str:
        """Write a run, whole or not at all; return its name. Raises OSError."""
        name = f"{report.made_at.astimezone(UTC):{NAMED}}-{report.one.digest[:8]}"
        draft = self.folder / f".{name}"
        draft.mkdir(parents=True)
        try:
            _write(draft / HEAD, _head(report))
            for client, result in report.one.clients.items():
                other = report.other.clients.get(client) if report.other else None
                results = {"one": _result(result), "other": _result(other) if other else None}
                _write(draft / f"{client}.json", results)
            draft.rename(self.folder / name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return name

    def runs(self, access: Access) -> list[RunHead]:
        """The newest runs that hold a client ``access`` may see, the newest first; at most ``KEPT``."""
        names = sorted((path.name for path in self.folder.glob("[0-9]*")), reverse=True)
        seen = (name for name in names if next(self._clients(name, access), None))
        heads = (self._head(name) for name in islice(seen, KEPT))
        return [head for head in heads if head is not None]

    def run(self, access: Access, name: str) -> Report | None:
        """A kept run with the clients ``access`` may see; None where there is none that can be read."""
        if name not in {path.name for path in self.folder.glob("[0-9]*")}:
            return None
        try:
            head = _read(self.folder / name / HEAD)
            files = {client: _read(self._file(name, client)) for client in self._clients(name, access)}
            return _report(head, files) if files and head["version"] == VERSION else None
        except UNREADABLE:
            return None

    def held(self, client: str) -> int:
        """How many runs hold something of a client."""
        return len(self._files(client))

    def forget(self, client: str) -> int:
        """Delete what any run holds of a client; return how many files went. Raises OSError."""
        return self._gone(self._files(client))

    def prune(self, retention: Mapping[str, timedelta], now: datetime) -> int:
        """Delete of each client what is older than it lets us keep, and all but its newest ``KEPT`` runs.

        Return how many files went. What belongs to no client in ``retention`` stays. Raises OSError.
        """
        gone = 0
        for client, span in retention.items():
            newest = self._files(client)
            gone += self._gone([f for n, f in enumerate(newest) if n >= KEPT or _made_at(f) < now - span])
        return gone

    def _files(self, client: str) -> list[Path]:
        """What the runs hold of a client, the newest first."""
        names = (path.parent.name for path in self.folder.glob(f"[0-9]*/{client}.json"))
        return [self._file(name, client) for name in sorted(names, reverse=True)]

    def _gone(self, files: Sequence[Path]) -> int:
        """Delete these, and a run that holds nothing of any client then."""
        for file in files:
            file.unlink(missing_ok=True)
            if not [p for p in file.parent.glob("*.json") if p.name != HEAD]:
                shutil.rmtree(file.parent)
        return len(files)

    def _head(self, name: str) -> RunHead | None:
        try:
            head = _read(self.folder / name / HEAD)
            configs = tuple(str(config) for config, _ in head["configs"])
            return RunHead(name, datetime.fromisoformat(head["made_at"]), configs)
        except UNREADABLE:
            return None

    def _clients(self, name: str, access: Access) -> Iterator[str]:
        for path in sorted((self.folder / name).glob("*.json")):
            if path.name != HEAD and access.may_see(path.stem):
                yield path.stem

    def _file(self, name: str, client: str) -> Path:
        return self.folder / name / f"{client}.json"


def _made_at(file: Path) -> datetime:
    """When the run of a client's file was made; one whose name does not say is as old as can be."""
    try:
        return datetime.strptime(file.parent.name[:21], NAMED).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _write(path: Path, fields: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(fields, ensure_ascii=False) + "\n", encoding="utf-8")


def _read(path: Path) -> Fields:
    fields: Fields = json.loads(path.read_text(encoding="utf-8"))
    return fields


def _head(report: Report) -> Fields:
    """What every reader may know of a run: nothing of any client."""
    return {
        "version": VERSION,
        "made_at": report.made_at.isoformat(),
        "history": report.history,
        "span": _span(report.span),
        "early": report.early.total_seconds(),
        "late": report.late.total_seconds(),
        "configs": [[b.config, b.digest] for b in (report.one, report.other) if b],
        "rule_names": [_names(b) for b in (report.one, report.other) if b],
        "remarks": [_reason(r) for r in report.remarks if "client" not in r.facts],
    }


def _report(head: Fields, files: Mapping[str, Fields]) -> Report:
    one, *more = [
        Backtest(config, digest, {c: _result_of(f[which]) for c, f in files.items() if f[which]}, names)
        for which, (config, digest), names in zip(
            ("one", "other"), head["configs"], _names_of(head), strict=False
        )
    ]
    other = more[0] if more else None
    return Report(
        made_at=datetime.fromisoformat(head["made_at"]),
        history=head["history"],
        span=_span_of(head["span"]),
        early=timedelta(seconds=head["early"]),
        late=timedelta(seconds=head["late"]),
        one=one,
        other=other,
        compared=compared(one, other) if other else None,
        remarks=tuple(_reason_of(r) for r in head["remarks"]),
    )


def _names(backtest: Backtest) -> Fields:
    return {rule: dict(words) for rule, words in backtest.rule_names.items()}


def _names_of(head: Fields) -> list[Fields]:
    """Of each config; runs kept before rules had names know none."""
    return list(head.get("rule_names", [{} for _ in head["configs"]]))


def _result(result: ClientResult) -> Fields:
    return {
        "client": result.client,
        "brands": list(result.brands),
        "span": _span(result.span),
        "alerts": [_alert(alert) for alert in result.alerts],
        "catches": [[_past(c.past), _place(result, c.alert)] for c in result.catches],
        "false": [_place(result, alert) for alert in result.false],
        "rules": [
            [r.rule, r.alone_alerts, r.alone_false, r.alone_caught, r.only_alerts, r.only_caught]
            for r in result.rules
        ],
    }


def _result_of(fields: Fields) -> ClientResult:
    alerts = tuple(_alert_of(fields["client"], alert) for alert in fields["alerts"])
    catches = [(_past_of(fields["client"], past), place) for past, place in fields["catches"]]
    return ClientResult(
        client=fields["client"],
        brands=tuple(fields["brands"]),
        span=_span_of(fields["span"]),
        alerts=alerts,
        catches=tuple(Catch(past, None if n is None else alerts[n]) for past, n in catches),
        false=tuple(alerts[n] for n in fields["false"]),
        rules=tuple(Contribution(*rule) for rule in fields["rules"]),
    )


def _place(result: ClientResult, alert: Alert | None) -> int | None:
    return None if alert is None else result.alerts.index(alert)


def _alert(alert: Alert) -> Fields:
    return {
        "brand": alert.brand,
        "at": alert.at.isoformat(),
        "change": alert.change,
        "severity": alert.severity.colour,
        "topic": alert.topic.value,
        "rule": alert.rule,
        "because": _reason(alert.because),
        "incident": alert.incident,
        "channels": list(alert.channels),
        "mentions": alert.mentions,
    }


def _alert_of(client: str, fields: Fields) -> Alert:
    return Alert(
        client=client,
        brand=fields["brand"],
        at=datetime.fromisoformat(fields["at"]),
        change=fields["change"],
        severity=Severity.named(fields["severity"]),
        topic=Topic(fields["topic"]),
        rule=fields["rule"],
        because=_reason_of(fields["because"]),
        incident=fields["incident"],
        channels=tuple(fields["channels"]),
        mentions=fields["mentions"],
    )


def _past(past: Past) -> Fields:
    return {
        "brand": past.brand,
        "topic": past.topic.value if past.topic else None,
        "onset": past.onset.isoformat(),
        "told": past.told.isoformat() if past.told else None,
        "ended": past.ended.isoformat() if past.ended else None,
        "name": past.name,
        "number": past.number,
        "standing": past.standing.value,
    }


def _past_of(client: str, fields: Fields) -> Past:
    return Past(
        client=client,
        brand=fields["brand"],
        topic=Topic(fields["topic"]) if fields["topic"] else None,
        onset=datetime.fromisoformat(fields["onset"]),
        told=datetime.fromisoformat(fields["told"]) if fields["told"] else None,
        ended=datetime.fromisoformat(fields["ended"]) if fields["ended"] else None,
        name=fields["name"],
        number=fields["number"],
        standing=Standing(fields["standing"]),
    )


def _reason(reason: Reason) -> list[Any]:
    return [reason.code, dict(reason.facts)]


def _reason_of(fields: list[Any]) -> Reason:
    code, facts = fields
    return Reason(code, facts)


def _span(span: Span) -> list[str]:
    return [span.since.isoformat(), span.until.isoformat()]


def _span_of(fields: list[str]) -> Span:
    return Span(*(datetime.fromisoformat(moment) for moment in fields))
