"""Headlines from a brand's point of view: what a desk would say of them, and the laws that hold for all."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.headline_grams import BUCKETS, load_grams, save_grams
from analysis.headline_training import (
    Headline,
    Learnt,
    Material,
    cross_validate,
    fit,
    may_learn,
    prepare,
    read_own,
    without,
    written,
)
from analysis.headlines import (
    MARK,
    feature_table,
    load_headlines,
    load_words,
    score_headline,
    score_headlines,
    see,
)
from analysis.model import CLASSES, BadWeightsError, Weights, load_weights

NAMES = ("云砚", "yunyan")
TITLES = st.text(st.sampled_from("云砚被曝回应道歉新品发布起火好评在门店？#aB1 😡"), max_size=30)


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


@pytest.mark.parametrize(
    "title",
    ["云砚豆浆机爆炸烫伤顾客", "云砚被市监局立案调查", "云砚就不当言论致歉", "云砚拖欠工资 员工维权"],
)
def test_trouble_of_the_brand_is_bad_news(base: Weights, title: str) -> None:
    found = score_headline(base, title, NAMES)
    assert found.p_neg > max(found.p_neu, found.p_pos)
    assert found.trouble


@pytest.mark.parametrize("title", ["云砚", "云砚新品发布会定档", "云砚官宣代言人"])
def test_a_launch_or_a_bare_name_is_no_bad_news(base: Weights, title: str) -> None:
    found = score_headline(base, title, NAMES)
    assert found.p_neu > max(found.p_neg, found.p_pos)
    assert found.trouble == ()


@pytest.mark.parametrize("title", ["云砚员工暖心救人获赞", "云砚胜诉 造谣博主道歉", "云砚连夜向灾区捐款捐物"])
def test_praise_and_a_won_case_are_good_news(base: Weights, title: str) -> None:
    found = score_headline(base, title, NAMES)
    assert found.p_pos > max(found.p_neg, found.p_neu)


def test_the_same_headline_weighs_more_when_the_brand_is_in_trouble_already(base: Weights) -> None:
    troubled = ("云砚豆浆机起火", "云砚被约谈", "消协点名云砚")
    calm = ("云砚新品发布", "云砚官宣代言人", "云砚联名礼盒")
    after_trouble = score_headline(base, "云砚三年前就知道", NAMES, troubled)
    after_calm = score_headline(base, "云砚三年前就知道", NAMES, calm)
    assert after_trouble.p_neg > after_calm.p_neg


def test_a_leaked_new_model_is_not_an_exposure() -> None:
    assert not see("云砚新款曝光 开售即卖断货", NAMES).troubled
    assert see("央视曝光云砚", NAMES).trouble["exposure"]


def test_no_word_stands_in_two_categories_of_one_side() -> None:
    words = load_words()
    for side in (words.trouble, words.calm):
        told = [word for category in side.values() for word in category]
        assert sorted(set(told)) == sorted(told)


@settings(deadline=None, max_examples=60)
@given(TITLES, st.lists(TITLES, max_size=4))
def test_probabilities_are_probabilities_and_the_order_of_the_context_does_not_matter(
    title: str, context: list[str]
) -> None:
    found = score_headline(load_weights(), title, NAMES, context)
    assert found.p_neg + found.p_neu + found.p_pos == pytest.approx(1)
    turned = score_headline(load_weights(), title, NAMES, context[::-1])
    assert turned.p_neg == pytest.approx(found.p_neg)


@settings(deadline=None, max_examples=40)
@given(TITLES, st.sampled_from(["安稳", "好坏", "致歉堂"]))
def test_the_brands_name_itself_says_nothing(rest: str, name: str) -> None:
    base = load_weights()
    spoken = rest.replace("云砚", "")
    assert score_headline(base, "云砚" + spoken, ("云砚",)) == score_headline(base, name + spoken, (name,))


@settings(deadline=None, max_examples=20)
@given(st.lists(TITLES, max_size=5))
def test_many_at_once_read_as_one_by_one(titles: list[str]) -> None:
    base = load_weights()
    together = score_headlines(base, [(t, NAMES, ()) for t in titles])
    alone = [score_headline(base, t, NAMES) for t in titles]
    assert [a.p_neg for a in alone] == pytest.approx([t.p_neg for t in together])


def test_the_shipped_weights_belong_to_these_features_and_this_base_model(base: Weights) -> None:
    learnt = load_headlines()
    names, _ = feature_table(base, [("云砚", NAMES, ())])
    assert learnt.names == names
    assert learnt.about["base"] == base.id


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9, "features": [], "weights": [], "bias": []}'])
def test_a_file_that_is_no_headline_weights_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadWeightsError, match=r"other\.json"):
        load_headlines(path)


def test_our_own_headlines_are_many_name_their_brand_and_stand_once() -> None:
    own = read_own()
    assert len(own) >= 400
    assert {h.label for h in own} == set(CLASSES)
    assert len({h.title for h in own}) == len(own)
    assert all(MARK in see(h.title, h.names).text for h in own)


@pytest.fixture(scope="module")
def material(base: Weights) -> Material:
    some = read_own()[::4]
    return prepare(base, some, [h.title for h in some])


@pytest.fixture(scope="module")
def learnt(base: Weights, material: Material) -> Learnt:
    return fit(base, material)


def test_learning_twice_writes_the_same_files(base: Weights, material: Material, learnt: Learnt) -> None:
    again = fit(base, material)
    assert written(again.headlines) == written(learnt.headlines)
    assert save_grams(again.grams) == save_grams(learnt.grams)


def test_what_was_written_can_be_read_again(learnt: Learnt, tmp_path: Path) -> None:
    named, grams = tmp_path / "again.json", tmp_path / "again.npz"
    named.write_text(written(learnt.headlines), encoding="utf-8")
    grams.write_bytes(save_grams(learnt.grams))
    assert load_headlines(named).about == learnt.headlines.about
    lines = ["它被曝漏电", "它", ""]
    assert load_grams(grams).chances(lines) == pytest.approx(learnt.grams.chances(lines))


def test_wording_that_no_list_names_is_learnt_from_other_headlines(base: Weights) -> None:
    told = [Headline(f"甲{i}", (f"甲{i}",), f"甲{i}惹得众人摇头", "neg") for i in range(8)]
    plain = [Headline(f"乙{i}", (f"乙{i}",), f"乙{i}静静流淌", "neu") for i in range(8)]
    praised = [Headline(f"丙{i}", (f"丙{i}",), f"丙{i}人见人夸", "pos") for i in range(8)]
    rows = [*told, *plain, *praised]
    taught = fit(base, prepare(base, rows, [h.title for h in rows]))
    found = taught.grams.chances(["它惹得众人摇头", "它静静流淌", "它人见人夸"])
    assert found.argmax(axis=1).tolist() == [0, 1, 2]


def test_what_is_held_back_leaves_no_trace(base: Weights, material: Material) -> None:
    brand = material.rows[0].brand
    held = [h for h in material.rows if h.brand == brand]
    others = [h for h, kept in zip(material.rows, may_learn(material.rows, held), strict=True) if kept]
    fewer = prepare(base, others, [h.title for h in material.rows])
    apart, never = without(material, base, held), fit(base, fewer)
    assert apart.headlines.weights == pytest.approx(never.headlines.weights, abs=1e-3)
    assert (apart.grams.tables == never.grams.tables).mean() > 0.999


def test_all_three_classes_are_needed(base: Weights) -> None:
    rows = [Headline("云砚", ("云砚",), "云砚致歉", "neg"), Headline("穹野", ("穹野",), "穹野上新", "neu")]
    with pytest.raises(ValueError, match="all three"):
        fit(base, prepare(base, rows, []))


def test_our_own_brands_are_read_by_what_was_learnt_from_the_others(base: Weights) -> None:
    own = read_own()
    alone, _ = cross_validate(prepare(base, own, [h.title for h in own]), base, len(own), (0,))
    assert alone.macro_f1 >= 0.60
    assert alone.f1_neg >= 0.75


@pytest.mark.parametrize("data", [b"", b"PK", b"not an archive"])
def test_a_file_that_is_no_headline_grams_is_refused_with_its_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(data)
    with pytest.raises(BadWeightsError, match=r"other\.npz"):
        load_grams(path)


def test_the_shipped_grams_are_small_and_of_the_same_learning() -> None:
    grams = load_grams()
    assert grams.tables.shape == (len(CLASSES), BUCKETS)
    assert grams.about == load_headlines().about


def test_a_brand_or_title_that_is_judged_is_never_learnt_from() -> None:
    held = [Headline("云砚", ("云砚", "YY"), "云砚 道歉", "neg")]
    also = [
        Headline("云砚", ("云砚",), "云砚上新", "neu"),
        Headline("别家", ("别家",), "别家起诉 YY", "neu"),
        Headline("别家", ("别家",), "云砚道歉", "neu"),
        Headline("别家", ("别家",), "别家上新", "neu"),
    ]
    assert may_learn(also, held) == [False, False, False, True]
