"""``wanglou demo`` and its folder: emptied when it is a rehearsal's, and never under a living one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk.cli.demo import MARK, hold
from desk.cli.main import main

HOLDS = (
    "import sys; from pathlib import Path; from desk.cli.demo import hold; mark = hold(Path(sys.argv[1])); "
)
HOLDS += "print(flush=True); sys.stdin.read()"


def test_an_earlier_rehearsal_makes_room(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    hold(data).close()
    (data / "config").mkdir()
    (data / "config" / "agency.yaml").write_text("old")
    (data / "wanglou.db").write_text("old")
    hold(data).close()
    assert [path.name for path in data.iterdir()] == [MARK]


def test_a_folder_that_is_no_rehearsals_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "accounts.csv").write_text("mine")
    assert main(["demo", "--data", str(tmp_path)]) == 2
    assert "is not a rehearsal; name another folder with --data" in capsys.readouterr().err
    assert (tmp_path / "accounts.csv").read_text() == "mine"


def test_a_second_rehearsal_is_refused_while_the_first_lives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold(tmp_path / "demo"):
        (tmp_path / "demo" / "wanglou.db").write_text("in use")
        assert main(["demo", "--data", str(tmp_path / "demo")]) == 2
    said = capsys.readouterr().err
    assert f"another rehearsal runs there (process {os.getpid()})" in said
    assert "stop it first, or name another folder with --data" in said
    assert (tmp_path / "demo" / "wanglou.db").read_text() == "in use"


def test_a_rehearsal_that_was_killed_holds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = [sys.executable, "-c", HOLDS, str(tmp_path / "demo")]
    with subprocess.Popen(first, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 -- ourselves
        assert process.stdout
        assert process.stdout.readline() == b"\n"
        assert main(["demo", "--data", str(tmp_path / "demo")]) == 2
        assert f"(process {process.pid})" in capsys.readouterr().err
        process.kill()
    hold(tmp_path / "demo").close()
