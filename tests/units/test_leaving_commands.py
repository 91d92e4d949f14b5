"""``wanglou person`` and ``wanglou client leave``: nothing goes unsaid, and nothing without a yes."""

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawlers.source import hashed_id
from desk.backtesting.saved import FOLDER, Shelf
from desk.cli import _exits
from desk.cli.main import main
from desk.clocks import WallClock
from desk.sample import SAMPLE_CONFIG
from tests.backtests_sample import sample_report
from tests.two_clients import ALL, OURS, SECRET, THEIRS, config, fill
from wanglou.ports import StorageUnavailableError
from wanglou.storage import tables
from wanglou.storage.engine import DATABASE_FILE, SqlStorage, open_storage

WRITER = f"{SECRET[OURS]}作者"


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path) -> Path:
    """A sample agency whose database still holds two clients that no file names."""
    shutil.copytree(SAMPLE_CONFIG, tmp_path / "config")
    (tmp_path / "var").mkdir()
    path = shutil.copy(sqlite_template, tmp_path / "var" / DATABASE_FILE)
    storage = open_storage(path)
    fill(storage, config())
    storage.close()
    return tmp_path


@pytest.fixture
def storage(home: Path) -> Iterator[SqlStorage]:
    opened = open_storage(home / "var" / DATABASE_FILE)
    yield opened
    opened.close()


def run(home: Path, *words: str) -> int:
    return main([*words, "--config", str(home / "config"), "--data", str(home / "var")])


def items(storage: SqlStorage) -> int:
    with storage.look() as uow:
        return int(uow.connection.execute(select(func.count()).select_from(tables.item)).scalar_one())


def held(home: Path, word: str) -> bool:
    """Whether the files of the database hold a word, in a row or in what is left of one."""
    return any(word.encode() in path.read_bytes() for path in (home / "var").glob(f"{DATABASE_FILE}*"))


def gone_from_config(home: Path, person: str) -> None:
    """Their line goes; somebody else takes their place in teams."""
    agency = home / "config" / "agency.yaml"
    lines = agency.read_text(encoding="utf-8").splitlines(keepends=True)
    agency.write_text("".join(line for line in lines if f" {person}: " not in line), encoding="utf-8")
    for path in (home / "config" / "clients").glob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace(person, "wang"), encoding="utf-8")


class TestPerson:
    def test_what_is_stored_of_an_author_comes_as_lines(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(home, "person", "export", "--author", WRITER) == _exits.DONE
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [row["table"] for row in rows[:3]] == ["item"] * 3
        assert {row["author_name"] for row in rows[:3]} == {WRITER}
        assert rows[0]["first_seen"].endswith("+00:00")

    def test_an_id_is_found_as_the_platform_writes_it(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        source = "inbox"
        assert f"id: {source}" in (home / "config" / "sources.yaml").read_text(encoding="utf-8")
        with storage.begin() as uow:
            theirs = tables.item.c.author_name == WRITER
            change = tables.item.update().where(theirs)
            uow.connection.execute(change.values(author_id=hashed_id(source, "u-77"), source=source))
            uow.commit()
        assert run(home, "person", "export", "--author-id", "u-77") == _exits.DONE
        assert len([x for x in capsys.readouterr().out.splitlines() if '"table": "item"' in x]) == 3
        assert run(home, "person", "export", "--author-id", "u-78") == _exits.FINDING

    def test_without_a_yes_it_is_only_said_what_would_go(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = items(storage)
        for more in ((), ("--yes", "--dry-run")):
            assert run(home, "person", "erase", "--author", WRITER, *more) == _exits.DONE
            said = capsys.readouterr()
            assert "item  3" in said.out
            assert f"{SECRET[OURS]}标题0" in said.out
            assert "nothing was changed" in said.err
        assert items(storage) == before

    def test_with_a_yes_it_is_gone_from_the_file_too(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = items(storage)
        storage.close()
        assert held(home, WRITER)
        assert run(home, "person", "erase", "--author", WRITER, "--yes") == _exits.DONE
        assert "back-ups" in capsys.readouterr().err
        assert not held(home, WRITER)
        assert items(open_storage(home / "var" / DATABASE_FILE)) == before - 3

    def test_somebody_who_could_still_come_in_is_not_erased(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(home, "person", "erase", "--user", "wang", "--yes") == _exits.FINDING
        assert "agency.yaml" in capsys.readouterr().err

    def test_a_user_who_has_gone_becomes_a_pseudonym(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        gone_from_config(home, "chen")
        assert run(home, "person", "export", "--user", "chen") == _exits.DONE
        assert '"actor": "chen"' in capsys.readouterr().out
        assert run(home, "person", "erase", "--user", "chen", "--name", "陈可", "--yes") == _exits.DONE
        assert "erased-" in capsys.readouterr().err
        assert run(home, "person", "export", "--user", "chen") == _exits.FINDING
        assert main(["db", "check", "--data", str(home / "var")]) == _exits.DONE

    @pytest.mark.parametrize(
        "words",
        [(), ("--user", "wang", "--author", "老王"), ("--author", "老王", "--source", "no-such-source")],
    )
    def test_whom_must_be_said_plainly(self, home: Path, words: tuple[str, ...]) -> None:
        assert run(home, "person", "export", *words) == _exits.USAGE


def test_where_others_are_at_work_it_is_said_that_remnants_may_stay(
    home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqlStorage, "scrub", _busy)
    assert run(home, "person", "erase", "--author", WRITER, "--yes") == _exits.DONE
    assert "wanglou db scrub" in capsys.readouterr().err
    monkeypatch.undo()
    storage.close()
    assert main(["db", "scrub", "--data", str(home / "var")]) == _exits.DONE
    assert not held(home, WRITER)


def _busy(_: SqlStorage) -> None:
    raise StorageUnavailableError("the database is locked")


def test_a_file_that_is_in_use_is_not_scrubbed(home: Path) -> None:
    quick = open_storage(home / "var" / DATABASE_FILE, timedelta(milliseconds=10))
    other = open_storage(home / "var" / DATABASE_FILE)
    with other.begin(), pytest.raises(StorageUnavailableError):
        quick.scrub()
    quick.close()
    other.close()


class TestClientLeaves:
    def test_it_is_said_first_what_would_go_and_what_stays(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = items(storage)
        assert run(home, "client", "leave", THEIRS, "--dry-run") == _exits.DONE
        said = capsys.readouterr()
        assert "mention  3" in said.out
        assert "#1" in said.err
        assert "would stay" in said.err
        assert items(storage) == before

    def test_open_incidents_must_be_ended_or_allowed_to_be(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = items(storage)
        assert run(home, "client", "leave", THEIRS) == _exits.FINDING
        assert "--close" in capsys.readouterr().err
        assert items(storage) == before

    def test_a_client_leaves_and_all_of_it_is_handed_over(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        storage.close()
        (home / "var" / "models").mkdir()
        (home / "var" / "models" / "delta-0123456789abcdef.npz").touch()
        archive = home / "hemuli.jsonl.gz"
        leave = ("client", "leave", THEIRS, "--close", "--archive", str(archive))
        assert run(home, *leave) == _exits.DONE
        said = capsys.readouterr()
        assert "mention  3" in said.out
        assert "wanglou train --shipped" in said.err
        assert archive.stat().st_mode & 0o077 == 0
        with gzip.open(archive, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        assert {row["table"] for row in rows} >= {
            "mention",
            "item",
            "incident",
            "timeline",
            "delivery",
            "meta",
        }
        assert not held(home, SECRET[THEIRS])
        assert held(home, SECRET[OURS])
        assert main(["db", "check", "--data", str(home / "var")]) == _exits.DONE
        assert run(home, *leave) == _exits.FINDING  # it has left

    def test_kept_backtests_forget_the_client_too(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        storage.close()
        shelf = Shelf(home / "var")
        name = shelf.keep(sample_report())
        assert run(home, "client", "leave", THEIRS, "--dry-run") == _exits.DONE
        assert "backtests  1" in capsys.readouterr().out
        assert shelf.held(THEIRS) == 1
        assert run(home, "client", "leave", THEIRS, "--close") == _exits.DONE
        assert "backtests  1" in capsys.readouterr().out
        kept = shelf.run(ALL, name)
        assert kept is not None
        assert list(kept.one.clients) == [OURS]

    def test_a_backtest_that_cannot_be_deleted_keeps_the_client(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = items(storage)
        held = home / "var" / FOLDER / Shelf(home / "var").keep(sample_report()) / f"{THEIRS}.json"
        held.unlink()
        held.mkdir()  # no file any more: it cannot be unlinked
        assert run(home, "client", "leave", THEIRS, "--close") == _exits.FINDING
        assert "run this again" in capsys.readouterr().err
        assert items(storage) == before

    def test_an_archive_is_never_written_over(self, home: Path, storage: SqlStorage) -> None:
        archive, before = home / "old.jsonl", items(storage)
        archive.write_text("what was handed over before", encoding="utf-8")
        words = ("client", "leave", THEIRS, "--close", "--archive")
        assert run(home, *words, str(archive)) == _exits.USAGE
        assert run(home, *words, str(home / "nowhere" / "a.jsonl")) == _exits.UNREADABLE
        assert items(storage) == before

    def test_a_plain_archive_is_plain_lines(self, home: Path) -> None:
        archive = home / "hemuli.jsonl"
        assert run(home, "client", "leave", THEIRS, "--close", "--archive", str(archive)) == _exits.DONE
        assert all(json.loads(line)["table"] for line in archive.read_text(encoding="utf-8").splitlines())

    def test_a_client_whose_file_is_there_does_not_leave(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(home, "client", "leave", "tea") == _exits.FINDING
        assert "clients/tea.yaml" in capsys.readouterr().err

    def test_nobody_leaves_under_a_running_worker(
        self, home: Path, storage: SqlStorage, capsys: pytest.CaptureFixture[str]
    ) -> None:
        now = WallClock().now()
        with storage.begin() as uow:
            uow.leases.take("worker", "a worker", now, now + timedelta(minutes=5))
            uow.commit()
        assert run(home, "client", "leave", THEIRS, "--close") == _exits.FINDING
        assert "stop the worker" in capsys.readouterr().err

    def test_an_unknown_client_has_nothing_to_leave_with(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(home, "client", "leave", "nobody") == _exits.FINDING
        assert "no rows" in capsys.readouterr().err

    def test_the_doctor_finds_clients_without_a_file(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(home, "doctor", "--quick", "--language", "en")
        assert f"wanglou client leave {THEIRS}" in capsys.readouterr().out
        run(home, "client", "leave", THEIRS, "--close")
        run(home, "doctor", "--quick", "--language", "en")
        said = capsys.readouterr().out
        assert f"wanglou client leave {THEIRS}" not in said
        assert f"wanglou client leave {OURS}" in said
