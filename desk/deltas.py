"""Deltas kept in the data folder: one file each with its card, and a ledger of who took which and went back.

The ledger is the only place that says which delta is chosen, and is written whole or not at all. Deltas are
never deleted: a reading stored with one can be read so again.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from analysis.delta import Delta
from analysis.delta_file import load_delta, save_delta
from analysis.model import BadWeightsError, Weights, check_fits
from desk.delta_cards import Card, card_fields, card_of
from wanglou.domain.model import DeltaState
from wanglou.domain.reason import Reason

FOLDER = "models"
"""Below the data folder."""

LEDGER = "deltas.json"
LOCK = f"{LEDGER}.lock"
FORMAT = 1
SHIPPED = ""
"""In the place of a delta's id: none, the weights as they were shipped."""

_NAMED = 16


class Act(StrEnum):
    """What was done."""

    TAKEN = "taken"
    REFUSED = "refused"
    BACK = "back"
    SHIPPED = "shipped"


class NothingToUndoError(Exception):
    """No delta was ever taken, so there is no way back."""


class ChosenMeanwhileError(Exception):
    """Another delta is chosen by now than the one a new one was compared with: its card is out of date."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    ``before`` and ``after``: what was chosen; ``reasons``: why it, or a part of it, was refused.
    """

    at: datetime
    by: str
    act: Act
    before: str
    after: str
    reasons: Sequence[Reason] = ()
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class InUse:
    """What there is to read with. ``trouble``: why that is not what was chosen, empty where it is."""

    weights: Weights
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Deltas:
    """The deltas of one data folder."""

    data: Path

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.data / FOLDER

    @property
    def ledger(self) -> Path:
        """The file that says which one is chosen."""
        return self.folder / LEDGER

    def entries(self) -> list[Entry]:
        """What was done, oldest first. Raises BadWeightsError if the ledger cannot be read."""
        try:
            return _entries_of(json.loads(self.ledger.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise BadWeightsError(
                f"{self.ledger}: the ledger of deltas cannot be read ({error}); put its backup in place, or "
                "begin anew as shipped with wanglou train --shipped, which keeps this file aside"
            ) from error

    def chosen(self) -> str:
        """The id of the delta to read with, or SHIPPED. Raises BadWeightsError."""
        entries = self.entries()
        return entries[-1].after if entries else SHIPPED

    def load(self, delta: str) -> Delta:
        """The delta of this id. Raises BadWeightsError if it is gone, damaged, or not what was taken."""
        path = self._file(delta, "npz")
        try:
            found = load_delta(path)
        except OSError as error:
            raise BadWeightsError(
                f"{path}: the delta cannot be read ({error.strerror}); put its backup in place, or go back "
                "with wanglou train --back"
            ) from error
        if found.id != delta:
            raise BadWeightsError(
                f"{path}: not the delta that was taken: it is {found.id[:12]}, not {delta[:12]}; put its "
                "backup in place, or go back with wanglou train --back"
            )
        return found

    def in_use(self, base: Weights) -> InUse:
        """``base`` with the chosen delta; as shipped, and why, where that cannot be used."""
        try:
            delta = self.chosen()
            return InUse(base.moved(self.load(delta)) if delta else base)
        except BadWeightsError as error:
            return InUse(base, str(error))

    def state(self, base: str) -> DeltaState:
        """What is chosen on weights of this id, in numbers, and whether it can be used."""
        try:
            entries = self.entries()
        except BadWeightsError as error:
            return DeltaState(trouble=str(error))
        chosen = entries[-1].after if entries else SHIPPED
        if not chosen:
            return DeltaState()
        taken = [e for e in entries if e.act is Act.TAKEN and e.after == chosen][-1:]
        found = _state(chosen, taken[0]) if taken else DeltaState(chosen)
        try:
            check_fits(self.load(chosen), base)
        except BadWeightsError as error:
            return replace(found, trouble=str(error))
        return found

    def take(  # noqa: PLR0913, PLR0917 -- all that is kept of it
        self,
        delta: Delta,
        card: Card,
        lines: Sequence[str],
        by: str,
        reasons: Sequence[Reason] = (),
        beside: str | None = None,
    ) -> None:
        """Keep a delta with its card, and choose it; ``reasons``: why a part of it stays as it was.

        ``beside``: what was chosen when it was compared, where that matters. Raises ChosenMeanwhileError if
        it is another by now; OSError, BadWeightsError.
        """
        with self._alone():
            before = self.chosen()
            if beside not in {None, before}:
                raise ChosenMeanwhileError
            write_whole(self._file(delta.id, "npz"), save_delta(delta))
            write_whole(self._file(delta.id, "json"), _as_json(card_fields(card)))
            write_whole(self._file(delta.id, "txt"), "".join(f"{line}\n" for line in lines).encode())
            self._add(Entry(card.made_at, by, Act.TAKEN, before, delta.id, tuple(reasons), card))

    def refuse(self, card: Card, reasons: Sequence[Reason], by: str) -> None:
        """Write down that one was not taken. Raises OSError, BadWeightsError."""
        with self._alone():
            chosen = self.chosen()
            self._add(Entry(card.made_at, by, Act.REFUSED, chosen, chosen, reasons, card))

    def go_back(self, base: Weights, by: str, at: datetime) -> Entry:
        """Choose again what was chosen before the last change; twice is as if nothing had been done.

        Raises NothingToUndoError; BadWeightsError, with nothing changed, if that cannot be used any more;
        OSError.
        """
        if not self.ledger.exists():
            raise NothingToUndoError
        with self._alone():
            changes = [entry for entry in self.entries() if entry.before != entry.after]
            if not changes:
                raise NothingToUndoError
            last = changes[-1]
            if last.before:
                self._must_fit(last.before, base)
            return self._add(Entry(at, by, Act.BACK, last.after, last.before))

    def use_shipped(self, by: str, at: datetime) -> Entry:
        """Read as shipped from now on. A ledger that cannot be read is kept aside.

        Raises NothingToUndoError where none was ever kept, as in a folder that is not the desk's; OSError.
        """
        if not self.ledger.exists():
            raise NothingToUndoError
        with self._alone():
            try:
                before = self.chosen()
            except BadWeightsError:
                before = SHIPPED
                self.ledger.rename(self.ledger.with_name(f"{LEDGER}.{at:%Y%m%dT%H%M%S}.broken"))
            return self._add(Entry(at, by, Act.SHIPPED, before, SHIPPED))

    def _must_fit(self, delta: str, base: Weights) -> None:
        """Raise BadWeightsError, with the way that is left, if there is no reading with this delta."""
        try:
            base.moved(self.load(delta))
        except BadWeightsError as error:
            raise BadWeightsError(
                f"{error}. Nothing was changed: what was in use before cannot be used any more; go to "
                "wanglou train --shipped, or learn anew with wanglou train --corrections --take"
            ) from error

    def _file(self, delta: str, kind: str) -> Path:
        return self.folder / f"delta-{delta[:_NAMED]}.{kind}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, from reading the ledger to writing it anew."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _add(self, entry: Entry) -> Entry:
        """Write the ledger with one line more, within ``_alone``."""
        entries = [entry_fields(known) for known in [*self.entries(), entry]]
        write_whole(self.ledger, _as_json({"format": FORMAT, "entries": entries}))
        return entry


def _state(chosen: str, taken: Entry) -> DeltaState:
    if taken.card is None:
        return DeltaState(chosen, taken.at)
    return DeltaState(chosen, taken.at, taken.card.lessons, taken.card.shares)


def write_whole(path: Path, data: bytes) -> None:
    """Whole or not at all: a crash, of the machine too, leaves what was there or what is written here."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)  # a full disk needs the room
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name too
    finally:
        os.close(folder)


def _as_json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, indent=1).encode()


def entry_fields(entry: Entry) -> dict[str, Any]:
    """A line of the ledger as JSON."""
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "act": entry.act.value,
        "before": entry.before,
        "after": entry.after,
        "reasons": [[reason.code, dict(reason.facts)] for reason in entry.reasons],
        "card": card_fields(entry.card) if entry.card else None,
    }


def _entries_of(data: Mapping[str, Any]) -> list[Entry]:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}, not {FORMAT}")
    return [_entry_of(fields) for fields in data["entries"]]


def _entry_of(fields: Mapping[str, Any]) -> Entry:
    return Entry(
        at=datetime.fromisoformat(fields["at"]),
        by=str(fields["by"]),
        act=Act(fields["act"]),
        before=str(fields["before"]),
        after=str(fields["after"]),
        reasons=tuple(Reason(code, facts) for code, facts in fields["reasons"]),
        card=card_of(fields["card"]) if fields["card"] else None,
    )
