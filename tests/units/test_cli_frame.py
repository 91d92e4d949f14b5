"""The frame every command runs in: found by name, loaded when run, ended with a meaning."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

import desk.cli
from desk.cli import _exits, _streams, main

COMMANDS = {
    "say_hello": '''
"""Greets somebody."""
from typing import Annotated
import typer

Name = Annotated[str, typer.Argument(help="Who.")]
Loud = Annotated[bool, typer.Option("--loud")]

def say_hello(name: Name, loud: Loud = False) -> None:
    """Greet NAME."""
    print(name.upper() if loud else name)

PLUGIN = say_hello
''',
    "explodes_on_import": '"""Cannot even be imported."""\nraise RuntimeError("must not be imported")\n',
    "finds_trouble": '''
"""Finds something."""
from desk.cli._exits import CommandError

def finds_trouble() -> None:
    """Find it."""
    raise CommandError("three mentions have no date")

PLUGIN = finds_trouble
''',
    "has_a_fault": '''
"""Has a fault of its own."""

def has_a_fault() -> None:
    """Divide."""
    1 / 0

PLUGIN = has_a_fault
''',
    "is_stopped": '''
"""Is stopped by Ctrl-C."""

def is_stopped() -> None:
    """Wait."""
    raise KeyboardInterrupt

PLUGIN = is_stopped
''',
}


@pytest.fixture
def _more_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in COMMANDS.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(desk.cli, "__path__", [*desk.cli.__path__, str(tmp_path)])
    for name in COMMANDS:
        monkeypatch.delitem(sys.modules, f"desk.cli.{name}", raising=False)


@pytest.mark.usefixtures("_more_commands")
class TestACommand:
    def test_is_listed_with_its_first_line_but_not_imported(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["--help"]) == _exits.DONE
        out = capsys.readouterr().out
        assert "say-hello" in out
        assert "Greets somebody." in out
        assert "Cannot even be imported." in out

    def test_is_called_with_dashes_or_underscores(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["say-hello", "望楼", "--loud"]) == _exits.DONE
        assert main.main(["say_hello", "wang"]) == _exits.DONE
        assert capsys.readouterr().out == "望楼\nwang\n"

    def test_has_help_of_its_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["say-hello", "--help"]) == _exits.DONE
        out = capsys.readouterr().out
        assert "wanglou say-hello" in out
        assert "Greet NAME." in out

    def test_called_wrongly_exits_2_and_says_so_on_stderr(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["say-hello"]) == _exits.USAGE
        told = capsys.readouterr()
        assert told.out == ""
        assert "NAME" in told.err.upper()

    def test_with_a_finding_exits_1_without_a_traceback(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["finds-trouble"]) == _exits.FINDING
        assert capsys.readouterr().err == "three mentions have no date\n"

    def test_with_a_fault_keeps_its_traceback_and_never_looks_like_a_finding(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main.main(["has-a-fault"]) == _exits.FAULT
        err = capsys.readouterr().err
        assert "ZeroDivisionError" in err
        assert "fault of its own" in err

    def test_that_cannot_be_imported_harms_itself_alone(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["explodes-on-import"]) == _exits.FAULT
        assert "must not be imported" in capsys.readouterr().err

    def test_interrupted_exits_130(self) -> None:
        assert main.main(["is-stopped"]) == _exits.INTERRUPTED

    def test_misspelt_is_answered_with_the_nearest(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["say-helo"]) == _exits.USAGE
        assert "did you mean say-hello?" in capsys.readouterr().err


def test_no_arguments_show_the_overview_as_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == _exits.USAGE
    assert "usage: wanglou COMMAND" in capsys.readouterr().err


def test_a_reader_that_stops_reading_is_no_error() -> None:
    program = (
        "import sys; from desk.cli.main import _ending_well\n"
        "@_ending_well\n"
        "def run():\n"
        "    for n in range(100_000): print(n)\n"
        "run()\n"
    )
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own words
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "0\n"
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == ""
    child.stderr.close()
    assert child.wait(timeout=30) == 0


class TestLinesOfJson:
    def test_come_with_their_numbers_and_empty_lines_do_not_come(self, tmp_path: Path) -> None:
        file = tmp_path / "in.jsonl"
        file.write_bytes('\ufeff{"a": "望"}\n\n{"a": 2}\n'.encode())
        assert list(_streams.read_json_lines(str(file))) == [(1, {"a": "望"}), (3, {"a": 2})]

    def test_come_from_stdin_under_a_dash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}\n')))
        assert list(_streams.read_json_lines("-")) == [(1, {"a": 1})]

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            (b"{oops", "not JSON"),
            (b"\xff\xfe", "not UTF-8"),
            (b"[1]", "found a list"),
            (b"[" * 100_000, "not JSON"),
        ],
    )
    def test_damaged_name_file_and_line(self, tmp_path: Path, line: bytes, says: str) -> None:
        file = tmp_path / "in.jsonl"
        file.write_bytes(b'{"a": 1}\n' + line + b"\n")
        with pytest.raises(_exits.UnreadableInputError, match=f"in.jsonl:2: .*{says}"):
            list(_streams.read_json_lines(str(file)))

    def test_missing_or_a_folder_is_unreadable(self, tmp_path: Path) -> None:
        for path in (tmp_path / "none", tmp_path):
            with pytest.raises(_exits.UnreadableInputError):
                list(_streams.read_json_lines(str(path)))

    def test_are_written_with_chinese_readable(self, capsys: pytest.CaptureFixture[str]) -> None:
        _streams.write_json_lines([{"名": "望楼"}])
        assert capsys.readouterr().out == '{"名": "望楼"}\n'


def test_a_text_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "post.txt"
    file.write_bytes(b"one\n\xb0\xb2\n")
    with pytest.raises(_exits.UnreadableInputError, match=r"post\.txt:2: not UTF-8"):
        _streams.read_text(str(file))
