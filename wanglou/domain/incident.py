"""A happening that needs people: one per client and story."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wanglou.domain.person import SYSTEM
from wanglou.domain.reason import Reason, Value
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


class IncidentState(StrEnum):
    """Where a happening stands; names are those of the trade.

    SIGNAL comes before there is an incident: something stood out and no rule held. It has no number, no
    clock and no record, so no stored incident is ever in it; the board lists it, and a person may take it up.
    """

    SIGNAL = "signal"
    TRIAGE = "triage"
    ACTIVE = "active"
    CONTAINED = "contained"
    WATCHING = "watching"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    DISMISSED = "dismissed"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Whether new signals of the same story still join it."""
        return self not in {
            IncidentState.RESOLVED,
            IncidentState.REVIEWED,
            IncidentState.CLOSED,
            IncidentState.DISMISSED,
            IncidentState.MERGED,
        }


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. ``open_key`` is unique among open incidents and None once it is not open.

    ``number`` counts per client. ``because`` is the reason of its present severity. Signals raise
    ``severity``, only a person lowers it. ``version`` grows with each save.
    """

    id: str
    number: int
    client: str
    brand: str
    topic: Topic
    severity: Severity
    state: IncidentState
    open_key: str | None
    because: Reason
    happened_at: datetime
    opened_at: datetime
    changed_at: datetime
    owner: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    ended_at: datetime | None = None
    version: int = 1


class Via(StrEnum):
    """By which road an act came in."""

    DETECTOR = "detector"
    CLOCK = "clock"
    DESK = "desk"
    SLACK = "slack"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of an incident's record. ``kind`` is the wording code; ``facts`` fill its blanks."""

    incident: str
    at: datetime
    actor: str
    via: Via
    kind: str
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """A timeline entry in its place: ``hash`` covers the entry, ``seq`` and ``prev_hash``."""

    entry: TimelineEntry
    seq: int
    prev_hash: str
    hash: str


def chain(entry: TimelineEntry, seq: int, prev_hash: str) -> ChainedEntry:
    """Bind ``entry`` to all that came before it: sha256 over canonical JSON."""
    text = json.dumps(
        [
            prev_hash,
            seq,
            entry.incident,
            entry.at.isoformat(),
            entry.actor,
            entry.via,
            entry.kind,
            dict(sorted(entry.facts.items())),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return ChainedEntry(entry, seq, prev_hash, hashlib.sha256(text.encode()).hexdigest())


REDACTED = "record_redacted"
"""The kind of the entry that tells of a redaction."""

_AT = "at_"


def redaction(incident: str, left: Sequence[ChainedEntry], at: datetime) -> TimelineEntry:
    """The entry that tells which ones were redacted: ``left`` is what is left of them.

    A redacted entry keeps its place and its hash, to which the next one was chained; this entry binds what
    is left to that hash. So a redaction is itself on record, and a change without one is found as before.
    """
    facts: dict[str, Value] = {"entries": len(left)}
    facts |= {f"{_AT}{link.seq}": remainder(link) for link in left}
    return TimelineEntry(incident, at, SYSTEM, Via.COMMAND, REDACTED, facts)


def remainder(link: ChainedEntry) -> str:
    """The sha256 of what is left of a redacted entry, with the hash it had when it was whole."""
    entry = link.entry
    left = [link.hash, link.seq, entry.incident, entry.at.isoformat(), entry.actor, entry.via, entry.kind]
    facts = dict(sorted(entry.facts.items()))
    text = json.dumps([*left, facts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(record: Sequence[ChainedEntry]) -> int | None:
    """The ``seq`` at which a record is not as it was written or redacted; None if all of it is.

    ``record`` is read from its first entry.
    """
    told, prev_hash = _told(record), ""
    for seq, link in enumerate(record, start=1):
        in_place = (link.seq, link.prev_hash) == (seq, prev_hash)
        is_redacted = in_place and told.get(seq) == remainder(link)
        if link != chain(link.entry, seq, prev_hash) and not is_redacted:
            return seq
        prev_hash = link.hash
    return None


def _told(record: Sequence[ChainedEntry]) -> Mapping[int, str]:
    """Place of a redacted entry → the hash of what is left of it, by its latest redaction."""
    told: dict[int, str] = {}
    for link in record:
        facts = link.entry.facts if link.entry.kind == REDACTED else {}
        for name, left in facts.items():
            place = name.removeprefix(_AT)
            if name.startswith(_AT) and place.isdecimal() and int(place) < link.seq:
                told[int(place)] = str(left)
    return told
