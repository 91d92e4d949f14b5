"""Cards and ledgers of deltas as people read them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from desk.delta_cards import Card, Part, TopicCard
from desk.deltas import Entry
from wanglou.domain.reason import Reason, Value
from wanglou.wording import say

_SHOWN = 12
"""Characters of an id."""


@dataclass(frozen=True, slots=True)
class DeltaWords:
    """Says them in one language, by the agency's clock."""

    language: str
    zone: ZoneInfo

    def card(self, card: Card) -> Iterator[str]:
        """What it was learnt from, and old beside new; a section a part."""
        yield self.t("delta_card_title")
        ids = {"base": card.base[:_SHOWN], "old": self.name(card.old), "new": self.name(card.new)}
        yield self.t("delta_card_models", **ids)
        if card.since and card.until:
            span = {"since": card.since.isoformat(), "until": card.until.isoformat()}
            yield self.t("delta_card_span", **span, people=card.people, clients=card.clients)
        if card.is_of_one:
            yield self.t("delta_card_one_person", busiest=card.busiest, used=card.used)
        if card.set_aside:
            yield self.t("delta_card_set_aside", count=card.set_aside)
        yield from self._sentiment(card)
        if card.topics:
            yield from self._topics(card.topics)

    def _sentiment(self, card: Card) -> Iterator[str]:
        held = {f"held_{label}": count for label, count in card.held.items()}
        sums = {"taught": sum(card.taught.values()), "held": sum(card.held.values())}
        yield self.t("delta_card_from", **card.taught, **held, **sums)
        if card.penalty is not None:
            yield self.t("delta_card_penalty", penalty=card.penalty)
        yield self.t("delta_card_left_out", gone=card.gone, doubtful=card.doubtful)
        yield self.t("delta_card_head")
        trial = card.trial
        yield self.t("delta_card_floor", cases=trial.floor_new.cases)
        yield self.t("delta_card_old", **asdict(trial.floor_old))
        yield self.t("delta_card_new", **asdict(trial.floor_new))
        yield self.t("delta_card_held", cases=trial.held_new.cases)
        yield self.t("delta_card_old", **asdict(trial.held_old))
        yield self.t("delta_card_new", **asdict(trial.held_new))
        yield self.t("delta_card_floor_is", floor=card.floor[:_SHOWN])

    def _topics(self, card: TopicCard) -> Iterator[str]:
        trial = card.trial
        yield self.t(
            "delta_card_topics_from", taught=card.lessons, held=trial.held_new.cases, penalty=card.penalty
        )
        for topic in sorted({**card.taught, **card.held}, key=lambda name: -card.taught.get(name, 0)):
            counts = {"taught": card.taught.get(topic, 0), "held": card.held.get(topic, 0)}
            yield self.t("delta_card_topic", topic=topic, **counts)
        yield self.t("delta_card_topics_left_out", gone=card.gone, unknown=card.unknown)
        if card.against_words:
            yield self.t("delta_card_against_words", count=card.against_words)
        yield self.t("delta_card_topics_head")
        yield self.t("delta_card_floor", cases=trial.floor_new.cases)
        yield self.t("delta_card_topics_shipped", **asdict(trial.floor_old))
        yield self.t("delta_card_topics_new", **asdict(trial.floor_new))
        yield self.t("delta_card_held", cases=trial.held_new.cases)
        yield self.t("delta_card_topics_old", **asdict(trial.held_old))
        yield self.t("delta_card_topics_new", **asdict(trial.held_new))
        yield self.t("delta_card_floor_is", floor=card.floor[:_SHOWN])

    def entry(self, entry: Entry) -> Iterator[str]:
        """One line of the ledger, and why if it, or a part of it, was refused."""
        facts = {"before": self.name(entry.before), "after": self.name(entry.after), "by": entry.by}
        yield self.reason(Reason(f"delta_act_{entry.act}", {"at": entry.at.isoformat(), **facts}))
        yield from (f"  {self.reason(reason)}" for reason in entry.reasons)

    def parts(self, parts: Sequence[Part]) -> str:
        """The parts that change, as they are named."""
        return self.t("page_list_comma").join(self.t(f"delta_part_{part}") for part in parts)

    def name(self, delta: str) -> str:
        """An id as it is shown."""
        return delta[:_SHOWN] or self.t("delta_shipped")

    def t(self, code: str, /, **facts: Value) -> str:
        """A sentence of ours."""
        return self.reason(Reason(code, facts))

    def reason(self, reason: Reason) -> str:
        """A reason in words."""
        return say(reason, self.language, self.zone)
