"""``rules/<rule>.yaml``: when these facts hold, this severity, this topic; with examples that prove it."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from wanglou.config.kinds import KnownKinds
from wanglou.config.problem import advise
from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import (
    Amount,
    AmountFloor,
    Duration,
    Name,
    SeverityName,
    ShareFloor,
    Strength,
    StrengthFloor,
    TopicName,
    TopicOrAsRead,
    Word,
)
from wanglou.domain.rule import Facts, Rule, RuleCondition


class WhenSheet(Sheet):
    """Every line must hold. Several ``signals`` mean all of them; none means: whatever stood out."""

    signals: tuple[Word, ...] = Field(default=(), examples=["[burst, negative_surge]"])
    within: Duration = Field(examples=["1h"])
    reach: AmountFloor = Field(default=0, examples=['">= 100k"'])
    voices: AmountFloor = Field(default=0, examples=['">= 30"'])
    negatives: AmountFloor = Field(default=0, examples=['">= 10"'])
    negative_share: ShareFloor = Field(default=0.0, examples=['">= 30%"'])
    strength: StrengthFloor = Field(default=0.0, examples=['">= 0.5"'])
    topics: tuple[TopicName, ...] = Field(default=(), examples=["[food_safety, product_safety]"])

    def condition(self) -> RuleCondition:
        """As the noun."""
        return RuleCondition(
            signals=self.signals,
            within=self.within,
            reach_at_least=self.reach,
            voices_at_least=self.voices,
            negatives_at_least=self.negatives,
            negative_share_at_least=self.negative_share,
            strength_at_least=self.strength,
            topics=self.topics,
        )


class ThenSheet(Sheet):
    """What a rule that holds says."""

    severity: SeverityName = Field(examples=["orange"])
    topic: TopicOrAsRead = Field(default=None, examples=["from_reading"])


class ExampleSheet(Sheet):
    """Facts to try the rule on: a detector's name with how often it spoke, and what was known then."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Amount]

    reach: Amount = Field(default=0, examples=["250k"])
    voices: Amount = Field(default=0, examples=["80"])
    negatives: Amount = Field(default=0, examples=["40"])
    strength: Strength = Field(default=0.0, examples=["0.8"])
    topic: TopicName | None = Field(default=None, examples=["food_safety"])

    def facts(self) -> Facts:
        """As the noun; the stated strength is that of every detector that spoke."""
        signals = {kind: int(times) for kind, times in self.__pydantic_extra__.items()}
        return Facts(
            signals=MappingProxyType(signals),
            reach=self.reach,
            voices=self.voices,
            negatives=self.negatives,
            topic=self.topic,
            strength=MappingProxyType({k: self.strength for k, times in signals.items() if times}),
        )


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


_Listed = BeforeValidator(_as_list, json_schema_input_type=ExampleSheet | tuple[ExampleSheet, ...])
Examples = Annotated[tuple[ExampleSheet, ...], Field(min_length=1), _Listed]
"""One example or a list of them."""


class RuleNameSheet(Sheet):
    """What people call the rule, in each language of the pages."""

    zh: Name = Field(examples=["负面激增"])
    en: Name = Field(examples=["Negative surge"])


class RuleSheet(Sheet):
    """The whole file."""

    rule: Word = Field(examples=["negative_burst"])
    name: RuleNameSheet | None = Field(default=None, examples=["{zh: 负面激增, en: Negative surge}"])
    when: WhenSheet = Field(examples=["{signals: [burst, negative_surge], within: 1h}"])
    then: ThenSheet = Field(examples=["{severity: orange, topic: from_reading}"])
    fires_on: Examples = Field(examples=["{burst: 1, negative_surge: 1, reach: 250k}"])
    stays_quiet_on: Examples = Field(examples=["{burst: 1, reach: 250k}"])


def read_rule(checked: Checked, kinds: KnownKinds) -> Rule | None:
    """The rule, or None where the file's own shape is wrong; examples that fail are reported."""
    sheet = checked.sheet(RuleSheet)
    if sheet is None:
        return None
    checked.is_named_after_its_file("rule", sheet.rule)
    knows_its_words = _check_kinds(checked, sheet, kinds)
    rule = Rule(
        id=sheet.rule,
        when=sheet.when.condition(),
        severity=sheet.then.severity,
        topic=sheet.then.topic,
        fires_on=tuple(example.facts() for example in sheet.fires_on),
        stays_quiet_on=tuple(example.facts() for example in sheet.stays_quiet_on),
        name=sheet.name.model_dump() if sheet.name else {},
    )
    if knows_its_words:
        _try_examples(checked, rule)
    return rule


def _check_kinds(checked: Checked, sheet: RuleSheet, kinds: KnownKinds) -> bool:
    """Report signals that no detector gives; False keeps the examples from saying it once more."""
    strange = len(checked.findings.problems)
    for place, kind in enumerate(sheet.when.signals):
        if kind not in kinds.detectors:
            says = f'found the signal "{kind}"; {advise(kind, kinds.detectors)}'
            checked.refuse(["when", "signals", place], says)
    known = [*kinds.detectors, *ExampleSheet.model_fields]
    for key, examples in (("fires_on", sheet.fires_on), ("stays_quiet_on", sheet.stays_quiet_on)):
        for place, example in enumerate(examples):
            for kind in example.__pydantic_extra__:
                if kind not in kinds.detectors:
                    checked.refuse([key, place, kind], f'found "{kind}" in an example; {advise(kind, known)}')
    return len(checked.findings.problems) == strange


def _try_examples(checked: Checked, rule: Rule) -> None:
    if _says_nothing(rule.when):
        checked.refuse(["when"], "states no condition at all; write signals, negatives, reach or topics")
        return
    for place, facts in enumerate(rule.fires_on):
        if not rule.when.holds(facts):
            says = f"the rule stays quiet on this example because of {_missed(rule.when, facts)}"
            checked.refuse(["fires_on", place], f"{says}; change the example or when:")
    for place, facts in enumerate(rule.stays_quiet_on):
        if rule.when.holds(facts):
            says = "the rule fires on this example, all of when: holds"
            checked.refuse(["stays_quiet_on", place], f"{says}; change the example or when:")


def _says_nothing(when: RuleCondition) -> bool:
    return when == RuleCondition(signals=(), within=when.within)


def _missed(when: RuleCondition, facts: Facts) -> str:
    """The parts of a condition that ``facts`` do not meet, each tried alone."""
    parts: Mapping[str, RuleCondition] = {
        **{f"signals: {kind}": RuleCondition((kind,), timedelta()) for kind in when.signals},
        "reach": RuleCondition((), timedelta(), reach_at_least=when.reach_at_least),
        "voices": RuleCondition((), timedelta(), voices_at_least=when.voices_at_least),
        "negatives": RuleCondition((), timedelta(), negatives_at_least=when.negatives_at_least),
        "negative_share": RuleCondition(
            (), timedelta(), negative_share_at_least=when.negative_share_at_least
        ),
        "strength": RuleCondition((), timedelta(), strength_at_least=when.strength_at_least),
        "topics": RuleCondition((), timedelta(), topics=when.topics),
    }
    return ", ".join(name for name, part in parts.items() if not part.holds(facts))
