"""What pages show, and who makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from wanglou.domain.change import Change
from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Delivery
from wanglou.domain.incident import ChainedEntry, Incident
from wanglou.domain.item import Placed
from wanglou.domain.job import JobRun
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import Access
from wanglou.domain.plan import Plan
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceHealth
from wanglou.domain.span import Span


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One incident as the board lists it; ``next_due`` is its clock or step that falls due first.

    ``next_due_what`` is the clock's name or the step's title; ``next_due_is_step`` says which.
    """

    incident: Incident
    next_due: datetime | None
    next_due_what: str | None
    next_due_is_step: bool
    mentions: int
    reach: int


@dataclass(frozen=True, slots=True)
class TilePoint:
    """One hour of a client's mentions: ``usual_low`` … ``usual_high`` is the band of the past 14 days.

    The band is None where history is shorter than three days.
    """

    start: datetime
    mentions: int
    negatives: int
    usual_low: float | None
    usual_high: float | None


@dataclass(frozen=True, slots=True)
class ClientTile:
    """A client's last 24 hours, oldest hour first; ``words``: loudest words with their counts.

    ``observed``: brands with their observed buckets, see ``Observed``; a brand left out was not observed yet.
    """

    client: str
    points: tuple[TilePoint, ...]
    words: tuple[tuple[str, int], ...]
    observed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class QuietSignals:
    """What stood out of a brand in the last 24 hours and woke nobody; ``why`` nobody was told of the newest.

    ``signals`` newest first, at least one; praise is not among them.
    """

    signals: tuple[Signal, ...]
    why: Reason


@dataclass(frozen=True, slots=True)
class BoardView:
    """What the board shows: open incidents by the clock that falls due first, and one tile a client.

    ``quiet``: what stood out and is no incident, the brand with the newest signal first.
    """

    rows: tuple[BoardRow, ...]
    tiles: tuple[ClientTile, ...]
    sources: tuple[SourceHealth, ...]
    as_of: datetime
    quiet: tuple[QuietSignals, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentView:
    """What the incident page shows. ``evidence`` has originals before copies, newest first.

    ``placed``: item key → its moves on hot lists, oldest first, the last sight at the end.
    """

    incident: Incident
    plan: Plan | None
    clocks: tuple[SlaClock, ...]
    timeline: tuple[ChainedEntry, ...]
    signals: tuple[Signal, ...]
    evidence: tuple[SeenMention, ...]
    deliveries: tuple[Delivery, ...]
    volume: tuple[TilePoint, ...]
    placed: Mapping[str, tuple[Placed, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Voices:
    """What was counted under one name of a client in a span.

    ``competitor``: the name is somebody else's, and nobody knows how many of its voices are negative.
    ``since``: for a competitor the first hour ever counted; it may have been added after the span began.
    """

    client: str
    name: str
    competitor: bool
    mentions: int
    voices: int
    negatives: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientView:
    """What the page of a client shows besides the board's part of it.

    ``volume``: brand → its hours, oldest first. ``voices`` as ``DeskReader.voices`` gives them. ``past``:
    incidents that have ended, newest first, of ``all_past``. ``feeds``: source → the client's mentions of
    the last 24 hours that it brought.
    """

    volume: Mapping[str, tuple[TilePoint, ...]]
    voices: tuple[Voices, ...]
    past: tuple[Incident, ...]
    all_past: int
    feeds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Gauges:
    """What a monitoring system asks for. ``incidents``: open ones by colour; ``sources``: by state.

    ``deliveries``: what waits, is being sent or was given up. ``watched_at``: the worker's last look around,
    None if there was none. ``jobs``: how each of the worker's jobs went last.
    """

    unread: int
    incidents: Mapping[str, int]
    deliveries: Mapping[str, int]
    sources: Mapping[str, int]
    watched_at: datetime | None
    jobs: tuple[JobRun, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What came of the messages to one recipient in one channel, of those clients that the reader may see.

    ``sent_at``: the last delivery of the past 14 days. ``waiting`` since ``waiting_since`` (``tries``: the
    most attempts at one of them), ``held`` until the quiet hours end. ``dead``: given up, the oldest at
    ``dead_since``; ``trouble`` and ``incident`` are the newest's that is dead or was tried in vain.
    ``works_again``: a message arrived after the last of those that were given up, whose trouble is over.
    """

    channel: str
    recipient: str
    sent_at: datetime | None = None
    waiting: int = 0
    waiting_since: datetime | None = None
    tries: int = 0
    next_at: datetime | None = None
    held: int = 0
    dead: int = 0
    dead_since: datetime | None = None
    trouble: Reason | None = None
    incident: str | None = None
    works_again: bool = False


class DeskReader(Protocol):
    """What pages ask. A client the reader may not see does not exist for them."""

    def board(self, access: Access, clients: Sequence[str], now: datetime) -> BoardView:
        """The board over those of ``clients`` that ``access`` may see."""
        ...

    def incident(self, access: Access, incident: str, now: datetime) -> IncidentView | None:
        """One incident; None if there is none, or not for this reader."""
        ...

    def quiet(self, access: Access, clients: Sequence[str], now: datetime) -> list[QuietSignals]:
        """What stood out of late and is no incident, as ``BoardView`` lists it."""
        ...

    def incident_numbered(self, access: Access, client: str, number: int) -> str | None:
        """The id of a client's incident by its number."""
        ...

    def client(self, access: Access, client: str, span: Span, now: datetime, past: int) -> ClientView | None:
        """One client over ``span``, with its newest ``past`` ended incidents; None if not for this reader."""
        ...

    def voices(self, access: Access, clients: Sequence[str], span: Span) -> list[Voices]:
        """What was counted in the hours that begin in ``span``: by client, own brands first, then by name.

        A name of which nothing was counted there is not among them.
        """
        ...

    def channels(self, access: Access, now: datetime) -> list[ChannelState]:
        """Every channel and recipient with a message that waits, is given up or was sent lately, by name."""
        ...

    def changes(self, access: Access, after: int) -> list[Change]:
        """What changed for this reader, by id."""
        ...

    def newest_change(self) -> int:
        """The id to start listening from."""
        ...
