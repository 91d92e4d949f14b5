"""What the pages are given: whom to ask, who acts, who lets people in."""

# ruff: noqa: PLR0913, PLR0917 -- an act says who, on what, by which road and when; a bundle would hide it

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.backtesting.result import Report as BacktestReport
from desk.backtesting.saved import RunHead
from desk.entrance import Entrance
from wanglou.domain.agency import Config
from wanglou.domain.confirmation import Confirmation
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.incident import Via
from wanglou.domain.model import ModelCard
from wanglou.domain.person import Access
from wanglou.domain.plan import StepWord
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.statement import StatementFact
from wanglou.ports import Clock, DeskReader, Gauges, MentionReader, SearchWords


class DeskActs(Protocol):
    """What people may do to an incident; the same for page and chat.

    Each act is one transaction. None means done, or done already: an act that comes twice is harmless. A
    Reason refuses and nothing was changed. Callers have made sure that ``access`` may see the incident.
    """

    def acknowledge(self, access: Access, incident: str, via: Via, now: datetime) -> Reason | None:
        """Take the incident."""
        ...

    def own(self, access: Access, incident: str, via: Via, now: datetime) -> Reason | None:
        """Become the one who answers for it."""
        ...

    def set_topic(
        self, access: Access, incident: str, topic: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Say what it is about, with the reason; ``topic`` is a Topic's value."""
        ...

    def step_done(
        self, access: Access, incident: str, step: str, word: StepWord, via: Via, now: datetime
    ) -> Reason | None:
        """Finish a step; ``word`` says what came of it, who consented and what has stopped."""
        ...

    def step_skipped(
        self, access: Access, incident: str, step: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Leave a step undone, with the reason."""
        ...

    def note(
        self, access: Access, incident: str, text: str, once: str, via: Via, now: datetime
    ) -> Reason | None:
        """Write into the record. ``once`` names the form that was filled in: one form leaves one note."""
        ...

    def raise_severity(
        self, access: Access, incident: str, to: Severity, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Make it graver; anyone may, ``why`` may be empty."""
        ...

    def lower_severity(
        self, access: Access, incident: str, to: Severity, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Make it less grave, with the reason."""
        ...

    def hold(
        self, access: Access, incident: str, wait: str, until: datetime, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Put it aside until ``until``; ``wait`` is one of WAITS, ``why`` says more."""
        ...

    def resume(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Go on with what was on hold; ``why`` says what has come."""
        ...

    def resend(self, access: Access, incident: str, delivery: str, via: Via, now: datetime) -> Reason | None:
        """Try a message again that was given up."""
        ...

    def report(self, access: Access, report: Report, via: Via, now: datetime) -> str | Reason:
        """Open an incident by hand, or join the one its story has; return its id, or why not.

        The exception to None: who reports wants to be led to what came of it.
        """
        ...

    def contain(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Say that it no longer spreads."""
        ...

    def resolve(
        self, access: Access, incident: str, confirmation: Confirmation, via: Via, now: datetime
    ) -> Reason | None:
        """End it on the client's word."""
        ...

    def waive(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """End it without the client's written word; ``why`` there is none stays on the record."""
        ...

    def state_fact(
        self, access: Access, incident: str, fact: StatementFact, via: Via, now: datetime
    ) -> Reason | None:
        """Fill a blank of the statement; an approval of the words before it is void then."""
        ...

    def withdraw_fact(
        self, access: Access, incident: str, blank: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Make a filled blank a blank again, with the reason."""
        ...

    def approve_statement(
        self, access: Access, incident: str, digest: str, word: Confirmation, via: Via, now: datetime
    ) -> Reason | None:
        """Record the client's approval of the words with this digest."""
        ...

    def close(self, access: Access, incident: str, learnt: str, via: Via, now: datetime) -> Reason | None:
        """Put it away after the review; ``learnt`` is what stays."""
        ...

    def reopen(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Take up an ended incident again, with the reason."""
        ...

    def merge(
        self, access: Access, incident: str, into: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Let it go up in another open incident of the same client; ``into`` is that one's id."""
        ...

    def dismiss(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Say that it is none; ``why`` is one of DISMISSALS."""
        ...


class TypedWords(SearchWords, Protocol):
    """What a person typed into a search, read."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a text: (start, end) offsets, by start."""
        ...


class DeskCorrector(Protocol):
    """What people may say of a mention. None means done, or so already; a Reason refuses."""

    def correct(
        self, access: Access, client: str, brand: str, item: str, kind: CorrectionKind, to: str, now: datetime
    ) -> Reason | None:
        """Say what a mention and its copies are; ``to`` has the form of ``Correction.after``."""
        ...

    def undo(self, access: Access, correction: int, now: datetime) -> Reason | None:
        """Take a correction back."""
        ...


WAITS = (
    "awaiting_client",
    "awaiting_regulator",
    "awaiting_platform",
    "awaiting_facts",
    "awaiting_legal",
)
"""Whom or what an incident on hold can wait for."""

DISMISSALS = ("false_positive", "duplicate", "irrelevant_brand", "known_campaign", "old_content")
"""Why an incident can turn out to be none."""


class Backtests(Protocol):
    """Backtests that were kept. A client the reader may not see does not exist for them."""

    def runs(self, access: Access) -> list[RunHead]:
        """The newest runs first."""
        ...

    def run(self, access: Access, name: str) -> BacktestReport | None:
        """One run; None if there is none, or none of its clients is for this reader."""
        ...


@dataclass(frozen=True, slots=True)
class DeskPorts:
    """All that pages need of the world.

    ``parse_words`` reads what was typed into a search. ``secret`` signs forms. ``rehearsal``: every page
    says 演练. ``worker_digest`` asks which config the worker runs on (None: it has not said); pages warn
    when that is not ``config.digest``. ``gauges`` and ``metrics_token`` serve a monitoring system; without
    a token there is no such page. ``model`` asks what reads here. ``backtest_command`` is what to type for a
    backtest of this very desk.
    """

    reader: DeskReader
    mentions: MentionReader
    corrector: DeskCorrector
    parse_words: Callable[[str], TypedWords]
    acts: DeskActs
    entrance: Entrance
    clock: Clock
    config: Config
    secret: str
    rehearsal: bool = False
    worker_digest: Callable[[], str | None] = lambda: None
    gauges: Callable[[], Gauges] | None = None
    metrics_token: str = ""
    backtests: Backtests | None = None
    backtest_command: str = "wanglou backtest"
    model: Callable[[], ModelCard | None] = lambda: None
