from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.features import BUCKETS, LONGEST, features
from analysis.jieba_segmenter import Segmenter
from analysis.model import CLASSES, SHIPPED, BadWeightsError, Weights, load_weights, save
from analysis.newer_words import as_known_words
from analysis.ngrams import END, code_points, grams
from analysis.reading import Reader
from analysis.text import clean_text
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Sentiment
from wanglou.domain.topic import Topic

LEXICON = Lexicon(negations=("没有",), crisis={"service_complaint": ("客服推诿",)})
ANGRY = "安屿锁半夜自己打开，客服推诿不管，太坑了，气死我了"
TEXTS = st.lists(st.text(st.sampled_from("安屿锁好坏不太差客服喜欢，！ aB😡\n"), max_size=30), max_size=8)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def reader(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(weights, LEXICON, Segmenter(tmp_path_factory.mktemp("jieba")))


def test_anger_praise_and_announcement_read_as_such(reader: Reader) -> None:
    texts = [ANGRY, "用了一年非常满意，推荐，五星好评", "公司定于3月18日召开年度股东大会"]
    assert [r.label for r in reader.read(texts)] == [Sentiment.NEG, Sentiment.POS, Sentiment.NEU]


def test_a_reading_names_model_topics_and_the_words_that_carried_it(reader: Reader, weights: Weights) -> None:
    (reading,) = reader.read([ANGRY])
    assert reading.model == weights.id
    assert reading.topics == (Topic.SERVICE_COMPLAINT,)
    assert reading.topic_words == ((Topic.SERVICE_COMPLAINT, "客服推诿"),)
    strengths = [abs(value) for _, value in reading.words]
    assert strengths == sorted(strengths, reverse=True)
    assert reading.words[0][1] > 0


@settings(max_examples=60)
@given(TEXTS)
def test_probabilities_sum_to_one_whatever_the_text(reader: Reader, texts: list[str]) -> None:
    for found in reader.score(texts):
        assert found.p_neg + found.p_neu + found.p_pos == pytest.approx(1)
        assert min(found.p_neg, found.p_neu, found.p_pos) >= 0


@settings(max_examples=60)
@given(TEXTS)
def test_a_texts_verdict_does_not_depend_on_its_batch(reader: Reader, texts: list[str]) -> None:
    together = reader.score(texts)
    for text, found in zip(texts, together, strict=True):
        alone = reader.score([text])[0]
        assert (alone.label, alone.unsure) == (found.label, found.unsure)
        assert alone.p_neg == pytest.approx(found.p_neg)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_reading_and_scoring_agree(reader: Reader, texts: list[str]) -> None:
    for reading, found in zip(reader.read(texts), reader.score(texts), strict=True):
        assert (reading.label, reading.unsure) == (found.label, found.unsure)
        assert reading.p_pos == pytest.approx(found.p_pos)


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("安屿锁好坏不太差客服喜欢， a😡"), min_size=1, max_size=40))
def test_what_words_add_is_all_that_moves_the_verdict(reader: Reader, weights: Weights, text: str) -> None:
    told = reader.explain(text)
    found = features([as_known_words(told.cleaned)])
    scores, _ = weights.scores(found)
    without_words = weights.placed(np.zeros_like(scores), found)
    label = CLASSES.index(told.reading.label)
    linear = ((weights.placed(scores, found) - without_words) @ weights.softmax[:, :2].T)[0]
    expected = 1.5 * (linear[label] - linear.mean()) if told.cleaned else 0.0
    assert sum(value for _, value in told.words) == pytest.approx(expected, abs=1e-6)


def test_explained_words_joined_are_the_text_the_model_saw(reader: Reader) -> None:
    told = reader.explain("安屿鎖  半夜自己打開！http://t.cn/A6x")
    assert "".join(word for word, _ in told.words) == told.cleaned == "安屿锁 半夜自己打开!"


@pytest.mark.parametrize("text", ["", "。。。", "！？……", "@小明 "])
def test_a_text_that_says_nothing_is_unsure(reader: Reader, text: str) -> None:
    assert reader.score([text])[0].unsure


def test_the_operator_moves_the_neutral_band_and_the_doubt(weights: Weights, tmp_path: Path) -> None:
    texts = [ANGRY, "公司定于3月18日召开年度股东大会", "收到货了，还没拆"]

    def verdicts(neutral_at: float, unsure_below: float) -> list[tuple[Sentiment, bool]]:
        moved = Reader(
            weights, Lexicon(), Segmenter(tmp_path), neutral_at=neutral_at, unsure_below=unsure_below
        )
        return [(s.label, s.unsure) for s in moved.score(texts)]

    assert all(label is Sentiment.NEU for label, _ in verdicts(0.0, 0.0))
    assert all(label is not Sentiment.NEU for label, _ in verdicts(1.0, 0.0))
    assert all(unsure for _, unsure in verdicts(0.5, 1.01))
    assert not any(unsure for _, unsure in verdicts(0.5, 0.0))


def test_each_kind_of_text_has_its_neutral_band_until_somebody_sets_one(
    weights: Weights, tmp_path: Path
) -> None:
    texts = [clean_text(said) for said in ("收到货了，还没拆", "房间在三楼，早餐七点开始")]
    kinds = replace(weights.kinds, band=np.full(len(weights.kinds.bias), -1.0))
    low = replace(weights, kinds=kinds)

    def labels(band: float | None) -> list[Sentiment]:
        reader = Reader(low, Lexicon(), Segmenter(tmp_path), neutral_at=band)
        asked = reader.judge(texts, [None, 1.0]).scores
        assert asked[1].label is not Sentiment.NEU
        assert asked[0] == reader.score(texts)[0]
        return [score.label for score in reader.score(texts)]

    assert labels(None) == [Sentiment.NEU] * 2
    assert Sentiment.NEU not in labels(1.0)


def test_an_endless_text_is_scored_by_its_beginning(reader: Reader) -> None:
    (long,) = reader.read([ANGRY * 200])
    assert long.label is Sentiment.NEG
    assert reader.score(["好" * LONGEST + "坏" * 9])[0] == reader.score(["好" * LONGEST])[0]


def test_no_texts_give_no_readings(reader: Reader) -> None:
    assert reader.read([]) == []
    assert reader.score([]) == []


def test_weights_survive_the_file_and_their_id_is_its_digest(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "again.npz"
    path.write_bytes(save(weights))
    again = load_weights(path)
    assert again.id == weights.id
    assert (again.polarity == weights.polarity).all()


def test_the_shipped_weights_are_small() -> None:
    assert len(save(load_weights())) < 4_000_000


@pytest.mark.parametrize("content", [b"", b"PK\3\4 broken", b"not weights at all", None])
def test_a_damaged_weights_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.npz"
    if content is None:
        whole = SHIPPED.read_bytes()
        content = whole[:50_000] + bytes(1_000) + whole[51_000:]
    path.write_bytes(content)
    with pytest.raises(BadWeightsError, match="wanglou train"):
        load_weights(path)


def test_an_array_in_the_place_of_weights_is_refused_too(tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(BadWeightsError, match="wanglou train"):
        load_weights(tmp_path / "array.npy")


def test_weights_with_objects_inside_are_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, header=np.array([{"format": 1}], dtype=object))
    with pytest.raises(BadWeightsError):
        load_weights(path)


def test_hashes_are_the_same_on_every_machine() -> None:
    assert grams(code_points(["好坏"]), 2).tolist() == PINNED


@settings(max_examples=60)
@given(TEXTS)
def test_features_of_a_batch_are_those_of_its_texts(texts: list[str]) -> None:
    cleaned = [clean_text(t) for t in texts]
    together = features(cleaned)
    for i, text in enumerate(cleaned):
        alone = features([text])
        assert together.bucket[together.text == i].tolist() == alone.bucket.tolist()
    assert all(0 <= b < BUCKETS for b in together.bucket.tolist())


def test_texts_are_parted_by_an_end_mark() -> None:
    points = code_points(["好坏", "", "大"]).tolist()
    assert points == [END, ord("好"), ord("坏"), END, END, ord("大"), END]
    assert [b - a for a, b in pairwise([i for i, p in enumerate(points) if p == END])] == [3, 1, 2]


PINNED = [1825984144, 105669650, 3429457058, 1566800190]
