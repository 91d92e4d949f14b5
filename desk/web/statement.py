"""The holding statement on the plan page: filled, marked where a check finds fault, approved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from alerting.stating import approval_on_record
from desk.stating import Statement, statement_of
from desk.web.rendering import Reader
from playbooks.review import Finding
from playbooks.statement import Sentence
from wanglou.domain.confirmation import WRITTEN
from wanglou.domain.plan import Plan
from wanglou.domain.statement import CheckLevel, StatementApproval, StatementFact
from wanglou.ports import IncidentView


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line. ``level`` marks it; ``numbers`` are the notes that end with it."""

    text: str
    level: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A sentence of the draft in the reader's language; ``sources`` say what it stands on."""

    parts: tuple[Part, ...]
    sources: tuple[str, ...]
    is_blank: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A finding below the draft: its number, the words it is about, and why."""

    number: int
    finding: Finding
    words: str
    reason: str

    @property
    def is_refusing(self) -> bool:
        """Whether no approval is recorded while it stands."""
        return self.finding.check.level is CheckLevel.REFUSE


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the page shows of the statement."""

    lines: tuple[DraftLine, ...]
    notes: tuple[Note, ...]
    blanks: tuple[str, ...]
    facts: Mapping[str, StatementFact]
    digest: str
    approval: StatementApproval | None
    media: tuple[str, ...] = WRITTEN

    @property
    def stopping(self) -> int:
        """Findings that must be put right before an approval is recorded."""
        return sum(note.is_refusing for note in self.notes)

    @property
    def is_approved(self) -> bool:
        """Whether the client's word holds for exactly these words."""
        return bool(self.approval and not self.approval.is_void and self.approval.digest == self.digest)


def draft_of(view: IncidentView, reader: Reader) -> Draft:
    """The statement as far as the record carries it, in the reader's language."""
    statement = statement_of(reader.ports.config, view.incident, view.plan, view.timeline, reader.language)
    texts = [s.text(reader.language, reader.ports.config.agency.zone) for s in statement.sentences]
    notes = _notes(statement, texts, reader.language)
    return Draft(
        lines=tuple(_lines(statement, texts, notes, view.plan, reader)),
        notes=notes,
        blanks=tuple(b for s in statement.sentences for b in (*s.filled, *s.blanks)),
        facts=statement.facts,
        digest=statement.digest,
        approval=approval_on_record(view.timeline),
    )


def parts_of(text: str, marks: Sequence[tuple[int, int, int, str]]) -> tuple[Part, ...]:
    """Cut a text at its marks (start, end, number, level); where marks overlap the graver level shows.

    Levels are words of the alphabet's order: ``refuse`` comes before ``warn``.
    """
    edges = sorted({0, len(text), *(edge for start, end, _, _ in marks for edge in (start, end))})
    return tuple(
        Part(
            text[start:end],
            min((level for a, b, _, level in marks if a <= start and end <= b), default=""),
            tuple(sorted(number for _, b, number, _ in marks if b == end)),
        )
        for start, end in pairwise(edges)
    )


def _notes(statement: Statement, texts: Sequence[str], language: str) -> tuple[Note, ...]:
    return tuple(
        Note(number, f, texts[f.line][f.start : f.end], f.check.reason[language])
        for number, f in enumerate(statement.findings, start=1)
    )


def _lines(
    statement: Statement, texts: Sequence[str], notes: Sequence[Note], plan: Plan | None, reader: Reader
) -> Iterator[DraftLine]:
    for place, (sentence, text) in enumerate(zip(statement.sentences, texts, strict=True)):
        found = [(n.finding, n.number) for n in notes if n.finding.line == place]
        marks = [(f.start, f.end, number, f.check.level.value) for f, number in found]
        sources = tuple(_sources(sentence, statement.facts, plan, reader))
        yield DraftLine(parts_of(text, marks), sources, bool(sentence.blanks))


def _sources(
    sentence: Sentence, facts: Mapping[str, StatementFact], plan: Plan | None, reader: Reader
) -> Iterator[str]:
    titles = {step.id: step.title for step in plan.steps} if plan else {}
    if sentence.stands_on in titles:
        yield reader.words("page_statement_from_step", step=titles[sentence.stands_on])
    elif sentence.stands_on is not None:
        yield reader.words("page_statement_from_incident")
    for fact in (facts[name] for name in sentence.filled):
        yield reader.words("page_statement_from_fact", by=fact.said_by, source=fact.source)
