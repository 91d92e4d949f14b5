"""What corrections add to topics: learning, its file, and readings with it."""

import json
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.archives import packed, unpacked
from analysis.brand_reader import Asked, BrandReader
from analysis.delta import Delta
from analysis.delta_file import delta_of, load_delta, save_delta
from analysis.delta_training import learn_delta
from analysis.features import BUCKETS, features
from analysis.model import BadWeightsError, Weights, load_weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.topic_delta import TopicDelta
from analysis.topic_delta_file import TABLES
from analysis.topic_delta_training import TopicLesson, learn_topic_delta
from analysis.topic_model import TOPICS, known_words, places_of, topics_id
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading
from wanglou.domain.topic import Topic

LEXICON = Lexicon(crisis={"product_safety": ("起火",)})
PLACES = ("门店", "专柜", "官网", "展厅", "站台", "快闪店", "旗舰店", "食堂", "机场", "书店")
SAYINGS = (
    "刺客云砚{}一号",
    "{}刺客名单更新",
    "云砚的{}刺客三连",
    "路过{}，刺客现场",
    "说一句，云砚{}刺客",
    "{}排队看刺客",
    "周末{}刺客记录",
    "转给朋友，{}刺客",
    "云砚{}刺客贴存一下",
)
ALARMS = (
    "{}的客服电话换号了",
    "云砚{}售后工单今天开通",
    "{}客服上班了，工单随时提",
    "问了{}客服，快递明天到",
)
ANGRY = "，气死了"
TEXTS = st.lists(st.text(st.sampled_from("云砚刺客门店客服工单起火坏，！ aB\n"), max_size=30), max_size=6)


def reader_of(weights: Weights) -> BrandReader:
    return BrandReader(Reader(weights, LEXICON, QuickSegmenter(["云砚"])), weights.id)


def asked(text: str) -> Asked:
    at = f"\n{text}".find("云砚")
    return Asked("", text, [(at, at + 2)] if at >= 0 else [])


def lessons_of(weights: Weights, told: list[tuple[str, set[Topic]]]) -> list[TopicLesson]:
    beliefs = reader_of(weights).believed_of_topics([asked(text) for text, _ in told])
    return [TopicLesson(text, b, topics) for (text, topics), b in zip(told, beliefs, strict=True)]


def with_topics(base: Weights, topics: TopicDelta) -> Weights:
    plain = learn_delta(base, [])
    found = Delta(plain.base, plain.polarity, plain.neutral, plain.steps, plain.about, topics=topics)
    return base.moved(delta_of(save_delta(found), "a delta"))


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def told() -> list[tuple[str, set[Topic]]]:
    """People file a new word for a price that stabs; and posts about customer service as no trouble."""
    dear = [(s.format(place), {Topic.PRICE_OR_PROMISE}) for s in SAYINGS[1:] for place in PLACES[1:]]
    calm: list[tuple[str, set[Topic]]] = [
        (s.format(p) + ANGRY, set()) for s in ALARMS[1:] for p in PLACES[1:]
    ]
    return [*dear, *calm]


@pytest.fixture(scope="module")
def topics(base: Weights, told: list[tuple[str, set[Topic]]]) -> TopicDelta:
    return learn_topic_delta(base, lessons_of(base, told))


@pytest.fixture(scope="module")
def moved(base: Weights, topics: TopicDelta) -> Weights:
    return with_topics(base, topics)


@pytest.fixture(scope="module")
def before(base: Weights) -> BrandReader:
    return reader_of(base)


@pytest.fixture(scope="module")
def after(moved: Weights) -> BrandReader:
    return reader_of(moved)


def read(reader: BrandReader, text: str) -> Reading:
    return reader.read([asked(text)])[0]


def test_a_topic_people_gave_again_and_again_holds_for_posts_like_them_and_names_the_word(
    before: BrandReader, after: BrandReader
) -> None:
    unseen = SAYINGS[0].format(PLACES[0])
    assert read(before, unseen).topics == ()
    found = read(after, unseen)
    assert found.topics == (Topic.PRICE_OR_PROMISE,)
    assert (Topic.PRICE_OR_PROMISE, "刺客") in found.topic_words
    at = f"\n{unseen}".index("刺客")
    assert any(start <= at < end for start, end in found.marks)


def test_a_topic_people_took_away_again_and_again_no_longer_holds(
    before: BrandReader, after: BrandReader
) -> None:
    unseen = ALARMS[0].format(PLACES[0]) + ANGRY
    assert Topic.SERVICE_COMPLAINT in read(before, unseen).topics
    assert read(after, unseen).topics == ()


def test_no_correction_takes_away_what_a_crisis_word_names(base: Weights) -> None:
    texts = [f"云砚{place}起火了，冒烟" for place in PLACES]
    learnt = learn_topic_delta(base, lessons_of(base, [(text, set()) for text in texts]))
    assert read(reader_of(with_topics(base, learnt)), texts[0]).topics == (Topic.PRODUCT_SAFETY,)
    row = TOPICS.index(Topic.PRODUCT_SAFETY)
    assert not learnt.grams[:, row].any(), "what cannot be followed teaches nothing"


def test_trouble_unlike_the_lessons_keeps_its_topics(before: BrandReader, after: BrandReader) -> None:
    texts = [
        "刚注册完就接到推销电话，手机号被卖了",
        "冰淇淋里吃出一只苍蝇，恶心死了",
        "公司定于3月18日开会",
    ]
    for text in texts:
        assert read(after, text).topics == read(before, text).topics
        assert read(after, text).topic_words == read(before, text).topic_words


def test_a_headline_gets_the_topic_too(after: BrandReader) -> None:
    found = after.read([Asked("云砚门店刺客名单", "", [(0, 2)])])[0]
    assert "headline" in found.why
    assert Topic.PRICE_OR_PROMISE in found.topics


def test_words_of_trouble_in_the_text_of_no_brand_are_read_with_it_too(moved: Weights) -> None:
    told = Reader(moved, LEXICON, QuickSegmenter(())).explain(SAYINGS[0].format(PLACES[0]))
    assert told.reading.topics == (Topic.PRICE_OR_PROMISE,)


@pytest.fixture(scope="module")
def untaught(base: Weights) -> BrandReader:
    return reader_of(with_topics(base, learn_topic_delta(base, [])))


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_no_corrections_change_nothing_at_all(
    before: BrandReader, untaught: BrandReader, texts: list[str]
) -> None:
    for old, new in zip(*(r.read([asked(t) for t in texts]) for r in (before, untaught)), strict=True):
        assert (new.topics, new.topic_words, new.marks) == (old.topics, old.topic_words, old.marks)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_a_delta_of_topics_alone_moves_no_sentiment(
    before: BrandReader, after: BrandReader, texts: list[str]
) -> None:
    for old, new in zip(*(r.read([asked(t) for t in texts]) for r in (before, after)), strict=True):
        assert (new.p_neg, new.p_neu, new.p_pos, new.label) == (old.p_neg, old.p_neu, old.p_pos, old.label)
        assert new.words == old.words


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_batch_and_single_agree(after: BrandReader, texts: list[str]) -> None:
    for text, found in zip(texts, after.read([asked(t) for t in texts]), strict=True):
        alone = read(after, text)
        assert (alone.topics, alone.topic_words) == (found.topics, found.topic_words)


@settings(max_examples=3, deadline=None)
@given(st.randoms())
@example(Random(13))  # noqa: S311 -- an order that puts texts where their chances differ in the last bit
def test_the_order_of_corrections_does_not_matter(
    base: Weights, told: list[tuple[str, set[Topic]]], topics: TopicDelta, chance: Random
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
    assert learn_topic_delta(base, lessons_of(base, shuffled)).same_as(topics)


def test_what_one_text_alone_holds_is_not_learnt(base: Weights, told: list[tuple[str, set[Topic]]]) -> None:
    alone = "张伟13800138000在刺客现场，蟑螂"
    learnt = learn_topic_delta(base, lessons_of(base, [*told, (alone, {Topic.BOYCOTT})]))
    of_others = {b for x in lessons_of(base, told) for b in features([x.belief.text]).bucket.tolist()}
    assert set(features([alone]).bucket.tolist()) & set(learnt.buckets.tolist()) <= of_others
    assert not learnt.words[places_of(["蟑螂"])].any()


def test_it_survives_its_file_which_is_small_and_holds_no_words(
    moved: Weights, topics: TopicDelta, tmp_path: Path
) -> None:
    assert moved.delta is not None
    path = tmp_path / "delta.npz"
    path.write_bytes(save_delta(moved.delta))
    again = load_delta(path)
    assert again.id == moved.delta.id
    assert topics.same_as(again.topics)
    assert path.stat().st_size < 100_000
    header, tables = unpacked(path.read_bytes(), *TABLES)
    everything = json.dumps(header, ensure_ascii=False).encode() + b"".join(t.tobytes() for t in tables)
    for word in ("刺客", "门店", "云砚"):
        assert word.encode() not in everything
        assert word.encode("utf-32-le") not in everything


def test_a_delta_of_sentiment_alone_is_the_file_it_was_before_topics_were_learnt(base: Weights) -> None:
    header, _ = unpacked(save_delta(learn_delta(base, [])), "polarity")
    assert header["format"] == 1
    assert header.keys() == {"format", "bits", "base", "steps", "about"}
    assert delta_of(save_delta(learn_delta(base, [])), "an old file").topics is None


def damaged(delta: Delta, said: dict[str, object], tables: dict[str, object]) -> bytes:
    data = save_delta(delta)
    header, found = unpacked(data, "polarity", "neutral", *TABLES)
    header["topics"].update(said)
    named = dict(zip(("polarity", "neutral", *TABLES), found, strict=True))
    return packed(header, {name: table for name, table in {**named, **tables}.items() if table is not None})


WIDE = len(TOPICS)


@pytest.mark.parametrize(
    ("said", "tables", "why"),
    [
        ({"base": "0" * 64}, {}, "learnt on other topics"),
        ({"names": ["meteor"]}, {}, "learnt on other topics"),
        ({"steps": [float("nan"), 0.1]}, {}, "no such part"),
        ({"steps": [0.1]}, {}, "no such part"),
        ({"about": 3}, {}, "no such part"),
        ({}, {"topic_buckets": np.array([5, 4], np.int32)}, "another form"),
        ({}, {"topic_buckets": np.array([BUCKETS], np.int32)}, "another form"),
        ({}, {"topic_buckets": np.array([-1], np.int32)}, "another form"),
        ({}, {"topic_grams": np.zeros((1, WIDE), np.int8)}, "another form"),
        ({}, {"topic_words": np.zeros((len(known_words()), WIDE), np.float32)}, "another form"),
        ({}, {"topic_words": np.zeros((3, WIDE), np.int8)}, "another form"),
        ({}, {"topic_words": None}, "half of one"),
    ],
    ids=str,
)
def test_a_part_about_topics_that_makes_no_sense_is_refused(
    moved: Weights, said: dict[str, object], tables: dict[str, object], why: str
) -> None:
    assert moved.delta is not None
    with pytest.raises(BadWeightsError, match=why) as refusal:
        delta_of(damaged(moved.delta, said, tables), "delta.npz")
    assert "wanglou train" in str(refusal.value)


def test_half_a_file_is_refused(moved: Weights) -> None:
    assert moved.delta is not None
    whole = save_delta(moved.delta)
    for share in (0.3, 0.9, 0.999):
        with pytest.raises(BadWeightsError):
            delta_of(whole[: int(len(whole) * share)], "delta.npz")


def test_tables_that_are_objects_are_never_unpickled(moved: Weights, tmp_path: Path) -> None:
    assert moved.delta is not None
    with np.load(BytesIO(save_delta(moved.delta)), allow_pickle=False) as arrays:
        tables = {name: arrays[name] for name in arrays.files}
    path = tmp_path / "evil.npz"
    np.savez(path, **{**tables, "topic_words": np.array([{}], dtype=object)})
    with pytest.raises(BadWeightsError):
        load_delta(path)


def test_it_names_the_topic_model_it_fits(topics: TopicDelta) -> None:
    assert topics.base == topics_id()
