"""The nouns of a backtest. No page's or client's words are in them: reasons are codes with numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic

WEEK = timedelta(weeks=1)


class Standing(StrEnum):
    """What people made of a past incident."""

    REAL = "real"
    DISMISSED = "dismissed"  # they said it was none: an alert for it is a false alarm
    PART = "part"  # merged into another, or its duplicate: neither to be caught nor false


@dataclass(frozen=True, slots=True)
class Past:
    """An incident of then. ``onset``: when it happened; ``told``: when people were alerted, if known.

    ``name`` is the stored incident's id, or ``file:line`` of a list. ``topic`` None: not said.
    """

    client: str
    brand: str
    topic: Topic | None
    onset: datetime
    told: datetime | None
    ended: datetime | None
    name: str
    number: int | None = None
    standing: Standing = Standing.REAL


@dataclass(frozen=True, slots=True)
class Link:
    """A mention behind an alert: where it stands and when it was published or first seen."""

    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """What people would have been told: an incident opened, or became graver (``change``).

    ``incident`` names the would-be incident within its run. ``channels``: where the message would have
    gone. ``mentions``: how many negative voices stood behind it; ``links``: some of them.
    """

    client: str
    brand: str
    at: datetime
    change: str
    severity: Severity
    topic: Topic
    rule: str
    because: Reason
    incident: str
    channels: tuple[str, ...] = ()
    mentions: int = 0
    links: tuple[Link, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether it tells of something new, and not of something known that became graver."""
        return self.change == "opened"


@dataclass(frozen=True, slots=True)
class Catch:
    """A past incident and the first alert that would have told of it; None where none would."""

    past: Past
    alert: Alert | None

    @property
    def lead(self) -> timedelta | None:
        """Lead time 提前量: how much earlier than people were told then; negative is later.

        Where it is not known when they were told, against the onset. None where it was missed.
        """
        return None if self.alert is None else (self.past.told or self.past.onset) - self.alert.at


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule alone is worth for a client.

    ``alone``: what it would tell without all the others, and what of that is false or caught.
    ``only``: alerts that would not come without it, and past incidents that only it catches.
    """

    rule: str
    alone_alerts: int
    alone_false: int
    alone_caught: int
    only_alerts: int
    only_caught: int


@dataclass(frozen=True, slots=True)
class ClientResult:
    """One client's part. ``span``: what of the asked-for stretch there is history of.

    ``false``: alerts that tell of something new where no past incident was.
    """

    client: str
    brands: tuple[str, ...]
    span: Span
    alerts: tuple[Alert, ...]
    catches: tuple[Catch, ...]
    false: tuple[Alert, ...]
    rules: tuple[Contribution, ...] = ()

    @property
    def brand_weeks(self) -> float:
        """Brands times weeks looked at."""
        return len(self.brands) * ((self.span.until - self.span.since) / WEEK)

    @property
    def false_per_brand_week(self) -> float:
        """False alarms per brand and week; 0 where there was no time to look at."""
        return len(self.false) / self.brand_weeks if self.brand_weeks else 0.0

    @property
    def caught(self) -> int:
        """How many past incidents would have been caught."""
        return sum(catch.alert is not None for catch in self.catches)


@dataclass(frozen=True, slots=True)
class Backtest:
    """One config over one stretch of history. ``config`` is its folder's name, ``digest`` its exact text.

    ``rule_names``: rule → language → what people called it then.
    """

    config: str
    digest: str
    clients: Mapping[str, ClientResult]
    rule_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def rule_said(self, rule: str, language: str) -> str:
        """A rule's name; its id where it has none."""
        return self.rule_names.get(rule, {}).get(language, rule)


@dataclass(frozen=True, slots=True)
class Pair:
    """An alert of each config about the same thing; one is None where only the other told of it."""

    one: Alert | None
    other: Alert | None

    @property
    def earlier(self) -> timedelta | None:
        """How much earlier the other config is; None where only one told."""
        return self.one.at - self.other.at if self.one and self.other else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two configs on one client: alerts side by side, and past incidents with what each would have told."""

    client: str
    pairs: tuple[Pair, ...]
    catches: tuple[tuple[Catch, Catch], ...]
    false: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run found. ``other`` and ``compared`` are empty where nothing was compared.

    ``history`` says where the history came from. ``remarks`` are what a reader must know to judge it.
    """

    made_at: datetime
    history: str
    span: Span
    early: timedelta
    late: timedelta
    one: Backtest
    other: Backtest | None = None
    compared: Mapping[str, Comparison] | None = None
    remarks: tuple[Reason, ...] = ()
