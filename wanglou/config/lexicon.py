"""``lexicon/*.txt``: the agency's words, one a line; ``#`` begins a comment. Missing files are fine."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from wanglou.config.document import UnreadableFileError, read_bytes, read_words
from wanglou.config.problem import Findings, Problem, advise
from wanglou.domain.agency import Lexicon
from wanglou.domain.topic import Topic

_LARGEST = 5_000_000
"""Bytes of one list: half a million words."""

_LISTS = ("user_words", "negations", "intensifiers")
_VOICES = ("regulator", "media", "lawyer", "act", "denied")


def read_lexicon(folder: Path, findings: Findings, raws: dict[str, bytes]) -> Lexicon:
    """All lists under ``folder``; ``raws`` takes the bytes read, by path below ``folder``."""
    for path in sorted(folder.glob("*.txt")):
        if path.stem not in _LISTS:
            findings.add(Problem(str(path), 0, "", f"is no list of words; {advise(path.stem, _LISTS)}"))
    lists = {name: _words(folder / f"{name}.txt", findings, raws) for name in _LISTS}
    crisis = _named_lists(folder / "crisis", Topic, "no topic", findings, raws)
    authority = _named_lists(folder / "authority", _VOICES, "no sort of authority", findings, raws)
    return Lexicon(**lists, crisis=crisis, authority=authority)


def _named_lists(
    folder: Path, names: Iterable[str], none: str, findings: Findings, raws: dict[str, bytes]
) -> Mapping[str, tuple[str, ...]]:
    """Name → the words of the file of that name; a file named otherwise is reported."""
    known = tuple(names)
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.txt")):
        if path.stem in known:
            found[path.stem] = _words(path, findings, raws)
        else:
            findings.add(Problem(str(path), 0, "", f"is named after {none}; {advise(path.stem, known)}"))
    return MappingProxyType(found)


def _words(path: Path, findings: Findings, raws: dict[str, bytes]) -> tuple[str, ...]:
    if not path.exists() and not path.is_symlink():
        return ()
    try:
        raw = read_bytes(path, _LARGEST)
        text = read_words(path, raw)
    except UnreadableFileError as error:
        findings.add(error.problem)
        return ()
    raws[str(path)] = raw
    words = (_word(line) for line in text.splitlines())
    return tuple(dict.fromkeys(word for word in words if word))


def _word(line: str) -> str:
    """A line without its comment; ``C#`` keeps its sign, a comment has a space before it."""
    bare = f" {line}".partition(" #")[0]
    return bare.strip()
