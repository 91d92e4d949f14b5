"""A delta on the shipped weights: what corrections teach, its file, and readings with it."""

import json
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.brand_reader import Asked, BrandReader
from analysis.delta import Delta
from analysis.delta_file import load_delta, save_delta
from analysis.delta_training import Lesson, learn_delta
from analysis.features import BUCKETS, features
from analysis.model import CLASSES, BadWeightsError, Weights, load_weights
from analysis.newer_words import as_known_words
from analysis.reading import Reader
from analysis.reading_version import reading_version
from analysis.segmenting import QuickSegmenter
from analysis.text import clean_text
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading, Sentiment

PLACES = ("门店", "专柜", "官网", "展厅", "站台", "快闪店", "旗舰店", "食堂", "机场", "书店")
SAYINGS = ("今天{}又雷阵", "云砚的{}雷阵三连", "路过{}，雷阵现场", "说一句，{}雷阵", "{}排队看雷阵")
TEXTS = st.lists(st.text(st.sampled_from("云砚雷阵门店好坏，！ aB😡\n"), max_size=30), max_size=6)


def said(saying: str, place: str) -> str:
    return clean_text(saying.format(place))


def lesson(base: Weights, text: str, label: str) -> Lesson:
    found = features([text])
    p_neg, p_neu, p_pos = base.probabilities(base.scores(found)[0], found)[0].tolist()
    return Lesson(text, text, (p_neg, p_neu, p_pos), CLASSES.index(label))


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def lessons(base: Weights) -> list[Lesson]:
    """People who say again and again that 雷阵 is bad news; the word is ours, and nobody knows it."""
    return [lesson(base, said(s, place), "neg") for s in SAYINGS[1:] for place in PLACES[1:]]


@pytest.fixture(scope="module")
def delta(base: Weights, lessons: list[Lesson]) -> Delta:
    return learn_delta(base, lessons)


@pytest.fixture(scope="module")
def moved(base: Weights, delta: Delta) -> Weights:
    return base.moved(delta)


def reader_of(weights: Weights) -> Reader:
    return Reader(weights, Lexicon(), QuickSegmenter(["云砚"]))


@pytest.fixture(scope="module")
def base_reader(base: Weights) -> Reader:
    return reader_of(base)


@pytest.fixture(scope="module")
def moved_reader(moved: Weights) -> Reader:
    return reader_of(moved)


def brand_reader(weights: Weights) -> BrandReader:
    reader = reader_of(weights)
    return BrandReader(reader, reading_version(reader, Lexicon(), ["云砚"]))


def read(weights: Weights, title: str, text: str) -> Reading:
    whole = f"{title}\n{text}"
    at = whole.index("云砚")
    return brand_reader(weights).read([Asked(title, text, [(at, at + 2)])])[0]


def test_what_people_said_of_posts_holds_for_posts_like_them(base: Weights, moved: Weights) -> None:
    unseen = said(SAYINGS[0], PLACES[0])
    before, after = reader_of(base).score([unseen])[0], reader_of(moved).score([unseen])[0]
    assert before.label is not Sentiment.NEG
    assert after.label is Sentiment.NEG
    assert after.p_neg > before.p_neg + 0.2


def test_what_has_nothing_of_the_lessons_reads_nearly_as_before(base: Weights, moved: Weights) -> None:
    texts = [
        "用了一年非常满意，推荐，五星好评",
        "客服推诿不管，太坑了，气死我了",
        "公司定于3月18日召开年度股东大会",
    ]
    for before, after in zip(reader_of(base).score(texts), reader_of(moved).score(texts), strict=True):
        assert after.label is before.label
        assert after.p_neg == pytest.approx(before.p_neg, abs=0.05)


@pytest.fixture(scope="module")
def untaught_reader(base: Weights) -> Reader:
    return reader_of(base.moved(learn_delta(base, [])))


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_no_corrections_change_nothing_at_all(
    base_reader: Reader, untaught_reader: Reader, texts: list[str]
) -> None:
    assert untaught_reader.score(texts) == base_reader.score(texts)


@settings(max_examples=5, deadline=None)
@given(st.randoms())
def test_the_order_of_corrections_does_not_matter(
    base: Weights, lessons: list[Lesson], delta: Delta, chance: Random
) -> None:
    shuffled = list(lessons)
    chance.shuffle(shuffled)
    assert save_delta(learn_delta(base, shuffled)) == save_delta(delta)


def test_what_one_text_alone_holds_is_not_learnt(base: Weights, lessons: list[Lesson]) -> None:
    secret = clean_text("张伟13800138000在雷阵现场")
    learnt = learn_delta(base, [*lessons, lesson(base, secret, "neg")])
    held = set(np.flatnonzero((learnt.polarity != 0) | (learnt.neutral != 0)).tolist())
    elsewhere = set(features([x.text for x in lessons]).bucket.tolist())
    assert set(features([secret]).bucket.tolist()) & held <= elsewhere
    assert set(features(["雷阵"]).bucket.tolist()) & held


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_batch_and_single_agree_with_a_delta(moved_reader: Reader, texts: list[str]) -> None:
    for text, found in zip(texts, moved_reader.score(texts), strict=True):
        alone = moved_reader.score([text])[0]
        assert (alone.label, alone.unsure) == (found.label, found.unsure)
        assert alone.p_neg == pytest.approx(found.p_neg)


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("云砚雷阵门店好坏， a😡"), min_size=1, max_size=40))
def test_what_words_add_is_all_that_moves_the_verdict_with_a_delta(
    moved: Weights, moved_reader: Reader, text: str
) -> None:
    told = moved_reader.explain(text)
    found = features([as_known_words(told.cleaned)])
    scores, _ = moved.scores(found)
    without_words = moved.placed(np.zeros_like(scores), found)
    label = CLASSES.index(told.reading.label)
    linear = ((moved.placed(scores, found) - without_words) @ moved.softmax[:, :2].T)[0]
    expected = 1.5 * (linear[label] - linear.mean()) if told.cleaned else 0.0
    assert sum(value for _, value in told.words) == pytest.approx(expected, abs=1e-6)


def test_the_words_people_corrected_by_carry_the_verdict(moved_reader: Reader) -> None:
    told = moved_reader.explain(said(SAYINGS[0], PLACES[0]))
    assert told.reading.label is Sentiment.NEG
    assert sum(value for word, value in told.words if {"雷", "阵"} & set(word)) > 0.3


def test_a_headline_moves_and_says_by_which_words(base: Weights, moved: Weights) -> None:
    before, after = read(base, "云砚门店雷阵", ""), read(moved, "云砚门店雷阵", "")
    assert "headline" in before.why
    assert "headline" in after.why
    assert after.p_neg > before.p_neg + 0.1
    assert any("雷" in word or "阵" in word for word, value in after.words if value > 0)


def test_a_stored_reading_names_the_delta_it_was_read_with(
    base: Weights, moved: Weights, delta: Delta
) -> None:
    plain, with_delta = read(base, "", "云砚雷阵了").model, read(moved, "", "云砚雷阵了").model
    assert "+" not in plain
    assert with_delta.partition("+")[2] == delta.id[:16]
    assert with_delta.partition("+")[0] != plain


def test_what_is_believed_is_what_is_read_where_no_rule_decides(moved: Weights) -> None:
    reader = brand_reader(moved)
    asked = [Asked("", "云砚雷阵了，很差", [(1, 3)]), Asked("云砚门店雷阵", "", [(0, 2)])]
    for belief, reading in zip(reader.believed(asked), reader.read(asked), strict=True):
        assert belief.chances == pytest.approx((reading.p_neg, reading.p_neu, reading.p_pos))
        assert "云砚" not in belief.text


def test_a_delta_survives_its_file_and_is_small(delta: Delta, tmp_path: Path) -> None:
    path = tmp_path / "delta.npz"
    path.write_bytes(save_delta(delta))
    again = load_delta(path)
    assert again.id == delta.id
    assert (again.polarity == delta.polarity).all()
    assert (again.neutral == delta.neutral).all()
    assert again.about["lessons"] == 36
    assert path.stat().st_size < 100_000


def changed(delta: Delta, **fields: object) -> bytes:
    with np.load(BytesIO(save_delta(delta)), allow_pickle=False) as arrays:
        header = {**json.loads(arrays["header"].tobytes()), **fields}
        archive = BytesIO()
        text = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
        np.savez_compressed(archive, header=text, polarity=arrays["polarity"], neutral=arrays["neutral"])
    return archive.getvalue()


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": [float("nan"), 0.1]},
        {"steps": [0.1, float("inf")]},
        {"steps": [0.1]},
        {"steps": "many"},
        {"format": 99},
        {"bits": 18},
        {"base": None},
        {"about": []},
    ],
    ids=str,
)
def test_a_delta_whose_header_makes_no_sense_is_refused(
    delta: Delta, tmp_path: Path, fields: dict[str, object]
) -> None:
    path = tmp_path / "delta.npz"
    path.write_bytes(changed(delta, **fields))
    with pytest.raises(BadWeightsError, match="wanglou train --back"):
        load_delta(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_half_a_delta_is_refused(delta: Delta, tmp_path: Path, share: float) -> None:
    whole = save_delta(delta)
    path = tmp_path / "delta.npz"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadWeightsError, match="half of one"):
        load_delta(path)


def test_tables_of_another_kind_are_refused(delta: Delta, tmp_path: Path) -> None:
    path = tmp_path / "delta.npz"
    header = np.frombuffer(b"[]", dtype=np.uint8)
    nan = np.full(BUCKETS, np.nan, dtype=np.float32)
    np.savez(path, header=header, polarity=nan, neutral=delta.neutral)
    with pytest.raises(BadWeightsError, match="numbers that are none"):
        load_delta(path)


def test_something_huge_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "delta.npz"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(BadWeightsError, match="larger than"):
        load_delta(path)


def test_a_delta_with_objects_inside_is_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, header=np.array([{"format": 1}], dtype=object))
    with pytest.raises(BadWeightsError):
        load_delta(path)


def test_a_delta_of_other_weights_is_refused(base: Weights, delta: Delta) -> None:
    foreign = Delta("0" * 64, delta.polarity, delta.neutral, delta.steps, {}, "f" * 64)
    with pytest.raises(BadWeightsError, match="learn it anew"):
        base.moved(foreign)


def test_one_delta_takes_the_place_of_another(base: Weights, moved: Weights, delta: Delta) -> None:
    none = learn_delta(moved, [])
    assert moved.moved(none).id == f"{base.id}+{none.id}"
    assert moved.plain.id == base.id
    assert moved.moved(delta).id == moved.id
