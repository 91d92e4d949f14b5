"""Hypothesis strategies for every noun that is stored."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry, Via
from wanglou.domain.item import Author, BoardPlace, DatedBy, Engagement, Item
from wanglou.domain.mention import Match, Mention, Reading, Sentiment
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.domain.question import Question
from wanglou.domain.reason import Reason, Value
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass, SourceHealth, SourceState, Validators
from wanglou.domain.topic import Topic
from wanglou.domain.volume import ExposureRow, Series, VolumeRow, bucket_of
from wanglou.ports import Checkpoint, Session, SignIn

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))

ids = st.text(alphabet="abcdefghij0123456789-", min_size=1, max_size=12)
words = st.text(
    alphabet=st.one_of(
        st.sampled_from("安屿智能锁投诉 a'\"%\\\n😀"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)
_from_2000_to_2099 = st.integers(946_684_800_000_000, 4_102_444_799_999_999)
instants = st.builds(
    lambda microseconds, zone: (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone),
    _from_2000_to_2099,
    st.sampled_from([UTC, BEIJING]),
)
counts = st.integers(0, 10**12)
places = st.integers(1, 10**6)
shares = st.floats(0, 1)
values: st.SearchStrategy[Value] = st.one_of(
    words, st.booleans(), st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False)
)
facts = st.dictionaries(words, values, max_size=4)
reasons = st.builds(Reason, ids, facts)

authors = st.builds(Author, words, st.none() | ids, st.booleans(), st.none() | counts)
engagements = st.builds(Engagement, instants, *[st.none() | counts] * 3)
items = st.builds(
    Item,
    source=ids,
    url=words.map("https://example.cn/{}".format),
    title=words,
    text=words,
    author=st.none() | authors,
    published_at=st.none() | instants,
    dated_by=st.sampled_from(DatedBy),
    platform_id=st.none() | ids,
    engagement=st.none() | engagements,
    board=st.none() | st.builds(BoardPlace, words, places),
)
readings = st.builds(
    Reading,
    model=ids,
    p_neg=shares,
    p_neu=shares,
    p_pos=shares,
    label=st.sampled_from(Sentiment),
    unsure=st.booleans(),
    topics=st.lists(st.sampled_from(Topic), max_size=3).map(tuple),
    topic_words=st.lists(st.tuples(st.sampled_from(Topic), words), max_size=3).map(tuple),
    words=st.lists(st.tuples(words, st.floats(-9, 9)), max_size=3).map(tuple),
    why=st.lists(ids, max_size=2).map(tuple),
    answers=st.lists(
        st.tuples(st.sampled_from(Question), st.lists(words, min_size=1, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
    marks=st.lists(st.tuples(st.integers(0, 9), st.integers(10, 99)), max_size=3).map(tuple),
)


@st.composite
def mentions(draw: st.DrawFn, item: Item, client: str | None = None, brand: str | None = None) -> Mention:
    client = draw(ids) if client is None else client
    brand = draw(words) if brand is None else brand
    spans = draw(st.lists(st.tuples(places, places), max_size=3).map(tuple))
    return Mention(
        client=client,
        brand=brand,
        item_key=item.key,
        version=1,
        source=item.source,
        source_class=draw(st.sampled_from(SourceClass)),
        published_at=item.published_at,
        first_seen=draw(instants),
        read_at=draw(instants),
        match=Match(client, brand, draw(words), spans),
        reading=draw(readings),
        group=draw(ids),
        voice=draw(st.booleans()),
        reach=draw(counts),
    )


volume_rows = st.builds(
    VolumeRow,
    st.builds(Series, ids, words, st.sampled_from(SourceClass)),
    instants.map(bucket_of),
    *[counts] * 4,
)
exposure_rows = st.builds(ExposureRow, st.sampled_from(SourceClass), instants.map(bucket_of), shares)
signals = st.builds(
    Signal,
    kind=ids,
    client=ids,
    brand=words,
    source_class=st.none() | st.sampled_from(SourceClass),
    since=instants,
    at=instants,
    seen_at=instants,
    polarity=st.sampled_from(Polarity),
    strength=st.floats(0, 100),
    because=reasons,
    provisional=st.booleans(),
)
incidents = st.builds(
    Incident,
    id=ids,
    number=places,
    client=ids,
    brand=words,
    topic=st.sampled_from(Topic),
    severity=st.sampled_from(Severity),
    state=st.sampled_from(IncidentState),
    open_key=st.none() | words,
    because=reasons,
    happened_at=instants,
    opened_at=instants,
    changed_at=instants,
    owner=st.none() | ids,
    acknowledged_at=st.none() | instants,
    acknowledged_by=st.none() | ids,
    ended_at=st.none() | instants,
    version=places,
)


def timeline_entries(incident: str) -> st.SearchStrategy[TimelineEntry]:
    return st.builds(TimelineEntry, st.just(incident), instants, words, st.sampled_from(Via), ids, facts)


def steps(incident: str) -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        incident=st.just(incident),
        id=ids,
        order=places,
        title=words,
        detail=words,
        role=ids,
        person=st.none() | ids,
        due_at=instants,
        done_when=words,
        needs=st.none() | ids,
        after=st.lists(ids, max_size=2).map(tuple),
        state=st.sampled_from(StepState),
        told_at=st.none() | instants,
        done_at=st.none() | instants,
        done_by=st.none() | ids,
        result=st.none() | words,
    )


def plans(incident: str) -> st.SearchStrategy[Plan]:
    """Plans whose steps stand in order."""
    ordered = st.lists(steps(incident), max_size=3, unique_by=(lambda s: s.id, lambda s: s.order)).map(
        lambda found: tuple(sorted(found, key=lambda s: s.order))
    )
    return st.builds(Plan, st.just(incident), ids, words, ids, instants, ordered)


def clocks(incident: str) -> st.SearchStrategy[SlaClock]:
    return st.builds(
        SlaClock,
        st.just(incident),
        ids,
        instants,
        instants,
        st.booleans(),
        st.none() | instants,
        st.none() | ids,
    )


def deliveries(incident: str) -> st.SearchStrategy[Delivery]:
    return st.builds(
        Delivery,
        id=ids,
        incident=st.just(incident),
        client=ids,
        change=ids,
        recipient=ids,
        channel=ids,
        kind=st.sampled_from(DeliveryKind),
        priority=places,
        saying=reasons,
        facts=facts,
        created_at=instants,
        next_at=instants,
        state=st.sampled_from(DeliveryState),
        attempts=st.integers(0, 100),
        lease_until=st.none() | instants,
        lease_holder=st.none() | ids,
        provider_id=st.none() | words,
        delivered_at=st.none() | instants,
        trouble=st.none() | reasons,
    )


health = st.builds(
    SourceHealth,
    source=ids,
    state=st.sampled_from(SourceState),
    since=instants,
    checked_at=st.none() | instants,
    next_at=st.none() | instants,
    last_item_at=st.none() | instants,
    failures=st.integers(0, 10**6),
    trouble=st.none() | reasons,
)
validators = st.builds(
    Validators,
    url=words,
    etag=st.none() | words,
    last_modified=st.none() | words,
    digest=st.none() | ids,
    asked_plainly_at=st.none() | instants,
)
checkpoints = st.builds(Checkpoint, ids, instants, st.binary(max_size=20))
sign_ins = st.builds(SignIn, ids, st.none() | words, st.integers(0, 99), st.none() | instants)
sessions = st.builds(Session, ids, ids, instants, instants, instants)
