"""The learnt judgement of hot lists: what it is made of, what it refuses, that learning repeats itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analysis.board_features import Title, features, known_at, signs
from analysis.board_judgement import LEARNT, load_judgement, written
from analysis.board_training import Moments, learn
from analysis.model import BadWeightsError

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def numbers(*titles: Title) -> dict[str, float]:
    return features(known_at(titles, NOW), NOW)


def some_moments() -> Moments:
    """Forty brands with trouble and forty with a launch, each a little different."""
    grave = [numbers(Title(NOW, 0.80 + i / 200), Title(NOW - HOUR * (i % 5), 0.7)) for i in range(40)]
    calm = [
        numbers(*(Title(NOW - HOUR * k, 0.1 + i / 200, calm=("launch",)) for k in range(i % 6 + 1)))
        for i in range(40)
    ]
    table = np.array([list(found.values()) for found in (*grave, *calm)])
    return Moments(table, np.repeat([1, 0], 40), np.ones(80))


def test_what_is_learnt_tells_trouble_from_launches_and_repeats_itself() -> None:
    learnt = learn(some_moments())
    assert learnt.log_odds(numbers(Title(NOW, 0.9))) > 0
    assert learnt.log_odds(numbers(*(Title(NOW - HOUR * i, 0.1, calm=("launch",)) for i in range(5)))) < 0
    assert written(learn(some_moments())) == written(learnt)
    assert all(bend.weight * signs()[bend.name] > 0 for bend in learnt.bends)


def test_weights_survive_the_file(tmp_path: Path) -> None:
    learnt = replace(learn(some_moments()), bar=0.5, grave=1.5)
    path = tmp_path / "weights.json"
    path.write_text(written(learnt), encoding="utf-8")
    assert load_judgement(path) == learnt


def test_the_shipped_weights_are_small_and_know_every_number_they_weigh() -> None:
    assert LEARNT.stat().st_size < 200_000
    assert {bend.name for bend in load_judgement().bends} <= signs().keys()


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 0},
        {"bends": [["worst", 1.0, -0.5]]},
        {"bends": [["weather", 1.0, 0.5]]},
        {"bends": [["worst", "much", 0.5]]},
        {"grave": -9.0},
        {"about": None, "bends": None},
    ],
    ids=str,
)
def test_other_weights_are_refused_with_a_sentence(tmp_path: Path, changed: dict[str, object]) -> None:
    data = json.loads(LEARNT.read_text(encoding="utf-8")) | changed
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BadWeightsError, match="take the shipped file"):
        load_judgement(path)


def test_a_file_that_is_no_json_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text("PK", encoding="utf-8")
    with pytest.raises(BadWeightsError, match="take the shipped file"):
        load_judgement(path)
