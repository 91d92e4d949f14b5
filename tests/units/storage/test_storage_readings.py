"""Readings counted by the week, and what became of those that people looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tests.units.storage.examples import DAY, MINUTE, NOON, a_mention, an_item
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.drift import CorrectedReading, ReadingCount
from wanglou.storage.engine import SqlStorage
from wanglou.storage.readings import KEPT

MONDAY = date(2026, 3, 9)
WEEK = timedelta(weeks=1)
SENTIMENT = CorrectionKind.SENTIMENT


def test_what_is_read_adds_up_by_the_week_and_long_ago_is_forgotten(storage: SqlStorage) -> None:
    one = ReadingCount(500, 90, 40_000, 4_000)
    with storage.begin() as uow:
        assert uow.readings.weeks() == {}
        for back in reversed(range(KEPT + 3)):
            uow.readings.count(MONDAY - WEEK * back, one)
        uow.readings.count(MONDAY, ReadingCount(1, 1, 9, 2))
        uow.commit()
    with storage.look() as uow:
        weeks = uow.readings.weeks()
    assert weeks[MONDAY] == ReadingCount(501, 91, 40_009, 4_002)
    assert weeks[MONDAY - WEEK] == one
    assert len(weeks) == KEPT


def test_what_was_not_committed_was_not_counted(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.readings.count(MONDAY, ReadingCount(5))
    with storage.look() as uow:
        assert uow.readings.weeks() == {}


def looked_at(storage: SqlStorage, *corrections: Correction) -> Sequence[CorrectedReading]:
    """A mention that the model called negative with .8, corrected so."""
    item = an_item()
    with storage.begin() as uow:
        uow.items.keep([item], NOON)
        uow.mentions.add([a_mention(item)])
        for correction in corrections:
            uow.corrections.add(replace(correction, item_key=item.key))
        uow.commit()
    with storage.look() as uow:
        return uow.readings.corrected(NOON - DAY)


def said(before: str, after: str, **fields: object) -> Correction:
    whole = Correction("lock", "安屿", "group-1", "", SENTIMENT, before, after, "zhou", NOON)
    return replace(whole, **fields)  # type: ignore[arg-type]  # fields of a correction


def test_a_verdict_that_was_wrong_and_one_that_was_only_unsure(storage: SqlStorage) -> None:
    more = an_item(2)
    with storage.begin() as uow:
        uow.items.keep([more], NOON)
        uow.mentions.add([replace(a_mention(more), group="group-2")])
        uow.corrections.add(said("neg?", "neg", group="group-2", item_key=more.key))
        uow.commit()
    found = looked_at(storage, said("neg", "pos"))
    assert sorted(found, key=lambda one: one.was_right) == [
        CorrectedReading(NOON, 0.8, was_right=False),
        CorrectedReading(NOON, 0.8, was_right=True),
    ]


def test_only_the_first_word_on_a_story_is_about_the_models(storage: SqlStorage) -> None:
    found = looked_at(storage, said("neg", "pos"), said("pos", "neu", at=NOON + MINUTE))
    assert found == [CorrectedReading(NOON, 0.8, was_right=False)]


def test_a_story_first_corrected_long_ago_says_nothing_of_the_model_now(storage: SqlStorage) -> None:
    long_ago = said("neg", "pos", at=NOON - 2 * DAY)
    assert looked_at(storage, long_ago, said("pos", "neu")) == []
    with storage.begin() as uow:
        uow.corrections.undo(1, "zhou", NOON)
        uow.corrections.add(said("neg", "pos", group="elsewhere", at=NOON - 2 * DAY))
        uow.corrections.add(said("neg", "pos", client="tea", at=NOON - 2 * DAY))
        uow.commit()
    with storage.look() as uow:
        assert len(uow.readings.corrected(NOON - DAY)) == 1


def test_what_was_taken_back_is_about_topics_or_is_long_ago_says_nothing(storage: SqlStorage) -> None:
    found = looked_at(
        storage,
        said("neg", "pos", undone_by="zhou", undone_at=NOON),
        said("", "rumour", kind=CorrectionKind.TOPIC),
        said("neg", "pos", at=NOON - 2 * DAY),
        said("neg", "neg?"),
    )
    with storage.begin() as uow:
        uow.corrections.undo(1, "zhou", NOON)
        uow.commit()
    with storage.look() as uow:
        found = uow.readings.corrected(NOON - DAY)
    assert found == []
