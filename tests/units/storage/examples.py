"""Plain nouns to start from in storage tests."""

from datetime import UTC, datetime, timedelta

from wanglou.domain.delivery import Delivery, DeliveryKind
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.item import DatedBy, Item
from wanglou.domain.mention import Match, Mention, Reading, Sentiment
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic

NOON = datetime(2026, 7, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TODAY = Span(NOON - DAY, NOON + DAY)
ALL = Access("director", None)


def an_item(number: int = 1, text: str = "锁打不开", published_at: datetime | None = NOON) -> Item:
    return Item(
        source="caijing",
        url=f"https://example.cn/{number}",
        title=f"第{number}条",
        text=text,
        published_at=published_at,
        dated_by=DatedBy.FEED if published_at else DatedBy.NONE,
    )


def a_mention(  # noqa: PLR0913 -- each is what one test or another is about
    item: Item,
    *,
    client: str = "lock",
    brand: str = "安屿",
    label: Sentiment = Sentiment.NEG,
    topics: tuple[Topic, ...] = (Topic.PRODUCT_SAFETY,),
    voice: bool = True,
    reach: int = 100,
) -> Mention:
    words = (("打不开", 1.5), ("锁", 0.5), ("谢谢", -0.2))
    return Mention(
        client=client,
        brand=brand,
        item_key=item.key,
        version=1,
        source=item.source,
        source_class=SourceClass.NEWS,
        published_at=item.published_at,
        first_seen=NOON,
        read_at=NOON,
        match=Match(client, brand, brand, ((0, 2),)),
        reading=Reading("model", 0.8, 0.1, 0.1, label, unsure=False, topics=topics, words=words),
        group="group-1",
        voice=voice,
        reach=reach,
    )


def an_incident(
    number: int = 1,
    client: str = "lock",
    *,
    state: IncidentState = IncidentState.TRIAGE,
    opened_at: datetime = NOON,
    severity: Severity = Severity.ORANGE,
) -> Incident:
    name = f"{client}-{number}"
    return Incident(
        id=name,
        number=number,
        client=client,
        brand="安屿",
        topic=Topic.PRODUCT_SAFETY,
        severity=severity,
        state=state,
        open_key=name if state.is_open else None,
        because=Reason("burst", {"times": 8}),
        happened_at=opened_at,
        opened_at=opened_at,
        changed_at=opened_at,
    )


def a_delivery(  # noqa: PLR0913 -- each is what one test or another is about
    number: int = 1,
    incident: str = "lock-1",
    *,
    channel: str = "slack:#anyu",
    kind: DeliveryKind = DeliveryKind.REPLY,
    priority: int = 30,
    created_at: datetime = NOON,
) -> Delivery:
    return Delivery(
        id=f"{incident}-delivery-{number}",
        incident=incident,
        client=incident.partition("-")[0],
        change=f"change-{number}",
        recipient="team",
        channel=channel,
        kind=kind,
        priority=priority,
        saying=Reason("opened"),
        facts={},
        created_at=created_at,
        next_at=created_at,
    )
