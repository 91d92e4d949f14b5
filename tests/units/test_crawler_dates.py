from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.dates import Moment, read_moment

CHINA = ZoneInfo("Asia/Shanghai")
SEEN = datetime(2026, 11, 3, 2, 3, tzinfo=UTC)  # 10:03 in China


def read(text: str, seen: datetime = SEEN) -> Moment | None:
    return read_moment(text, seen, CHINA)


def local(text: str) -> str | None:
    """What was read, as the clock in China shows it, with an ``r`` for relative."""
    found = read(text)
    if found is None:
        return None
    return f"{found.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}{' r' if found.relative else ''}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-03T10:00:00+08:00", "2026-11-03 10:00:00"),
        ("2026-11-03T02:00:00Z", "2026-11-03 10:00:00"),
        ("2026-11-03T02:00:00.123456Z", "2026-11-03 10:00:00"),
        ("Tue, 03 Nov 2026 02:00:00 GMT", "2026-11-03 10:00:00"),
        ("Tue, 3 Nov 2026 10:00:00 +0800", "2026-11-03 10:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 GMT+8", "2026-11-03 10:00:00"),
        ("Mon, 02 Nov 2026 21:00:00 EST", "2026-11-03 10:00:00"),
        ("1793671200", "2026-11-03 10:00:00"),
        ("1793671200000", "2026-11-03 10:00:00"),
    ],
)
def test_a_time_with_an_offset_is_read_as_it_says(text: str, told: str) -> None:
    assert local(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-03 10:00:05", "2026-11-03 10:00:05"),
        ("2026/11/3 9:05", "2026-11-03 09:05:00"),
        ("2026年11月3日 10时05分", "2026-11-03 10:05:00"),
        ("2026年11月03日10:05", "2026-11-03 10:05:00"),
        ("2026年11月3日 星期二 下午3:30", "2026-11-03 15:30:00"),
        ("2026-11-03 凌晨12:30", "2026-11-03 00:30:00"),
        ("2026-11-03 中午12:10", "2026-11-03 12:10:00"),
        ("2026-11-03 中午1点", "2026-11-03 13:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 CST", "2026-11-03 10:00:00"),
        ("2026-11-03", "2026-11-03 00:00:00"),
        ("2026-11-03 03:22 PM", "2026-11-03 15:22:00"),
        ("2026-11-03 12:05 am", "2026-11-03 00:05:00"),
        ("2026-11-03 12:05 p.m.", "2026-11-03 12:05:00"),
        ("2026-11-03 15:22 PM", "2026-11-03 15:22:00"),
        ("Nov 3, 2026 15:22", "2026-11-03 15:22:00"),
        ("November 3rd, 2026 at 3:22 PM", "2026-11-03 15:22:00"),
        ("Tuesday, Nov. 3, 2026", "2026-11-03 00:00:00"),
        ("3rd of November, 2026, 3:22 PM", "2026-11-03 15:22:00"),
        ("Tue Nov 03 15:22:05 CST 2026", "2026-11-03 15:22:05"),
        ("2026年11月3日 傍晚6:10", "2026-11-03 18:10:00"),
        ("二〇二六年十一月三日", "2026-11-03 00:00:00"),
        ("二○二六年十月二十一日", "2026-10-21 00:00:00"),
    ],
)
def test_a_time_without_an_offset_hangs_in_the_sites_zone(text: str, told: str) -> None:
    assert local(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("刚刚", "2026-11-03 10:03:00 r"),
        ("30秒前", "2026-11-03 10:02:30 r"),
        ("3分钟前", "2026-11-03 10:00:00 r"),
        ("3 小時前", "2026-11-03 07:03:00 r"),
        ("半小时前", "2026-11-03 09:33:00 r"),
        ("2天前", "2026-11-01 00:00:00 r"),
        ("今天 09:12", "2026-11-03 09:12:00 r"),
        ("今天09:12:30", "2026-11-03 09:12:30 r"),
        ("昨天 10:30", "2026-11-02 10:30:00 r"),
        ("昨天 晚上8:15", "2026-11-02 20:15:00 r"),
        ("前天", "2026-11-01 00:00:00 r"),
        ("11月3日", "2026-11-03 00:00:00 r"),
        ("11月02日 23:50", "2026-11-02 23:50:00 r"),
        ("11-02 23:50", "2026-11-02 23:50:00 r"),
        ("5 minutes ago", "2026-11-03 09:58:00 r"),
        ("an hour ago", "2026-11-03 09:03:00 r"),
        ("Yesterday at 08:00", "2026-11-02 08:00:00 r"),
    ],
)
def test_a_relative_time_counts_from_when_the_page_was_seen(text: str, told: str) -> None:
    assert local(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不久以前",
        "几小时前",
        "上周",
        "2026-02-30 10:00",
        "2026-11-03 25:00",
        "1970-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "9999999999999999",
        "昨天 晚上12:00",
        "今",
        "2026-11-03 10:00 XYZ",
        "03/11/2026 10:00",
    ],
)
def test_what_cannot_be_read_is_no_time(text: str) -> None:
    assert read(text) is None


def test_a_day_without_a_year_is_the_latest_such_day() -> None:
    january = datetime(2027, 1, 2, tzinfo=UTC)
    assert read("12月30日 08:00", january) == Moment(datetime(2026, 12, 30, 0, 0, tzinfo=UTC), relative=True)
    march = datetime(2029, 3, 1, tzinfo=UTC)
    assert read("2月29日", march) == Moment(datetime(2028, 2, 28, 16, 0, tzinfo=UTC), relative=True)


def test_a_time_ahead_is_handed_on_for_the_store_to_mark() -> None:
    ahead = read("2026-11-03 18:00:00")
    assert ahead
    assert ahead.at > SEEN


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read(text)
    assert found is None or found.at.tzinfo is UTC


@given(st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001 -- zone added below
def test_iso_times_come_back_whatever_their_offset(moment: datetime, hours: int) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    offset = timedelta(hours=hours)
    sign = "-" if hours < 0 else "+"
    text = f"{(whole + offset):%Y-%m-%dT%H:%M:%S}{sign}{abs(hours):02d}:00"
    assert read(text) == Moment(whole, relative=False)
