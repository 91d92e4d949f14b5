"""The calibration error that probabilities would show even if every one of them were exactly right."""

import numpy as np
import pytest

from analysis.measuring import ece, least_ece


@pytest.mark.parametrize("texts", [500, 4_000])
def test_the_least_error_is_what_exact_probabilities_show(texts: int) -> None:
    random = np.random.default_rng(7)
    chance = random.uniform(0.5, 1.0, texts)
    shown = [ece(chance, random.random(texts) < chance) for _ in range(200)]
    assert least_ece(chance) == pytest.approx(np.mean(shown), rel=0.05)


def test_without_texts_and_without_doubt_there_is_none() -> None:
    assert least_ece(np.zeros(0)) == 0
    assert least_ece(np.ones(9)) == 0
