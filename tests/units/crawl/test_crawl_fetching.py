import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from crawlers.rounds import Outcome
from tests.units.crawl.small_web import NOON, Clock, Reader, Visit, Web, feed_of

Reads = Callable[..., Reader]


def trickles(web: Web, piece: bytes) -> Callable[[Visit], None]:
    """A page that goes on until the reader hangs up."""

    def answer(visit: Visit) -> None:
        visit.send_response(200)
        visit.send_header("Connection", "close")
        visit.end_headers()
        visit.close_connection = True
        with suppress(OSError):
            while not web.stopping.is_set():
                visit.wfile.write(piece)

    return answer


def waits(web: Web) -> Callable[[Visit], None]:
    """A page that sends its head and never a body."""

    def answer(visit: Visit) -> None:
        visit.send_response(200)
        visit.send_header("Content-Length", "100")
        visit.end_headers()
        visit.wfile.flush()
        web.stopping.wait()
        visit.close_connection = True

    return answer


def test_a_feed_is_read_and_its_validators_come_back_with_the_items(web: Web, reads: Reads) -> None:
    web.shows("/feed", feed_of("one"), ETag='"1"', Last_Modified="Tue, 03 Nov 2026 03:55:00 GMT")
    done = reads().looks()
    assert (done.outcome, done.trouble, done.pending) == (Outcome.READ, None, ())
    assert [i.title for i in done.items] == ["one"]
    (kept,) = done.validators
    assert (kept.url, kept.etag, kept.asked_plainly_at) == (web.url("/feed"), '"1"', NOON)
    assert kept.last_modified == "Tue, 03 Nov 2026 03:55:00 GMT"


def test_an_unchanged_feed_is_asked_with_its_validators_and_costs_nothing(web: Web, reads: Reads) -> None:
    web.pages["/feed"] = lambda v: (
        v.answer(304) if v.headers["If-None-Match"] == '"1"' else v.answer(200, feed_of("one"), ETag='"1"')
    )
    reader = reads()
    reader.looks()
    again = reader.looks()
    assert (again.outcome, again.items, again.validators, again.unchanged) == (Outcome.UNCHANGED, (), (), 1)


def test_the_same_bytes_without_an_etag_count_as_unchanged(web: Web, reads: Reads) -> None:
    web.shows("/feed", feed_of("one"))
    reader = reads()
    reader.looks()
    assert reader.looks().outcome is Outcome.UNCHANGED


def test_a_feed_whose_etag_lies_is_found_out_within_ten_rounds(web: Web, reads: Reads, clock: Clock) -> None:
    pages = iter([feed_of("one"), *[feed_of("two")] * 30])
    web.pages["/feed"] = lambda v: (
        v.answer(304) if v.headers["If-None-Match"] else v.answer(200, next(pages), ETag='"same"')
    )
    reader = reads()
    seen: list[str] = []
    for _ in range(11):
        seen += [i.title for i in reader.looks().items]
        clock.at += timedelta(minutes=5)
    assert seen == ["one", "two"]


def test_a_slow_feed_is_still_asked_plainly_after_six_hours(web: Web, reads: Reads, clock: Clock) -> None:
    web.shows("/feed", feed_of("one"), ETag='"1"')
    reader = reads(plain_after_rounds=10_000)
    reader.looks()
    for hours, is_plain in ((5, False), (1, True)):
        clock.at += timedelta(hours=hours)
        reader.looks()
        assert ("if-none-match" not in web.asked[-1][1]) is is_plain


def test_a_redirect_is_followed_and_its_goal_keeps_the_validators(web: Web, reads: Reads) -> None:
    web.shows("/feed", b"", 302, Location="/new")
    web.shows("/new", feed_of("one"), ETag='"n"')
    reader = reads()
    assert [v.url for v in reader.looks().validators] == [web.url("/new")]
    reader.looks()
    assert web.asked[-1][0] == "/new"
    assert web.asked[-1][1]["if-none-match"] == '"n"'


def test_a_redirect_loop_is_named_by_where_it_began(web: Web, reads: Reads) -> None:
    web.shows("/feed", b"", 302, Location="/b")
    web.shows("/b", b"", 302, Location="/feed")
    done = reads().looks()
    assert done.trouble
    assert (done.trouble.code, done.trouble.facts["url"]) == ("source_redirect_loop", web.url("/feed"))


def test_a_sixth_redirect_is_not_followed(web: Web, reads: Reads) -> None:
    for step in range(9):
        web.shows(f"/{step}", b"", 301, Location=f"/{step + 1}")
    done = reads("/0").looks()
    assert done.trouble
    assert (done.trouble.code, done.trouble.facts["limit"]) == ("source_redirects", 5)
    assert web.times_asked("/6") == 0


@pytest.mark.parametrize("goal", ["http://169.254.169.254/latest/", "http://10.0.0.7/", "http://[::1]:1/"])
def test_a_redirect_into_a_private_network_is_refused(web: Web, reads: Reads, goal: str) -> None:
    web.shows("/feed", b"", 302, Location=goal)
    done = reads().looks()
    assert done.trouble
    assert (done.outcome, done.trouble.code) == (Outcome.FAILED, "source_private_address")


def test_an_allowed_origin_opens_no_other_port_of_the_same_host(
    web: Web, reads: Reads, dead_port: int
) -> None:
    web.shows("/feed", b"", 302, Location=f"http://127.0.0.1:{dead_port}/")
    done = reads().looks()
    assert done.trouble
    assert done.trouble.code == "source_private_address"
    assert done.trouble.facts["address"] == f"127.0.0.1:{dead_port}"


def test_without_permission_our_own_machine_is_never_asked(web: Web, reads: Reads) -> None:
    web.shows("/feed", feed_of("one"))
    done = reads(allow_private=()).looks()
    assert done.trouble
    assert done.trouble.code == "source_private_address"
    assert web.asked == []


def test_a_name_that_means_our_own_machine_is_refused_too(web: Web, reads: Reads) -> None:
    web.shows("/feed", b"", 302, Location=f"http://localhost:{web.port}/secret")
    done = reads().looks()
    assert done.trouble
    assert done.trouble.code == "source_private_address"
    assert web.times_asked("/secret") == 0


def test_a_redirect_to_another_scheme_is_refused(web: Web, reads: Reads) -> None:
    web.shows("/feed", b"", 302, Location="file:///etc/passwd")
    done = reads().looks()
    assert done.trouble
    assert done.trouble.code == "source_scheme"


def test_a_page_that_announces_too_much_is_not_read(web: Web, reads: Reads) -> None:
    web.shows("/feed", b"x" * 200_000)
    done = reads().looks()
    assert done.trouble
    assert (done.trouble.code, done.trouble.facts["megabytes"]) == ("source_too_large", 0.1)


def test_a_page_without_end_is_cut_at_the_size_limit(web: Web, reads: Reads) -> None:
    web.pages["/feed"] = trickles(web, b"<item>" * 1000)
    done = reads().looks()
    assert done.trouble
    assert done.trouble.code == "source_too_large"


@pytest.mark.parametrize("wbits", [31, 15])
def test_a_packed_page_is_cut_at_the_unpacked_size(web: Web, reads: Reads, wbits: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    bomb = packer.compress(b"\0" * 60_000_000) + packer.flush()
    web.shows("/feed", bomb, Content_Encoding="gzip" if wbits == 31 else "deflate")
    done = reads().looks()
    assert len(bomb) < 100_000
    assert done.trouble
    assert done.trouble.code == "source_too_large"


def test_a_packed_feed_is_read(web: Web, reads: Reads) -> None:
    web.shows("/feed", gzip.compress(feed_of("one")), Content_Encoding="gzip")
    assert [i.title for i in reads().looks().items] == ["one"]


def test_a_page_that_never_comes_is_given_up_in_time(web: Web, reads: Reads) -> None:
    web.pages["/feed"] = waits(web)
    done = reads(total_time=timedelta(milliseconds=200), obey_robots=False).looks()
    assert done.trouble
    assert (done.trouble.code, done.trouble.facts["seconds"], done.permanent) == (
        "source_timeout",
        0.2,
        False,
    )


def test_a_body_that_breaks_off_is_tried_once_more_and_then_told(web: Web, reads: Reads) -> None:
    def breaks(visit: Visit) -> None:
        visit.send_response(200)
        visit.send_header("Content-Length", "1000")
        visit.end_headers()
        visit.wfile.write(b"<rss>")
        visit.close_connection = True

    web.pages["/feed"] = breaks
    done = reads().looks()
    assert done.trouble
    assert done.trouble.code == "source_broken"
    assert web.times_asked("/feed") == 2


def test_a_closed_port_is_told_as_a_refused_connection(reads: Reads, web: Web, dead_port: int) -> None:
    web.port = dead_port
    done = reads().looks()
    assert done.trouble
    assert (done.outcome, done.trouble.code, done.permanent) == (Outcome.FAILED, "source_refused", False)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, ("source_denied", "for good", 1)),
        (403, ("source_denied", "for good", 1)),
        (404, ("source_gone", "for good", 1)),
        (410, ("source_gone", "for good", 1)),
        (418, ("source_status", "for good", 1)),
        (304, ("source_status", "for good", 1)),
        (500, ("source_server_error", "for now", 2)),
        (503, ("source_server_error", "for now", 1)),
    ],
)
def test_a_status_is_put_into_words(web: Web, reads: Reads, status: int, told: tuple[str, str, int]) -> None:
    web.shows("/feed", b"", status)
    done = reads().looks()
    assert done.trouble
    how_long = "for good" if done.permanent else "for now"
    assert (done.trouble.code, how_long, web.times_asked("/feed")) == told
    assert done.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 03 Nov 2026 04:30:00 GMT", timedelta(minutes=30)),
        ("99999999", timedelta(days=1)),
        ("soon", None),
    ],
)
def test_a_site_that_asks_for_patience_is_given_it(
    web: Web, reads: Reads, said: str, wait: timedelta | None
) -> None:
    web.shows("/feed", b"", 429, Retry_After=said)
    done = reads().looks()
    assert done.trouble
    assert (done.trouble.code, done.retry_after) == ("source_rate_limited", wait)
    assert web.times_asked("/feed") == 1


def test_a_captcha_instead_of_a_feed_is_told_and_no_validator_kept(web: Web, reads: Reads) -> None:
    web.shows("/feed", b"<!doctype html><html><body>?</body></html>", ETag='"1"')
    done = reads().looks()
    assert done.trouble
    assert (done.outcome, done.trouble.code, done.validators) == (Outcome.FAILED, "source_html_for_feed", ())


def test_a_feed_cut_in_the_middle_gives_its_whole_entries_and_is_read_again(web: Web, reads: Reads) -> None:
    web.shows("/feed", feed_of("one").replace(b"</channel></rss>", b"<item><title>tw"), ETag='"1"')
    done = reads().looks()
    assert done.trouble
    assert (done.outcome, done.trouble.code, done.validators) == (Outcome.PARTLY, "source_feed_cut", ())
    assert [i.title for i in done.items] == ["one"]


def test_our_name_is_on_every_request_and_no_cookie_ever(web: Web, reads: Reads) -> None:
    web.shows("/feed", feed_of("one"), Set_Cookie="id=1")
    reader = reads()
    reader.looks()
    reader.looks()
    assert {h["user-agent"].split("/")[0] for _, h in web.asked} == {"WanglouMonitor"}
    assert all("cookie" not in h for _, h in web.asked)
