"""Whom we watch for, and what we promised them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from wanglou.domain.quiet import QuietHours
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.domain.watch import Watch


@dataclass(frozen=True, slots=True)
class Alias:
    """A name under which a brand is spoken of. ``exact_case`` matters to Latin letters only."""

    text: str
    exact_case: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand of a client. ``look_alikes`` are strings that void an alias match lying inside them.

    ``watch``: what must hold besides before a text that has one of the names counts for the brand.
    """

    name: str
    aliases: tuple[Alias, ...]
    look_alikes: tuple[str, ...] = ()
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: by severity and by whether the office is open.

    ``office_hours`` and ``otherwise`` map a severity to its limit; a severity that is missing has none.
    """

    office_hours: Mapping[Severity, timedelta]
    otherwise: Mapping[Severity, timedelta]

    def at(self, severity: Severity, *, office_open: bool) -> timedelta | None:
        """The limit that holds now, or None where nothing was promised."""
        return (self.office_hours if office_open else self.otherwise).get(severity)


@dataclass(frozen=True, slots=True)
class Route:
    """Who else hears of some of a client's incidents, or ``instead`` of the team's channel.

    Empty ``severities`` or ``topics`` mean all of them. ``channels`` are ``kind:address``, ``people`` ids.
    """

    severities: frozenset[Severity] = frozenset()
    topics: frozenset[Topic] = frozenset()
    channels: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    instead: bool = False

    def takes(self, severity: Severity, topic: Topic) -> bool:
        """Whether an incident that is so grave and about this goes this way."""
        grave = not self.severities or severity in self.severities
        return grave and (not self.topics or topic in self.topics)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A launch, a gala, days of a sale: ``factor`` times the usual talk from ``since`` until ``until``.

    ``brands``: names of the brands it is about.
    """

    name: str
    since: datetime
    until: datetime
    factor: float
    brands: tuple[str, ...]


def planned_times(campaigns: Iterable[Campaign], brand: str, at: datetime) -> float:
    """How many times a brand's usual talk is planned at a moment: the largest factor, 1 without a plan."""
    running = (c.factor for c in campaigns if brand in c.brands and c.since <= at < c.until)
    return max(running, default=1.0)


@dataclass(frozen=True, slots=True)
class Client:
    """One file of ``config/clients``. Only id, name and brands must be given.

    ``competitors``: brands of others, counted for the share of voice and for nothing else.
    ``team``: role (account, director, media, pr, legal, desk) → person id. ``channels``: purpose (team,
    …) → ``kind:address``. ``orders_from``: people whose word in chat counts; empty means the whole team.
    ``neutral_at``: from this P(neutral) on a mention is neutral, 0 … 1; None leaves it to the weights.
    ``sla``: clock name → limit; the agency's own limits already merged in, the stricter winning.
    ``contract``: the limits of the client's own file alone. ``quiet``: when its people are let sleep.
    """

    id: str
    name: str
    brands: tuple[Brand, ...]
    competitors: tuple[Brand, ...] = ()
    team: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sla: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    channels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    orders_from: tuple[str, ...] = ()
    retention: timedelta = timedelta(days=180)
    contract: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    quiet: QuietHours | None = None
    routes: tuple[Route, ...] = ()
    neutral_at: float | None = None
    campaigns: tuple[Campaign, ...] = ()
