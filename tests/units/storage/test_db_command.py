"""``wanglou db``: upgrade and check, as an operator meets them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desk.cli import _exits
from desk.cli.main import main
from tests.units.storage.examples import NOON, an_incident
from wanglou.domain.incident import TimelineEntry, Via
from wanglou.storage.engine import DATABASE_FILE, open_storage
from wanglou.storage.schema import revisions


def test_upgrade_makes_the_database_and_names_its_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "upgrade", "--data", str(tmp_path)]) == _exits.DONE
    assert revisions()[-1] in capsys.readouterr().err
    assert (tmp_path / DATABASE_FILE).exists()


@pytest.mark.postgres
def test_upgrade_makes_the_tables_at_an_address(
    blank_address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "upgrade", "--database", blank_address]) == _exits.DONE
    assert main(["db", "check", "--database", blank_address]) == _exits.DONE
    assert "whole" in capsys.readouterr().err


def test_check_finds_a_record_that_was_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / DATABASE_FILE
    storage = open_storage(path)
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.incidents.append([TimelineEntry("lock-1", NOON, "wang", Via.DESK, "opened", {})] * 3)
        uow.commit()
    storage.close()
    assert main(["db", "check", "--data", str(tmp_path)]) == _exits.DONE
    with closing(sqlite3.connect(path)) as hand:
        hand.execute("UPDATE timeline SET actor = 'li' WHERE seq = 2")
        hand.commit()
    capsys.readouterr()
    assert main(["db", "check", "--data", str(tmp_path)]) == _exits.FINDING
    assert capsys.readouterr().out == "the record of incident lock-1 was changed at entry 2\n"


def test_a_folder_that_is_not_there_is_unreadable_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "upgrade", "--data", str(tmp_path / "var")]) == _exits.UNREADABLE
    assert "does not exist" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / DATABASE_FILE).write_text("something else, " * 100)
    assert main(["db", "check", "--data", str(tmp_path)]) == _exits.FINDING
    assert "not a SQLite database" in capsys.readouterr().err
