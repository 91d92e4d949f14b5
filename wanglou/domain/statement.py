"""What may be said in public: facts with their sources, and what a text is held against before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wanglou.domain.confirmation import Confirmation


@dataclass(frozen=True, slots=True)
class StatementFact:
    """What fills one blank of the holding statement.

    ``source`` is where it can be looked up, ``said_by`` who answers for it; ``recorded_by`` is a person id.
    """

    blank: str
    text: str
    source: str
    said_by: str
    recorded_by: str
    at: datetime


class CheckLevel(StrEnum):
    """Whether a finding stops the client's approval from being recorded, or only warns."""

    REFUSE = "refuse"
    WARN = "warn"


class CheckKind(StrEnum):
    """How a check looks at a text."""

    WORDS = "words"  # any of its words or patterns
    PROMISE = "promise"  # one of its words in a sentence that names no time
    NUMBER = "number"  # a number that is not among the known facts
    BLANK = "blank"  # a fact that nobody knows yet


@dataclass(frozen=True, slots=True)
class LegalPointer:
    """A hint for a lawyer, never advice: ``means`` sums up the article as it read on ``checked_on``."""

    law: str
    article: str
    means: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Check:
    """One file of ``playbooks/checks``. ``reason``: language → why it is found fault with.

    ``spares`` are blanks whose sentences it does not look at.
    """

    id: str
    kind: CheckKind
    level: CheckLevel
    reason: Mapping[str, str]
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    spares: frozenset[str] = frozenset()
    laws: tuple[LegalPointer, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementApproval:
    """The client's word for exactly these ``words``, whose sha256 is ``digest``.

    ``is_void``: a fact of the statement was changed afterwards, so the word holds for it no more.
    """

    words: str
    digest: str
    confirmation: Confirmation
    recorded_by: str
    at: datetime
    is_void: bool = False
