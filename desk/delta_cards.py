"""The card of a delta: what it was learnt from and how it reads beside what was in use."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from analysis.topic_trial import TopicMarks, TopicTrial
from analysis.trial import Change, Marks, Trial


class Part(StrEnum):
    """What a delta moves; one part may be taken and the other refused."""

    SENTIMENT = "sentiment"
    TOPICS = "topics"


@dataclass(frozen=True, slots=True)
class TopicCard:
    """The card's section on topics.

    ``taught`` and ``held``: topic (``none`` for no trouble) → corrections learnt from, and kept back.
    ``unknown``: said of topics that are not listed any more. ``against_words``: corrections of a topic that a
    crisis word names, which only a change of the list can follow. ``penalty``: the higher, the less was
    learnt, so that our own sentences stand. ``floor`` is the digest of the floor set.
    """

    floor: str
    taught: Mapping[str, int]
    held: Mapping[str, int]
    lessons: int
    gone: int
    unknown: int
    against_words: int
    penalty: float
    trial: TopicTrial


@dataclass(frozen=True, slots=True)
class Card:
    """Counts, no names and no words.

    ``taught`` and ``held``: label → corrections of sentiment learnt from, and kept back. ``since`` and
    ``until``: the first and the last of all, by so many people for so many clients. ``base``, ``old`` and
    ``new`` are ids, ``floor`` is the digest of the floor set. ``topics``: None where nobody corrected any.
    ``parts``: what changes when it is taken; the rest stays as it is in use. ``penalty``: as of topics, of
    sentiment; None on cards of earlier versions. ``busiest``: corrections by the person who made most of all
    ``used``; both 0 on cards of earlier versions. ``set_aside``: those of people who were to count for none.
    """

    made_at: datetime
    base: str
    old: str
    new: str
    floor: str
    taught: Mapping[str, int]
    held: Mapping[str, int]
    gone: int
    doubtful: int
    people: int
    clients: int
    since: datetime | None
    until: datetime | None
    trial: Trial
    topics: TopicCard | None = None
    parts: Sequence[Part] = (Part.SENTIMENT,)
    penalty: float | None = None
    used: int = 0
    busiest: int = 0
    set_aside: int = 0

    @property
    def is_of_one(self) -> bool:
        """Whether one person made most of the corrections: it is their word that is learnt."""
        return self.busiest * 2 > self.used

    @property
    def lessons(self) -> int:
        """Corrections that the parts which change were learnt from."""
        of_sentiment = sum(self.taught.values()) if Part.SENTIMENT in self.parts else 0
        return of_sentiment + (self.topics.lessons if self.topics and Part.TOPICS in self.parts else 0)

    @property
    def shares(self) -> dict[str, tuple[float, float]]:
        """Shares read rightly on both sets, (before, with it), of the parts that change."""
        found = {}
        if Part.SENTIMENT in self.parts:
            found["floor"] = (self.trial.floor_old.accuracy, self.trial.floor_new.accuracy)
            found["held"] = (self.trial.held_old.accuracy, self.trial.held_new.accuracy)
        if self.topics and Part.TOPICS in self.parts:
            trial = self.topics.trial
            found["topic_floor"] = (trial.floor_old.exact, trial.floor_new.exact)
            found["topic_held"] = (trial.held_old.exact, trial.held_new.exact)
        return found


def card_fields(card: Card) -> dict[str, Any]:
    """A card as JSON."""
    moments = {name: when.isoformat() if when else None for name, when in _moments(card).items()}
    plain = {name: value for name, value in asdict(card).items() if name not in moments}
    return {**plain, **moments}


def card_of(fields: Mapping[str, Any]) -> Card:
    """A card of its JSON; those written before topics were learnt have no section on them."""
    moments = {
        name: datetime.fromisoformat(fields[name]) if fields[name] else None for name in ("since", "until")
    }
    told = {
        **fields,
        **moments,
        "made_at": datetime.fromisoformat(fields["made_at"]),
        "trial": _trial_of(fields["trial"]),
        "topics": _topics_of(fields["topics"]) if fields.get("topics") else None,
        "parts": tuple(map(Part, fields.get("parts", (Part.SENTIMENT,)))),
    }
    return Card(**told)


def _moments(card: Card) -> dict[str, datetime | None]:
    return {"made_at": card.made_at, "since": card.since, "until": card.until}


def _topics_of(fields: Mapping[str, Any]) -> TopicCard:
    trial = fields["trial"]
    marks = {name: TopicMarks(**trial[name]) for name in _MARKS}
    found = TopicTrial(**marks, floor_topics=_changes(trial["floor_topics"]), held=Change(**trial["held"]))
    return TopicCard(**{**fields, "trial": found})


def _trial_of(fields: Mapping[str, Any]) -> Trial:
    marks = {name: Marks(**fields[name]) for name in _MARKS}
    return Trial(**marks, floor_labels=_changes(fields["floor_labels"]), held=Change(**fields["held"]))


_MARKS = ("floor_old", "floor_new", "held_old", "held_new")


def _changes(fields: Mapping[str, Any]) -> dict[str, Change]:
    return {name: Change(**change) for name, change in fields.items()}
