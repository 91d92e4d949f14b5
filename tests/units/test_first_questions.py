"""The desk's first questions: harm, authorities, lawyers, loud voices, old news; and what only sounds so."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.first_questions import (
    AUTHORITY,
    HURT,
    LEGAL,
    OLD,
    Answer,
    answers_of,
    is_old,
    joined,
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
        ("一家三口又是腹泻又是呕吐", "腹泻"),
        ("宝宝喝完浑身红疹", "红疹"),
        ("咬到石子，硌掉半颗牙", "硌掉半颗牙"),
        ("靠背断了，老人摔得脑震荡", "脑震荡"),
        ("员工被逼到跳楼", "跳楼"),
    ],
)
def test_harm_is_seen_with_its_word(text: str, word: str) -> None:
    assert word in asked(text)[Question.HURT]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question.HURT, HURT),
        (Question.AUTHORITY, AUTHORITY),
        (Question.LEGAL, LEGAL),
        (Question.OLD, OLD),
    ],
)
@given(data=st.data())
def test_the_first_look_misses_nothing_that_the_second_would_find(
    question: Question, words: re.Pattern[str], data: st.DataObject
) -> None:
    assert question in may_answer(data.draw(st.from_regex(words)))


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
        "喝了半年从不拉肚子",
        "敏感肌用了没有起红疹",
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
        "跳楼价清仓",
        "对这款奶茶中毒太深",
        "快递把屏幕划伤了",
        "老板大出血，第二杯半价",
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
        ("国家市场监督管理总局发布召回公告", Question.AUTHORITY, "市场监督管理总局"),
        ("市场监督管理局已上门", Question.LEGAL, "市场监督管理局"),
        ("药品监督管理局通报三批次", Question.AUTHORITY, "药品监督管理"),
        ("国家金融监督管理总局罚了他们", Question.LEGAL, "金融监督管理"),
        ("市监所的人来过了", Question.AUTHORITY, "市监所"),
        ("生态环境部派人督察", Question.AUTHORITY, "生态环境部"),
        ("劳动监察大队受理了欠薪", Question.AUTHORITY, "劳动监察"),
        ("交警说是刹车的问题", Question.AUTHORITY, "交警"),
        ("店长被行政拘留", Question.AUTHORITY, "拘留"),
        ("要不报警吧，没人管", Question.AUTHORITY, "报警"),
        ("跟他们走法律程序", Question.LEGAL, "法律程序"),
        ("官司打到二审判了", Question.LEGAL, "二审"),
    ],
)
def test_authorities_and_lawyers_are_named(text: str, question: Question, word: str) -> None:
    assert word in asked(text)[question]


@pytest.mark.parametrize(
    "text",
    [
        "消防演练顺利结束",
        "不用报警，已经解决",
        "客服特别耐心，推荐",
        "没有收到任何监管部门的调查通知",
        "未收到法院传票",
        "也懒得找律师",
        "没请律师，自己谈的",
        "门店统一审核菜单",
        "就在市政府对面那家店",
        "公司商务部门在招人",
    ],
)
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


@pytest.mark.parametrize(
    "text",
    [
        "安屿的旧闻又来了",
        "那条老视频又在群里转",
        "2023年的事又被人翻出来骂",
        "五年前的起火视频，怎么又上热搜",
        "扒一扒它的黑历史",
    ],
)
def test_who_writes_that_it_is_old_is_believed(text: str) -> None:
    assert Question.OLD in asked(text)


@pytest.mark.parametrize(
    "text",
    ["三年前买的，现在还很好用", "从柜子里翻出一罐没开的", "这不是旧闻，是今天的事", "旧图书回收真方便"],
)
def test_an_old_thing_is_no_old_content(text: str) -> None:
    assert Question.OLD not in asked(text)


def test_what_words_say_and_what_dates_say_is_one_answer() -> None:
    said = ((Question.OLD, ("旧闻",)), (Question.HURT, ("受伤",)))
    dated = ((Question.OLD, ("2025-02-03",)), (Question.LOUD, ("望江客",)))
    assert joined(said, dated) == (
        (Question.HURT, ("受伤",)),
        (Question.LOUD, ("望江客",)),
        (Question.OLD, ("旧闻", "2025-02-03")),
    )
