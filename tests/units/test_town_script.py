import json
import re
from collections import Counter
from datetime import timedelta
from itertools import combinations

import pytest

from desk.rehearsal.chatter import PIECES, likeness
from desk.rehearsal.posts import Place, Post, ScriptError, Strand, load_script, read_script

SCRIPT = load_script()
CRISIS = {Strand.COMPLAINT, Strand.SARCASM, Strand.QUESTION, Strand.DEFENCE, Strand.REPOST, Strand.REPORT}
NEGATIVE = {Strand.COMPLAINT, Strand.SARCASM}
LOOK_ALIKES = ("安屿湾", "安屿路", "黎安屿")
REAL_NAMES = re.compile(
    "微博|微信|抖音|快手|小红书|知乎|贴吧|百度|淘宝|天猫|京东|拼多多|美团|饿了么|支付宝|腾讯|阿里|哔哩哔哩|"
    "小米|华为|荣耀|三星|美的|格力|海尔|海信|九阳|苏泊尔|小熊|戴森|飞利浦|松下|德施曼|凯迪仕|鹿客|"
    "喜茶|奈雪|蜜雪冰城|瑞幸|古茗|茶百道|霸王茶姬|星巴克|肯德基|麦当劳|新华社|人民日报|央视|澎湃|新浪|网易"
)


def about(strands: set[Strand], brand: str = "安", until: int = 10**6) -> list[Post]:
    named = ("安屿", "安嶼", "AnyuLock")
    return [
        p
        for p in SCRIPT
        if p.strand in strands
        and 0 <= p.at <= until
        and (any(n in p.title + p.text for n in named) if brand == "安" else brand in p.title + p.text)
    ]


def runs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(len(text) - 2))


def test_a_few_complain_in_the_first_seconds_and_more_soon_after() -> None:
    assert 5 <= len(about(NEGATIVE, until=20)) <= 10
    assert len(about(NEGATIVE, until=35)) >= 15


def test_one_class_of_places_alone_passes_the_floors_of_an_alarm_within_35_seconds() -> None:
    places = Counter(p.place for p in about(NEGATIVE, until=35))
    assert places[Place.SQUARE] >= 10


def test_the_crisis_grows_for_minutes_and_has_a_tail() -> None:
    per_minute = Counter(p.at // 60 for p in SCRIPT if p.id.startswith("lock_advert") and 0 <= p.at < 360)
    assert sum(per_minute.values()) >= 120
    assert per_minute[1] >= per_minute[0] >= 30
    assert min(per_minute.values()) >= 5
    assert max(p.at for p in SCRIPT) >= timedelta(minutes=25).total_seconds()


def test_complaints_are_many_voices_not_copies() -> None:
    complaints = [runs(p.text) for p in about(NEGATIVE)]
    assert len(complaints) >= 60
    assert max(likeness(one, other) for one, other in combinations(complaints, 2)) < 0.3


def test_a_second_crisis_of_another_client_begins_when_the_first_is_told() -> None:
    second = [p for p in SCRIPT if p.id.startswith("home_heater")]
    assert 90 <= second[0].at <= 120
    assert sum(p.strand in NEGATIVE and p.place is Place.SQUARE and p.at < 140 for p in second) >= 10
    complaints = [runs(p.text) for p in second if p.strand in NEGATIVE]
    assert len(complaints) >= 25
    assert max(likeness(one, other) for one, other in combinations(complaints, 2)) < 0.3
    assert {p.place for p in second} == set(Place)


def test_reposts_carry_the_words_they_repeat() -> None:
    reposts = [p for p in SCRIPT if p.strand is Strand.REPOST]
    assert len(reposts) >= 20
    originals = [p.title + p.text for p in SCRIPT if p.strand is not Strand.REPOST]
    assert all(any(p.text.endswith(f"：{text}") for text in originals) for p in reposts)


def test_some_complain_in_traditional_script() -> None:
    traditional = [p for p in about(NEGATIVE) if set(p.text) & set("這個鎖說們裡應對電")]
    assert len(traditional) >= 6
    assert any("安嶼" in p.text for p in traditional)


def test_newsrooms_questions_and_defenders_are_heard_too() -> None:
    strands = Counter(p.strand for p in about(CRISIS))
    assert strands[Strand.REPORT] >= 10
    assert strands[Strand.QUESTION] >= 5
    assert strands[Strand.DEFENCE] >= 4
    assert {p.place for p in about({Strand.REPORT})} == {Place.NEWS, Place.FINANCE}


def test_look_alikes_name_the_brand_only_inside_a_longer_name() -> None:
    posts = [p for p in SCRIPT if p.strand is Strand.LOOK_ALIKE]
    assert len(posts) >= 15
    for post in posts:
        words = post.title + post.text
        assert any(name in words for name in LOOK_ALIKES)
        for name in LOOK_ALIKES:
            words = words.replace(name, "")
        assert "安屿" not in words
        assert "anyu" not in words.lower()


def test_the_launch_is_loud_at_the_same_time() -> None:
    launch = [p for p in SCRIPT if "汀岫" in p.title + p.text and 0 <= p.at <= 360]
    assert len(launch) >= 45
    assert not {p.strand for p in launch} & {Strand.COMPLAINT, Strand.SARCASM}


def test_posts_of_one_strand_speak_of_one_brand() -> None:
    for post in SCRIPT:
        words = post.title + post.text
        named = [b for b in ("安屿", "汀岫", "暖榆") if b in words]
        assert len(named) <= 1 or post.place is Place.FINANCE, words


def test_nobody_real_is_named() -> None:
    assert not [p.text for p in SCRIPT if REAL_NAMES.search(f"{p.author} {p.title} {p.text}")]
    for file in PIECES.iterdir():
        assert not REAL_NAMES.findall(file.read_text(encoding="utf-8")), file.name


def test_ids_are_unique_and_every_feed_has_something_before_the_start() -> None:
    assert len({p.id for p in SCRIPT}) == len(SCRIPT)
    assert {p.place for p in SCRIPT if p.at < 0} == set(Place)


def line(**changed: object) -> str:
    row = {"at": 3, "place": "forum", "strand": "complaint", "author": "小满", "text": "门锁没电了"}
    return json.dumps(row | changed, ensure_ascii=False)


def test_a_repost_quotes_an_earlier_line() -> None:
    original, copy = read_script(
        "a.jsonl", line(slug="x") + "\n\n" + line(repost="x", text="同感", author="阿秋")
    )
    assert copy.text == f"同感//@小满：{original.text}"
    assert (original.id, copy.id) == ("a-1", "a-3")


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        line(place="moon"),
        line(strand="song"),
        line(at="soon"),
        line(repost="nobody"),
        line(text=""),
        line(text="响铃\u0007"),
        json.dumps({"at": 1}),
    ],
)
def test_a_line_that_cannot_be_played_is_named(bad: str) -> None:
    with pytest.raises(ScriptError, match=r"a\.jsonl:2"):
        read_script("a.jsonl", line() + "\n" + bad)
