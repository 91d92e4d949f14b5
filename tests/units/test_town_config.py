from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.matching import Matcher
from desk.rehearsal.chatter import chatter, competitors_chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.hot import load_topics
from desk.rehearsal.posts import Strand, load_script
from wanglou.config.folder import examine
from wanglou.config.kinds import KnownKinds
from wanglou.domain.agency import Config
from wanglou.domain.item import Item
from wanglou.kinds import known_kinds

HERE = Addresses(
    news="http://127.0.0.1:41001",
    forum="http://127.0.0.1:8801",  # the shipped port of the other site
    chat="http://127.0.0.1:41003",
    desk="http://127.0.0.1:41004",
)


def written(folder: Path, library: Path, lexicon: Path | None = None) -> Config:
    write_config(folder, HERE, lexicon)
    library.mkdir(exist_ok=True)
    kinds = KnownKinds(
        known_kinds("crawlers.sources"),
        (
            *known_kinds("analysis.detectors"),
            *known_kinds("analysis.mention_detectors"),
            *known_kinds("analysis.growth_detectors"),
        ),
        known_kinds("alerting.notifiers"),
    )
    examined = examine(folder, library, kinds)
    assert examined.problems == ()
    assert examined.config is not None
    return examined.config


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    home = tmp_path_factory.mktemp("demo")
    return written(home / "config", home / "library")


def test_the_demo_watches_the_town_where_it_really_is(config: Config) -> None:
    assert config.sources["news"].url == f"{HERE.news}/"
    assert config.sources["finance"].url == f"{HERE.news}/finance/sitemap.xml"
    assert config.sources["hot"].url == f"{HERE.forum}/hot.json"
    assert config.sources["square"].url == f"{HERE.forum}/square/atom.xml"
    assert config.sources["square"].allow_private == ("127.0.0.1:8801",)
    assert config.agency.settings["slack"]["base_url"] == f"{HERE.chat}/api/"
    assert config.agency.settings["slack"]["response_origin"] == f"{HERE.chat}/"
    assert config.agency.desk_url == HERE.desk


def test_every_kind_of_source_there_is_looks_at_the_town(config: Config) -> None:
    assert {spec.kind for spec in config.sources.values()} == set(known_kinds("crawlers.sources"))


def test_feeds_are_looked_at_every_few_seconds(config: Config) -> None:
    assert all(s.every <= timedelta(seconds=5) for s in config.sources.values())


def test_somebody_is_on_duty_at_every_hour_and_everybody_of_a_team_exists(config: Config) -> None:
    start = datetime(2026, 11, 16, tzinfo=UTC)
    assert all(config.agency.rota.on_duty(start + timedelta(minutes=30 * n)) for n in range(2 * 24 * 7))
    assert {p for c in config.clients.values() for p in c.team.values()} <= set(config.agency.people)


def test_a_second_demo_writes_the_same_config(tmp_path: Path) -> None:
    words = tmp_path / "words"
    (words / "crisis").mkdir(parents=True)
    (words / "user_words.txt").write_text("不锈钢\n", encoding="utf-8")
    (words / "crisis" / "false_advert.txt").write_text("虚假宣传\n", encoding="utf-8")
    first = written(tmp_path / "config", tmp_path / "library", words)
    second = written(tmp_path / "config", tmp_path / "library", words)
    assert first.digest == second.digest
    assert {"不锈钢", "指纹锁"} <= set(first.lexicon.user_words)


@pytest.fixture(scope="module")
def matcher(config: Config) -> Matcher:
    return Matcher(config.clients.values())


def matched(matcher: Matcher, title: str, text: str) -> set[str]:
    item = Item(source="square", url="", title=title, text=text)
    return {m.client for m in matcher.matches(item)}


def test_each_post_is_about_the_client_it_should_be_about(matcher: Matcher) -> None:
    for post in load_script():
        found = matched(matcher, post.title, post.text)
        if post.strand is Strand.LOOK_ALIKE:
            assert found == set(), post.text
        elif post.id.startswith("lock_advert"):
            assert found == {"lock"}, post.text
        elif post.id.startswith("home_heater"):
            assert found == {"home"}, post.text
        elif post.strand is Strand.LAUNCH:
            assert found == {"tea"}, post.text


def test_talk_of_competitors_is_matched_as_theirs_alone(matcher: Matcher) -> None:
    for chat in competitors_chatter(datetime(2026, 11, 21, tzinfo=UTC))[:150]:
        named = matcher.named(Item("history", chat.url, chat.title, chat.text))
        assert [m.client for m in named.competitors] == [chat.client]
        assert named.brands == ()


def test_titles_on_the_hot_list_are_about_their_client_and_look_alikes_about_none(matcher: Matcher) -> None:
    about = {topic.title: matched(matcher, topic.title, "") for topic in load_topics()}
    assert {title: found for title, found in about.items() if found} == {
        "汀岫松风奶盖上线排长队": {"tea"},
        "安屿智能锁十年不换电被指虚假宣传": {"lock"},
        "暖榆暖风机冒烟起火有人烫伤": {"home"},
    }
    assert {"安屿湾业主收房遇漏水", "黎安屿新片路透翻车"} <= about.keys()


def test_all_chatter_is_matched(matcher: Matcher) -> None:
    for chat in chatter(datetime(2026, 11, 21, tzinfo=UTC))[:150]:
        assert matched(matcher, chat.title, chat.text) == {chat.client}, chat.text
