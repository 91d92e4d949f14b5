"""Deltas in the data folder: taken, gone back from, and never trusted when damaged."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zipfile import ZipFile

import numpy as np
import pytest

from analysis.delta import Delta
from analysis.delta_training import Lesson, learn_delta
from analysis.model import BadWeightsError, Weights, load_weights
from analysis.trial import Change, Marks, Trial
from desk.delta_cards import Card
from desk.deltas import SHIPPED, Act, ChosenMeanwhileError, Deltas, NothingToUndoError
from wanglou.domain.model import DeltaState
from wanglou.domain.reason import Reason

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
MARKS = Marks(724, 0.9, 0.89, 0.1)


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


def delta_about(base: Weights, word: str) -> Delta:
    chances = (0.1, 0.8, 0.1)
    return learn_delta(base, [Lesson(f"{n}", f"{word}一下{n}", chances, 0) for n in range(8)])


@pytest.fixture(scope="module")
def first(base: Weights) -> Delta:
    return delta_about(base, "雷阵")


@pytest.fixture(scope="module")
def second(base: Weights) -> Delta:
    return delta_about(base, "塌房")


@pytest.fixture
def deltas(tmp_path: Path) -> Deltas:
    return Deltas(tmp_path / "data")


def card(delta: Delta, at: datetime = NOW) -> Card:
    trial = Trial(MARKS, MARKS, {"neg": Change(1, 0)}, MARKS, MARKS, Change(9, 1))
    counts = {"neg": 60, "neu": 20, "pos": 10}
    return Card(at, delta.base, SHIPPED, delta.id, "f" * 64, counts, counts, 1, 2, 3, 1, NOW, None, trial)


def take(deltas: Deltas, delta: Delta, at: datetime = NOW) -> None:
    deltas.take(delta, card(delta, at), ["卡", "card"], "root")


def test_nothing_taken_means_the_weights_as_shipped(deltas: Deltas, base: Weights) -> None:
    assert deltas.chosen() == SHIPPED
    assert deltas.in_use(base).weights is base
    assert deltas.in_use(base).trouble == ""
    assert not deltas.data.exists()


def test_what_was_taken_is_read_with_and_keeps_its_card(deltas: Deltas, base: Weights, first: Delta) -> None:
    take(deltas, first)
    assert deltas.in_use(base).weights.id == f"{base.id}+{first.id}"
    names = sorted(path.suffix for path in deltas.folder.glob("delta-*"))
    assert names == [".json", ".npz", ".txt"]
    [entry] = deltas.entries()
    assert (entry.act, entry.by, entry.before, entry.after) == (Act.TAKEN, "root", SHIPPED, first.id)
    assert entry.card == card(first)


def test_back_goes_to_the_former_and_once_more_takes_that_back(
    deltas: Deltas, base: Weights, first: Delta, second: Delta
) -> None:
    take(deltas, first)
    take(deltas, second, NOW + timedelta(days=7))
    assert deltas.go_back(base, "root", NOW).after == first.id
    assert deltas.chosen() == first.id
    assert deltas.go_back(base, "root", NOW).after == second.id
    assert [entry.act for entry in deltas.entries()] == [Act.TAKEN, Act.TAKEN, Act.BACK, Act.BACK]


def test_back_from_the_first_delta_is_the_weights_as_shipped(
    deltas: Deltas, base: Weights, first: Delta
) -> None:
    take(deltas, first)
    deltas.go_back(base, "root", NOW)
    assert deltas.in_use(base).weights is base
    deltas.go_back(base, "root", NOW)
    assert deltas.chosen() == first.id


def test_shipped_can_be_gone_back_from_too(deltas: Deltas, base: Weights, first: Delta) -> None:
    take(deltas, first)
    deltas.use_shipped("root", NOW)
    assert deltas.chosen() == SHIPPED
    deltas.go_back(base, "root", NOW)
    assert deltas.chosen() == first.id


def test_there_is_no_way_back_from_nothing(deltas: Deltas, base: Weights, first: Delta) -> None:
    deltas.refuse(card(first), [Reason("delta_too_few", {"held": 1, "least": 30, "missing": 29})], "root")
    with pytest.raises(NothingToUndoError):
        deltas.go_back(base, "root", NOW)


def test_a_refusal_is_kept_with_its_reasons_and_changes_nothing(
    deltas: Deltas, first: Delta, second: Delta
) -> None:
    take(deltas, first)
    why = [Reason("delta_too_few", {"held": 1, "least": 30, "missing": 29})]
    deltas.refuse(card(second), why, "root")
    assert deltas.chosen() == first.id
    assert list(deltas.entries()[-1].reasons) == why
    assert len(list(deltas.folder.glob("delta-*.npz"))) == 1


@pytest.mark.parametrize("damage", ["gone", "half", "another", "not ours", "an array", "a zip of bytes"])
def test_a_damaged_delta_is_not_read_with_and_nothing_is_lost(
    deltas: Deltas, base: Weights, first: Delta, second: Delta, damage: str
) -> None:
    take(deltas, second)
    take(deltas, first)
    [path] = deltas.folder.glob(f"delta-{first.id[:16]}.npz")
    [other] = deltas.folder.glob(f"delta-{second.id[:16]}.npz")
    whole = path.read_bytes()
    match damage:
        case "gone":
            path.unlink()
        case "half":
            path.write_bytes(whole[: len(whole) // 2])
        case "another":
            path.write_bytes(other.read_bytes())
        case "an array":
            with path.open("wb") as file:
                np.save(file, first.polarity)
        case "a zip of bytes":
            with ZipFile(path, "w") as archive:
                for name in ("header", "polarity", "neutral"):
                    archive.writestr(name, "{}")
        case _:
            path.write_bytes(b"not a delta")
    found = deltas.in_use(base)
    assert found.weights is base
    assert str(path) in found.trouble
    assert "wanglou train --back" in found.trouble
    assert deltas.state(base.id).trouble == found.trouble
    path.write_bytes(whole)
    assert deltas.in_use(base).weights.delta is not None


def test_a_delta_of_earlier_weights_is_named_and_left_aside(deltas: Deltas, base: Weights) -> None:
    earlier = learn_delta(replace(base, id="0" * 64), [])
    take(deltas, earlier)
    found = deltas.in_use(base)
    assert found.weights is base
    assert "learn it anew" in found.trouble


def test_going_back_to_a_delta_that_is_gone_changes_nothing(
    deltas: Deltas, base: Weights, first: Delta, second: Delta
) -> None:
    take(deltas, first)
    take(deltas, second)
    next(deltas.folder.glob(f"delta-{first.id[:16]}.npz")).unlink()
    with pytest.raises(BadWeightsError, match=r"cannot be read.*go to wanglou train --shipped"):
        deltas.go_back(base, "root", NOW)
    assert deltas.chosen() == second.id


def test_a_folder_in_which_nothing_was_taken_is_not_made_by_going_to_the_shipped_weights(
    deltas: Deltas,
) -> None:
    with pytest.raises(NothingToUndoError):
        deltas.use_shipped("root", NOW)
    assert not deltas.data.exists()


def test_what_was_compared_with_another_than_is_in_use_is_not_taken(
    deltas: Deltas, first: Delta, second: Delta
) -> None:
    take(deltas, first)
    with pytest.raises(ChosenMeanwhileError):
        deltas.take(second, card(second), [], "root", beside=SHIPPED)
    assert deltas.chosen() == first.id
    deltas.take(second, card(second), [], "root", beside=first.id)
    assert deltas.chosen() == second.id


def test_a_full_disk_leaves_what_was_in_use_and_no_half_file(
    deltas: Deltas, base: Weights, first: Delta, second: Delta, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(deltas, first)
    before = {path: path.read_bytes() for path in deltas.folder.iterdir()}

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        take(deltas, second)
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in deltas.folder.iterdir()} == before
    assert deltas.in_use(base).weights.delta is not None
    take(deltas, second)
    assert deltas.chosen() == second.id


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 9, "entries": []}', '{"format": 1, "entries": [1]}']
)
def test_a_ledger_that_cannot_be_read_is_kept_aside_when_one_begins_anew(
    deltas: Deltas, base: Weights, first: Delta, content: str
) -> None:
    take(deltas, first)
    deltas.ledger.write_text(content, encoding="utf-8")
    assert deltas.in_use(base).weights is base
    assert "wanglou train --shipped" in deltas.in_use(base).trouble
    with pytest.raises(BadWeightsError):
        take(deltas, first)
    deltas.use_shipped("root", NOW)
    assert deltas.in_use(base).trouble == ""
    [aside] = deltas.folder.glob("*.broken")
    assert aside.read_text(encoding="utf-8") == content


def test_two_who_write_at_once_lose_no_line_of_each_other(deltas: Deltas, first: Delta) -> None:
    start = Barrier(2)

    def refuses(by: str) -> None:
        start.wait()
        for _ in range(20):
            deltas.refuse(card(first), [], by)

    with ThreadPoolExecutor(2) as people:
        list(people.map(refuses, ("li", "zhou")))
    assert sorted(entry.by for entry in deltas.entries()) == ["li"] * 20 + ["zhou"] * 20


def test_the_state_tells_in_numbers_what_is_chosen(deltas: Deltas, base: Weights, first: Delta) -> None:
    assert deltas.state(base.id) == DeltaState()
    take(deltas, first)
    found = deltas.state(base.id)
    assert (found.id, found.taken_at, found.lessons, found.trouble) == (first.id, NOW, 90, "")
    assert found.shares == {"floor": (0.9, 0.9), "held": (0.9, 0.9)}
    assert "learn it anew" in deltas.state("0" * 64).trouble
    deltas.ledger.write_text("{", encoding="utf-8")
    assert "--shipped" in deltas.state(base.id).trouble
