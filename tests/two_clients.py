"""Two clients of one agency with rows of both in every table: what one may never see of the other."""

from dataclasses import replace
from datetime import timedelta

from alerting.handling import Dismissal
from desk.acts import Acts
from tests import pages_sample
from tests.pages_sample import NOW
from wanglou.domain.agency import Config
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.incident import Via
from wanglou.domain.item import Author, BoardPlace, DatedBy, Engagement, Item
from wanglou.domain.mention import CompetitorMention, Match, Mention, Reading, Sentiment
from wanglou.domain.person import HOUSE, Access, Person, Role
from wanglou.domain.plan import Plan, Step
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.topic import Topic
from wanglou.domain.volume import Observed, Series, VolumeRow, bucket_of
from wanglou.ports import UnitOfWork
from wanglou.storage.engine import SqlStorage

MINUTE = timedelta(minutes=1)
OURS, THEIRS = "anju", "hemuli"
"""Two clients: the one whose people look, and the one behind the wall."""

SECRET = {OURS: "甲方机密", THEIRS: "乙方机密"}
"""Stands in every text that belongs to a client."""

PEOPLE = (
    Person("wang", "王敏", Role.ACCOUNT, {"slack": "U0000WANG"}),
    Person("zhao", "赵一鸣", Role.MEDIA, {"slack": "U0000ZHAO"}),
    Person("chen", "陈可", Role.ACCOUNT, {"slack": "U0000CHEN"}),
    Person("gu", "顾言", Role.PR, {"slack": "U00000GU0"}),  # in no client's team
    Person("lin", "林知远", Role.DESK),
    Person("he", "何静", Role.DIRECTOR, {"slack": "U00000HE0"}),
)
BEHIND_THE_WALL = ("wang", "zhao", "gu")
"""Who may see nothing of THEIRS."""

ABOVE_IT = ("chen", "lin", "he")
ALL = Access("he", None)


def config() -> Config:
    base = pages_sample.config()
    agency = replace(base.agency, people={p.id: p for p in PEOPLE}, channels={"desk": "inbox:desk"})
    clients = (
        _client(OURS, "安屿智能家居", "安屿", {"account": "wang", "media": "zhao"}),
        _client(THEIRS, "禾木里茶饮", "禾木里", {"account": "chen"}),
    )
    return replace(base, agency=agency, clients={c.id: c for c in clients})


def _client(id_: str, name: str, brand: str, team: dict[str, str]) -> Client:
    rival = Brand(f"{SECRET[id_]}对手", (Alias(f"{SECRET[id_]}对手"),))
    brands = (Brand(brand, (Alias(brand),)),)
    return Client(id_, name, brands, competitors=(rival,), team=team, channels={"team": f"inbox:{id_}"})


def fill(storage: SqlStorage, settings: Config) -> None:
    """Rows of both clients, and one trouble of the agency's own."""
    for client in settings.clients.values():
        _keep(storage, client)
        _happen(storage, settings, client)
    with storage.begin() as uow:
        uow.changes.note(HOUSE, "source", "s1", NOW)
        uow.commit()


def _keep(storage: SqlStorage, client: Client) -> None:
    """What sources showed, and what was counted."""
    secret, brand = SECRET[client.id], client.brands[0].name
    items = [_item(client, number) for number in range(3)]
    mentions = [_mention(client, item, number) for number, item in enumerate(items)]
    start = bucket_of(NOW - 90 * MINUTE)
    series = Series(client.id, brand, SourceClass.FORUM)
    with storage.begin() as uow:
        uow.items.keep(items, NOW - 60 * MINUTE)
        uow.items.keep([replace(items[0], text=f"{items[0].text}（更新）")], NOW - 50 * MINUTE)
        uow.mentions.add(mentions)
        uow.volumes.add([VolumeRow(series, start, 3, 3, 2, 300)])
        uow.volumes.set_observed([Observed(client.id, brand, start, 18)])
        uow.competitors.add(
            [CompetitorMention(client.id, f"{secret}对手", items[0].key, NOW - 90 * MINUTE, NOW, voice=True)]
        )
        uow.commit()


def _happen(storage: SqlStorage, settings: Config, client: Client) -> None:
    """Incidents by the acts of those who may: one open with its plan, one dismissed, one merged."""
    secret, brand, who = SECRET[client.id], client.brands[0].name, client.team["account"]
    acts = Acts(storage, settings, frozenset({"inbox"}))
    access = settings.access_of(settings.agency.people[who])

    def tell(number: int, topic: Topic) -> str:
        text, caller = f"{secret}来电{number}", f"{secret}联系人"
        form = f"{client.id}-form-{number}"
        report = Report(client.id, brand, topic, Severity.ORANGE, text, caller, form)
        opened = acts.report(access, report, Via.DESK, NOW - 30 * MINUTE)
        assert isinstance(opened, str)
        return opened

    first, second, third = (
        tell(1, Topic.PRODUCT_SAFETY),
        tell(2, Topic.RUMOUR),
        tell(3, Topic.DATA_LEAK),
    )
    assert acts.dismiss(access, second, Dismissal.DUPLICATE, Via.DESK, NOW - 20 * MINUTE) is None
    assert acts.merge(access, third, first, f"{secret}同一件事", Via.DESK, NOW - 15 * MINUTE) is None
    assert (
        acts.note(access, first, f"{secret}记一笔", f"{client.id}-note", Via.DESK, NOW - 10 * MINUTE) is None
    )
    with storage.begin() as uow:
        _lead_up(uow, client, first)
        uow.commit()


def _lead_up(uow: UnitOfWork, client: Client, incident: str) -> None:
    secret, brand = SECRET[client.id], client.brands[0].name
    because = Reason("signal_burst_hour_posts", {**pages_sample.BURST.facts, "brand": f"{secret}{brand}"})
    series = (client.id, brand, SourceClass.FORUM)
    signal = Signal("burst", *series, NOW - 90 * MINUTE, NOW - 60 * MINUTE, NOW, Polarity.NEG, 0.9, because)
    uow.signals.add([signal, replace(signal, kind="negative_surge")])
    uow.signals.mark_judged([signal.key], incident, None)
    uow.signals.hold([replace(signal, kind="negative_surge").key], Reason("suppressed_no_rule"))
    mention = _mention(client, _item(client, 0), 0)
    uow.incidents.add_evidence(incident, [(client.id, brand, mention.item_key)])
    uow.corrections.add(
        Correction(
            client=client.id,
            brand=brand,
            group=mention.group,
            item_key=mention.item_key,
            kind=CorrectionKind.SENTIMENT,
            before="neg",
            after="neu",
            by=client.team["account"],
            at=NOW - 5 * MINUTE,
        )
    )
    step = Step(
        incident,
        f"{client.id}-step",
        1,
        f"{secret}步骤",
        f"{secret}细节",
        "account",
        client.team["account"],
        NOW + 30 * MINUTE,
        f"{secret}完成标志",
        None,
        (),
    )
    uow.plans.add(Plan(incident, "any", f"{secret}预案", "d1gest", NOW, (step,)))
    uow.deliveries.enqueue([_dead(client, incident)])


def _item(client: Client, number: int) -> Item:
    secret, brand = SECRET[client.id], client.brands[0].name
    return Item(
        source="s1",
        url=f"https://s1.example/{client.id}/{number}",
        title=f"{secret}标题{number}",
        text=f"{brand}{secret}正文{number}",
        author=Author(f"{secret}作者", f"author-of-{client.id}", followers=7),
        published_at=NOW - 90 * MINUTE + number * MINUTE,
        dated_by=DatedBy.FEED,
        platform_id=f"{client.id}-post-{number}",
        engagement=Engagement(NOW - 60 * MINUTE, 3, 2, 1),
        board=BoardPlace("今日热议", number + 1),
    )


def _mention(client: Client, item: Item, number: int) -> Mention:
    secret, brand = SECRET[client.id], client.brands[0].name
    assert item.published_at is not None
    return Mention(
        client=client.id,
        brand=brand,
        item_key=item.key,
        version=1,
        source=item.source,
        source_class=SourceClass.FORUM,
        published_at=item.published_at,
        first_seen=NOW - 60 * MINUTE,
        read_at=NOW - 60 * MINUTE,
        match=Match(client.id, brand, brand, ((0, len(brand)),)),
        reading=Reading(
            "m0del",
            0.9,
            0.05,
            0.05,
            Sentiment.NEG,
            unsure=False,
            topic_words=((Topic.OTHER, secret),),
            words=((secret, 2.0),),
        ),
        group=f"{client.id}-group-{number}",
        voice=True,
        reach=100,
    )


def _dead(client: Client, incident: str) -> Delivery:
    return Delivery(
        id=f"{client.id}-dead-delivery",
        incident=incident,
        client=client.id,
        change="opened-again",
        recipient="team",
        channel=f"inbox:{client.id}",
        kind=DeliveryKind.REPLY,
        priority=20,
        saying=Reason("incident_note", {"who": "王敏", "text": f"{SECRET[client.id]}推送"}),
        facts={},
        created_at=NOW,
        next_at=NOW,
        state=DeliveryState.DEAD,
        trouble=Reason("slack_unreachable", {"found": "down"}),
    )
