"""Lines of JSON in and out: ``-`` is stdin, order is kept, data alone goes to stdout."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from desk.cli._exits import UnreadableInputError

STDIN = "-"


def read_json_lines(
    file: str, on_bad_line: Callable[[UnreadableInputError], None] | None = None
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Line number, from 1, and object of each line; empty lines are skipped. ``-`` is stdin.

    Lazy: a line is parsed when asked for. Raises UnreadableInputError naming file and line; with
    ``on_bad_line`` that is told of a line that is no JSON object, and reading goes on with the next.
    """
    with _opened(file) as stream:
        for number, raw in enumerate(stream, start=1):
            if not raw.strip():
                continue
            try:
                value = _parsed(raw, name_of(file), number)
            except UnreadableInputError as error:
                if on_bad_line is None:
                    raise
                on_bad_line(error)
            else:
                yield number, value


def read_bytes(file: str) -> bytes:
    """All of a file as it is; ``-`` is stdin. Raises UnreadableInputError naming the file."""
    with _opened(file) as stream:
        return stream.read()


def read_text(file: str) -> str:
    """All of a UTF-8 text; ``-`` is stdin. Raises UnreadableInputError naming the file."""
    raw = read_bytes(file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableInputError(f"{name_of(file)}:{line}: not UTF-8; convert the file to UTF-8") from error


def write_json_line(value: Mapping[str, Any]) -> None:
    """One object as one line on stdout, Chinese left readable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def write_json_lines(values: Iterable[Mapping[str, Any]]) -> None:
    """One line each, written as they come."""
    for value in values:
        write_json_line(value)


def tell(sentence: str) -> None:
    """Say something to the person at the keyboard: stderr, never mixed with data."""
    sys.stderr.write(sentence + "\n")


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == STDIN:
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 -- closed below; only opening may be answered with exit 3
    except OSError as error:
        raise UnreadableInputError(f"{file}: cannot be read: {error.strerror}") from error
    with stream:
        try:
            yield stream
        except IsADirectoryError as error:
            raise UnreadableInputError(f"{file}: is a folder; name a file or - for stdin") from error


def _parsed(raw: bytes, name: str, number: int) -> Mapping[str, Any]:
    encoding = "utf-8-sig" if number == 1 else "utf-8"  # editors on Windows put a mark before line 1
    try:
        value = json.loads(raw.decode(encoding))
    except UnicodeDecodeError as error:
        raise UnreadableInputError(f"{name}:{number}: not UTF-8; convert the file to UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableInputError(f"{name}:{number}: not JSON ({error}); one object a line") from error
    if not isinstance(value, dict):
        found = type(value).__name__
        raise UnreadableInputError(f"{name}:{number}: found a {found}; write one JSON object a line")
    return value


def name_of(file: str) -> str:
    """What messages call an input."""
    return "stdin" if file == STDIN else file
