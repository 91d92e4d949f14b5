"""All anyone may ask of the world: the clock, the rows and the pages' reader, as protocols.

Every repository method is one statement or a few; none commits. ``UnitOfWork`` commits. Times are aware
UTC. Sequences come back in the order each docstring names.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from wanglou.domain.change import Change
from wanglou.domain.clock import SlaClock
from wanglou.domain.correction import Correction
from wanglou.domain.delivery import Delivery
from wanglou.domain.drift import CorrectedReading, ReadingCount
from wanglou.domain.incident import ChainedEntry, Incident, TimelineEntry
from wanglou.domain.item import BoardPlace, Followed, Item, KeptItem, Placed
from wanglou.domain.job import JobRun
from wanglou.domain.mention import CompetitorMention, Mention, SeenMention, Sentiment
from wanglou.domain.person import Access
from wanglou.domain.plan import Plan, Step
from wanglou.domain.question import Question
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceHealth, Validators
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import ExposureRow, Series, VolumeRow


class Clock(Protocol):
    """The only place time comes from."""

    def now(self) -> datetime:
        """This instant, aware UTC."""
        ...


class Items(Protocol):
    """What sources showed."""

    def keep(self, items: Sequence[Item], first_seen: datetime) -> int:
        """Store what is new; return how many rows were written (new items and new versions).

        A publication time after ``first_seen`` is set back to it and marked. An item whose digest is
        known is left alone, but newer engagement, or another place on a hot list, is added to its history.
        """
        ...

    def places(self, keys: Collection[str]) -> dict[str, BoardPlace]:
        """Item key → where it stood on a hot list when it was last seen there; others are left out."""
        ...

    def followed(self, keys: Collection[str]) -> list[Followed]:
        """These items with every count of their reactions, by key; those never counted are left out."""
        ...

    def followed_at(self, source: str, author: str | None, since: datetime, limit: int) -> list[Followed]:
        """The latest counted items of a source, first seen after ``since``; of one author if named."""
        ...

    def unread(self, limit: int) -> list[KeptItem]:
        """Items (or new versions) that no reading has looked at, first seen first.

        Of those seen together the earliest published first, the undated last: never by chance.
        """
        ...

    def mark_read(self, kept: Sequence[KeptItem], at: datetime) -> None:
        """Say that these have been looked at, whether or not a mention came of it.

        A version that came in meanwhile stays unread.
        """
        ...

    def prune(self, before: datetime) -> int:
        """Delete items first seen before ``before`` that no mention uses; return how many."""
        ...


class Copies(Protocol):
    """Which fingerprints belong to which group of copies."""

    def groups_of(self, fingerprints: Collection[str], since: datetime) -> dict[str, str]:
        """Fingerprint → group, for those seen after ``since``."""
        ...

    def first_seen(self, fingerprints: Collection[str]) -> dict[str, datetime]:
        """Fingerprint → when it was seen first, however long ago, for those that are known."""
        ...

    def remember(self, fingerprints: Mapping[str, str], at: datetime) -> None:
        """Store fingerprint → group; a known fingerprint keeps its group and is seen again."""
        ...


class Mentions(Protocol):
    """Items that are about a client's brand."""

    def add(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Store mentions; return those that are new. A mention of a known (client, brand, item) is re-read.

        A re-read mention replaces the stored reading and is not returned: it was counted already.
        """
        ...

    def of_brand(
        self, access: Access, client: str, brand: str, span: Span, limit: int = 200
    ) -> list[SeenMention]:
        """Mentions published (or, undated, first seen) in ``span``, newest first."""
        ...

    def hits(self, access: Access, client: str, brand: str, span: Span, limit: int) -> list[SeenMention]:
        """Like ``of_brand``, with those that a person said are not about the brand."""
        ...

    def of_series(self, access: Access, series: Series, span: Span, limit: int) -> list[SeenMention]:
        """Like ``of_brand``, of the series' class of sources only."""
        ...

    def of_items(self, access: Access, client: str, brand: str, items: Collection[str]) -> list[SeenMention]:
        """A brand's mentions in these items, newest first; what is not about the brand is left out."""
        ...

    def of_item(self, access: Access, item: str) -> list[SeenMention]:
        """An item's mentions, of every client that may be seen, by client and brand."""
        ...

    def expire(self, client: str, before: datetime, limit: int) -> int:
        """Delete up to ``limit`` of a client's mentions of before ``before``, oldest first; return how many.

        What an open incident stands on stays until it has ended. Counts and records stay for good.
        """
        ...

    def with_copies(self, access: Access, client: str, brand: str, item: str) -> list[Mention]:
        """A mention and all of its group of copies, by item key, held for change until the commit."""
        ...

    def correct(self, mentions: Sequence[Mention]) -> None:
        """Store what a person said of these mentions: label, unsure, topics, void; all else stays."""
        ...

    def unsearchable(self, limit: int) -> list[SeenMention]:
        """Mentions that cannot be found by their words as they are now, newest first."""
        ...

    def make_searchable(self, mention: Mention, grams: Collection[str]) -> None:
        """Store by which grams a mention is found, in place of earlier ones."""
        ...


class Corrections(Protocol):
    """What people said about readings."""

    def add(self, correction: Correction) -> int:
        """Store a correction; return its id."""
        ...

    def get(self, correction: int) -> Correction | None:
        """One correction."""
        ...

    def standing(self, groups: Collection[str]) -> dict[str, list[Correction]]:
        """Group of copies → its corrections that nobody took back, oldest first."""
        ...

    def undo(self, correction: int, by: str, at: datetime) -> bool:
        """Take one back; False if it was taken back already."""
        ...

    def since(self, access: Access, client: str, moment: datetime) -> list[Correction]:
        """A client's corrections from ``moment`` on, the undone ones too, oldest first."""
        ...


class Competitors(Protocol):
    """Competitors' mentions: counted by the hour for the share of voice, out of the detectors' sight."""

    def add(self, mentions: Sequence[CompetitorMention]) -> list[CompetitorMention]:
        """Count mentions whose (client, competitor, item) is new; return those.

        A known one is not counted again, however often and in whatever version its item is read.
        """
        ...

    def expire(self, client: str, before: datetime, limit: int) -> int:
        """Forget up to ``limit`` counted items not seen since ``before``; return how many. Counts stay."""
        ...


@dataclass(frozen=True, slots=True)
class BrandTotals:
    """Sums over a brand's mentions in a window; ``topics`` counts negative voices per topic value."""

    mentions: int
    voices: int
    negatives: int
    reach: int
    topics: Mapping[str, int]


class Volumes(Protocol):
    """Counts per series and bucket: the truth that detectors advance over."""

    def add(self, rows: Sequence[VolumeRow]) -> None:
        """Add these counts to what is stored."""
        ...

    def between(self, span: Span) -> list[VolumeRow]:
        """Rows whose bucket starts in ``span``, by start, then series."""
        ...

    def totals(self, client: str, brand: str, span: Span) -> BrandTotals:
        """Sums over the brand's mentions published in ``span``, from the mentions themselves."""
        ...

    def add_exposure(self, rows: Sequence[ExposureRow]) -> None:
        """Set the exposure of class and bucket (the later word wins)."""
        ...

    def prune_exposure(self, before: datetime) -> None:
        """Forget the exposure of buckets that start before ``before``."""
        ...

    def exposure_between(self, span: Span) -> list[ExposureRow]:
        """Rows whose bucket starts in ``span``, by start, then class."""
        ...


class SourceStates(Protocol):
    """What the last rounds learnt."""

    def health(self) -> dict[str, SourceHealth]:
        """Source id → health."""
        ...

    def save_health(self, health: SourceHealth) -> None:
        """Store what is known of one source."""
        ...

    def validators(self, source: str) -> dict[str, Validators]:
        """URL → validators of one source."""
        ...

    def save_validators(self, source: str, validators: Iterable[Validators]) -> None:
        """Store validators; in the transaction of the page's items, never before."""
        ...

    def prune_validators(self, before: datetime) -> int:
        """Forget addresses that were last read whole before; return how many."""
        ...

    def pending(self, source: str) -> list[str]:
        """Addresses found on earlier pages and not read yet, in the order of their turn."""
        ...

    def set_pending(self, source: str, urls: Sequence[str]) -> None:
        """Replace the addresses still to follow."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A detector's state after all buckets that start before ``through``. ``state`` is an npz archive."""

    detector: str
    through: datetime
    state: bytes


class DetectorStates(Protocol):
    """Hourly checkpoints: a cache, never the truth."""

    def latest(self, detector: str) -> Checkpoint | None:
        """The checkpoint furthest on."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Store, replacing one of the same detector and ``through``."""
        ...

    def rewind(self, before: datetime) -> None:
        """Forget checkpoints with ``through`` > ``before``: counts behind them changed."""
        ...

    def prune(self, older_than: datetime) -> None:
        """Forget checkpoints older than this, keeping each detector's newest."""
        ...


class Signals(Protocol):
    """What stood out."""

    def add(self, signals: Sequence[Signal]) -> list[Signal]:
        """Store signals whose key is new; return those."""
        ...

    def unjudged(self) -> list[Signal]:
        """Signals no rule has looked at yet, by ``at``."""
        ...

    def mark_judged(self, keys: Collection[str], incident: str | None, suppressed: Reason | None) -> None:
        """Say what became of them: the incident they joined, or why they were kept quiet.

        A signal that is in an incident already, because a person took it up, stays there.
        """
        ...

    def take_up(self, keys: Collection[str], incident: str) -> set[str]:
        """Put signals that are in no incident into one, and return their keys.

        A rule may still hold for those that wait for one: they stay unjudged.
        """
        ...

    def move(self, gone: str, target: str) -> None:
        """Let the signals of one incident go on in another; those no rule has judged stay unjudged."""
        ...

    def hold(self, keys: Collection[str], so_far: Reason) -> None:
        """Say why nobody was told so far; the signals stay unjudged."""
        ...

    def kept_quiet(self, since: datetime) -> list[tuple[Signal, Reason]]:
        """Signals with ``at`` ≥ since that joined no incident, with the reason, by ``at``."""
        ...

    def recent(self, client: str, brand: str, since: datetime) -> list[Signal]:
        """Signals with ``at`` ≥ since, by ``at``."""
        ...

    def of_incident(self, incident: str) -> list[Signal]:
        """Signals that joined an incident, by ``at``."""
        ...


class StaleIncidentError(Exception):
    """Someone else saved the incident, or took its signals, in between; read again and decide anew."""


class Incidents(Protocol):
    """Incidents and their records."""

    def get(self, incident: str) -> Incident | None:
        """One incident."""
        ...

    def open_with_key(self, key: str) -> Incident | None:
        """The open incident of a story."""
        ...

    def open_of_brand(self, client: str, brand: str) -> list[Incident]:
        """Open incidents of a brand, newest first."""
        ...

    def all_open(self) -> list[Incident]:
        """Every open incident, oldest first."""
        ...

    def next_number(self, client: str) -> int:
        """One more than the client's highest number."""
        ...

    def add(self, incident: Incident) -> bool:
        """Store a new incident; False if its ``open_key`` is taken, and then nothing is stored."""
        ...

    def save(self, incident: Incident) -> Incident:
        """Store a changed incident and return it with its version raised.

        Raises StaleIncidentError if the stored version is not ``incident.version``.
        """
        ...

    def append(self, entries: Sequence[TimelineEntry]) -> list[ChainedEntry]:
        """Add to the record; each entry is chained to the last of its incident."""
        ...

    def timeline(self, incident: str) -> list[ChainedEntry]:
        """The record, first entry first."""
        ...

    def add_evidence(self, incident: str, mentions: Collection[tuple[str, str, str]]) -> int:
        """Link (client, brand, item key) mentions to an incident; return how many were new."""
        ...

    def share_evidence(self, of: str, to: str) -> int:
        """Link what one incident stands on to another as well; return how many were new to it."""
        ...

    def evidence_count(self, incident: str) -> int:
        """How many mentions are linked to an incident."""
        ...

    def evidence_saying(self, incident: str, question: Question) -> list[tuple[str, ...]]:
        """The words with which linked mentions answer a question with yes: one tuple a mention."""
        ...


class Plans(Protocol):
    """Plans and their steps."""

    def add(self, plan: Plan) -> bool:
        """Freeze a plan into its incident; False if it has one, and then nothing is stored."""
        ...

    def of_incident(self, incident: str) -> Plan | None:
        """The incident's plan."""
        ...

    def save_step(self, step: Step) -> None:
        """Store a changed step."""
        ...

    def unplanned(self) -> list[Incident]:
        """Open incidents that have no plan yet, oldest first."""
        ...

    def untold(self) -> list[Step]:
        """Steps to do of open incidents whose owners were not told, by due time."""
        ...


class Clocks(Protocol):
    """Promises running on incidents."""

    def start(self, clocks: Sequence[SlaClock]) -> None:
        """Store new clocks; one already there is left alone."""
        ...

    def restart(self, clocks: Sequence[SlaClock]) -> None:
        """Put these in place of the clocks of the same incident and name, running or stopped."""
        ...

    def of_incident(self, incident: str) -> list[SlaClock]:
        """The incident's clocks by due time."""
        ...

    def stop(self, incident: str, names: Collection[str], at: datetime, by: str) -> list[SlaClock]:
        """Stop those that run; return what was stopped."""
        ...

    def running(self) -> list[SlaClock]:
        """All running clocks by due time."""
        ...


class Deliveries(Protocol):
    """The outbox."""

    def enqueue(self, deliveries: Sequence[Delivery]) -> int:
        """Store deliveries; one with a known (incident, change, recipient, channel) is left alone."""
        ...

    def claim(
        self, holder: str, now: datetime, lease: timedelta, limit: int, *, kind: str | None = None
    ) -> list[Delivery]:
        """Take due deliveries (pending, or leased and expired) by conditional update.

        Highest priority first, then oldest; ``attempts`` is already raised. An incident's later messages
        in a channel are not handed out while an earlier one there is neither sent nor dead; but where a
        graver one waits behind it, the earlier one is due at once and takes on its priority. ``kind``: of
        that kind of channel alone.
        """
        ...

    def settle(self, delivery: Delivery) -> bool:
        """Store a claimed delivery's outcome; False if the lease was lost to another holder meanwhile."""
        ...

    def card_of(self, incident: str, channel: str) -> str | None:
        """The provider's id of the incident's newest card in a channel, once one was sent."""
        ...

    def of_incident(self, incident: str) -> list[Delivery]:
        """The incident's deliveries, oldest first."""
        ...

    def revive(self, incident: str, delivery: str, at: datetime) -> Delivery | None:
        """Try one of the incident's dead deliveries again from ``at`` on; None if it is not dead (any more).

        Its id and the count of attempts stay, so that a channel is asked whether it arrived after all.
        """
        ...

    def supersede_updates(self, incident: str, before: datetime) -> int:
        """Mark card updates that wait or are held, created before ``before``, as superseded; how many."""
        ...

    def release(self, incident: str, at: datetime, channel: str | None = None) -> int:
        """Let an incident's held deliveries go out from ``at`` on, in one channel or in all; how many.

        What was held until ``at`` or earlier is left to its digest.
        """
        ...

    def held_until(self, now: datetime) -> list[Delivery]:
        """Held deliveries whose quiet hours are over by ``now``, oldest first."""
        ...

    def bundle(self, deliveries: Collection[str]) -> None:
        """Mark held deliveries, by id, as told in a digest."""
        ...

    def bundled(self, client: str, channel: str, until: datetime) -> list[Delivery]:
        """What a client's digest of the quiet hours that ended at ``until`` tells, oldest first."""
        ...


class Changes(Protocol):
    """What pages poll for."""

    def note(self, client: str, kind: str, subject: str, at: datetime) -> None:
        """Say that something a page shows is different now."""
        ...

    def after(self, last: int, limit: int = 500) -> list[Change]:
        """Changes with id > last, by id."""
        ...

    def newest(self) -> int:
        """The highest id, 0 where there is none."""
        ...

    def prune(self, before: datetime) -> None:
        """Forget changes older than ``before``; ids are never used again."""
        ...


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person's right to come in. ``password_hash`` is argon2's string, None where only links work."""

    person: str
    password_hash: str | None
    failures: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. ``token_hash`` is the sha256 of what the cookie holds."""

    token_hash: str
    person: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


class SignIns(Protocol):
    """Who may come in, and who is in."""

    def of(self, person: str) -> SignIn | None:
        """The person's right to sign in."""
        ...

    def save(self, sign_in: SignIn) -> None:
        """Store it, replacing what was there."""
        ...

    def add_link(self, nonce_hash: str, person: str, expires_at: datetime) -> None:
        """Remember a one-time link by the sha256 of its nonce."""
        ...

    def link_owner(self, nonce_hash: str, now: datetime) -> str | None:
        """The person a link still works for, without using it up."""
        ...

    def use_link(self, nonce_hash: str, now: datetime) -> str | None:
        """The person a link is for, once: None if unknown, used or expired."""
        ...

    def end_links_of(self, person: str) -> int:
        """Forget all links of a person that were not used; return how many."""
        ...

    def start_session(self, session: Session) -> None:
        """Store a session."""
        ...

    def session(self, token_hash: str, now: datetime) -> Session | None:
        """A session that has not expired."""
        ...

    def see_session(self, token_hash: str, at: datetime) -> None:
        """Set a session's ``seen_at``; one that is gone stays gone."""
        ...

    def end_session(self, token_hash: str) -> None:
        """Forget one session."""
        ...

    def end_sessions_of(self, person: str) -> int:
        """Forget all sessions of a person; return how many."""
        ...

    def prune(self, now: datetime) -> None:
        """Forget sessions and links that expired by ``now``; the record of sign-ins stays."""
        ...

    def record(self, person: str, what: str, at: datetime, address: str) -> None:
        """Keep a line of the record of sign-ins (``in``, ``refused``, ``out``, ``link``)."""
        ...


class Leases(Protocol):
    """Who does what alone."""

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease; False while another holder has it."""
        ...

    def release(self, name: str, holder: str) -> None:
        """Give it back."""
        ...


class Meta(Protocol):
    """Small facts about the database itself."""

    def get(self, key: str) -> str | None:
        """What was set, None where nothing was."""
        ...

    def set(self, key: str, value: str) -> None:
        """Store, replacing what was there."""
        ...


class Readings(Protocol):
    """Readings counted by the week, for the whole agency, and what became of those people looked at."""

    def count(self, week: date, count: ReadingCount) -> None:
        """Add to what was counted of a week, named by its Monday."""
        ...

    def weeks(self) -> Mapping[date, ReadingCount]:
        """Week → what was read in it."""
        ...

    def corrected(self, since: datetime) -> Sequence[CorrectedReading]:
        """The verdicts on sentiment that people looked at from ``since`` on, of mentions still stored."""
        ...


class Jobs(Protocol):
    """How the worker's jobs went last."""

    def note(self, runs: Sequence[JobRun], known: Collection[str]) -> None:
        """Put these in place of what was known of the same jobs; jobs not in ``known`` are forgotten."""
        ...

    def all(self) -> list[JobRun]:
        """Every job that has ended once, in the order they were first noted."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without ``commit`` undoes everything."""

    items: Items
    copies: Copies
    mentions: Mentions
    competitors: Competitors
    corrections: Corrections
    volumes: Volumes
    sources: SourceStates
    detectors: DetectorStates
    signals: Signals
    incidents: Incidents
    plans: Plans
    clocks: Clocks
    deliveries: Deliveries
    changes: Changes
    sign_ins: SignIns
    leases: Leases
    meta: Meta
    jobs: Jobs
    readings: Readings

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make it so. May be called more than once in a block; what follows is a new transaction."""
        ...


class StorageUnavailableError(Exception):
    """The place where rows live cannot be used just now: locked, full, gone. Nothing was half written.

    The message is a sentence that says what to do; what was tried may be tried again later.
    """


class Storage(Protocol):
    """Where rows live."""

    def begin(self) -> UnitOfWork:
        """A unit of work that may write; on SQLite it takes the write lock at once."""
        ...

    def look(self) -> UnitOfWork:
        """A unit of work that only reads: a consistent picture that blocks no writer."""
        ...


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
    """A client's last 24 hours, oldest hour first; ``words``: loudest words with their counts."""

    client: str
    points: tuple[TilePoint, ...]
    words: tuple[tuple[str, int], ...]


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


class SearchWords(Protocol):
    """What is searched for in texts; see ``analysis.search``."""

    @property
    def grams(self) -> Sequence[str]:
        """Pairs of characters that every hit has."""
        ...

    @property
    def beginnings(self) -> Sequence[str]:
        """Single characters: every hit has a gram that begins with each."""
        ...

    def fits(self, text: str) -> bool:
        """Whether a text has all that is searched for."""
        ...


@dataclass(frozen=True, slots=True)
class MentionFilter:
    """Which mentions are listed: those of ``clients`` published (or first seen) in ``span``; None is any.

    ``void``: those that a person said are not about the brand, and none else. ``group``: one story's copies.
    """

    clients: tuple[str, ...]
    span: Span
    brand: str | None = None
    source: str | None = None
    sentiment: Sentiment | None = None
    topic: Topic | None = None
    group: str | None = None
    unsure: bool = False
    void: bool = False


@dataclass(frozen=True, slots=True)
class MentionStory:
    """A mention with what is folded under it. ``copies``: other mentions of its group; ``reach``: of all.

    ``placed``: its moves on hot lists, oldest first, the last sight at the end.
    """

    seen: SeenMention
    copies: int
    reach: int
    corrections: tuple[Correction, ...]
    placed: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class MentionList:
    """A page of stories, newest first. ``older`` asks for the next page, None where there is none.

    ``searched_to``: a search that looked at much and found little stopped there; ``older`` goes on.
    ``is_behind``: many mentions cannot be found by their words yet. ``volume``: all that was counted of the
    clients (and brand) hour by hour, whatever else is asked for.
    """

    stories: tuple[MentionStory, ...]
    older: str | None
    searched_to: datetime | None
    is_behind: bool
    volume: tuple[TilePoint, ...]


class MentionReader(Protocol):
    """What the mentions page asks. A client the reader may not see does not exist for them."""

    def find(
        self, access: Access, wanted: MentionFilter, words: SearchWords | None, older: str, now: datetime
    ) -> MentionList:
        """One page; ``older`` is what the page before it named, empty for the first."""
        ...


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
