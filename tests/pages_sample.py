"""A sample agency for page tests: a Thursday afternoon with one fresh red incident."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from wanglou.config.watch import parse_watch
from wanglou.domain.agency import Agency, Config, Lexicon
from wanglou.domain.client import Alias, Brand, Client, Limit, Route
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT, SlaClock
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.duty import Calendar, LadderRung, Rota, Shift
from wanglou.domain.incident import ChainedEntry, Incident, IncidentState, TimelineEntry, Via, chain
from wanglou.domain.item import Author, DatedBy, Engagement, Item
from wanglou.domain.mention import Match, Mention, Reading, SeenMention, Sentiment
from wanglou.domain.person import SYSTEM, Person, Role
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.domain.question import Question
from wanglou.domain.quiet import QuietHours
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass, SourceHealth, SourceSpec, SourceState
from wanglou.domain.topic import Topic
from wanglou.ports import IncidentView, TilePoint, Voices

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 12, 14, 5, tzinfo=ZONE).astimezone(UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PASSWORD = "灯塔-七号-今夜-起航"  # noqa: S105 -- a sample person's, for a database that lives one test
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""As strong as a test needs."""

PEOPLE = (
    Person("wang", "王敏", Role.ACCOUNT),
    Person("lin", "林知远", Role.DESK),
    Person("li", "李航", Role.DESK),
    Person("zhao", "赵一鸣", Role.MEDIA),
    Person("he", "何静", Role.DIRECTOR),
    Person("chen", "陈可", Role.ACCOUNT, language="en"),
)

WATCH = "安屿 AND (门锁 OR 智能锁) NOT 租房"

CLIENTS = (
    Client(
        "anju",
        "安屿智能家居",
        (
            Brand("安屿", (Alias("安屿锁"), Alias("AnyuLock")), ("安屿湾",), parse_watch(WATCH)),
            Brand("屿光", (Alias("屿光"),)),
        ),
        competitors=(Brand("陌川门锁", (Alias("陌川"),)), Brand("栖钥智能", (Alias("栖钥"),))),
        team={"account": "wang", "media": "zhao"},
        sla={
            ACCOUNT_RESPONSE: Limit(
                dict.fromkeys(Severity, timedelta(minutes=30)), dict.fromkeys(Severity, timedelta(hours=2))
            ),
            STATEMENT: Limit(*[{Severity.RED: timedelta(hours=1), Severity.ORANGE: timedelta(hours=2)}] * 2),
        },
        channels={"team": "slack:#anju-watch"},
        orders_from=("wang",),
        quiet=QuietHours(time(22), time(8)),
        routes=(
            Route(frozenset({Severity.RED}), frozenset({Topic.PRODUCT_SAFETY}), ("slack:#crisis",), ("he",)),
            Route(frozenset({Severity.BLUE}), channels=("email:low@anju.example",), instead=True),
        ),
    ),
    Client("hemuli", "禾木里茶饮", (Brand("禾木里", (Alias("禾木里"),)),), team={"account": "chen"}),
    Client("chengchuan", "澄川净水", (Brand("澄川", (Alias("澄川"),)),), team={"account": "wang"}),
    Client("luzhan", "鹿栈出行", (Brand("鹿栈", (Alias("鹿栈"),)),), team={"account": "chen"}),
    Client("shihe", "拾禾童装", (Brand("拾禾", (Alias("拾禾"),)),), team={"account": "wang"}),
    Client("xinglan", "星岚影业", (Brand("星岚", (Alias("星岚"),)),), team={"account": "chen"}),
)


def sources() -> dict[str, SourceSpec]:
    names = ("锁友论坛", "城市晚报", "科技前线", "开箱日记", "好物问答", "消费观察", "微光社区", "今日热议")
    return {
        f"s{i}": SourceSpec(
            f"s{i}", name, "feed", f"https://s{i}.example/feed", SourceClass.NEWS, 5 * MINUTE, 12 * HOUR, 5000
        )
        for i, name in enumerate(names, start=1)
    }


def config(*, desk_url: str = "http://desk.example") -> Config:
    shifts = (Shift("lin", time(8), time(20)), Shift("li", time(20), time(8)))
    agency = Agency(
        name="青禾公关",
        zone=ZONE,
        calendar=Calendar(ZONE),
        rota=Rota(ZONE, shifts),
        ladder=(LadderRung("account", 10 * MINUTE), LadderRung("director", 30 * MINUTE)),
        people={p.id: p for p in PEOPLE},
        desk_url=desk_url,
    )
    return Config(agency, sources(), {c.id: c for c in CLIENTS}, {}, {}, Lexicon(), "d1gest")


BURST = Reason(
    "signal_burst_hour_posts",
    {"brand": "安屿", "hours": 1, "voices": 264, "times": 8.4, "negatives": 214, "share": 0.81},
)
SURGE = Reason(
    "signal_negative_surge_share_posts",
    {"brand": "安屿", "hours": 1, "voices": 264, "negatives": 214, "share": 0.81, "usual": 0.12},
)


def incident(**changes: object) -> Incident:
    plain = Incident(
        id="inc-anju-12",
        number=12,
        client="anju",
        brand="安屿",
        topic=Topic.PRODUCT_SAFETY,
        severity=Severity.RED,
        state=IncidentState.TRIAGE,
        open_key="anju|安屿|product_safety",
        because=BURST,
        happened_at=NOW - 15 * MINUTE,
        opened_at=NOW - 3 * MINUTE,
        changed_at=NOW - 3 * MINUTE,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names the fields it changes


def taken(one: Incident, person: str, ago: timedelta) -> Incident:
    return replace(
        one,
        state=IncidentState.ACTIVE,
        owner=person,
        acknowledged_by=person,
        acknowledged_at=NOW - ago,
        changed_at=NOW - ago,
    )


def other_incidents() -> list[Incident]:
    tea = incident(
        id="inc-hemuli-4",
        number=4,
        client="hemuli",
        brand="禾木里",
        topic=Topic.FOOD_SAFETY,
        severity=Severity.ORANGE,
        because=Reason(
            "signal_negative_surge_rare_posts",
            {"brand": "禾木里", "hours": 2, "voices": 61, "negatives": 47, "share": 0.77},
        ),
        happened_at=NOW - 70 * MINUTE,
        opened_at=NOW - 52 * MINUTE,
    )
    water = incident(
        id="inc-chengchuan-7",
        number=7,
        client="chengchuan",
        brand="澄川",
        topic=Topic.FALSE_ADVERT,
        severity=Severity.YELLOW,
        because=Reason(
            "signal_negative_surge_share_posts",
            {"brand": "澄川", "hours": 3, "voices": 38, "negatives": 21, "share": 0.55, "usual": 0.09},
        ),
        opened_at=NOW - 5 * HOUR,
    )
    ride = incident(
        id="inc-luzhan-2",
        number=2,
        client="luzhan",
        brand="鹿栈",
        topic=Topic.OUTAGE,
        severity=Severity.BLUE,
        because=Reason(
            "signal_burst_day_posts",
            {"brand": "鹿栈", "hours": 6, "voices": 540, "times": 1.6, "negatives": 96, "share": 0.18},
        ),
        opened_at=NOW - 20 * HOUR,
    )
    return [
        taken(tea, "chen", 44 * MINUTE),
        taken(water, "wang", 4 * HOUR),
        taken(ride, "li", 18 * HOUR),
    ]


def week(brand_counts: tuple[int, ...], *, band: bool = True) -> tuple[TilePoint, ...]:
    """The last seven calendar days by the hour, each like the day before."""
    first = datetime(2026, 11, 6, tzinfo=ZONE).astimezone(UTC)
    hours = int((NOW - first) / HOUR) + 1
    return tuple(
        TilePoint(
            start=first + n * HOUR,
            mentions=brand_counts[n % 24],
            negatives=brand_counts[n % 24] // 8,
            usual_low=CALM[n % 24] * 0.4 if band else None,
            usual_high=CALM[n % 24] * 1.5 + 4 if band else None,
        )
        for n in range(hours)
    )


SHAPE = (3, 2, 1, 1, 0, 1, 2, 4, 7, 9, 8, 10, 12, 9, 8, 11, 10, 9, 13, 8, 9, 22, 168, 96)
CALM = (4, 3, 1, 0, 1, 0, 1, 3, 6, 8, 9, 7, 10, 12, 8, 9, 11, 7, 6, 9, 10, 8, 7, 2)


def volume(
    shape: tuple[int, ...] = SHAPE, negatives: float = 0.1, *, band: bool = True
) -> tuple[TilePoint, ...]:
    first = NOW.replace(minute=0) - 23 * HOUR
    return tuple(
        TilePoint(
            start=first + i * HOUR,
            mentions=n,
            negatives=round(n * (0.81 if n > 20 else negatives)),
            usual_low=CALM[i] * 0.4 if band else None,
            usual_high=CALM[i] * 1.5 + 4 if band else None,
        )
        for i, n in enumerate(shape)
    )


POSTS = (
    (
        "安屿锁半夜自己弹开，监控拍到全过程",
        (
            "昨天凌晨两点多，家里的安屿锁突然自己弹开，没有任何人按指纹，监控全拍下来了。"
            "联系客服说是“偶发”，让我先换电池。家里有老人和孩子，这种事谁敢赌第二次？"
            "已经打了 12315，希望厂家给个说法。评论区里同款的朋友也来说说，是不是同一批次。"
        ),
        Author("住在十七楼的猫", verified=False, followers=412),
        "s1",
        1_860,
        Engagement(NOW, likes=3412, comments=986, reposts=1207),
        14,
    ),
    (
        "智能门锁频现自动开锁投诉，安屿回应称正在核查",
        (
            "记者从消费者处获悉，多名用户反映安屿 S3 系列智能门锁在无人操作时自动开启。"
            "安屿客服表示已成立专项小组，将在核查后公布结果。"
        ),
        Author("城市晚报", verified=True, followers=2_300_000),
        "s2",
        310_000,
        Engagement(NOW, likes=890, comments=432, reposts=655),
        9,
    ),
    (
        "",
        "同款安屿，用了半年，上周也弹开过一次，当时以为自己没关好……现在越想越怕，求退货渠道",
        Author("阿渡不渡河", followers=87),
        "s5",
        420,
        None,
        6,
    ),
)


def seen(
    number: int, post: tuple[object, ...], group: str, *, voice: bool = True, source: str = ""
) -> SeenMention:
    title, text, author, home, reach, engagement, ago = post
    assert isinstance(title, str)
    assert isinstance(text, str)
    assert isinstance(reach, int)
    assert isinstance(ago, int)
    assert author is None or isinstance(author, Author)
    assert engagement is None or isinstance(engagement, Engagement)
    item = Item(
        source=source or str(home),
        url=f"https://{source or home}.example/p/{number}",
        title=title,
        text=text,
        author=author,
        published_at=NOW - ago * MINUTE,
        dated_by=DatedBy.PAGE,
        engagement=engagement,
    )
    return SeenMention(mention_of(item, group, voice=voice, reach=reach), item)


def mention_of(item: Item, group: str, *, voice: bool = True, reach: int = 100) -> Mention:
    whole = f"{item.title}\n{item.text}"
    spans = tuple((m.start(), m.end()) for m in re.finditer("安屿", whole))
    words = tuple(
        (w, 1.0 - i / 10)
        for i, w in enumerate(("弹开", "投诉", "自动开", "怕", "退货", "12315"))
        if w in whole
    )
    return Mention(
        client="anju",
        brand="安屿",
        item_key=item.key,
        version=1,
        source=item.source,
        source_class=SourceClass.FORUM,
        published_at=item.published_at,
        first_seen=NOW - 2 * MINUTE,
        read_at=NOW - 2 * MINUTE,
        match=Match("anju", "安屿", "安屿锁", spans),
        reading=Reading(
            "m0del",
            0.93,
            0.06,
            0.01,
            Sentiment.NEG,
            unsure=False,
            words=words,
            why=("others_left_out",),
            answers=((Question.HURT, ("夹伤", "送医")), (Question.OLD, ("2025-02-03",))),
        ),
        group=group,
        voice=voice,
        reach=reach,
    )


def evidence() -> tuple[SeenMention, ...]:
    originals = [seen(i, post, f"g{i}") for i, post in enumerate(POSTS)]
    copies = [seen(10 + i, POSTS[1], "g1", voice=False, source=s) for i, s in enumerate(("s3", "s6", "s8"))]
    return (*originals, *copies)


def plan() -> Plan:
    def step(order: int, name: str, title: str, person: str | None, minutes: int, **more: object) -> Step:
        plain = Step(
            incident="inc-anju-12",
            id=name,
            order=order,
            title=title,
            detail="",
            role="account",
            person=person,
            due_at=NOW - 3 * MINUTE + minutes * MINUTE,
            done_when="",
            needs=None,
            after=(),
        )
        return replace(plain, **more)  # type: ignore[arg-type]  # the sample names what differs

    steps = (
        step(
            1,
            "preserve",
            "保全证据：原帖截图与链接存档",
            "lin",
            15,
            role="desk",
            done_when="首发帖、转载前五、评论区前五十条截图已存入时间线",
            state=StepState.DONE,
            done_at=NOW - MINUTE,
            done_by="lin",
            result="首发帖与城市晚报报道已截图，存于 客户盘/安屿/1112",
        ),
        step(
            2,
            "call_client",
            "电话告知客户并取得一线事实",
            "wang",
            30,
            detail="按“已知、未知、何时再报”三句话说；请客户确认 S3 批次、固件版本、近 30 天同类工单数。",
            done_when="通话时间、对方姓名和三项事实写入结果",
        ),
        step(
            3,
            "pause_campaign",
            "暂停双十一返场的门锁广告投放",
            "zhao",
            30,
            role="media",
            done_when="各平台后台截图已存入时间线",
            needs="client_consent",
            after=("call_client",),
        ),
        step(
            4,
            "statement",
            "先期口径送客户确认",
            "wang",
            60,
            done_when="客户书面确认原文",
            after=("call_client",),
        ),
        step(5, "legal", "法务核对用语与召回义务", None, 120, role="legal", done_when="法务书面意见"),
    )
    return Plan("inc-anju-12", "product_safety", "产品安全：疑似伤害或失效", "b00k", NOW - 3 * MINUTE, steps)


def clocks() -> tuple[SlaClock, ...]:
    start = NOW - 3 * MINUTE
    return (
        SlaClock("inc-anju-12", DESK_ACKNOWLEDGE, start, start + 5 * MINUTE, in_office_hours=True),
        SlaClock("inc-anju-12", ACCOUNT_RESPONSE, start, start + 15 * MINUTE, in_office_hours=True),
        SlaClock("inc-anju-12", STATEMENT, start, start + 60 * MINUTE, in_office_hours=True),
    )


def timeline(*more: TimelineEntry) -> tuple[ChainedEntry, ...]:
    def entry(ago: timedelta, saying: Reason, actor: str = SYSTEM, via: Via = Via.DETECTOR) -> TimelineEntry:
        return TimelineEntry("inc-anju-12", NOW - ago, actor, via, saying.code, saying.facts)

    opened = {"severity": "red", "topic": "product_safety", "rule": "safety_burst"}
    opened["first"] = incident().happened_at.isoformat()
    done = {
        "who": "林知远",
        "step": "保全证据：原帖截图与链接存档",
        "result": "首发帖与城市晚报报道已截图，存于 客户盘/安屿/1112",
    }
    entries = (
        entry(3 * MINUTE, Reason("incident_opened", opened)),
        entry(3 * MINUTE, BURST),
        entry(3 * MINUTE, SURGE),
        entry(MINUTE, Reason("incident_step_done_with", done), "lin", Via.DESK),
        *more,
    )
    chained: list[ChainedEntry] = []
    for seq, one in enumerate(entries, start=1):
        chained.append(chain(one, seq, chained[-1].hash if chained else ""))
    return tuple(chained)


def deliveries() -> tuple[Delivery, ...]:
    def to(recipient: str, channel: str, state: DeliveryState, **more: object) -> Delivery:
        plain = Delivery(
            id=f"{recipient}-{channel}-{state}",
            incident="inc-anju-12",
            client="anju",
            change="opened",
            recipient=recipient,
            channel=channel,
            kind=DeliveryKind.CARD,
            priority=40,
            saying=BURST,
            facts={},
            created_at=NOW - 3 * MINUTE,
            next_at=NOW - 3 * MINUTE,
            state=state,
        )
        return replace(plain, **more)  # type: ignore[arg-type]  # the sample names what differs

    arrived = NOW - 3 * MINUTE + timedelta(seconds=2.4)
    return (
        to(
            "team",
            "slack:#anju-watch",
            DeliveryState.SENT,
            attempts=1,
            delivered_at=arrived,
            provider_id="1.2",
        ),
        to("desk", "slack:#desk", DeliveryState.SENT, attempts=1, delivered_at=arrived, provider_id="1.3"),
        to(
            "wang",
            "slack:U0123",
            DeliveryState.PENDING,
            kind=DeliveryKind.REPLY,
            attempts=2,
            next_at=NOW + MINUTE,
            trouble=Reason("slack_rate_limited", {"seconds": 30}),
        ),
    )


def signals() -> tuple[Signal, ...]:
    def one(kind: str, because: Reason, strength: float, minutes: int = 10) -> Signal:
        return Signal(
            kind=kind,
            client="anju",
            brand="安屿",
            source_class=None,
            since=NOW - 70 * MINUTE,
            at=NOW - minutes * MINUTE,
            seen_at=NOW - (minutes - 6) * MINUTE,
            polarity=Polarity.NEG,
            strength=strength,
            because=because,
        )

    return one("burst", BURST, 0.9), one("negative_surge", SURGE, 0.8), one("burst", BURST, 0.4, minutes=50)


def health(*, blind: int = 0) -> tuple[SourceHealth, ...]:
    made = []
    for i, spec in enumerate(sources().values()):
        is_blind = i < blind
        made.append(
            SourceHealth(
                spec.id,
                SourceState.BLOCKED if is_blind else SourceState.LIVE,
                since=NOW - 40 * MINUTE,
                checked_at=NOW - 2 * MINUTE,
                trouble=Reason("source_timeout", {"seconds": 20, "url": spec.url}) if is_blind else None,
            )
        )
    return tuple(made)


def view_of(one: Incident) -> IncidentView:
    return IncidentView(one, None, (), (), (), (), (), ())


def full_view(one: Incident | None = None) -> IncidentView:
    return IncidentView(
        one or incident(), plan(), clocks(), timeline(), signals(), evidence(), deliveries(), volume()
    )


def ended(number: int) -> Incident:
    """One of the client's incidents that is over; each fourth was none."""
    opened = NOW - (13 - number) * 24 * HOUR
    return incident(
        id=f"inc-anju-{number}",
        number=number,
        severity=Severity.YELLOW,
        state=IncidentState.DISMISSED if number % 4 == 0 else IncidentState.CLOSED,
        open_key=None,
        opened_at=opened,
        ended_at=opened + 5 * HOUR,
    )


VOICES = (
    Voices("anju", "安屿", competitor=False, mentions=610, voices=400, negatives=120),
    Voices("anju", "旧牌", competitor=False, mentions=9, voices=9, negatives=9),
    Voices("anju", "陌川门锁", competitor=True, mentions=420, voices=350, since=NOW - 40 * 24 * HOUR),
    Voices("anju", "栖钥智能", competitor=True, mentions=260, voices=250, since=NOW - 2 * 24 * HOUR),
    Voices("hemuli", "禾木里", competitor=False, mentions=90, voices=80, negatives=8),
)
"""What was counted in a week; 旧牌 is no brand of the file any more."""
