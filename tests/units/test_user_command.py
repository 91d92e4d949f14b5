"""``wanglou user``: add keeps the file as people wrote it, revoke puts out at once."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cli import _exits
from desk.cli.main import main
from desk.clocks import WallClock
from desk.entrance import Entered, Entrance
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import Place, read_config
from tests.stories.conftest import LIBRARY
from wanglou.config.joining import CannotJoinError, with_person
from wanglou.domain.agency import Config
from wanglou.domain.person import Person, Role
from wanglou.storage.engine import DATABASE_FILE, open_storage


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE_CONFIG, tmp_path / "config")
    (tmp_path / "var").mkdir()
    return tmp_path


def user(home: Path, *words: str) -> int:
    return main(["user", *words, "--config", str(home / "config"), "--data", str(home / "var")])


def config(home: Path) -> Config:
    return read_config(Place(home / "config", home / "config", LIBRARY))


ADD = ("add", "qin", "--name", "秦朗", "--role", "pr")


def test_who_is_added_can_come_in_by_the_printed_link(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (home / "config" / "agency.yaml").read_text(encoding="utf-8")
    assert user(home, *ADD, "--language", "en") == _exits.DONE
    link = capsys.readouterr().out.strip()
    after = (home / "config" / "agency.yaml").read_text(encoding="utf-8")
    assert len(after.splitlines()) == len(before.splitlines()) + 1
    assert set(before.splitlines()) < set(after.splitlines())  # comments and all
    people = config(home).agency.people
    assert (people["qin"].name, people["qin"].role, people["qin"].language) == ("秦朗", Role.PR, "en")
    storage = open_storage(home / "var" / DATABASE_FILE)
    nonce = link.rpartition("/link/")[2]
    came = Entrance(storage, people).use_link(nonce, "192.0.2.7", WallClock().now())
    storage.close()
    assert isinstance(came, Entered)
    assert came.person.id == "qin"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "wang", "--name", "x", "--role", "pr"), _exits.USAGE),
        (("add", "qin", "--role", "pr"), _exits.USAGE),
        (("add", "qin", "--name", "秦朗"), _exits.USAGE),
        (("add", "../qin", "--name", "秦朗", "--role", "pr"), _exits.USAGE),
        ((*ADD, "--contact", "slack"), _exits.USAGE),
        ((*ADD, "--contact", "pigeon:loft"), _exits.FINDING),
        (("add", "system", "--name", "x", "--role", "pr"), _exits.FINDING),
        (("revoke",), _exits.USAGE),
    ],
)
def test_what_cannot_be_leaves_the_file_as_it_was(home: Path, words: tuple[str, ...], code: int) -> None:
    before = (home / "config" / "agency.yaml").read_bytes()
    assert user(home, *words) == code
    assert (home / "config" / "agency.yaml").read_bytes() == before
    assert not list((home / "config").glob(".agency*"))


def test_whoever_is_revoked_is_out_at_once(home: Path) -> None:
    people = config(home).agency.people
    storage = open_storage(home / "var" / DATABASE_FILE)
    entrance, now = Entrance(storage, people), WallClock().now()
    link = entrance.make_link("wang", now, timedelta(hours=1)).rpartition("/")[2]
    came = entrance.use_link(link, "192.0.2.7", now)
    waiting = entrance.make_link("wang", now).rpartition("/")[2]
    assert isinstance(came, Entered)
    assert user(home, "revoke", "wang") == _exits.DONE
    assert entrance.visit(came.token, now) is None
    assert not isinstance(entrance.use_link(waiting, "192.0.2.7", now), Entered)
    storage.close()


def test_whoever_has_left_the_file_is_put_out_all_the_same(home: Path) -> None:
    assert user(home, *ADD) == _exits.DONE
    agency = home / "config" / "agency.yaml"
    lines = agency.read_text(encoding="utf-8").splitlines(keepends=True)
    agency.write_text("".join(line for line in lines if "秦朗" not in line), encoding="utf-8")
    assert user(home, "revoke", "qin") == _exits.DONE


def test_revoking_somebody_nobody_knows_says_so_and_stores_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert user(home, "revoke", "ghost") == _exits.FINDING
        told = capsys.readouterr().err
        assert "'ghost'" in told
        assert "zhou" in told
        assert "nothing was changed" in told


def test_the_list_says_who_sees_what(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(home, "list") == _exits.DONE
    lines = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["zhou"].endswith("all clients")
    assert "lock" in lines["wang"]
    assert "links only" in lines["wang"]


@given(st.text(min_size=1, max_size=30))
def test_no_name_breaks_out_of_its_line(name: str) -> None:
    text = "schema: 1\npeople:  # ids\n    li: {name: 李, role: pr}\nrota: []\n"
    lines = with_person(text, Person("qin", name, Role.PR)).split("\n")
    assert len(lines) == len(text.split("\n")) + 1
    assert lines[2].startswith("    qin: {name: ")


def test_a_file_laid_out_otherwise_is_left_to_its_owner() -> None:
    with pytest.raises(CannotJoinError, match="by hand: "):
        with_person("people: {li: {name: 李, role: pr}}\n", Person("qin", "秦", Role.PR))
