"""The desk's first questions: harm, authorities, lawyers, loud voices, old news; and what only sounds so."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.first_questions import (
    AUTHORITY,
    HURT,
    LEGAL,
    Answer,
    answers_of,
    is_old,
    may_answer,
    said_in,
    who_speaks,
)
from analysis.text import clean_text
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.question import Question
from wanglou.domain.source import SourceClass

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def asked(text: str) -> dict[Question, tuple[str, ...]]:
    return dict(answers_of(said_in(clean_text(text))))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("门锁突然弹开，孩子手指受伤，送医缝了五针", "受伤"),
        ("電池爆炸，兩人燒傷", "烧伤"),
        ("喝完同事三人上吐下泻", "上吐下泻"),
        ("没盖好盖子，烫伤了孩子", "烫伤"),
        ("不幸身亡，家属在门口", "身亡"),
        ("说没有问题，结果老人骨折了", "骨折"),
        ("仓库着火，死了三个人", "死了三个"),
        ("不是第一次了，又有人触电", "触电"),
    ],
)
def test_harm_is_seen_with_its_word(text: str, word: str) -> None:
    assert word in asked(text)[Question.HURT]


@given(st.one_of(*map(st.from_regex, (HURT, AUTHORITY, LEGAL))))
def test_the_first_look_misses_nothing_that_the_second_would_find(text: str) -> None:
    assert may_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "锅炉冒烟，所幸无人受伤",
        "事故没有造成人员伤亡",
        "未造成任何人员伤亡",
        "现场没有人受伤",
        "有没有人受伤？",
        "装上防护以防烫伤",
        "网传有人死亡是谣言",
        "零伤亡完成演练",
    ],
)
def test_harm_denied_asked_or_guarded_against_is_none(text: str) -> None:
    assert Question.HURT not in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "看到客服的回复，心里很受伤",
        "钱包受伤了，又买了三件",
        "受伤的总是我，抢不到券",
        "骨折价！全场三折",
        "美到窒息的配色",
        "当场社会性死亡",
        "死亡芭比粉谁会买",
        "抢救一下我的头发",
        "流血大甩卖最后一天",
        "听歌中毒，循环一整天",
        "笑死，饿死我了，累死人",
        "发质受伤的姐妹看过来",
    ],
)
def test_feelings_prices_and_jokes_hurt_nobody(text: str) -> None:
    assert Question.HURT not in asked(text)


@pytest.mark.parametrize(
    ("text", "question", "word"),
    [
        ("市监局上门约谈了他们", Question.AUTHORITY, "市监局"),
        ("已经报警，民警到场", Question.AUTHORITY, "民警"),
        ("收到律师函，准备起诉", Question.LEGAL, "律师函"),
        ("打12315，消协已受理", Question.LEGAL, "消协"),
        ("證監會立案調查", Question.AUTHORITY, "证监会"),
    ],
)
def test_authorities_and_lawyers_are_named(text: str, question: Question, word: str) -> None:
    assert word in asked(text)[question]


@pytest.mark.parametrize("text", ["消防演练顺利结束", "不用报警，已经解决", "客服特别耐心，推荐"])
def test_calm_talk_involves_no_authority(text: str) -> None:
    assert asked(text) == {}


@given(st.text(st.sampled_from("无人没有受伤死亡骨折价心里，。但律师约谈孩子 a"), max_size=40))
def test_words_stand_where_they_are_said_to(text: str) -> None:
    cleaned = clean_text(text)
    for said in said_in(cleaned):
        assert cleaned[said.start : said.end] == said.word


@given(st.sampled_from(["受伤", "身亡", "骨折", "烫伤"]), st.sampled_from(["无人", "没有人", "未造成人员"]))
def test_a_denial_voids_any_word_of_harm(word: str, denial: str) -> None:
    assert Question.HURT in asked(f"现场有人{word}")
    assert Question.HURT not in asked(f"现场{denial}{word}")


def item(followers: int | None = None, published: datetime | None = None, name: str = "望江客") -> Item:
    author = Author(name, followers=followers)
    return Item("square", "http://a.example/1", "", "安屿", author, published, DatedBy.PAGE)


def test_media_and_big_accounts_are_loud_and_a_passer_by_is_not() -> None:
    told: tuple[Answer, ...] = ((Question.LOUD, ("望江客",)),)
    assert who_speaks(item(), SourceClass.NEWS) == told
    assert who_speaks(item(120_000), SourceClass.SOCIAL) == told
    assert who_speaks(item(99_999), SourceClass.SOCIAL) == ()
    assert who_speaks(item(), SourceClass.FORUM) == ()


def test_what_was_published_long_ago_comes_back() -> None:
    old = item(published=NOON - timedelta(days=400))
    assert is_old(old, NOON, [], 0) == ((Question.OLD, ("2025-02-03",)),)
    assert is_old(item(published=NOON - timedelta(days=2)), NOON, [], 0) == ()


def test_words_known_for_long_come_back_though_the_post_is_new() -> None:
    new = item(published=NOON - timedelta(hours=1))
    long_ago = [NOON - timedelta(days=20)] * 6
    assert is_old(new, NOON, long_ago, 10) == ((Question.OLD, ("2026-02-18",)),)
    assert is_old(new, NOON, long_ago[:4], 10) == ()
    assert is_old(new, NOON, [NOON - timedelta(days=1)] * 6, 10) == ()
    assert is_old(new, NOON, [], 0) == ()
