"""The desk's first questions on the way from a post to the card and the page."""

from datetime import timedelta

from desk.pipeline.parts import WORKER
from tests.stories.test_advert_crisis import crisis
from tests.stories.test_read_for_the_brand import read_of
from tests.world import World
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.question import Question
from wanglou.domain.span import Span


def crisis_with(world: World, text: str) -> None:
    world.sees([text])
    crisis(world)
    world.run(minutes=1)


def test_a_card_says_first_that_somebody_is_hurt(world: World) -> None:
    crisis_with(world, "安屿锁突然弹开，孩子的手被夹伤，送医缝了五针，气死我了")
    [card, *_] = [c for c in world.chat.cards if c.address == "#duty-desk"]
    assert card.card is not None
    assert "夹伤" in card.card.lines[1]
    assert "夹伤" in card.text


def test_a_crisis_in_which_nobody_is_hurt_says_nothing_of_it(world: World) -> None:
    crisis_with(world, "安屿锁突然弹开，所幸无人受伤，但是我心里很受伤，气死我了")
    assert not any("受伤" in line for c in world.chat.cards if c.card for line in c.card.lines)


def test_what_answers_is_stored_with_its_words_and_marked(world: World) -> None:
    [seen] = read_of(world, "安屿锁夹伤了孩子，已经报警，律师函也发了")
    reading = seen.mention.reading
    assert dict(reading.answers) == {
        Question.HURT: ("夹伤",),
        Question.AUTHORITY: ("报警",),
        Question.LEGAL: ("律师函",),
    }
    whole = f"{seen.item.title}\n{seen.item.text}"
    assert {"夹伤", "报警", "律师函"} <= {whole[a:b] for a, b in reading.marks}


def test_a_competitors_victims_are_not_the_brands(world: World) -> None:
    [seen] = read_of(world, "安屿锁我用了三年，很满意。别家的锁夹伤了孩子")
    assert seen.mention.reading.answers == ()


def test_an_old_post_that_comes_back_and_a_loud_voice_are_told(world: World) -> None:
    when = world.now - timedelta(days=60)
    loud = Author("望江客", followers=300_000)
    item = Item("square", "http://forum.example/old", "", "安屿锁打不开了，太坑了", loud, when, DatedBy.PAGE)
    with world.parts.storage.begin() as uow:
        uow.items.keep([item], world.now)
        uow.commit()
    world.turn()
    with world.parts.storage.look() as uow:
        around = Span(when - timedelta(days=1), when + timedelta(days=1))
        [seen] = uow.mentions.of_brand(WORKER, "lock", "安屿", around, 10)
    answers = dict(seen.mention.reading.answers)
    assert answers[Question.LOUD] == ("望江客",)
    assert answers[Question.OLD] == (when.date().isoformat(),)
