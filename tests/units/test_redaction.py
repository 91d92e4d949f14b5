"""A record from which something was taken out proves itself still, and nothing can be taken out in secret."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from wanglou.domain.erasure import ERASED
from wanglou.domain.incident import (
    REDACTED,
    ChainedEntry,
    TimelineEntry,
    Via,
    chain,
    first_broken,
    redaction,
    remainder,
)

NOON = datetime(2026, 7, 25, 12, tzinfo=UTC)
FACTS = st.dictionaries(st.sampled_from(["who", "text", "n"]), st.text(max_size=5) | st.integers(0, 9))
TEXTS = st.lists(FACTS, min_size=1, max_size=6)

Record = list[ChainedEntry]


def added(record: Record, entry: TimelineEntry) -> Record:
    return [*record, chain(entry, len(record) + 1, record[-1].hash if record else "")]


def record_of(said: Sequence[dict[str, str | int]]) -> Record:
    record: Record = []
    for n, facts in enumerate(said):
        record = added(
            record, TimelineEntry("lock-1", NOON + n * timedelta(minutes=1), "wang", Via.DESK, "note", facts)
        )
    return record


def blackened(record: Record, places: set[int], mark: str = ERASED) -> Record:
    """The record with these entries' texts gone, and a line that tells of it."""
    left = [
        replace(link, entry=replace(link.entry, actor="erased-1", facts={"text": mark}))
        for link in record
        if link.seq in places and link.entry.kind != REDACTED
    ]
    by_place = {link.seq: link for link in left}
    kept = [by_place.get(link.seq, link) for link in record]
    return added(kept, redaction("lock-1", left, NOON)) if left else kept


@settings(deadline=None)  # a busy machine is no finding
@given(TEXTS, st.sets(st.integers(1, 6)), st.sets(st.integers(1, 9)))
def test_a_redacted_record_is_whole_however_often_it_is_redacted(
    said: list[dict[str, str | int]], first: set[int], second: set[int]
) -> None:
    once = blackened(record_of(said), first)
    assert first_broken(once) is None
    twice = blackened(once, second, mark="█")
    assert first_broken(twice) is None
    assert first_broken(added(twice, TimelineEntry("lock-1", NOON, "li", Via.DESK, "note", {}))) is None


@settings(deadline=None)  # a busy machine is no finding
@given(TEXTS, st.data())
def test_what_is_changed_without_a_line_that_tells_of_it_is_found(
    said: list[dict[str, str | int]], data: st.DataObject
) -> None:
    record = record_of(said)
    place = data.draw(st.integers(1, len(record)))
    record = blackened(record, data.draw(st.sets(st.just(place))))
    link = record[place - 1]
    forged = replace(link, entry=replace(link.entry, facts={**link.entry.facts, "text": "另一句话"}))
    assert first_broken([*record[: place - 1], forged, *record[place:]]) == place


def test_without_the_line_that_tells_of_it_a_redaction_is_found() -> None:
    record = blackened(record_of([{"text": "一"}, {"text": "二"}]), {1})
    assert first_broken(record[:-1]) == 1


def test_a_line_cannot_tell_of_what_comes_after_it() -> None:
    left = replace(record_of([{"text": "一"}, {"text": "二"}])[1], prev_hash="")
    early = chain(redaction("lock-1", [left], NOON), 1, "")
    late = replace(left, prev_hash=early.hash, entry=replace(left.entry, facts={}))
    telling = chain(redaction("lock-1", [late], NOON), 1, "")
    assert first_broken([telling, replace(late, prev_hash=telling.hash)]) == 2


def test_what_is_left_is_bound_to_what_was_there() -> None:
    first, second = (record_of([{"text": text}])[0] for text in ("一", "二"))
    left = [replace(link, entry=replace(link.entry, facts={})) for link in (first, second)]
    assert remainder(left[0]) != remainder(left[1])
