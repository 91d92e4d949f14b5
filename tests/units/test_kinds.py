"""Kinds of texts: told by their characters, alone as in a batch, and moving pos against neg alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.features import features
from analysis.kinds import Kinds
from analysis.kinds_training import characters, learn_kinds, learn_reach
from analysis.model import Weights, load_weights, save, squares
from analysis.ngrams import code_points

TEXTS = st.lists(st.text(st.sampled_from("安屿锁好坏客房早餐[哭] a😡"), max_size=20), max_size=5)
REVIEWS = [
    f"{what}{how}" for what in ("早餐", "房间", "前台", "枕头", "浴室") for how in ("好", "差", "吵", "旧")
]
POSTS = [f"{who}{how}[哭]" for who in ("我", "他", "你", "谁", "咱") for how in ("跑", "笑", "睡", "飞")]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def banded(weights: Weights) -> Weights:
    """Each kind has a band of its own, no probability moves."""
    apart = np.linspace(-0.2, 0.2, len(weights.kinds.bias))
    return replace(weights, kinds=replace(weights.kinds, band=apart))


@pytest.fixture(scope="module")
def taught() -> Kinds:
    told = characters(code_points([*REVIEWS, *POSTS]))
    names = np.array(["hotel"] * len(REVIEWS) + ["talk"] * len(POSTS))
    return learn_kinds(told, names, np.unique(names))


def test_kinds_are_told_apart_by_their_characters(taught: Kinds) -> None:
    shares = taught.shares(code_points(["早餐的枕头", "谁睡了[哭]"]))
    assert shares.argmax(axis=1).tolist() == [0, 1]
    assert shares.max(axis=1).min() > 0.8


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_shares_are_shares_and_a_batch_changes_none(weights: Weights, texts: list[str]) -> None:
    together = weights.kinds.shares(code_points(texts)) if texts else np.zeros((0, 1))
    assert len(together) == len(texts)
    assert together.sum(axis=1) == pytest.approx(1.0)
    for text, found in zip(texts, together, strict=True):
        assert weights.kinds.shares(code_points([text]))[0] == pytest.approx(found)


def test_no_text_has_no_kind(weights: Weights) -> None:
    assert weights.kinds.shares(code_points([])).shape[0] == 0


def test_a_kind_that_boasts_is_believed_less() -> None:
    chance = np.random.default_rng(1)
    score = chance.normal(size=4_000)
    boasts = np.arange(4_000) % 2
    is_pos = score + chance.normal(size=4_000) * np.where(boasts, 4.0, 0.3) > 0
    stretch, lean = learn_reach(np.eye(2)[boasts], score, is_pos)
    assert stretch[0] > 2 * stretch[1] > 0
    assert np.abs(lean).max() < 0.3


def test_the_kind_moves_pos_against_neg_and_leaves_neutral(weights: Weights) -> None:
    found = features(["早餐不错,房间也干净", "哈哈[哭]"])
    scores, _ = weights.scores(found)
    placed = weights.placed(scores, found)
    assert placed[:, 1] == pytest.approx(scores[:, 1])
    stretch, lean = weights.kinds.reach(found.points)
    assert placed[:, 0] == pytest.approx(scores[:, 0] * stretch + lean)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_the_kind_moves_the_neutral_band_and_no_probability(
    weights: Weights, banded: Weights, texts: list[str]
) -> None:
    found = features(texts)
    plain, moved = weights.judged(found), banded.judged(found)
    shares = weights.kinds.shares(found.points)
    assert moved.bands == pytest.approx(banded.neutral_at + shares @ banded.kinds.band)
    assert np.array_equal(moved.chances, plain.chances)
    for text, band in zip(texts, moved.bands, strict=True):
        assert banded.judged(features([text])).bands[0] == pytest.approx(band)


def test_weights_come_back_from_their_file_as_they_were(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "again.npz"
    path.write_bytes(save(replace(weights, delta=None)))
    again = load_weights(path)
    assert again.id == weights.id
    assert np.array_equal(again.polarity, weights.polarity)
    assert np.array_equal(again.neutral, weights.neutral)
    assert np.array_equal(again.kinds.table, weights.kinds.table)
    assert np.array_equal(again.kinds.band, weights.kinds.band)
    assert np.any(again.kinds.band)


def test_tables_hold_squares_that_keep_their_sign() -> None:
    assert squares(np.array([-127, -2, 0, 3], dtype=np.int8)).tolist() == [-16_129, -4, 0, 9]
