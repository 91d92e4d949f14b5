"""The trial of what corrections add to topics: what was found, and whether it may be taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.trial import LEAST_HELD, Change
from wanglou.domain.reason import Reason, Value

NO_TROUBLE = "none"
"""Stands for no topic where cases are told apart by theirs."""


@dataclass(frozen=True, slots=True)
class TopicMarks:
    """How well the topics of some cases were read.

    ``exact``: share of cases with exactly the topics a person gives them. ``precision``: of the topics that
    hold, those that a person gives; ``recall`` the other way round; 1 where there are none.
    """

    cases: int
    exact: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class TopicTrial:
    """Both sets, read with and without.

    The floor set compares with the shipped topics, so that no row of small losses wears it down; the
    corrections kept back compare with what is in use. ``floor_topics``: topic → what changed in its
    sentences.
    """

    floor_old: TopicMarks
    floor_new: TopicMarks
    floor_topics: Mapping[str, Change]
    held_old: TopicMarks
    held_new: TopicMarks
    held: Change

    @property
    def floor(self) -> Change:
        """What changed in all sentences of the floor set."""
        changes = self.floor_topics.values()
        return Change(sum(c.gained for c in changes), sum(c.lost for c in changes))

    @property
    def refusals(self) -> tuple[Reason, ...]:
        """Why it may not be taken; none where it may.

        Of the floor set no fewer sentences may be read exactly, and those of no topic lose more than chance
        explains, however much another one gains. Of the corrections kept back more must be gained than
        chance explains.
        """
        if self.held_new.cases < LEAST_HELD:
            held = self.held_new.cases
            facts: dict[str, Value] = {"held": held, "least": LEAST_HELD, "missing": LEAST_HELD - held}
            return (Reason("delta_topics_too_few", facts),)
        return (*self.floor_refusals, *self._held())

    @property
    def floor_refusals(self) -> tuple[Reason, ...]:
        """Those of the floor set."""
        return tuple(self._floor())

    def _floor(self) -> Iterator[Reason]:
        if self.floor.lost > self.floor.gained:
            facts = {**_facts(self.floor_old, self.floor_new), **_counts(self.floor)}
            yield Reason("delta_topics_floor_worse", facts)
        for topic, change in self.floor_topics.items():
            if change.is_worse:
                yield Reason("delta_topics_floor_topic_worse", {"topic": topic, **_counts(change)})

    def _held(self) -> Iterator[Reason]:
        if not self.held.is_better:
            facts = {**_facts(self.held_old, self.held_new), **_counts(self.held)}
            yield Reason("delta_topics_held_no_better", facts)


def _counts(change: Change) -> dict[str, Value]:
    return {"gained": change.gained, "lost": change.lost}


def _facts(old: TopicMarks, new: TopicMarks) -> dict[str, Value]:
    return {"cases": new.cases, "old": old.exact, "new": new.exact}
