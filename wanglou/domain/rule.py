"""When these facts hold, this severity, this topic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from wanglou.domain.reason import Value, named
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one brand when a rule looks at it.

    ``signals``: detector kind → signals of that kind inside the rule's window. ``strength``: detector
    kind → the strongest of them. ``heard``: those signals themselves. ``reach``, ``voices``, ``negatives``:
    of the brand's mentions in the window. ``topic`` is None where reading found no kind of trouble.
    """

    signals: Mapping[str, int]
    reach: int = 0
    voices: int = 0
    negatives: int = 0
    topic: Topic | None = None
    strength: Mapping[str, float] | None = None
    heard: tuple[Signal, ...] = ()

    @property
    def negative_share(self) -> float:
        """Negative voices per voice; 0 where there is no voice."""
        return self.negatives / self.voices if self.voices else 0.0


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """Every stated part must hold. ``signals`` are detector kinds that must all have spoken."""

    signals: tuple[str, ...]
    within: timedelta
    reach_at_least: int = 0
    voices_at_least: int = 0
    negatives_at_least: int = 0
    negative_share_at_least: float = 0.0
    strength_at_least: float = 0.0
    topics: tuple[Topic, ...] = ()

    def strongest(self, facts: Facts) -> float:
        """The strength of the strongest signal asked for; of any where none is named."""
        return max(
            (n for kind, n in (facts.strength or {}).items() if not self.signals or kind in self.signals),
            default=0.0,
        )

    def holds(self, facts: Facts) -> bool:
        """Whether every stated part is true of ``facts``."""
        return (
            all(facts.signals.get(kind, 0) > 0 for kind in self.signals)
            and facts.reach >= self.reach_at_least
            and facts.voices >= self.voices_at_least
            and facts.negatives >= self.negatives_at_least
            and facts.negative_share >= self.negative_share_at_least
            and self.strongest(facts) >= self.strength_at_least
            and (not self.topics or facts.topic in self.topics)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of ``config/rules``. ``topic`` None means: as the mentions read.

    ``name``: language → what people call it; empty where its file names it by its id alone.
    ``fires_on`` and ``stays_quiet_on`` are examples that the loader and the test suite try.
    """

    id: str
    when: RuleCondition
    severity: Severity
    topic: Topic | None
    fires_on: tuple[Facts, ...]
    stays_quiet_on: tuple[Facts, ...]
    name: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> Mapping[str, Value]:
        """The facts by which sentences name it."""
        return named("rule", self.id, self.name)
