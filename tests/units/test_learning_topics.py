"""Learning from corrections of topics: what is taught, what is kept back, and what may not be taken."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

import pytest

from analysis.brand_reader import Asked, BrandReader
from analysis.delta_training import learn_delta
from analysis.model import CLASSES, Weights, load_weights
from analysis.reading import Reader
from analysis.reposts import assign, fingerprints
from analysis.segmenting import QuickSegmenter
from analysis.topic_floor import topic_floor
from analysis.topic_trial import TopicMarks, TopicTrial
from analysis.topic_trying import TopicCase
from analysis.trial import LEAST_HELD, Change
from analysis.trying import Case
from desk.delta_cards import Part, card_fields, card_of
from desk.delta_words import DeltaWords
from desk.learning import Learnt, learn
from desk.learning_topics import SAME, LearntTopics, learn_topics
from desk.lessons import Corrected, CorrectedTopics, Gathered, GatheredTopics
from wanglou.domain.agency import Lexicon
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES, say

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
PLACES = ("门店", "专柜", "官网", "展厅", "站台", "快闪店", "旗舰店", "食堂", "机场", "书店", "车站", "影院")
FRAMES = (
    "刺客云砚{}一号",
    "{}刺客名单更新",
    "云砚的{}刺客三连",
    "路过{}，刺客现场",
    "说一句，云砚{}刺客",
    "{}排队看刺客",
    "周末{}刺客记录",
    "转给朋友，{}刺客",
    "云砚{}刺客贴存一下",
    "{}刺客合集，第三期",
)
CALM = ("{}名单更新", "{}排队看新品", "周末{}开门记录", "{}合集，第三期", "{}地址存一下")
STABS = tuple(f"{saying}，真生气" for saying in FRAMES)
WARNINGS = tuple(saying.replace("刺客", "雷阵") for saying in FRAMES)
CUTTER = QuickSegmenter(())
PRICE = frozenset({Topic.PRICE_OR_PROMISE})
NOTHING: frozenset[Topic] = frozenset()


def told(kind: CorrectionKind, text: str, after: str, number: int = 0) -> Correction:
    item = f"{text}-{number}"
    at = NOW - timedelta(days=1) + timedelta(seconds=number)
    return Correction("tea", "云砚", group_of(item, text), item, kind, "", after, "zhou", at, id=number)


def group_of(item: str, text: str) -> str:
    """The group an item begins for a brand, as the pipeline asks for it."""
    name = f"mark/{item}"
    return assign({name: tuple(f"mark/{p}" for p in fingerprints(f"\n{text}"))}, {})[name][0]


def asked(text: str) -> Asked:
    at = f"\n{text}".find("云砚")
    return Asked("", text, [(at, at + 2)] if at >= 0 else [])


def topics_told(text: str, topics: Iterable[Topic], number: int = 0) -> CorrectedTopics:
    names = frozenset(topics)
    correction = told(CorrectionKind.TOPIC, text, ",".join(sorted(names)), number)
    return CorrectedTopics(correction, TopicCase(asked(text), names))


def sentiment_told(text: str, label: str) -> Corrected:
    return Corrected(told(CorrectionKind.SENTIMENT, text, label), Case(asked(text), CLASSES.index(label)))


def feelings() -> list[Corrected]:
    """A word younger than the corpora is bad news; the same frames without it are none."""
    bad = [sentiment_told(text, "neg") for text in posts(WARNINGS)]
    return [*bad, *(sentiment_told(text, "neu") for text in posts(CALM))]


def posts(sayings: Iterable[str]) -> list[str]:
    return [saying.format(place) for saying, place in product(sayings, PLACES)]


def gathered(found: Sequence[CorrectedTopics], sentiment: Sequence[Corrected] = ()) -> Gathered:
    return Gathered(tuple(sentiment), topics=GatheredTopics(tuple(found)))


def of_topics_alone(weights: Weights, found: Sequence[CorrectedTopics]) -> LearntTopics:
    """What is learnt of topics where sentiment stays as it is in use."""
    return learn_topics(weights, weights, GatheredTopics(tuple(found)), reader)


def codes(found: Learnt) -> set[str]:
    return {reason.code for reason in found.refusals}


def of_topics(found: Learnt) -> set[str]:
    return {code for code in codes(found) if code.startswith("delta_topics")}


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def stabs() -> list[CorrectedTopics]:
    """A word that no list holds is trouble with a price."""
    return [topics_told(text, PRICE) for text in posts(STABS)]


@pytest.fixture(scope="module")
def learnt(base: Weights, stabs: list[CorrectedTopics]) -> Learnt:
    return learn(base, gathered(stabs), NOW)


def test_a_word_no_list_holds_may_be_taken_while_sentiment_stays_as_it_is(learnt: Learnt) -> None:
    card = learnt.card.topics
    assert card is not None
    assert of_topics(learnt) == set()
    assert learnt.may_be_taken
    assert learnt.card.parts == (Part.TOPICS,)
    assert card.trial.held_new.exact > card.trial.held_old.exact + 0.3
    assert not learnt.delta.moves_sentiment
    assert codes(learnt) == {"delta_too_few"}, "and it is said why sentiment stays"


def test_the_floor_set_holds_every_topic_and_calm_sentences() -> None:
    found = [case.topics for case in topic_floor()]
    assert len(found) == 913
    assert {topic for topics in found for topic in topics} == set(Topic) - {Topic.OTHER}
    assert found.count(NOTHING) > 150


def test_the_card_counts_and_names_nobody_and_nothing(learnt: Learnt) -> None:
    card = learnt.card.topics
    assert card is not None
    assert card.taught.keys() == card.held.keys() == {"price_or_promise"}
    assert card.lessons + card.held["price_or_promise"] == len(posts(STABS))
    assert (learnt.card.people, learnt.card.clients) == (1, 1)
    for language in LANGUAGES:
        said = "\n".join(DeltaWords(language, UTC).card(learnt.card))  # type: ignore[arg-type]  # a zone
        assert "zhou" not in said
        assert "刺客" not in said
    assert card_of(card_fields(learnt.card)) == learnt.card


def test_the_order_of_corrections_changes_nothing(
    base: Weights, stabs: list[CorrectedTopics], learnt: Learnt
) -> None:
    shuffled = list(stabs)
    Random(7).shuffle(shuffled)  # noqa: S311 -- an order, no secret
    again = of_topics_alone(base, shuffled)
    assert again.delta.same_as(learnt.delta.topics)
    assert again.card == learnt.card.topics


def test_the_same_corrections_again_teach_nothing_new(
    base: Weights, stabs: list[CorrectedTopics], learnt: Learnt
) -> None:
    again = of_topics_alone(base.moved(learnt.delta), stabs)
    assert again.is_same
    assert again.refusals == (SAME,)


def test_one_person_who_hammers_one_sentence_teaches_it_once(base: Weights) -> None:
    same = [topics_told("云砚门店又是刺客", PRICE, number) for number in range(200)]
    found = of_topics_alone(base, same)
    assert found.card.lessons + sum(found.card.held.values()) == 1
    [reason] = found.refusals
    assert reason.code == "delta_topics_too_few"
    assert reason.facts["missing"] == LEAST_HELD - sum(found.card.held.values())


def test_of_contradicting_corrections_of_the_same_words_the_newest_counts(base: Weights) -> None:
    first, second = (topics_told("云砚门店又是刺客", topics, n) for n, topics in enumerate((PRICE, NOTHING)))
    for order in ([first, second], [second, first]):
        card = of_topics_alone(base, order).card
        assert {**card.taught, **card.held} == {"none": 1}


def test_corrections_at_random_are_refused(base: Weights) -> None:
    chance = Random(3)  # noqa: S311 -- an example, no secret
    listed = [topic for topic in Topic if topic is not Topic.OTHER]
    assert of_topics_alone(base, [topics_told(t, {chance.choice(listed)}) for t in posts(STABS)]).refusals


def grown(old: Weights, new: Weights, topic: Topic) -> int:
    """In how many of our own 913 sentences the topic holds that did not."""
    texts = [case.asked for case in topic_floor()]
    before, after = ([r.topics for r in reader(w).read(texts)] for w in (old, new))
    return sum(topic in now and topic not in once for once, now in zip(before, after, strict=True))


def reader(weights: Weights) -> BrandReader:
    return BrandReader(Reader(weights, Lexicon(), CUTTER), weights.id)


@pytest.mark.parametrize("topic", [Topic.BOYCOTT, Topic.PRODUCT_SAFETY])
def test_one_topic_for_everything_does_not_turn_everything_into_it(base: Weights, topic: Topic) -> None:
    everything = [case.asked.text for case in topic_floor()]
    found = of_topics_alone(base, [topics_told(f"{text}。", {topic}) for text in everything[::2]])
    in_use = base if found.refusals else base.moved(replace(learn_delta(base, []), topics=found.delta))
    assert grown(base, in_use, topic) <= 18


def test_one_topic_for_all_that_is_corrected_leaves_other_texts_alone(base: Weights, learnt: Learnt) -> None:
    texts = [case.asked for case in topic_floor()]
    before, after = ([r.topics for r in reader(w).read(texts)] for w in (base, base.moved(learnt.delta)))
    grown = sum(set(new) >= PRICE and not set(old) >= PRICE for old, new in zip(before, after, strict=True))
    assert grown <= 5


def test_trouble_of_no_listed_kind_is_none_of_the_listed(base: Weights) -> None:
    card = of_topics_alone(base, [topics_told(text, {Topic.OTHER}) for text in posts(STABS)]).card
    assert card.taught.keys() == {"none"}
    assert card.trial.held_old.exact > 0.8


def test_one_part_is_taken_and_the_refused_one_stays_as_it_was_in_use(base: Weights, learnt: Learnt) -> None:
    chance = Random(3)  # noqa: S311 -- an example, no secret
    listed = [topic for topic in Topic if topic is not Topic.OTHER]
    wild = [topics_told(text, {chance.choice(listed)}) for text in posts(WARNINGS)]
    bad = feelings()
    found = learn(base.moved(learnt.delta), gathered(wild, bad), NOW)
    assert found.card.parts == (Part.SENTIMENT,)
    assert of_topics(found)
    assert found.delta.moves_sentiment
    assert learnt.delta.topics is not None
    assert learnt.delta.topics.same_as(found.delta.topics)


def test_both_parts_are_taken_as_one_delta(base: Weights, stabs: list[CorrectedTopics]) -> None:
    bad = feelings()
    found = learn(base, gathered(stabs, bad), NOW)
    assert found.refusals == ()
    assert found.card.parts == (Part.SENTIMENT, Part.TOPICS)
    assert found.delta.moves_sentiment
    assert found.delta.topics is not None
    again = learn(base.moved(found.delta), gathered(stabs, bad), NOW)
    assert codes(again) == {"delta_same"}


def test_a_crisis_word_that_people_contradict_is_told(base: Weights) -> None:
    def with_words(weights: Weights) -> BrandReader:
        lexicon = Lexicon(crisis={"product_safety": ("刺客",)})
        return BrandReader(Reader(weights, lexicon, QuickSegmenter(())), weights.id)

    corrections = [topics_told(text, NOTHING) for text in posts(STABS)]
    card = learn_topics(base, base, GatheredTopics(tuple(corrections)), with_words).card
    assert card.against_words == len(corrections)


GOOD = TopicMarks(913, 0.7, 0.8, 0.7)
HELD = TopicMarks(40, 0.5, 0.8, 0.7)
CLEARLY, BARELY, NOT = Change(9, 1), Change(2, 1), Change(3, 3)


def trial(topics: dict[str, Change], held: Change = CLEARLY, cases: int = 40) -> TopicTrial:
    return TopicTrial(GOOD, GOOD, topics, HELD, replace(HELD, cases=cases), held)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (trial({"boycott": NOT, "none": NOT}), []),
        (trial({"boycott": Change(0, 4), "none": Change(4, 0)}), []),
        (trial({"boycott": Change(0, 1)}), ["delta_topics_floor_worse"]),
        (trial({"boycott": Change(0, 6)}), ["delta_topics_floor_worse", "delta_topics_floor_topic_worse"]),
        (trial({"boycott": Change(0, 6), "none": CLEARLY}), ["delta_topics_floor_topic_worse"]),
        (trial({}, held=BARELY), ["delta_topics_held_no_better"]),
        (trial({"boycott": Change(0, 9)}, cases=LEAST_HELD - 1), ["delta_topics_too_few"]),
    ],
)
def test_a_refusal_says_which_failed(found: TopicTrial, why: list[str]) -> None:
    assert [reason.code for reason in found.refusals] == why
    for language in LANGUAGES:
        assert all(say(reason, language) for reason in found.refusals)
