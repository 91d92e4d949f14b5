"""Every command file keeps the contract of the command line."""

import subprocess
import sys

import pytest

from desk.cli import _exits, main
from wanglou.kinds import find_kind

HEAVY = {"pydantic", "ruamel", "scrapy", "numpy", "sqlalchemy", "fastapi", "jieba", "sklearn"}


@pytest.mark.parametrize("command", main.commands())
class TestEveryCommand:
    def test_has_a_line_for_the_overview(self, command: str) -> None:
        line = main.help_line(command)
        assert line.endswith(".")
        assert len(line) <= 100

    def test_is_a_documented_function(self, command: str) -> None:
        plugin = find_kind("desk.cli", command)
        assert callable(plugin)
        assert plugin.__doc__

    def test_answers_help(self, command: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main([command.replace("_", "-"), "--help"]) == _exits.DONE
        assert "Usage" in capsys.readouterr().out

    def test_refuses_an_unknown_option_as_usage(
        self, command: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main.main([command, "--no-such-option"]) == _exits.USAGE
        assert "no-such-option" in capsys.readouterr().err


def test_the_overview_loads_no_command_and_no_heavy_library() -> None:
    program = (
        "import sys; from desk.cli.main import main; main(['--help'])\n"
        f"heavy = {HEAVY} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)\n"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter and our own words
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
