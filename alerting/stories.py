"""Which story news belongs to where the topic alone does not tell: one story has many topics, one topic many.

A comparison of what people say goes in; nouns and a Decision come out. Where too few spoke to compare,
the topic tells, as in ``incidents.home``.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Protocol

from alerting.decision import Decision
from alerting.incidents import Subject, open_key, record
from wanglou.domain.incident import Incident, TimelineEntry, Via
from wanglou.domain.likeness import Likeness
from wanglou.domain.reason import Value
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic

SAME_STORY, ANOTHER_STORY, ANOTHER_OPENED = (
    "incident_same_story",
    "incident_another_story",
    "incident_another_story_opened",
)


class Ties(Protocol):
    """How the voices behind signals compare with those behind an open incident of the brand."""

    def apart(self, signal: Signal, incident: Incident) -> Likeness | None:
        """What shows that the signal is of another story; None where nothing does."""
        ...

    def same(self, signals: Sequence[Signal], incident: Incident, topic: Topic) -> Likeness | None:
        """What shows that these signals, which speak of ``topic``, are of the incident's story."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """Signals of one story. ``incident`` None: one of its own. ``shown``: what tells, if not the topic."""

    incident: Incident | None
    signals: tuple[Signal, ...]
    shown: Likeness | None = None


def sort_out(
    home: Incident | None, open_of_brand: Sequence[Incident], news: Sequence[Signal], topic: Topic, ties: Ties
) -> list[Part]:
    """Give each signal to its story: one part an incident, one more for what is a story of its own.

    ``home``: where the topic alone would put them all. ``open_of_brand``: newest first.
    """
    if home is None:
        return [_by_words(open_of_brand, news, topic, ties)]
    places: dict[str | None, Part] = {}
    for signal in sorted(news, key=lambda s: (s.at, s.key)):
        part = _place(signal, home, open_of_brand, ties)
        known = places.setdefault(part.incident.id if part.incident else None, replace(part, signals=()))
        places[part.incident.id if part.incident else None] = replace(known, signals=(*known.signals, signal))
    return list(places.values())


def _by_words(open_of_brand: Sequence[Incident], news: Sequence[Signal], topic: Topic, ties: Ties) -> Part:
    found = [(incident, ties.same(news, incident, topic)) for incident in open_of_brand]
    alike = [(shown.share, incident, shown) for incident, shown in found if shown]
    if not alike:
        return Part(None, tuple(news))
    _, incident, shown = max(alike, key=lambda one: one[0])
    return Part(incident, tuple(news), shown)


def _place(signal: Signal, home: Incident, open_of_brand: Sequence[Incident], ties: Ties) -> Part:
    shown = ties.apart(signal, home)
    if shown is None:
        return Part(home, ())
    others = [i for i in open_of_brand if i.id != home.id]
    part = _by_words(others, [signal], Topic.OTHER, ties)
    if part.incident is not None:
        return part
    near = [i for i in others if i.topic == home.topic and ties.apart(signal, i) is None]
    return Part(near[0], ()) if near else Part(None, (), shown)


def open_beside(
    opened: Decision, beside: Incident, shown: Likeness, open_of_brand: Collection[Incident]
) -> Decision:
    """What was ``opened`` for another story though ``beside`` has its topic; its record says what tells."""
    incident = replace(opened.incident, open_key=free_key(opened.incident, open_of_brand))
    facts = {"number": beside.number, **_facts(shown)}
    entry = record(incident, incident.opened_at, ANOTHER_STORY, facts, via=Via.DETECTOR)
    return replace(opened, incident=incident, entries=(*opened.entries, entry))


def noted_beside(incident: Incident, other: Incident, shown: Likeness, now: datetime) -> Decision:
    """The line in the record of ``incident`` that says of which ``other`` story people speak as well."""
    at = max(now, incident.changed_at)
    facts = {"number": other.number, **_facts(shown)}
    return Decision(incident, (record(incident, at, ANOTHER_OPENED, facts, via=Via.DETECTOR),))


def joined_by_words(decision: Decision, topic: Topic, shown: Likeness) -> Decision:
    """A join that says why news of another topic is of this story."""
    incident = decision.incident
    facts = {"topic": topic, **_facts(shown)}
    entry = record(incident, incident.changed_at, SAME_STORY, facts, via=Via.DETECTOR)
    return replace(decision, entries=(entry, *decision.entries))


def others_on_record(entries: Iterable[TimelineEntry]) -> frozenset[int]:
    """The numbers of the incidents that a record says are other stories of the same topic."""
    told = (e.facts["number"] for e in entries if e.kind in {ANOTHER_STORY, ANOTHER_OPENED})
    return frozenset(int(number) for number in told)


def free_key(incident: Incident, open_of_brand: Collection[Incident]) -> str:
    """The story's key, numbered where another story of its topic is open."""
    key = open_key(Subject(incident.client, incident.brand, incident.topic))
    taken = {i.open_key for i in open_of_brand}
    keys = (key if n == 1 else f"{key}|{n}" for n in count(1))
    return next(k for k in keys if k not in taken)


def _facts(shown: Likeness) -> dict[str, Value]:
    return {"voices": shown.voices, "related": shown.related, "words": "、".join(shown.words)}
