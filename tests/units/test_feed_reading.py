"""Feeds as they come: without ids, without ends, with traps. Whole pages are in tests/pages/feed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import Page, UnreadablePageError
from crawlers.sources.feed import PLUGIN, FeedSource
from wanglou.domain.item import Item
from wanglou.domain.source import SourceClass, SourceSpec

SEEN = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)


def feed(source_class: SourceClass = SourceClass.NEWS, url: str = "https://a.example/feed") -> FeedSource:
    day = timedelta(days=1)
    return PLUGIN(SourceSpec("a", "甲", "feed", url, source_class, every=day, silent_after=day, reach=1))


def page(body: str | bytes, content_type: str = "application/rss+xml") -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page("https://a.example/feed", raw, {"content-type": content_type}, SEEN)


def rss(*items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{inner}</channel></rss>'


def read(*items: str, source: FeedSource | None = None) -> list[Item]:
    return list((source or feed()).read(page(rss(*items))))


def test_an_empty_feed_is_nothing_new_and_no_error() -> None:
    assert read() == []


def test_entries_that_share_a_link_are_told_apart_by_their_titles() -> None:
    link = "<link>https://a.example/top</link>"
    first, second = read(f"<title>一</title>{link}", f"<title>二</title>{link}")
    assert first.key != second.key
    (again, _) = read(f"<title>一</title>{link}", f"<title>三</title>{link}")
    assert again.key == first.key


def test_entries_that_share_a_guid_are_told_apart_by_their_links() -> None:
    same = '<guid isPermaLink="false">x</guid>'
    items = read(
        f"<title>一</title><link>https://a.example/1</link>{same}",
        f"<title>二</title><link>https://a.example/2</link>{same}",
    )
    assert [i.platform_id for i in items] == [None, None]


def test_an_edited_title_is_a_new_version_of_the_same_item() -> None:
    entry = "<link>https://a.example/1</link><title>{}</title>"
    (before,), (after,) = read(entry.format("一")), read(entry.format("二"))
    assert before.key == after.key
    assert before.digest != after.digest


def test_an_entry_without_link_and_id_is_known_by_its_words() -> None:
    first, second = read("<title>一</title>", "<description>只有正文</description>")
    assert first.url == "https://a.example/feed"
    assert first.key != second.key


def test_an_entry_without_any_words_is_no_item() -> None:
    assert read("<link>https://a.example/1</link>") == []


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "http://[bad", "file:///etc/passwd"]
)
def test_a_link_that_is_no_web_address_never_leaves_the_reader(link: str) -> None:
    (item,) = read(f"<title>一</title><link>{link}</link>")
    assert item.url == "https://a.example/feed"


def test_the_longest_text_an_entry_brings_is_taken() -> None:
    teaser, whole = "<description>{}</description>", "<content:encoded>{}</content:encoded>"
    ns = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    for entry in (
        teaser.format("短") + whole.format("很长的正文"),
        teaser.format("很长的正文") + whole.format("短"),
    ):
        body = rss(f"<title>一</title>{entry}").replace("<rss ", f"<rss {ns} ")
        assert [i.text for i in feed().read(page(body))] == ["很长的正文"]


def test_a_journalists_mail_address_is_left_out_of_the_name() -> None:
    (item,) = read("<title>一</title><author>desk@a.example (林知远)</author>")
    assert item.author
    assert (item.author.name, item.author.id) == ("林知远", None)
    (bare,) = read("<title>一</title><author>desk@a.example</author>")
    assert bare.author is None


def test_an_ordinary_person_is_known_by_a_hash_alone() -> None:
    (item,) = read(
        "<title>一</title><author>u4021@a.example (夜行人)</author>", source=feed(SourceClass.FORUM)
    )
    assert item.author
    assert item.author.id
    assert len(item.author.id) == 16
    assert "4021" not in item.author.id


def test_an_undefined_entity_does_not_cost_a_feed_its_entries() -> None:
    items = read("<title>甲&nbsp;乙</title>", "<title>A & B</title>")
    assert [i.title for i in items] == ["甲 乙", "A & B"]


def test_rubbish_after_the_end_is_forgiven() -> None:
    body = rss("<title>一</title>") + "\n<script>track()</script>"
    assert [i.title for i in feed().read(page(body))] == ["一"]


def test_entity_bombs_and_foreign_entities_are_not_resolved() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    body = rss("<title>一 &c; &f;</title>").replace('<?xml version="1.0"?>', bomb)
    (item,) = feed().read(page(body))
    assert len(item.title) < 40
    assert "root:" not in item.title


def test_a_body_that_looks_like_an_address_is_never_opened() -> None:
    for body in (b"http://127.0.0.1:1/feed", b"/etc/hostname"):
        with pytest.raises(UnreadablePageError):
            list(feed().read(page(body)))


@pytest.mark.parametrize("url", ["ftp://a.example/feed", "a.example/feed", ""])
def test_a_feed_at_no_web_address_is_refused_when_it_is_built(url: str) -> None:
    with pytest.raises(ValueError, match="http://"):
        feed(url=url)


def test_a_zone_that_does_not_exist_is_refused_when_it_is_built() -> None:
    day = timedelta(days=1)
    spec = SourceSpec(
        "a", "甲", "feed", "https://a.example/", SourceClass.NEWS, day, day, 1, options={"zone": "China"}
    )
    with pytest.raises(ValueError, match="Asia/Shanghai"):
        PLUGIN(spec)


@settings(max_examples=60)
@given(st.data())
def test_a_feed_damaged_anywhere_gives_items_or_a_pointed_error(data: st.DataObject) -> None:
    whole = rss(*(f"<title>第{n}条</title><link>https://a.example/{n}</link>" for n in range(4))).encode()
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=6))
    kept = data.draw(st.integers(0, 20))
    damaged = whole[:at] + junk + whole[at + kept :]
    try:
        for item in feed().read(page(damaged)):
            assert item.title or item.text
    except UnreadablePageError as error:
        assert error.code.startswith("source_")  # noqa: PT017 -- either outcome is right


@pytest.mark.parametrize(
    "half", ["&#xD800;", "&#57343", "&#0;", "&#x110000;", f"&#{9 * '9'};", f"&#{5000 * '9'};", "&amp;#xD800;"]
)
def test_half_a_character_anywhere_costs_a_feed_none_of_its_items(half: str) -> None:
    odd = (
        f"<title>一{half}</title><link>https://a.example/1{half}</link><guid>g{half}</guid>"
        f"<author>林{half}</author><description>二{half}</description><pubDate>{half}</pubDate>"
    )
    for source in (feed(), feed(SourceClass.SOCIAL)):
        first, second = read(odd, "<title>后</title>", source=source)
        assert first.author
        words = (first.title, first.text, first.url, first.platform_id or "", first.author.name)
        assert "".join(words).isprintable()
        assert (first.title.strip("�"), second.title) == ("一", "后")


def test_a_count_of_comments_beyond_belief_is_not_known() -> None:
    slash = "<slash:comments xmlns:slash='http://purl.org/rss/1.0/modules/slash/'>{}</slash:comments>"
    many, some = read("<title>一</title>" + slash.format("9" * 5000), "<title>二</title>" + slash.format(12))
    assert many.engagement is None
    assert some.engagement
    assert some.engagement.comments == 12
