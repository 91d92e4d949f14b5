"""A competitor's trouble moves the client's share of voice, and is nobody's crisis here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.pipeline.prune import prune
from desk.rehearsal.posts import Strand
from desk.wiring.shared import desk_reader
from tests.stories.conftest import AFTERNOON
from tests.stories.posts import texts, waves
from tests.stories.rows import said_in
from tests.stories.slot import Slot
from tests.stories.test_laws_of_the_pipeline import keep, place, post
from tests.world import World
from wanglou.domain.item import Item
from wanglou.domain.span import Span
from wanglou.domain.volume import share_of_voice
from wanglou.ports import Voices
from wanglou.storage.engine import SqlStorage

__all__ = ["place"]  # a fixture

COMPLAINTS = texts(Strand.COMPLAINT)
RIVAL = [text.replace("安屿", "陌川") for text in COMPLAINTS if "安屿" in text]
HOUR = timedelta(hours=1)
NOW = Span(AFTERNOON - HOUR, AFTERNOON + HOUR)
MORNING = Span(AFTERNOON - 9 * HOUR, AFTERNOON - 5 * HOUR)


def counted(world: World, span: Span) -> dict[str, Voices]:
    storage = world.parts.storage
    assert isinstance(storage, SqlStorage)
    found = desk_reader(storage).voices(world.access("wang"), ["lock"], span)
    return {v.name: v for v in found}


def shares(world: World, span: Span) -> dict[str, float]:
    return share_of_voice({name: v.voices for name, v in counted(world, span).items()})


def test_a_competitors_crisis_moves_the_share_of_voice_and_raises_nothing(world: World) -> None:
    before = said_in(world)
    alone = shares(world, NOW)
    for wave in waves(RIVAL[:60], 6):
        world.sees(wave)
        world.run(minutes=1)
    world.run(minutes=30)
    after = said_in(world)
    assert alone == {"安屿": 1.0}
    beside = shares(world, NOW)
    assert beside["陌川"] > 0.8
    assert sum(beside.values()) == pytest.approx(1)
    assert (after.mentions, after.signals, after.incidents) == (before.mentions, [], [])
    assert world.chat.posts == []


def test_a_post_that_names_both_counts_for_both_and_is_read_for_the_client_alone(world: World) -> None:
    before = counted(world, NOW)["安屿"].mentions
    world.sees(["陌川和安屿都装过，陌川夜里自己弹开，气死我了，客服也不管"])
    world.run()
    found = counted(world, NOW)
    assert found["安屿"].mentions == before + 1
    assert (found["陌川"].mentions, found["陌川"].voices) == (1, 1)
    assert found["陌川"].negatives is None


def test_copies_add_mentions_and_no_voices_as_they_do_for_the_client(world: World) -> None:
    world.sees([RIVAL[0], f"转发 {RIVAL[0]}", f"转发微博：{RIVAL[0]}", RIVAL[1]])
    world.run()
    found = counted(world, NOW)["陌川"]
    assert (found.mentions, found.voices) == (4, 2)


def test_late_data_corrects_the_hours_it_was_published_in(world: World) -> None:
    world.sees(RIVAL[:4])
    world.run(minutes=5)
    at_first = counted(world, MORNING)
    world.sees(RIVAL[4:10], at=AFTERNOON - 6 * HOUR)
    world.run(minutes=5)
    later = counted(world, MORNING)
    assert "陌川" not in at_first
    assert later["陌川"].voices == 6
    assert counted(world, NOW)["陌川"].voices == 4
    assert world.incidents() == []


def test_an_edited_text_is_read_again_and_counted_once(world: World) -> None:
    one = post(1, RIVAL[0], 60)
    for text in (one.text, f"{one.text} 更新：客服回电了", f"{one.text} 更新：换了一把"):
        keep(world, [replace(one, text=text)])
        world.run()
    found = counted(world, NOW)
    assert found["陌川"].mentions == 1


def test_what_was_counted_outlives_what_it_was_counted_from(world: World) -> None:
    world.sees(RIVAL[:5])
    world.run()
    world.clock.advance(timedelta(days=400))
    prune(world.parts, world.now)
    storage = world.parts.storage
    assert isinstance(storage, SqlStorage)
    with storage.look() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM competitor_mention").scalar_one() == 0
    assert counted(world, NOW)["陌川"].voices == 5


@dataclass(frozen=True, repr=False)
class Talk:
    """What is said of a competitor, in pieces; all of it, in some order, some of it more than once."""

    stream: Sequence[Item]
    pieces: Sequence[Sequence[Item]]


@st.composite
def talk(draw: st.DrawFn) -> Talk:
    numbers = draw(st.lists(st.integers(0, 25), max_size=25, unique=True))
    stream = [
        post(
            n,
            draw(st.sampled_from(["", "转发 "])) + RIVAL[draw(st.integers(0, n))],
            draw(st.integers(0, 7200)),
        )
        for n in numbers
    ]
    shuffled = draw(st.permutations(stream))
    cut = draw(st.integers(0, len(stream)))
    return Talk(stream, [shuffled[:cut], shuffled[cut:], shuffled[:cut]])


@given(talk())
@settings(max_examples=12, deadline=None)
def test_no_stream_of_a_competitors_posts_becomes_the_clients_trouble(place: Slot, given_: Talk) -> None:
    world = place.begin()
    before = said_in(world)
    keep(world, given_.stream)
    world.run(minutes=2)
    whole = said_in(world)
    assert whole == replace(before, competitors=whole.competitors)
    assert world.chat.posts == []
    span = Span(AFTERNOON - 3 * HOUR, AFTERNOON + HOUR)
    assert sum(shares(world, span).values()) == pytest.approx(1)
    assert sum(v.mentions for v in counted(world, span).values() if v.competitor) == len(given_.stream)

    again = place.begin()
    for piece in given_.pieces:
        keep(again, piece)
    again.run(minutes=2)
    for piece in given_.pieces:
        keep(again, piece)
    again.run(minutes=2)
    assert said_in(again).competitors == whole.competitors
