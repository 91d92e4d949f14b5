"""Backup and restore, as an operator meets them: nothing lost, nothing overwritten, nothing trusted."""

import io
import json
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.cli import _exits
from desk.cli.main import main
from desk.keeping import MANIFEST, ArchiveError, pack, read_manifest, unpack
from desk.sample import SAMPLE_CONFIG
from tests.units.storage.examples import an_incident
from wanglou.storage.engine import DATABASE_FILE, open_storage

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with one incident, a secret and a file in a drop folder."""
    data = tmp_path / "var"
    (data / "drop").mkdir(parents=True)
    (data / "drop" / "posts.jsonl").write_text('{"title": "安屿"}\n', encoding="utf-8")
    (data / "secret").write_text("s" * 64, encoding="ascii")
    (data / "jieba.cache").write_text("made anew")
    (data / f"{DATABASE_FILE}.backup-0001").write_text("of an upgrade")
    shutil.copytree(SAMPLE_CONFIG, tmp_path / "config")
    storage = open_storage(data / DATABASE_FILE)
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.commit()
    storage.close()
    return tmp_path


def back_up(home: Path, archive: Path) -> int:
    return main(["backup", str(archive), "--config", str(home / "config"), "--data", str(home / "var")])


def test_a_restored_copy_holds_what_the_desk_held(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert back_up(home, home / "desk.tar.gz") == _exits.DONE
    copy = home / "copy"
    assert main(["restore", str(home / "desk.tar.gz"), "--into", str(copy)]) == _exits.DONE
    assert f"--data {copy / 'data'}" in capsys.readouterr().err
    storage = open_storage(copy / "data" / DATABASE_FILE)
    with storage.look() as uow:
        assert uow.incidents.get(an_incident().id) == an_incident()
    storage.close()
    assert (copy / "data" / "secret").read_text() == "s" * 64
    assert (copy / "data" / "drop" / "posts.jsonl").exists()
    assert main(["check", "--config", str(copy / "config")]) == _exits.DONE


def test_a_backup_is_for_its_owner_alone_and_leaves_out_what_is_made_anew(home: Path) -> None:
    archive = home / "desk.tar.gz"
    assert back_up(home, archive) == _exits.DONE
    assert archive.stat().st_mode & 0o077 == 0
    names = read_manifest(archive).files
    assert "data/jieba.cache" not in names
    assert not any("backup-0001" in name or name.endswith(("-wal", ".lock")) for name in names)


def test_a_backup_kept_in_the_data_folder_does_not_hold_itself(home: Path) -> None:
    archive = home / "var" / "desk.tar.gz"
    for _ in range(2):
        assert back_up(home, archive) == _exits.DONE
    assert "data/desk.tar.gz" not in read_manifest(archive).files


def test_what_was_written_while_it_ran_is_whole(home: Path) -> None:
    storage = open_storage(home / "var" / DATABASE_FILE)
    with storage.begin() as uow:
        uow.meta.set("half", "done")  # a writer that has not committed yet
        assert back_up(home, home / "desk.tar.gz") == _exits.DONE
        uow.commit()
    storage.close()
    unpack(home / "desk.tar.gz", home / "copy")
    copy = open_storage(home / "copy" / "data" / DATABASE_FILE)
    with copy.look() as uow:
        assert uow.meta.get("half") is None
        assert uow.incidents.get(an_incident().id) is not None
    copy.close()


def test_restoring_overwrites_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert back_up(home, home / "desk.tar.gz") == _exits.DONE
    before = (home / "var" / DATABASE_FILE).read_bytes()
    assert main(["restore", str(home / "desk.tar.gz"), "--into", str(home / "var")]) == _exits.UNREADABLE
    assert "not an empty folder" in capsys.readouterr().err
    assert (home / "var" / DATABASE_FILE).read_bytes() == before


def test_a_dry_run_lists_and_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert back_up(home, home / "desk.tar.gz") == _exits.DONE
    arguments = ["restore", str(home / "desk.tar.gz"), "--into", str(home / "copy"), "--dry-run"]
    assert main(arguments) == _exits.DONE
    assert f"data/{DATABASE_FILE}\n" in capsys.readouterr().out
    assert not (home / "copy").exists()


def test_without_a_database_it_says_where_it_looked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(home / "var")
    assert back_up(home, home / "desk.tar.gz") == _exits.UNREADABLE
    assert "there is no such file" in capsys.readouterr().err
    assert not (home / "desk.tar.gz").exists()


def test_a_folder_that_is_not_there_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert back_up(home, home / "nowhere" / "desk.tar.gz") == _exits.USAGE
    assert "no folder" in capsys.readouterr().err


def test_postgresql_is_left_to_its_own_tool(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANGLOU_DATABASE", "postgresql://me:hush@127.0.0.1/desk")
    assert back_up(home, home / "desk.tar.gz") == _exits.FINDING
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "hush" not in said


def test_a_damaged_database_is_not_packed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = home / "desk.tar.gz"
    assert back_up(home, archive) == _exits.DONE
    good = archive.read_bytes()
    (home / "var" / DATABASE_FILE).write_text("something else, " * 100)
    assert back_up(home, archive) == _exits.FINDING
    assert archive.read_bytes() == good


@pytest.mark.parametrize("cut", [0, 10, 0.5, 0.999])
def test_an_archive_that_is_cut_short_is_refused(home: Path, cut: float) -> None:
    archive = home / "desk.tar.gz"
    assert back_up(home, archive) == _exits.DONE
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(cut * len(whole)) if cut < 1 else int(cut)])
    assert main(["restore", str(archive), "--into", str(home / "copy")]) == _exits.UNREADABLE
    assert not (home / "copy").exists()


def cut_short(home: Path) -> Path:
    archive = home / "desk.tar.gz"
    assert back_up(home, archive) == _exits.DONE
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) * 9 // 10])
    return archive


def test_a_restore_that_failed_can_be_tried_again_in_the_same_place(home: Path) -> None:
    archive = cut_short(home)
    into = home / "new" / "deep"
    into.parent.mkdir()
    (into.parent / "kept").write_text("another's")
    arguments = ["restore", str(archive), "--into", str(into)]
    assert main(arguments) == _exits.UNREADABLE
    assert [path.name for path in into.parent.iterdir()] == ["kept"]
    archive.unlink()
    assert back_up(home, archive) == _exits.DONE
    assert main(arguments) == _exits.DONE


def test_an_empty_folder_stays_when_restoring_into_it_failed(home: Path) -> None:
    archive = cut_short(home)
    (home / "copy").mkdir()
    assert main(["restore", str(archive), "--into", str(home / "copy")]) == _exits.UNREADABLE
    assert list((home / "copy").iterdir()) == []


def evil(archive: Path, name: str, *, listed: bool = True, kind: bytes = tarfile.REGTYPE) -> Path:
    """An archive whose one member is called ``name``."""
    content = b"evil"
    files = {name: "81b4138cdf87dd8ffdc75f4e2b8a8bbb2c25ca6b5acbd4fe0a7e9b6b58e2c9f1"} if listed else {}
    told = json.dumps({"format": 1, "made_at": NOW.isoformat(), "schema": "0001", "files": files}).encode()
    with tarfile.open(archive, "w:gz") as tar:
        for member, body in ((MANIFEST, told), (name, content)):
            entry = tarfile.TarInfo(member)
            entry.size = len(body)
            if member == name and kind != tarfile.REGTYPE:
                entry.type, entry.linkname, entry.size = kind, "../../outside", 0
            tar.addfile(entry, io.BytesIO(body))
    return archive


@pytest.mark.parametrize("name", ["../outside", "/outside", "data/../../outside", "data\\..\\outside"])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="leads out of the folder"):
        unpack(evil(tmp_path / "evil.tar.gz", name), tmp_path / "copy")
    assert not (tmp_path / "outside").exists()


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    archive = evil(tmp_path / "evil.tar.gz", "data/link", kind=tarfile.SYMTYPE)
    with pytest.raises(ArchiveError, match="missing or not as it was stored"):
        unpack(archive, tmp_path / "copy")
    assert not (tmp_path / "copy" / "data" / "link").is_symlink()


def test_what_the_manifest_does_not_list_stays_in_the_archive(tmp_path: Path) -> None:
    unpack(evil(tmp_path / "evil.tar.gz", "data/more", listed=False), tmp_path / "copy")
    assert not (tmp_path / "copy" / "data" / "more").exists()


def test_a_file_that_was_changed_in_the_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"data/a is missing or not as it was stored"):
        unpack(evil(tmp_path / "evil.tar.gz", "data/a"), tmp_path / "copy")


def test_an_archive_of_another_program_or_a_newer_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    pack(tmp_path / "ours.tar.gz", {"data/a": tmp_path / "a.txt"}, NOW, "0001")
    assert read_manifest(tmp_path / "ours.tar.gz").made_at == NOW
    with tarfile.open(tmp_path / "theirs.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "a.txt", "a")
    with pytest.raises(ArchiveError, match="does not begin with a manifest"):
        read_manifest(tmp_path / "theirs.tar.gz")
    told = json.dumps({"format": 2}).encode()
    with tarfile.open(tmp_path / "newer.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(told)
        tar.addfile(entry, io.BytesIO(told))
    with pytest.raises(ArchiveError, match="its format is 2"):
        read_manifest(tmp_path / "newer.tar.gz")
