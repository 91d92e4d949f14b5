import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from desk.cli.main import main
from tests.units.config.agency_folder import VALID

WATCH = """\
    look_alikes: [安屿湾]
    watch: 'class:news OR 门锁 NEAR/5 安屿'
"""


@pytest.fixture
def agency(tmp_path: Path) -> list[str]:
    for name, text in VALID.items():
        folder = tmp_path if name.startswith("library") else tmp_path / "config"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("    look_alikes: [安屿湾]\n", WATCH), encoding="utf-8")
    return ["--config", str(tmp_path / "config"), "--library", str(tmp_path / "library")]


def answers(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


def given(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))


def test_each_text_is_answered_with_brand_words_and_why_not(
    agency: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, '安屿的门锁好\n{"id": 7, "title": "住在安嶼灣"}\n\n安屿真的是非常不错的门锁\n')
    assert main(["match", "-", *agency]) == 0
    named, voided, far = answers(capsys.readouterr().out)
    assert named["matches"] == [{"client": "lock", "brand": "安屿", "alias": "安屿", "words": ["安屿"]}]
    assert voided["id"] == 7
    lock = {"client": "lock", "brand": "安屿", "alias": "安屿"}
    assert voided["not"] == [{**lock, "cause": "look_alike", "by": "安屿湾"}]
    lacks = [
        {"lack": "elsewhere", "words": ["news"]},
        {"lack": "far", "words": ["门锁", "安屿"], "gap": 8, "allowed": 5},
    ]
    assert far == {
        "id": None,
        "matches": [],
        "competitors": [],
        "not": [{**lock, "cause": "watch", "watch": lacks}],
    }


def test_competitors_stand_apart(
    agency: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, "某某锁又降价了\n某某锁和安屿的门锁，选哪个\n")
    assert main(["match", "-", *agency]) == 0
    alone, both = answers(capsys.readouterr().out)
    rival = {"client": "lock", "competitor": "某某锁", "alias": "某某锁", "words": ["某某锁"]}
    assert (alone["matches"], alone["competitors"], alone["not"]) == ([], [rival], [])
    assert both["matches"]
    assert both["competitors"] == [rival]


def test_the_class_of_a_source_is_that_of_the_config(
    agency: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, '{"text": "安屿上市", "source": "chengbao"}')
    assert main(["match", "-", *agency]) == 0
    assert answers(capsys.readouterr().out)[0]["matches"]


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_answered(
    agency: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, '{"text": \n{"text": 5}\n安屿门锁\n')
    assert main(["match", "-", *agency]) == 3
    told = capsys.readouterr()
    assert len(answers(told.out)) == 1
    assert "stdin:1: not JSON" in told.err
    assert 'stdin:2: "text" is no text' in told.err


def test_a_config_with_mistakes_is_told_before_anything_is_read(
    agency: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config" / "agency.yaml").unlink()
    assert main(["match", "-", *agency]) == 1
    assert "agency.yaml: is missing" in capsys.readouterr().err


def test_it_is_said_in_sentences_for_people(
    agency: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(
        monkeypatch,
        '安\u200b屿的门锁好，比某某锁强\n{"title": "住在安嶼灣"}\n\n安屿真的是非常不错的门锁\nayl http://t.cn/AYL\n晴\n',
    )
    lacks = "不是来自“news”；文中“门锁”、“安屿”相隔 8 字，最多 5 字。条件是 class:news OR 门锁 NEAR/5 安屿"
    assert main(["match", "-", "--in-words", *agency]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "第 1 行：安\\u200b屿的门锁好，比某某锁强",
        "  算 安屿智能家居 · 安屿：凭“安\\u200b屿”",
        "  提到竞品 某某锁（安屿智能家居）：“某某锁”",
        "第 2 行：住在安嶼灣",
        "  不算 安屿智能家居 · 安屿：“安屿”在易混词“安屿湾”里",
        "第 4 行：安屿真的是非常不错的门锁",
        f"  不算 安屿智能家居 · 安屿：有“安屿”，但监测条件不成立：{lacks}",
        "第 5 行：ayl http://t.cn/AYL",
        "  不算 安屿智能家居 · 安屿：“AYL”大小写不符",
        "  不算 安屿智能家居 · 安屿：“AYL”在网址里",
        "第 6 行：晴",
        "  看不见哪个品牌的名字",
    ]


def test_it_is_said_in_english_too_and_a_bad_line_is_named(
    agency: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, '{"text": 5}\n安屿坏了\nmaylx\n')
    assert main(["match", "-", "--in-words", "--language", "en", *agency]) == 3
    told = capsys.readouterr()
    assert (
        "the watch does not hold: it does not come from “news”; no “门锁” in it. The watch: class:news"
        in told.out
    )
    assert "not for 安屿智能家居 · 安屿: “AYL” lies inside a longer word or number" in told.out
    assert 'stdin:1: "text" is no text' in told.err
