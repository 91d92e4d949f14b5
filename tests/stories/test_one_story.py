"""One story is told once, whatever its words and topic; another story of the same brand is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from tests.world import World
from wanglou.domain.incident import Incident, Via
from wanglou.domain.rule import Rule, RuleCondition
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

TEAM = "#anyu-watch"
WHO = (
    *("上个月刚给爸妈装的", "同事推荐我入手了", "小区团购的时候跟风买", "搬新家挑了好久", "去年双十一抢到"),
    *("朋友乔迁我送了一把", "物业统一换过一批", "租房自己掏钱换锁", "老公非要选这个", "装修公司极力推销"),
)
FEELING = (
    "大家看看评论区",
    "截图都留着呢",
    "我妈比我还生气",
    "再也不信这家了",
    "邻居也说自己上当",
    "越想越憋屈",
)
OTHERS = (
    *("出差回来才看到消息", "幼儿园家长群里传开了", "打工人攒钱换的", "刚签完物业合同", "弟弟婚房用的这款"),
    *("姑姑非说没事", "楼下五金店老板讲的", "做安防的表哥提醒", "半年前朋友圈刷到", "直播间下的单"),
)
THEIR_FEELING = ("气死了", "垃圾", "太差了", "再也不买了", "坑人", "差评")
NEW_WORDS = Rule(
    "new_words", RuleCondition(("new_words",), timedelta(hours=2)), Severity.YELLOW, None, (), ()
)
TEN_YEARS = (
    "安屿广告说十年不用换电池，三个月就没电了，虚假宣传",
    "被安屿的十年续航骗了，这叫夸大宣传，误导消费者",
    "安屿宣传的十年原来只算电池仓，广告小字糊弄人",
    "安屿锁的十年电池就是虚假广告，欺骗消费者",
)
TEN_YEARS_IN_OTHER_WORDS = (
    "安屿那个十年的牛皮吹破了，电池根本撑不过半年，骗人的广告",
    "说好的十年呢，安屿这电池一季度一换，宣传造假真无语",
    "安屿十年电池翻出来看又是文字游戏，虚假宣传没跑",
)
REFUNDS = (
    "安屿十年电池的事找客服退款，拖了好几天态度恶劣",
    "冲着十年电池买的，安屿客服踢皮球，退货投诉无门",
    "十年变三个月，安屿售后电池上门费乱收，客服还骂人",
)
ENCRYPTION = (
    "安屿指纹锁宣传的银行级加密是假的，虚假宣传，普通芯片就能复制",
    "安屿广告里的银行级加密被拆开，夸大宣传欺骗消费者",
    "安屿所谓银行级加密就是虚假广告，误导人",
    "银行级加密也敢写进广告，安屿宣传造假骗人",
)


@pytest.fixture
def desk(world: World) -> World:
    """New words alone open an incident too, as with the sample agency."""
    rules = {**world.parts.config.rules, "new_words": NEW_WORDS}
    config = replace(world.parts.config, rules=rules)
    return replace(world, parts=replace(world.parts, config=config))


def said(sentences: tuple[str, ...], people: int = 40) -> list[str]:
    """What so many people say of the first story, each in words of their own."""
    return _each_in_own_words(sentences, people, WHO, FEELING)


def said_later(sentences: tuple[str, ...], people: int = 160) -> list[str]:
    """What many others say on another day."""
    return _each_in_own_words(sentences, people, OTHERS, THEIR_FEELING)


def _each_in_own_words(
    sentences: Sequence[str], people: int, who: Sequence[str], feeling: Sequence[str]
) -> list[str]:
    every = [f"{one}，{what}，{felt}" for felt, one, what in product(feeling, who, sentences)]
    return [every[at * 7 % len(every)] for at in range(people)]


def breaks_out(world: World, texts: list[str], minutes: int = 40) -> None:
    """They come within so many minutes, and the desk looks every ten of them."""
    looks = minutes // 10
    size = -(-len(texts) // looks)
    for look in range(looks):
        world.clock.advance(timedelta(minutes=10))
        world.sees(texts[look * size : (look + 1) * size], every=timedelta(seconds=15))
        world.turn()


def pass_by(world: World, hours: int) -> None:
    world.clock.advance(timedelta(hours=hours))
    world.all_sources_live()
    world.turn()


def kinds(world: World, incident: Incident) -> list[str]:
    with world.parts.storage.look() as uow:
        return [link.entry.kind for link in uow.incidents.timeline(incident.id)]


def cards(world: World) -> int:
    return sum(card.address == TEAM for card in world.chat.cards)


def test_a_second_scandal_of_the_same_topic_is_told_while_the_first_is_open(desk: World) -> None:
    breaks_out(desk, said(TEN_YEARS))
    first = desk.incident()
    pass_by(desk, hours=20)
    breaks_out(desk, said_later(ENCRYPTION))
    again, second = sorted(desk.incidents(), key=lambda i: i.number)
    assert (again.id, again.topic, second.topic) == (first.id, Topic.FALSE_ADVERT, Topic.FALSE_ADVERT)
    assert cards(desk) == 2
    assert "incident_another_story" in kinds(desk, second)
    assert kinds(desk, again).count("incident_another_story_opened") == 1
    with desk.parts.storage.look() as uow:
        [told] = [
            e.entry for e in uow.incidents.timeline(second.id) if e.entry.kind == "incident_another_story"
        ]
        theirs = uow.signals.of_incident(second.id)
    assert min(s.at for s in theirs) > again.opened_at + timedelta(hours=12)
    assert "加密" in str(told.facts["words"])
    assert told.facts["number"] == again.number


@pytest.mark.parametrize("which", [0, 1])
def test_either_of_two_stories_of_a_topic_is_reopened_while_the_other_is_open(
    desk: World, which: int
) -> None:
    breaks_out(desk, said(TEN_YEARS))
    pass_by(desk, hours=20)
    breaks_out(desk, said_later(ENCRYPTION))
    ended = sorted(desk.incidents(), key=lambda i: i.number)[which]
    access = desk.access("wang")
    assert desk.acts.dismiss(access, ended.id, "old_content", Via.DESK, desk.now) is None
    assert desk.acts.reopen(access, ended.id, "又有人投诉", Via.DESK, desk.now) is None
    assert [i.state.is_open for i in desk.incidents()] == [True, True]


def test_more_of_either_story_joins_its_own_incident(desk: World) -> None:
    breaks_out(desk, said(TEN_YEARS))
    pass_by(desk, hours=20)
    breaks_out(desk, said_later(ENCRYPTION))
    pass_by(desk, hours=26)
    breaks_out(desk, [f"还在说：{text}" for text in said_later(ENCRYPTION)])
    pass_by(desk, hours=26)
    breaks_out(desk, said_later(TEN_YEARS_IN_OTHER_WORDS))
    assert len(desk.incidents()) == 2
    assert cards(desk) == 2


def test_the_same_scandal_in_other_words_does_not_alert_again(desk: World) -> None:
    breaks_out(desk, said(TEN_YEARS))
    pass_by(desk, hours=20)
    breaks_out(desk, said_later(TEN_YEARS_IN_OTHER_WORDS))
    assert len(desk.incidents()) == 1
    assert cards(desk) == 1


def test_the_same_scandal_on_another_topic_joins_and_says_why(desk: World) -> None:
    breaks_out(desk, said(TEN_YEARS))
    first = desk.incident()
    pass_by(desk, hours=20)
    breaks_out(desk, said_later(REFUNDS))
    joined = desk.incident()
    assert (joined.id, joined.topic) == (first.id, Topic.FALSE_ADVERT)
    assert "incident_same_story" in kinds(desk, joined)
    assert cards(desk) == 1


def test_trouble_that_shares_no_words_with_it_is_an_incident_of_its_own_topic(desk: World) -> None:
    breaks_out(desk, said(TEN_YEARS))
    pass_by(desk, hours=20)
    locked = (
        "安屿门锁半夜自己打开，吓死人了",
        "安屿锁自动开门，家里进了陌生人，太危险",
        "安屿门锁失灵自己开了，投诉",
    )
    breaks_out(desk, said_later(locked))
    assert len({i.topic for i in desk.incidents()}) == 2
    assert cards(desk) == 2
