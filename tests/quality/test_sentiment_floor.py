"""Floors under the shipped weights. Lowering one, or changing a digest, needs a line in the changelog."""

import csv
import hashlib
from pathlib import Path

import pytest

from analysis.corpora import Corpora, read_corpora
from analysis.floor_set import OWN
from analysis.jieba_segmenter import Segmenter
from analysis.measuring import Figures, measure
from analysis.model import load_weights
from analysis.reading import Reader
from analysis.text import clean_text
from analysis.training import SEED
from benchmarks.measuring_data import measuring_data
from tests.requiring import shared
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading

CORPORA_DIGEST = "fae4f885d7051caf0fc6abd1cd618f47ba4e97eb3ead48bc58fe9af7a53bb626"
OWN_DIGEST = "5d4eb74adc03e7618591b911f81da09da6d92284e68d87a01fabbe0d4bf85a0b"

LEXICON = Path(__file__).parents[2] / "config" / "lexicon"


@pytest.fixture(scope="module")
def corpora() -> Corpora:
    return read_corpora(shared(measuring_data("sentiment"), "the sentiment corpora are"))


@pytest.fixture(scope="module")
def figures(corpora: Corpora) -> Figures:
    return measure(load_weights(), corpora, SEED)


@pytest.mark.shared
def test_the_corpora_are_those_the_floors_were_measured_on(corpora: Corpora) -> None:
    assert corpora.digest == CORPORA_DIGEST


@pytest.mark.shared
def test_the_shipped_weights_were_trained_on_these_corpora_and_this_split(corpora: Corpora) -> None:
    about = load_weights().about
    assert (about["corpora"], about["seed"]) == (corpora.digest, SEED)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("figure", "floor"),
    [
        ("two_class", 0.890),
        ("weibo", 0.900),
        ("polarity", 0.820),
        ("macro_f1", 0.654),
        ("three_class", 0.730),
    ],
)
def test_accuracy_does_not_fall_below_its_floor(figures: Figures, figure: str, floor: float) -> None:
    assert getattr(figures, figure) >= floor


@pytest.mark.shared
@pytest.mark.parametrize(("figure", "ceiling"), [("two_class_ece", 0.0295), ("three_class_ece", 0.054)])
def test_probabilities_can_be_believed(figures: Figures, figure: str, ceiling: float) -> None:
    assert getattr(figures, figure) <= ceiling


def words(path: Path) -> tuple[str, ...]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def own() -> list[tuple[str, str, str]]:
    with OWN.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text"], row["label"], row["topic"]) for row in rows]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    lexicon = Lexicon(
        user_words=words(LEXICON / "user_words.txt"),
        negations=words(LEXICON / "negations.txt"),
        intensifiers=words(LEXICON / "intensifiers.txt"),
        crisis={path.stem: words(path) for path in (LEXICON / "crisis").glob("*.txt")},
    )
    segmenter = Segmenter(tmp_path_factory.mktemp("jieba"), lexicon.user_words)
    return Reader(load_weights(), lexicon, segmenter)


@pytest.fixture(scope="module")
def readings(own: list[tuple[str, str, str]], reader: Reader) -> list[Reading]:
    return reader.read([text for text, _, _ in own])


def test_our_own_sentences_are_those_the_floors_were_measured_on() -> None:
    assert hashlib.sha256(OWN.read_bytes()).hexdigest() == OWN_DIGEST


def test_our_own_sentences_read_as_people_read_them(
    own: list[tuple[str, str, str]], readings: list[Reading]
) -> None:
    assert len(own) >= 120
    right = [reading.label == label for (_, label, _), reading in zip(own, readings, strict=True)]
    assert sum(right) / len(right) >= 0.95


def test_our_own_complaints_are_parted_from_praise(
    own: list[tuple[str, str, str]], readings: list[Reading]
) -> None:
    spoken = [
        (r.p_pos > r.p_neg, label) for (_, label, _), r in zip(own, readings, strict=True) if label != "neu"
    ]
    assert sum(is_pos == (label == "pos") for is_pos, label in spoken) / len(spoken) >= 0.97


def test_a_verdict_that_is_sure_of_itself_is_nearly_always_right(
    own: list[tuple[str, str, str]], readings: list[Reading]
) -> None:
    sure = [r.label == label for (_, label, _), r in zip(own, readings, strict=True) if not r.unsure]
    assert len(sure) / len(own) >= 0.85
    assert sum(sure) / len(sure) >= 0.97


def test_the_sample_agencys_words_find_the_topic(
    own: list[tuple[str, str, str]], readings: list[Reading], reader: Reader
) -> None:
    said = [
        reader.topics.said(clean_text(text), angry=r.p_neg > r.p_neu + r.p_pos).topics
        for (text, _, _), r in zip(own, readings, strict=True)
    ]
    right = [(of[0].value if of else "") == topic for (_, _, topic), of in zip(own, said, strict=True)]
    assert sum(right) / len(right) >= 0.95


def test_weak_words_lose_no_topic_and_alarm_few_calm_sentences(
    own: list[tuple[str, str, str]], readings: list[Reading]
) -> None:
    """These sentences were written before the weak words were."""
    named = [
        topic in {t.value for t in r.topics} for (_, _, topic), r in zip(own, readings, strict=True) if topic
    ]
    calm = [bool(r.topics) for (_, label, topic), r in zip(own, readings, strict=True) if label != "neg"]
    assert sum(named) / len(named) >= 0.95
    assert sum(calm) / len(calm) <= 0.12
