"""Facts about one brand in, a verdict out: which rule holds, how grave, about what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wanglou.domain.reason import Reason, Value, named
from wanglou.domain.rule import Facts, Rule, RuleCondition
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.topic import Topic
from wanglou.ports import BrandTotals

CLEAR_TOPIC_SHARE = 0.3
"""A topic is clear when this share of the negative voices speak of it and no other topic is as loud."""

GROWN = "incident_grown"
"""The sentence of the numbers that met a rule, where no signal's own tells as much."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gravest rule that holds says. ``name``: what people call the rule, by language.

    ``because`` is the sentence that speaks for it now, None where no signal is known that could.
    ``numbers`` are those of the rule's window, with its ``hours``; empty where the rule asks for none.
    """

    rule: str
    severity: Severity
    topic: Topic
    name: Mapping[str, str] = field(default_factory=dict)
    because: Reason | None = None
    numbers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def told(self) -> Mapping[str, Value]:
        """The facts by which sentences name the rule."""
        return named("rule", self.rule, self.name)


def strongest(signals: Sequence[Signal]) -> Signal:
    """The strongest of these, at least one, whatever order they come in."""
    return max(signals, key=lambda s: (s.strength, s.key))


def windows(rules: Iterable[Rule]) -> tuple[timedelta, ...]:
    """The spans the rules look back over, shortest first: facts are gathered once for each."""
    return tuple(sorted({rule.when.within for rule in rules}))


def facts_of(signals: Iterable[Signal], totals: BrandTotals, until: datetime, within: timedelta) -> Facts:
    """What is known of one brand in the window that ends with the newest signal judged.

    ``until`` is event time, never the time of judging: a backlog must look as it would have looked then.
    Praise is no trouble, so signals of positive polarity do not count. ``totals`` is of the same window.
    """
    heard = [s for s in signals if until - within < s.at <= until and s.polarity is not Polarity.POS]
    kinds = sorted({s.kind for s in heard})
    return Facts(
        signals={kind: sum(s.kind == kind for s in heard) for kind in kinds},
        strength={kind: max(s.strength for s in heard if s.kind == kind) for kind in kinds},
        reach=totals.reach,
        voices=totals.voices,
        negatives=totals.negatives,
        topic=loudest_topic(totals),
        heard=tuple(heard),
    )


def loudest_topic(totals: BrandTotals) -> Topic | None:
    """What the negative voices speak of; None where none is clear. A tie is not clear."""
    counts = sorted(
        ((n, topic) for topic, n in totals.topics.items() if topic != Topic.OTHER and n > 0), reverse=True
    )
    if not counts or counts[0][0] < CLEAR_TOPIC_SHARE * totals.negatives:
        return None
    tied = len(counts) > 1 and counts[1][0] == counts[0][0]
    return None if tied else Topic(counts[0][1])


def verdict(rules: Iterable[Rule], facts: Mapping[timedelta, Facts]) -> Verdict | None:
    """The gravest rule that holds, the first by id among equals; None where none does.

    ``facts``: window → what is known in it, for each of ``windows(rules)``.
    """
    holding = [rule for rule in rules if rule.when.holds(facts[rule.when.within])]
    if not holding:
        return None
    rule = min(holding, key=lambda r: (-r.severity, r.id))
    known = facts[rule.when.within]
    topic = rule.topic or known.topic or Topic.OTHER
    because, numbers = _spoken_for(rule, known), _numbers(rule, known)
    return Verdict(rule.id, rule.severity, topic, rule.name, because, numbers)


def suppressed(rules: Iterable[Rule], facts: Mapping[timedelta, Facts]) -> Reason:
    """Why nobody was told: the rule that nearly held, and what it still lacked.

    The nearest rule lacks fewest parts; the graver one, then the first by id, among equals. A rule that asks
    for signals of which none came is near to nothing.
    """
    came = {kind for known in facts.values() for kind in known.signals}
    akin = [rule for rule in rules if not rule.when.signals or came.intersection(rule.when.signals)]
    lacking = [(missing(rule, facts[rule.when.within]), rule) for rule in akin]
    near = [(parts, rule) for parts, rule in lacking if parts]
    if not near:
        return Reason("suppressed_no_rule")
    parts, rule = min(near, key=lambda pair: (len(pair[0]), -pair[1].severity, pair[1].id))
    return Reason(parts[0].code, {**parts[0].facts, **rule.told, "lacks": len(parts)})


def missing(rule: Rule, facts: Facts) -> Sequence[Reason]:
    """The parts of a rule's condition that do not hold, in the order people write them."""
    when = rule.when
    absent = [kind for kind in when.signals if not facts.signals.get(kind)]
    numbers = (
        ("suppressed_reach", facts.reach, when.reach_at_least),
        ("suppressed_voices", facts.voices, when.voices_at_least),
        ("suppressed_negatives", facts.negatives, when.negatives_at_least),
        ("suppressed_share", facts.negative_share, when.negative_share_at_least),
        ("suppressed_strength", when.strongest(facts), when.strength_at_least),
    )
    parts = [Reason("suppressed_signal", {"signal": kind}) for kind in absent]
    parts += [Reason(code, {"is": is_, "least": least}) for code, is_, least in numbers if is_ < least]
    if when.topics and facts.topic not in when.topics:
        parts.append(Reason("suppressed_topic", {"topic": facts.topic or Topic.OTHER}))
    return parts


def _spoken_for(rule: Rule, facts: Facts) -> Reason | None:
    """The strongest signal of the kinds the rule names, trouble before mere talk.

    A signal speaks once in its episode and the story grows on: where none tells as much as the rule asks
    for, the numbers that met it are said.
    """
    akin = [s for s in facts.heard if not rule.when.signals or s.kind in rule.when.signals]
    akin = [s for s in akin if s.polarity is Polarity.NEG] or akin
    if not akin:
        return None
    telling = [s for s in akin if _tells_enough(s.because.facts, rule.when)]
    if not telling:
        return Reason(GROWN, {"brand": akin[0].brand, **_numbers(rule, facts)})
    return strongest(telling).because


def _tells_enough(told: Mapping[str, Value], asked: RuleCondition) -> bool:
    """Whether no number of a signal's sentence lies below what the rule asks for."""
    bars = (
        ("voices", asked.voices_at_least),
        ("negatives", asked.negatives_at_least),
        ("share", asked.negative_share_at_least),
    )
    return all(float(told.get(name, least)) >= least for name, least in bars)


def _numbers(rule: Rule, facts: Facts) -> Mapping[str, Value]:
    when = rule.when
    bars = (
        when.reach_at_least,
        when.voices_at_least,
        when.negatives_at_least,
        when.negative_share_at_least,
    )
    if not any(bars):
        return {}
    return {
        "hours": when.within / timedelta(hours=1),
        "voices": facts.voices,
        "negatives": facts.negatives,
        "share": round(facts.negative_share, 3),
        "reach": facts.reach,
    }
