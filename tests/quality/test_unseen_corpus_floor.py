"""Floors under reading corpora that training never saw; lowering one needs a line in the changelog."""

import pytest

from analysis.corpora import read_corpora
from benchmarks.left_out import Proxy, proxies
from benchmarks.measuring_data import measuring_data
from tests.requiring import shared

POSTS, REVIEWS = "weibo100k", "shop10"


@pytest.fixture(scope="module")
def measured() -> dict[str, Proxy]:
    folder = shared(measuring_data("sentiment"), "the sentiment corpora are")
    return {proxy.corpus: proxy for proxy in proxies(read_corpora(folder), (POSTS, REVIEWS))}


@pytest.mark.shared
@pytest.mark.parametrize(("corpus", "floor"), [(POSTS, 0.87), (REVIEWS, 0.905)])
def test_posts_and_reviews_of_a_corpus_never_seen_are_told_apart(
    measured: dict[str, Proxy], corpus: str, floor: float
) -> None:
    assert measured[corpus].accuracy >= floor


@pytest.mark.shared
def test_probabilities_can_be_believed_on_corpora_never_seen(measured: dict[str, Proxy]) -> None:
    assert max(proxy.ece for proxy in measured.values()) <= 0.04
