"""A client's word from a form: who, by which medium, when, in which words; and back onto pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from alerting.confirming import RESOLVED, RESOLVED_BEFORE, WAIVED
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.incident import ChainedEntry
from wanglou.domain.plan import StepWord, Stopped

MEDIA = tuple(Medium)

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class EndOnRecord:
    """How an incident was resolved, as its record holds it; what the record does not hold is empty."""

    words: str
    recorded_by: str
    recorded_at: datetime
    by: str = ""
    medium: str = ""
    at: datetime | None = None
    is_waived: bool = False


def confirmation_of(fields: Mapping[str, str], zone: tzinfo) -> Confirmation | None:
    """What was typed; None where the medium is not one of the list or the time cannot be read.

    A time without an offset, as browsers send it, is by the clock of ``zone``.
    """
    at = moment_of(fields["at"], zone)
    if at is None or fields["medium"] not in MEDIA:
        return None
    return Confirmation(fields["by"][:LONGEST_NAME], Medium(fields["medium"]), at, fields["text"])


def step_word_of(fields: Mapping[str, str], zone: tzinfo) -> StepWord | None:
    """What a form says of a step; None where a part of the consent is left out or cannot be read.

    The client's consent is said when any of who, how and the words is; the time stands there beforehand.
    """
    consent = None
    if any(fields[name].strip() for name in ("by", "medium", "words")):
        consent = confirmation_of({**fields, "text": fields["words"]}, zone)
        if consent is None:
            return None
    stopped = Stopped(fields["stopped"]) if fields["stopped"] in set(Stopped) else None
    since = moment_of(fields["since"], zone) if stopped is Stopped.YES else None
    return StepWord(consent, stopped, since, fields["text"])


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """An instant as a form sends it, or as people type it; None where it cannot be read."""
    try:
        typed = datetime.fromisoformat(text.strip())
        return (typed if typed.tzinfo else typed.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):  # the first or the last day there is
        return None


def end_on_record(timeline: Sequence[ChainedEntry]) -> EndOnRecord | None:
    """The latest resolution that the record holds; None where there is none."""
    for entry in (link.entry for link in reversed(timeline)):
        if entry.kind == RESOLVED:
            f = {name: str(value) for name, value in entry.facts.items()}
            at = datetime.fromisoformat(f["at"])
            return EndOnRecord(f["words"], entry.actor, entry.at, f["by"], f["medium"], at)
        if entry.kind == RESOLVED_BEFORE:
            return EndOnRecord(str(entry.facts["confirmation"]), entry.actor, entry.at)
        if entry.kind == WAIVED:
            return EndOnRecord(str(entry.facts["reason"]), entry.actor, entry.at, is_waived=True)
    return None
