"""How much of a brand was observed, by the states of detectors."""

import numpy as np

from analysis.detector import Arrays
from analysis.observed import observed
from analysis.series_names import names_of
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import WARM_UP, Series

NEWS, SOCIAL, WHOLE = (Series("lock", "安屿", of) for of in (SourceClass.NEWS, SourceClass.SOCIAL, None))
ALONE = Series("tea", "禾木里", SourceClass.FORUM)


def state(*series: tuple[Series, int]) -> Arrays:
    return {"series": names_of([s for s, _ in series]), "observed": np.array([float(n) for _, n in series])}


def test_of_several_classes_the_sum_tells_and_of_one_it_alone() -> None:
    found = observed([state((NEWS, 90), (SOCIAL, 3), (ALONE, 7), (WHOLE, 80))])
    assert found == {("lock", "安屿"): 80, ("tea", "禾木里"): 7}


def test_the_detector_that_had_least_tells_and_nobody_counts_beyond_enough() -> None:
    assert observed([state((ALONE, 500)), state((ALONE, 9))]) == {("tea", "禾木里"): 9}
    assert observed([state((ALONE, 500))]) == {("tea", "禾木里"): WARM_UP}


def test_nothing_was_observed_of_nobody() -> None:
    assert observed([]) == observed([state()]) == {}
