"""Finds the command, loads only its module, runs it, and answers with an exit code.

A command is a file ``desk/cli/<command>.py`` with a module-level ``PLUGIN``: a plain function whose
parameters carry typer annotations and whose docstring is its help. The first line of the file's own
docstring is its line in ``wanglou --help``; it is read without importing the file.
"""

import ast
import difflib
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from importlib.metadata import version
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import typer

from desk.cli import _exits
from wanglou.config.problem import ConfigError, UnreadableFolderError
from wanglou.kinds import find_kind, known_kinds

HOME = "desk.cli"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line, without the program's name; return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a GBK terminal must not end a command
    match arguments:
        case [] | ["-h" | "--help"]:
            return _say(_overview(), _exits.DONE if arguments else _exits.USAGE)
        case ["--version"]:
            return _say(f"wanglou {version('wanglou')}", _exits.DONE)
        case [name, *rest] if _module(name) in commands():
            return _run(name, rest)
    return _refuse(arguments[0])


def commands() -> tuple[str, ...]:
    """The modules that are commands, in alphabetical order."""
    return tuple(name for name in known_kinds(HOME) if name != "main")


def help_line(module: str) -> str:
    """The first line of a command file's docstring, without running the file."""
    found = find_spec(f"{HOME}.{module}")
    text = Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _overview() -> str:
    return "\n".join(
        [
            "usage: wanglou COMMAND [ARGUMENT ...]",
            "       wanglou COMMAND --help",
            "       wanglou --version",
            "",
            "Commands:",
            *_table(),
            "",
            "Data is written to stdout, everything else to stderr; - is stdin.",
            "Exit codes: 0 done, 1 a finding, 2 usage, 3 unreadable input, 130 interrupted.",
        ],
    )


def _table() -> Iterator[str]:
    names = commands()
    width = max(map(len, names), default=0)
    for name in names:
        yield f"  {name.replace('_', '-'):{width}}  {help_line(name)}"


def _module(command: str) -> str:
    return command.replace("-", "_")


def _run(name: str, arguments: list[str]) -> int:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    settings = {"help_option_names": ["-h", "--help"]}
    try:
        plugin = find_kind(HOME, _module(name))
        app.command(name, context_settings=settings)(_ending_well(plugin))
        app(arguments, prog_name=f"wanglou {name}")
    except SystemExit as end:  # typer's way of returning
        return end.code if isinstance(end.code, int) else _exits.DONE
    except KeyboardInterrupt:  # while the command was still being loaded
        return _exits.INTERRUPTED
    except Exception:  # noqa: BLE001 -- the last line of defence: the traceback is kept, the code is not 1
        traceback.print_exc()
        sys.stderr.write(f"wanglou {name}: stopped by a fault of its own; please report the lines above\n")
        return _exits.FAULT
    return _exits.DONE


def _ending_well(plugin: Callable[..., Any]) -> Callable[..., None]:
    """Turn what a command may raise on purpose into its exit code and sentence."""

    @wraps(plugin)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            plugin(*args, **kwargs)
            sys.stdout.flush()  # so that a closed pipe shows here, not when the interpreter ends
        except BrokenPipeError:
            _close_stdout()
        except _exits.CommandError as error:
            raise typer.Exit(_tell(str(error), error.code)) from error
        except ConfigError as error:
            raise typer.Exit(_tell(str(error), _exits.FINDING)) from error
        except UnreadableFolderError as error:
            raise typer.Exit(_tell(str(error), _exits.UNREADABLE)) from error

    return run


def _close_stdout() -> None:
    """The reader (``| head``) had enough: be done, and let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(word: str) -> int:
    names = [name.replace("_", "-") for name in commands()]
    near = difflib.get_close_matches(word, names, n=1)
    advice = f"did you mean {near[0]}?" if near else "wanglou --help lists the commands"
    return _tell(f"wanglou: no command {word!r}; {advice}", _exits.USAGE)


def _say(text: str, code: int) -> int:
    if code == _exits.DONE:
        sys.stdout.write(text + "\n")
        return code
    return _tell(text, code)


def _tell(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code
