"""Corrections: a person's word holds, counts follow it, copies follow it, and it can be taken back."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.correcting import applied
from analysis.volume import brand_totals, count
from desk.correcting import Corrector
from tests.pages_sample import CLIENTS, config
from tests.units.storage.examples import ALL, MINUTE, NOON, TODAY, a_mention, an_item
from wanglou.domain.client import Alias, Brand
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.mention import Mention, Sentiment
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.domain.topic import Topic
from wanglou.ports import Checkpoint, Storage
from wanglou.storage.engine import open_storage

LIN = Access("lin", None)
OTHER = Access("chen", frozenset({"hemuli"}))
BRAND, SENTIMENT, TOPIC = CorrectionKind.BRAND, CorrectionKind.SENTIMENT, CorrectionKind.TOPIC

TWO_BRANDS = replace(CLIENTS[0], brands=(*CLIENTS[0].brands, Brand("安屿灯", (Alias("安屿灯"),))))


def corrector(storage: Storage) -> Corrector:
    return Corrector(storage, replace(config(), clients={"anju": TWO_BRANDS}))


def story(copies: int = 2, **changes: object) -> list[Mention]:
    """An original and its copies, minutes apart."""
    mentions = []
    for n in range(copies + 1):
        item = an_item(n, "锁打不开", NOON + n * MINUTE)
        one = a_mention(item, client="anju", label=Sentiment.NEU, topics=(), voice=n == 0)
        mentions.append(replace(one, **changes))  # type: ignore[arg-type]  # fields by name
    return mentions


def kept(storage: Storage, mentions: list[Mention]) -> list[Mention]:
    with storage.begin() as uow:
        uow.items.keep([an_item(n, "锁打不开", NOON + n * MINUTE) for n in range(len(mentions))], NOON)
        uow.mentions.add(mentions)
        uow.volumes.add(count(mentions))
        uow.commit()
    return mentions


def now_stored(storage: Storage, brand: str = "安屿") -> list[Mention]:
    with storage.look() as uow:
        return [s.mention for s in uow.mentions.of_brand(ALL, "anju", brand, TODAY)]


def require_counts_to_be_true(storage: Storage) -> None:
    """What is counted by bucket is what the mentions themselves say."""
    with storage.look() as uow:
        counted = brand_totals(uow.volumes.between(TODAY))
        for brand in ("安屿", "安屿灯"):
            totals = uow.volumes.totals("anju", brand, TODAY)
            row = counted.get(("anju", brand))
            told = (row.mentions, row.voices, row.negatives, row.reach) if row else (0, 0, 0, 0)
            assert told == (totals.mentions, totals.voices, totals.negatives, totals.reach)


def test_a_sentiment_corrected_holds_for_all_copies_and_is_counted(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    assert corrector(storage).correct(LIN, "anju", "安屿", first.item_key, SENTIMENT, "neg", NOON) is None
    assert {m.reading.label for m in now_stored(storage)} == {Sentiment.NEG}
    with storage.look() as uow:
        totals = uow.volumes.totals("anju", "安屿", TODAY)
        [made] = uow.corrections.since(LIN, "anju", NOON)
    assert (totals.mentions, totals.voices, totals.negatives) == (3, 1, 1)
    assert (made.before, made.after, made.by, made.at) == ("neu", "neg", "lin", NOON)
    require_counts_to_be_true(storage)


def test_a_topic_corrected_is_what_trouble_is_counted_under(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    corrector(storage).correct(LIN, "anju", "安屿", first.item_key, SENTIMENT, "neg", NOON)
    corrector(storage).correct(LIN, "anju", "安屿", first.item_key, TOPIC, "product_safety", NOON)
    with storage.look() as uow:
        assert uow.volumes.totals("anju", "安屿", TODAY).topics == {"product_safety": 1}


def test_what_is_not_about_the_brand_counts_for_nothing(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    corrector(storage).correct(LIN, "anju", "安屿", first.item_key, BRAND, "", NOON)
    assert now_stored(storage) == []
    with storage.look() as uow:
        assert uow.volumes.totals("anju", "安屿", TODAY).mentions == 0
    require_counts_to_be_true(storage)


def test_what_is_about_another_brand_counts_there_and_comes_back_when_undone(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    desk = corrector(storage)
    assert desk.correct(LIN, "anju", "安屿", first.item_key, BRAND, "安屿灯", NOON) is None
    assert (len(now_stored(storage)), len(now_stored(storage, "安屿灯"))) == (0, 3)
    require_counts_to_be_true(storage)
    assert desk.correct(LIN, "anju", "安屿", first.item_key, BRAND, "", NOON) is None
    assert (len(now_stored(storage)), len(now_stored(storage, "安屿灯"))) == (0, 0)
    with storage.look() as uow:
        to_lamp, to_none = uow.corrections.since(LIN, "anju", NOON)
    assert desk.undo(LIN, to_lamp.id, NOON) == Reason("correction_not_newest")
    assert desk.undo(LIN, to_none.id, NOON) is None
    assert (len(now_stored(storage)), len(now_stored(storage, "安屿灯"))) == (0, 3)
    assert desk.undo(LIN, to_lamp.id, NOON) is None
    assert (len(now_stored(storage)), len(now_stored(storage, "安屿灯"))) == (3, 0)
    require_counts_to_be_true(storage)


def test_the_same_word_twice_and_an_undo_twice_leave_one_line(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    desk = corrector(storage)
    for _ in range(2):
        assert desk.correct(LIN, "anju", "安屿", first.item_key, SENTIMENT, "neg", NOON) is None
    with storage.look() as uow:
        [made] = uow.corrections.since(LIN, "anju", NOON)
    for _ in range(2):
        assert desk.undo(Access("li", None), made.id, NOON + MINUTE) is None
    with storage.look() as uow:
        [undone] = uow.corrections.since(LIN, "anju", NOON)
    assert (undone.undone_by, undone.undone_at) == ("li", NOON + MINUTE)
    assert {m.reading.label for m in now_stored(storage)} == {Sentiment.NEU}


def test_an_unsure_reading_is_unsure_again_when_undone(storage: Storage) -> None:
    unsure = [replace(m, reading=replace(m.reading, unsure=True)) for m in story(0)]
    [only] = kept(storage, unsure)
    desk = corrector(storage)
    desk.correct(LIN, "anju", "安屿", only.item_key, SENTIMENT, "neu", NOON)
    assert [m.reading.unsure for m in now_stored(storage)] == [False]
    with storage.look() as uow:
        [made] = uow.corrections.since(LIN, "anju", NOON)
    desk.undo(LIN, made.id, NOON)
    assert [m.reading.unsure for m in now_stored(storage)] == [True]


@pytest.mark.parametrize(
    ("kind", "to"),
    [(SENTIMENT, "bad"), (SENTIMENT, ""), (TOPIC, "trouble"), (BRAND, "禾木里"), (BRAND, "<b>")],
)
def test_a_word_we_do_not_know_is_refused_and_changes_nothing(
    storage: Storage, kind: CorrectionKind, to: str
) -> None:
    first, *_ = kept(storage, story())
    told = corrector(storage).correct(LIN, "anju", "安屿", first.item_key, kind, to, NOON)
    assert told == Reason("correction_unknown", {"found": to})
    assert len(now_stored(storage)) == 3
    with storage.look() as uow:
        assert uow.corrections.since(LIN, "anju", NOON) == []


def test_a_topic_said_twice_is_said_once(storage: Storage) -> None:
    first, *_ = kept(storage, story(0))
    assert (
        corrector(storage).correct(LIN, "anju", "安屿", first.item_key, TOPIC, "outage,outage", NOON) is None
    )
    assert [m.reading.topics for m in now_stored(storage)] == [(Topic.OUTAGE,)]


def test_what_is_not_on_the_list_of_topics_any_more_stops_neither_reading_nor_the_page(
    storage: Storage,
) -> None:
    first, *_ = kept(storage, story(0))
    gone = Correction("anju", "安屿", first.group, first.item_key, TOPIC, "gone-topic", "outage", "lin", NOON)
    with storage.begin() as uow:
        number = uow.corrections.add(gone)
        uow.commit()
    assert applied(first, [replace(gone, after="gone-topic")]) == first
    assert applied(first, [gone, replace(gone, after="gone-topic")]).reading.topics == (Topic.OUTAGE,)
    assert corrector(storage).undo(LIN, number, NOON) == Reason("correction_outdated")
    with storage.look() as uow:
        assert uow.corrections.get(number) == replace(gone, id=number)


def test_another_clients_person_and_a_stranger_change_nothing(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    desk = corrector(storage)
    gone = Reason("correction_gone")
    for who in (OTHER, Access("nobody", None)):
        assert desk.correct(who, "anju", "安屿", first.item_key, SENTIMENT, "neg", NOON) == gone
    desk.correct(LIN, "anju", "安屿", first.item_key, SENTIMENT, "neg", NOON)
    with storage.look() as uow:
        [made] = uow.corrections.since(LIN, "anju", NOON)
        assert uow.corrections.since(OTHER, "anju", NOON) == []
    assert desk.undo(OTHER, made.id, NOON) == gone
    assert desk.correct(LIN, "anju", "安屿", "no such item", SENTIMENT, "neg", NOON) == gone
    assert desk.undo(LIN, 999, NOON) == gone


def test_detectors_look_again_at_counts_they_had_passed(storage: Storage) -> None:
    first, *_ = kept(storage, story())
    with storage.begin() as uow:
        uow.detectors.save(Checkpoint("burst", NOON + timedelta(hours=1), b"state"))
        uow.commit()
    corrector(storage).correct(LIN, "anju", "安屿", first.item_key, SENTIMENT, "neg", NOON + MINUTE)
    with storage.look() as uow:
        assert uow.detectors.latest("burst") is None


WORDS = {
    SENTIMENT: st.sampled_from(["neg", "neu", "pos"]),
    TOPIC: st.sampled_from(["", Topic.PRODUCT_SAFETY.value, Topic.FALSE_ADVERT.value]),
    BRAND: st.sampled_from(["", "安屿", "安屿灯"]),
}
STEPS = st.one_of(*(st.tuples(st.just(kind), words) for kind, words in WORDS.items()), st.just((None, "")))


@pytest.fixture(scope="module")
def fresh(sqlite_template: object, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Storage]:
    """A new empty database each time it is called."""

    def make() -> Storage:
        folder = tmp_path_factory.mktemp("fresh")
        return open_storage(shutil.copy(str(sqlite_template), folder / "wanglou.db"))

    return make


@settings(max_examples=25)
@given(steps=st.lists(STEPS, max_size=8))
def test_counts_are_true_after_any_corrections_and_undoing_all_restores_what_was(
    fresh: Callable[[], Storage], steps: list[tuple[CorrectionKind | None, str]]
) -> None:
    storage = fresh()
    first, *_ = kept(storage, story())
    was = now_stored(storage)
    desk = corrector(storage)
    for kind, to in steps:
        if kind is not None:
            desk.correct(LIN, "anju", "安屿", first.item_key, kind, to, NOON)
        else:
            undo_newest(storage, desk)
        require_counts_to_be_true(storage)
    while undo_newest(storage, desk):
        require_counts_to_be_true(storage)
    assert now_stored(storage) == was
    assert now_stored(storage, "安屿灯") == []
    storage.close()  # type: ignore[attr-defined]  # the real storage


def undo_newest(storage: Storage, desk: Corrector) -> bool:
    with storage.look() as uow:
        standing = [c for c in uow.corrections.since(LIN, "anju", NOON) if c.stands]
    if standing:
        assert desk.undo(LIN, standing[-1].id, NOON) is None
    return bool(standing)
