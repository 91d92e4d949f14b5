"""One YAML file as plain values that remember their lines; whatever the file holds, never a traceback.

YAML 1.2 without its traps: every scalar keeps its text (``09:00`` and ``0123`` stay what was typed),
and anchors, aliases, tags and repeated keys are refused, so a small file cannot unfold into a big one.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wanglou.config.problem import Problem

LARGEST = 1_000_000
"""Bytes of one file: 15,000 sources; ruamel.yaml reads 150 kB a second (measured November 2026)."""

KeyPath = Sequence[str | int]
"""Keys and places (from 0) from the top of a file down to one value."""

_CORE_TAGS = ("tag:yaml.org,2002:",)
_PYTHON_TAG = "tag:yaml.org,2002:python/"


class Plain(str):
    """A scalar without quotes: its text may still be read as a number or a truth."""

    __slots__ = ()


class Table(dict[str, Any]):
    """A mapping that knows where it and each of its keys stand."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Rows(list[Any]):
    """A list that knows where each of its entries stands."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class UnreadableFileError(Exception):
    """A file cannot be used at all; ``problem`` says where and why."""

    def __init__(self, file: Path | str, line: int, says: str) -> None:
        self.problem = Problem(str(file), line, "", says)
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is a mapping. ``stem`` is its name without ending, ``raw`` its bytes."""

    file: str
    stem: str
    values: Table
    raw: bytes

    def problem(self, path: KeyPath, says: str) -> Problem:
        """A problem with what stands at ``path``; parts of it that the file leaves out are stepped over."""
        line, keys = self.values.line, list[str]()
        here: Any = self.values
        for part in path:
            if isinstance(here, Table) and part in here:
                line, here = here.lines[str(part)], here[str(part)]
                keys.append(str(part))
            elif isinstance(here, Rows) and isinstance(part, int) and part < len(here):
                line, here = here.lines[part], here[part]
        return Problem(self.file, line, ".".join(keys), says)


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """All bytes of a regular file; raises UnreadableFileError for anything else, or for too much."""
    try:
        with open(path, "rb", opener=_no_waiting) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise UnreadableFileError(path, 0, "is not a file; put a text file in its place")
            raw = stream.read(largest + 1)
    except OSError as error:
        says = f"cannot be read: {error.strerror}; check what it is and who may read it"
        raise UnreadableFileError(path, 0, says) from error
    if len(raw) > largest:
        says = f"is larger than {largest:,} bytes; config files are small, is this the right file?"
        raise UnreadableFileError(path, 0, says)
    return raw


def read_words(path: Path, raw: bytes) -> str:
    """The text of a UTF-8 file; raises UnreadableFileError naming the line that is not."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        says = "is not UTF-8 text (GBK, or no text at all?); save it as UTF-8"
        raise UnreadableFileError(path, line, says) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableFileError(path, line, "is not a text file; write it with a text editor as UTF-8")
    return text


def read_document(path: Path) -> Document:
    """Read one YAML file; raises UnreadableFileError with file, line and what to do."""
    raw = read_bytes(path)
    root = _compose(path, read_words(path, raw))
    if root is None:
        raise UnreadableFileError(path, 1, "is empty; write its keys, the sample agency shows them")
    if not isinstance(root, MappingNode):
        says = f"is {_kind(root)}, not keys with values; write lines such as name: 安屿"
        raise UnreadableFileError(path, _line(root), says)
    try:
        values = _Builder(path).table(root)
    except RecursionError as error:
        raise UnreadableFileError(path, 1, _TOO_DEEP) from error
    return Document(str(path), path.stem, values, raw)


_TOO_DEEP = "is nested too deeply; config files need four levels at most"


def _no_waiting(path: str, flags: int) -> int:
    """Open without waiting for the other end, should the file be a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _compose(path: Path, text: str) -> Node | None:
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise UnreadableFileError(path, line, f"is not YAML: {error.problem}; {_remedy(error)}") from error
    except RecursionError as error:
        raise UnreadableFileError(path, 1, _TOO_DEEP) from error
    except (YAMLError, ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError) as error:
        # damaged text also makes the library itself stumble; to the reader both mean the same
        first = str(error).partition("\n")[0]
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 0
        raise UnreadableFileError(path, line, f"is not YAML: {first}; compare it with the sample") from error
    return root


def _remedy(error: MarkedYAMLError) -> str:
    found = error.problem or ""
    if "\\t" in found:
        return "indent with spaces, never with tabs"
    if "mapping values" in found:
        return 'put quotes around a text that contains ": "'
    if "another document" in found:
        return 'one file holds one document, remove the "---" between them'
    if "alias" in found:
        return 'put quotes around a text that begins with "*"'
    return "look at this line and the one above: indentation, brackets, quotes"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _kind(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, SequenceNode) else "one text"


class _Builder:
    """Nodes to values; remembers what it has seen, because an alias shows the same node again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: set[int] = set()

    def table(self, node: MappingNode) -> Table:
        table = Table(_line(node))
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in table:
                first = table.lines[key]
                raise self._refuse(key_node, f"repeats the key {key!r} of line {first}; keep one of them")
            table.lines[key] = _line(key_node)
            table[key] = self._value(value_node, key_node)
        return table

    def _rows(self, node: SequenceNode) -> Rows:
        rows = Rows()
        for entry in node.value:
            rows.lines.append(_line(entry))
            rows.append(self._value(entry, node))
        return rows

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise self._refuse(node, f"has {_kind(node)} for a key; write a plain word")
        return str(node.value)

    def _value(self, node: Node, above: Node) -> Any:
        if id(node) in self._seen:
            says = "uses an alias (*name); write the value out where it is needed"
            raise self._refuse(above, says)
        self._seen.add(id(node))
        tag = str(node.tag)
        if not tag.startswith(_CORE_TAGS) or tag.startswith(_PYTHON_TAG):
            raise self._refuse(node, f"uses the tag {tag}; write the plain value")
        if isinstance(node, MappingNode):
            return self.table(node)
        if isinstance(node, SequenceNode):
            return self._rows(node)
        if tag.endswith(":null"):
            return None
        quoted = isinstance(node, ScalarNode) and node.style
        return str(node.value) if quoted else Plain(node.value)

    def _refuse(self, node: Node, says: str) -> UnreadableFileError:
        return UnreadableFileError(self._path, _line(node), says)
