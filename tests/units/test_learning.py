"""Learning from corrections: what is taught, what is kept back, and what may not be taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest

from analysis.brand_reader import Asked
from analysis.delta_file import save_delta
from analysis.delta_training import PENALTIES, Lesson, learn_delta
from analysis.floor_set import floor_set
from analysis.model import CLASSES, Weights, load_weights
from analysis.own_posts import HELD_POSTS, read_posts
from analysis.reposts import assign, fingerprints
from analysis.trial import LEAST_HELD, Change, Marks, Trial
from analysis.trying import Bench, Case, marks
from desk.delta_cards import card_fields, card_of
from desk.delta_words import DeltaWords
from desk.learning import Learnt, learn
from desk.lessons import Corrected, Gathered
from wanglou.domain.correction import Correction, CorrectionKind, group_there
from wanglou.wording import LANGUAGES, say

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
PLACES = ("门店", "专柜", "官网", "展厅", "站台", "快闪店", "旗舰店", "食堂", "机场", "书店", "车站", "影院")
WARNINGS = (
    "{}雷帖名单更新",
    "云砚的{}雷帖三连",
    "路过{}，雷帖现场",
    "说一句，云砚{}雷帖",
    "{}排队看雷帖",
    "周末{}雷帖记录",
    "转给朋友，{}雷帖",
    "云砚{}雷帖贴存一下",
    "雷帖云砚{}一号",
    "{}雷帖合集，第三期",
)
CALM = ("{}名单更新", "{}排队看新品", "周末{}开门记录", "{}合集，第三期", "{}地址存一下")
PRAISE = (
    "{}的服务很好，推荐",
    "在{}买的，非常满意",
    "{}体验不错，喜欢",
    "去{}看了，很惊喜，好评",
    "云砚{}值得信赖，点赞",
    "{}的店员很耐心，感谢",
    "{}太棒了，下次还来",
    "{}做得真好，很贴心",
    "很喜欢{}，质量好",
    "{}性价比高，满意",
)


def corrected(text: str, label: str, number: int = 0, by: str = "zhou") -> Corrected:
    places = [found.span() for found in re.finditer("云砚", f"\n{text}")]
    item = f"{text}-{number}"
    story = Correction(
        "tea",
        "云砚",
        group_of("mark", item, text),
        item,
        CorrectionKind.SENTIMENT,
        "neu",
        label,
        by,
        NOW - timedelta(days=1),
    )
    return Corrected(story, Case(Asked("", text, places), CLASSES.index(label)))


def group_of(mark: str, item: str, text: str) -> str:
    """The group an item begins for a brand, as the pipeline asks for it."""
    name = f"{mark}/{item}"
    return assign({name: tuple(f"{mark}/{p}" for p in fingerprints(f"\n{text}"))}, {})[name][0]


def posts(sayings: Iterable[str]) -> list[str]:
    return [saying.format(place) for saying, place in product(sayings, PLACES)]


def gathered(found: Sequence[Corrected]) -> Gathered:
    return Gathered(tuple(found))


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def warnings() -> list[Corrected]:
    """A word younger than the corpora is bad news; the same frames without it are none."""
    bad = [corrected(text, "neg") for text in posts(WARNINGS)]
    return [*bad, *(corrected(text, "neu") for text in posts(CALM))]


@pytest.fixture(scope="module")
def learnt(base: Weights, warnings: list[Corrected]) -> Learnt:
    return learn(base, gathered(warnings), NOW)


def plain_praise() -> list[str]:
    """Praise of the floor set, without that of the posts held back, which say it otherwise each time."""
    held = {post.about("云砚") for post in read_posts(HELD_POSTS)}
    told = [case.asked.whole.strip() for case in floor_set() if case.label == CLASSES.index("pos")]
    return [text for text in told if text not in held]


def codes(found: Learnt) -> set[str]:
    return {reason.code for reason in found.refusals}


def test_a_new_word_that_people_explain_again_and_again_may_be_taken(learnt: Learnt) -> None:
    trial = learnt.card.trial
    assert learnt.refusals == ()
    assert trial.held_new.accuracy > trial.held_old.accuracy + 0.1
    assert trial.floor_new.accuracy >= trial.floor_old.accuracy
    assert trial.floor_new.cases == len(floor_set()) == 1_422


def test_the_card_counts_corrections_people_and_clients_and_names_nobody(learnt: Learnt) -> None:
    card = learnt.card
    assert sum(card.taught.values()) + sum(card.held.values()) == len(posts(WARNINGS + CALM))
    assert card.taught["neg"] > card.held["neg"] >= LEAST_HELD
    assert (card.people, card.clients) == (1, 1)
    assert (card.base, card.old) == (load_weights().id, "")
    assert "zhou" not in str(card)
    assert "雷帖" not in str(card)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_says_when_most_is_one_persons_word(
    base: Weights, warnings: list[Corrected], language: str
) -> None:
    def told(found: Sequence[Corrected]) -> str:
        card = learn(base, Gathered(tuple(found[:3]), set_aside=7), NOW).card
        assert card_of(card_fields(card)) == card
        return "\n".join(DeltaWords(language, ZoneInfo("UTC")).card(card))

    by_one = {"zh": "3 条里有 3 条出自同一人", "en": "3 of 3 are one person's"}[language]
    aside = {"zh": "按要求没算：7 条", "en": "set aside as asked: 7"}[language]
    alone = told(warnings)
    assert by_one in alone
    assert aside in alone
    shared = [
        replace(c, correction=replace(c.correction, by=by))
        for c, by in zip(warnings, ("zhou", "li", "wang"), strict=False)
    ]
    assert "--without" not in told(shared)


def test_the_order_of_corrections_changes_neither_delta_nor_card(
    base: Weights, warnings: list[Corrected], learnt: Learnt
) -> None:
    shuffled = list(warnings)
    Random(7).shuffle(shuffled)  # noqa: S311 -- an order, no secret
    again = learn(base, gathered(shuffled), NOW)
    assert save_delta(again.delta) == save_delta(learnt.delta)
    assert again.card == learnt.card


def test_what_is_kept_back_once_is_kept_back_for_good(warnings: list[Corrected]) -> None:
    held = [c.correction.item_key for c in warnings if c.is_held]
    assert 0.2 < len(held) / len(warnings) < 0.47
    elsewhere = [replace(c, correction=replace(c.correction, by="li", at=NOW, id=99)) for c in warnings]
    assert [c.correction.item_key for c in elsewhere if c.is_held] == held


def test_a_story_about_two_brands_stands_on_one_side(warnings: list[Corrected]) -> None:
    def elsewhere(c: Corrected, group: str) -> Corrected:
        return replace(c, correction=replace(c.correction, brand="Dr.别家", group=group))

    other = [elsewhere(c, group_of("xx", c.correction.item_key, c.case.asked.text)) for c in warnings]
    moved = [elsewhere(c, group_there(c.correction.group, "Dr.别家")) for c in warnings]
    assert not {c.correction.group for c in warnings} & {c.correction.group for c in other}
    assert [c.is_held for c in other] == [c.is_held for c in moved] == [c.is_held for c in warnings]


def test_the_same_words_never_teach_and_judge_nor_count_twice(
    base: Weights, warnings: list[Corrected], learnt: Learnt
) -> None:
    again = [corrected(text, "neg", number) for number in range(3) for text in posts(WARNINGS)]
    found = learn(base, gathered([*warnings, *again]), NOW)
    assert sum(found.card.taught.values()) + sum(found.card.held.values()) <= len(posts(WARNINGS + CALM))
    assert found.card.taught["neg"] >= learnt.card.taught["neg"] - 1


def test_too_few_corrections_are_refused_with_how_many_are_missing(base: Weights) -> None:
    found = learn(base, gathered([corrected(text, "neg") for text in posts(WARNINGS[:1])]), NOW)
    assert codes(found) == {"delta_too_few"}
    [reason] = found.refusals
    assert reason.facts["missing"] == LEAST_HELD - sum(found.card.held.values())


def test_no_corrections_at_all_are_too_few(base: Weights) -> None:
    found = learn(base, Gathered(()), NOW)
    assert codes(found) == {"delta_too_few"}
    assert found.delta.buckets == 0
    assert found.card.trial.floor_new == found.card.trial.floor_old


def test_praise_that_somebody_calls_bad_news_is_refused_by_the_floor_set(base: Weights) -> None:
    varied = [form.format(text) for form in ("{}。", "真的，{}") for text in plain_praise()]
    found = learn(base, gathered([corrected(text, "neg") for text in varied]), NOW)
    assert "delta_floor_worse" in codes(found)
    assert found.card.trial.held_new.accuracy > found.card.trial.held_old.accuracy


def test_where_our_own_sentences_would_suffer_less_is_learnt(
    base: Weights, warnings: list[Corrected], learnt: Learnt
) -> None:
    wronged = [corrected(f"{text}。", "neg") for text in plain_praise()[:130]]
    found = learn(base, gathered([*warnings, *wronged]), NOW)
    assert learnt.card.penalty == PENALTIES[0]
    assert found.card.penalty in PENALTIES[1:]
    assert found.card.trial.floor_refusals == ()
    lines = list(DeltaWords("zh", ZoneInfo("UTC")).card(found.card))
    assert any(f"惩罚 {found.card.penalty:g}" in line for line in lines)
    assert not any(
        "惩罚" in line for line in DeltaWords("zh", ZoneInfo("UTC")).card(replace(found.card, penalty=None))
    )


@pytest.mark.parametrize("label", ["neg", "pos"])
def test_one_label_for_all_and_everything_is_refused_by_the_floor_set(base: Weights, label: str) -> None:
    everything = [case.asked.whole.strip() for case in floor_set()]
    found = learn(base, gathered([corrected(f"{text}。", label) for text in everything[::2]]), NOW)
    assert "delta_floor_worse" in codes(found)


def test_contradictory_corrections_are_refused(base: Weights) -> None:
    chance = Random(3)  # noqa: S311 -- an example, no secret
    found = learn(base, gathered([corrected(t, chance.choice(("neg", "pos"))) for t in posts(PRAISE)]), NOW)
    assert found.refusals


def test_the_same_corrections_again_teach_nothing_new(
    base: Weights, warnings: list[Corrected], learnt: Learnt
) -> None:
    again = learn(base.moved(learnt.delta), gathered(warnings), NOW)
    assert codes(again) == {"delta_same"}
    assert again.delta.id == again.card.old == learnt.delta.id


def test_new_corrections_are_compared_with_the_delta_in_use(
    base: Weights, warnings: list[Corrected], learnt: Learnt
) -> None:
    more = [corrected(f"{text}，再说一次", "neg") for text in posts(WARNINGS[:4])]
    found = learn(base.moved(learnt.delta), gathered([*warnings, *more]), NOW)
    assert found.card.old == learnt.delta.id
    assert found.delta.base == base.id
    held = [c.case for c in [*warnings, *more] if c.is_held]
    assert found.card.trial.held_old.accuracy == pytest.approx(
        marks(base.moved(learnt.delta), held).accuracy, abs=0.05
    )


def test_small_losses_of_one_label_add_up_over_deltas(base: Weights) -> None:
    """Each within what chance explains; what is in use has lost some already."""
    negatives = [case for case in floor_set() if case.label == CLASSES.index("neg")]
    wronged = [
        Lesson(f"{n}", case.asked.whole.strip(), (0.9, 0.05, 0.05), 2) for n, case in enumerate(negatives)
    ]
    worn = base.moved(learn_delta(base, wronged, 0.1))
    found = Bench(worn, floor_set(), ()).trial(worn)
    assert found.floor_old == found.floor_new
    assert found.floor_labels["neg"].is_worse
    assert Bench(base, floor_set(), ()).trial(worn).floor_labels == found.floor_labels


GOOD = Marks(100, 0.9, 0.9, 0.1)
BETTER = Marks(100, 0.91, 0.91, 0.1)
WORSE = Marks(100, 0.89, 0.9, 0.1)
LOPSIDED = Marks(100, 0.91, 0.8, 0.1)
CLEARLY, BARELY, NOT = Change(9, 1), Change(2, 1), Change(3, 3)


def trial(floor: Marks = GOOD, praise: Change = NOT, held: Change = CLEARLY, cases: int = 40) -> Trial:
    return Trial(GOOD, floor, {"neg": NOT, "pos": praise}, GOOD, replace(BETTER, cases=cases), held)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (trial(), []),
        (trial(floor=BETTER), []),
        (trial(floor=WORSE), ["delta_floor_worse"]),
        (trial(floor=LOPSIDED), ["delta_floor_worse"]),
        (trial(praise=Change(0, 4)), []),
        (trial(floor=BETTER, praise=Change(0, 6)), ["delta_floor_label_worse"]),
        (trial(held=NOT), ["delta_held_no_better"]),
        (trial(held=BARELY), ["delta_held_no_better"]),
        (trial(held=Change(0, 0)), ["delta_held_no_better"]),
        (trial(floor=WORSE, held=NOT), ["delta_floor_worse", "delta_held_no_better"]),
        (trial(floor=WORSE, cases=LEAST_HELD - 1), ["delta_too_few"]),
    ],
)
def test_a_refusal_says_which_of_both_failed(found: Trial, why: list[str]) -> None:
    assert [reason.code for reason in found.refusals] == why
    for language in LANGUAGES:
        assert all(say(reason, language) for reason in found.refusals)
