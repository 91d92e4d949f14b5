"""``wanglou client new``: a file that passes the check, or none."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cli import _exits
from desk.cli.client import draft
from desk.cli.main import main
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import Place, read_config
from tests.stories.conftest import LIBRARY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE_CONFIG, tmp_path / "config"))


def new(folder: Path, id_: str, *more: str, brand: str = "岚汐") -> int:
    given_ = ["--name", "岚汐咖啡", "--brand", brand, "--config", str(folder)]
    return main(["client", "new", id_, *given_, *more])


def test_a_new_client_is_watched_under_all_its_names(folder: Path) -> None:
    more = ["--alias", "岚汐咖啡馆", "--look-alike", "岚汐路", "--account", "wang", "--brand", "潮屿"]
    assert new(folder, "coffee", *more) == _exits.DONE
    client = read_config(Place(folder, folder, LIBRARY)).clients["coffee"]
    assert [brand.name for brand in client.brands] == ["岚汐", "潮屿"]
    assert {a.text for a in client.brands[0].aliases} == {"岚汐", "岚汐咖啡馆"}
    assert client.brands[0].look_alikes == ("岚汐路",)
    assert client.team == {"account": "wang"}


@pytest.mark.parametrize(
    ("id_", "more", "says"),
    [
        ("coffee", ["--account", "nobody"], 'found "nobody"'),
        ("house", [], "is the agency itself"),
        ("coffee", ["--look-alike", "无关"], "contains no alias"),
    ],
)
def test_a_file_that_would_not_pass_the_check_is_not_kept(
    folder: Path, capsys: pytest.CaptureFixture[str], id_: str, more: list[str], says: str
) -> None:
    before = sorted(folder.rglob("*"))
    assert new(folder, id_, *more) == _exits.FINDING
    assert says in capsys.readouterr().out
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("id_", ["Coffee", "../coffee", "/coffee", "", "岚汐"])
def test_what_is_no_id_becomes_no_file(folder: Path, id_: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.parent.rglob("*"))
    assert new(folder, id_) == _exits.USAGE
    assert "is no id" in capsys.readouterr().err
    assert sorted(folder.parent.rglob("*")) == before


def test_a_client_that_is_there_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "clients" / "lock.yaml").read_bytes()
    assert new(folder, "lock") == _exits.USAGE
    assert "is there already" in capsys.readouterr().err
    assert (folder / "clients" / "lock.yaml").read_bytes() == before


def test_a_dry_run_prints_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.rglob("*"))
    assert new(folder, "coffee", "--dry-run") == _exits.DONE
    assert "client: coffee" in capsys.readouterr().out
    assert sorted(folder.rglob("*")) == before


def test_a_folder_that_is_no_config_is_unreadable(tmp_path: Path) -> None:
    assert new(tmp_path, "coffee") == _exits.UNREADABLE


@given(st.text(min_size=1, max_size=20))
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    text = draft("coffee", name, [name], [name], [], None)
    keys = [line.partition(":")[0] for line in text.split("\n") if line and line[0].isalpha()]
    assert keys == ["client", "name", "brands", "team"]
