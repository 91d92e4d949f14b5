"""What the worker stores of a post is how it reads for the brand, and the client's band holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from desk.pipeline.parts import WORKER
from desk.wiring.shared import desk_reader
from tests.stories.test_advert_crisis import crisis
from tests.world import World
from wanglou.domain.mention import SeenMention, Sentiment
from wanglou.domain.span import Span
from wanglou.storage.engine import SqlStorage


def read_of(world: World, *texts: str) -> Iterator[SeenMention]:
    """The mentions of posts shown now, in the order shown."""
    before = world.now
    world.clock.advance(timedelta(minutes=1))
    world.sees(texts)
    world.turn()
    world.clock.advance(timedelta(minutes=1))
    with world.parts.storage.look() as uow:
        seen = uow.mentions.of_brand(WORKER, "lock", "安屿", Span(before, world.now), 100)
    by_text = {s.item.text: s for s in seen}
    return (by_text[text] for text in texts)


def test_a_rivals_defeat_is_stored_as_good_news_with_the_reason(world: World) -> None:
    won, lost = read_of(world, "说真的竞品比安屿差远了，用过的都懂", "说真的安屿比竞品差远了，用过的都懂")
    assert (won.mention.reading.label, won.mention.reading.why) == (Sentiment.POS, ("compared_better",))
    assert (lost.mention.reading.label, lost.mention.reading.why) == (Sentiment.NEG, ("compared_worse",))


def test_the_words_it_hangs_on_are_marked_where_they_stand(world: World) -> None:
    [seen] = read_of(world, "別家的锁天天起火。安屿的客服推诿了一个月，我彻底失望了")
    whole = f"{seen.item.title}\n{seen.item.text}"
    marked = [whole[start:end] for start, end in seen.mention.reading.marks]
    assert "失望" in "".join(marked)
    assert "起火" not in "".join(marked)


def test_a_clients_band_decides_the_label_and_is_named_in_the_model(world: World) -> None:
    config = world.parts.config
    moved = replace(config.clients["lock"], neutral_at=0.0)
    clients = MappingProxyType({**config.clients, "lock": moved})
    world.parts = replace(world.parts, config=replace(config, clients=clients))
    [seen] = read_of(world, "安屿的锁太难用了，我后悔死了！")
    assert seen.mention.reading.label is Sentiment.NEU
    assert seen.mention.reading.p_neg > seen.mention.reading.p_neu
    assert seen.mention.reading.model.endswith("@0")


def test_the_incident_page_is_given_marks_and_reasons(world: World) -> None:
    crisis(world)
    incident = world.incident()
    storage = world.parts.storage
    assert isinstance(storage, SqlStorage)
    view = desk_reader(storage).incident(WORKER, incident.id, world.now)
    assert view is not None
    assert all(seen.mention.reading.marks for seen in view.evidence)
