"""Watches that would tell a brand of everything are named, with file and line."""

from pathlib import Path

import pytest

from analysis.breadth import Breadth, wide_watches
from analysis.segmenting import QuickSegmenter
from desk.cli.main import main
from tests.units.config.agency_folder import Folder
from wanglou.config.watch import parse_watch
from wanglou.domain.client import Alias, Brand, Client

OFTEN = {"苹果": 22.0, "服务": 217.0, "手机": 100.0, "门": 300.0}


def wide(*aliases: Alias, name: str = "安屿", watch: str = "") -> list[tuple[str, Breadth]]:
    brand = Brand(name, aliases, watch=parse_watch(watch) if watch else None)
    client = Client("lock", "安屿智能家居", (brand,))
    return [(found.text, found.breadth) for found in wide_watches([client], lambda w: OFTEN.get(w, 0.0))]


def test_a_name_of_ones_own_is_not_wide() -> None:
    assert wide(Alias("安屿锁"), Alias("AnyuLock")) == []


@pytest.mark.parametrize(
    ("alias", "breadth"),
    [
        (Alias("苹果"), Breadth.COMMON_WORD),
        (Alias("門"), Breadth.ONE_CHARACTER),
        (Alias("abc"), Breadth.ANY_CASE),
        (Alias("GAP"), Breadth.ANY_CASE),
    ],
)
def test_a_common_word_one_character_and_short_letters_are(alias: Alias, breadth: Breadth) -> None:
    assert wide(alias) == [(alias.text, breadth)]


def test_short_letters_with_their_case_are_not() -> None:
    assert wide(Alias("abc", exact_case=True)) == []
    assert wide(name="ABC") == wide(Alias("ＡＢＣ", exact_case=True), name="ＡＢＣ") == []


@pytest.mark.parametrize(
    "watch", ["苹果 AND 芯片", "芯片 OR 手机壳", "苹果 NEAR/5 芯片", "苹果 AND (服务 AND 芯片)", "source:bbs"]
)
def test_a_condition_narrows_a_common_word(watch: str) -> None:
    assert wide(name="苹果", watch=watch) == []


@pytest.mark.parametrize("watch", ["苹果 NOT 果园", "苹果 OR 芯片", "苹果 AND class:news"])
def test_a_watch_that_asks_for_nothing_more_does_not(watch: str) -> None:
    assert wide(name="苹果", watch=watch) == [("苹果", Breadth.COMMON_WORD)]


def test_a_competitor_of_an_everyday_name_is_wide_too() -> None:
    rivals = (Brand("苹果", (Alias("苹果手机"),)), Brand("陌川", (Alias("abc"),)))
    client = Client("lock", "安屿智能家居", (Brand("安屿", ()),), competitors=rivals)
    found = wide_watches([client], lambda word: OFTEN.get(word, 0.0))
    assert [(one.brand, one.text, one.breadth) for one in found] == [
        ("苹果", "苹果", Breadth.COMMON_COMPETITOR),
        ("陌川", "abc", Breadth.ANY_CASE),
    ]


def test_generic_words_as_alternatives_narrow_nothing() -> None:
    assert wide(name="苹果", watch="苹果 AND (芯片 OR 服务 OR 手机)") == [
        ("服务", Breadth.COMMON_CONDITION),
        ("手机", Breadth.COMMON_CONDITION),
    ]
    assert wide(watch="服务 OR 手机") == []  # beside a name of its own any condition narrows


def test_the_dictionary_knows_everyday_words_and_no_invented_names() -> None:
    often = QuickSegmenter().per_million
    assert often("苹果") > 1
    assert often("服务") > 50
    assert often("安屿") == 0


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_check_says_where_the_wide_name_stands_and_passes(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.edit("clients/tea.yaml", "brands: [芷屿]", "brands: [苹果]")
    assert main(["check", "--config", str(folder.config), "--library", str(folder.library)]) == 0
    said = capsys.readouterr().err
    assert "clients/tea.yaml:3: 苹果: a word of everyday Chinese (22 in a million words)" in said


def test_the_line_of_a_wide_name_is_the_brands_not_the_clients(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    brands = (
        "brands:\n  - name: 安屿 # 苹果\n    aliases: [服务锁]\n  - name: 苹果\n    watch: 手机 OR 服务\n"
    )
    folder.edit("clients/tea.yaml", "name: 芷屿茶事\nbrands: [芷屿]\n", f"name: 苹果\n{brands}")
    assert main(["check", "--config", str(folder.config), "--library", str(folder.library)]) == 0
    said = capsys.readouterr().err
    assert "clients/tea.yaml:7: 手机: as a condition alone" in said
    folder.edit("clients/tea.yaml", "    watch: 手机 OR 服务\n", "")
    assert main(["check", "--config", str(folder.config), "--library", str(folder.library)]) == 0
    assert "clients/tea.yaml:6: 苹果: a word of everyday" in capsys.readouterr().err


def test_a_wide_competitor_is_told_with_its_line(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.edit("clients/tea.yaml", "brands: [芷屿]", "brands: [芷屿]\ncompetitors: [苹果]")
    assert main(["check", "--config", str(folder.config), "--library", str(folder.library)]) == 0
    said = capsys.readouterr().err
    assert (
        "clients/tea.yaml:4: 苹果: a word of everyday Chinese (22 in a million words), which no watch" in said
    )
