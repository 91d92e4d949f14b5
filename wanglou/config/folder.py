"""A config folder and a library of books into one checked Config; all that is wrong is said at once."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from wanglou.config.agency import read_agency
from wanglou.config.books import check_choice, read_book
from wanglou.config.checks import read_check
from wanglou.config.clients import check_watched_sources, note_shared_names, read_client
from wanglou.config.document import UnreadableFileError, read_document
from wanglou.config.kinds import KnownKinds
from wanglou.config.lexicon import read_lexicon
from wanglou.config.problem import ConfigError, Findings, Problem, UnreadableFolderError, advise
from wanglou.config.routes import check_walls
from wanglou.config.rules import read_rule
from wanglou.config.sheet import Checked
from wanglou.config.sources import read_sources
from wanglou.domain.agency import Config
from wanglou.domain.client import Client
from wanglou.domain.plan import Playbook

_FILES = ("agency.yaml", "sources.yaml")
_FOLDERS = ("clients", "rules", "checks", "lexicon", "schema")

N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Examined:
    """``config`` is None where ``problems`` stop the start; ``notes`` never do."""

    config: Config | None
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def load(folder: Path, library: Path, kinds: KnownKinds, checks: Path | None = None) -> Config:
    """Read ``folder`` (the agency), ``library`` (its books) and ``checks`` (of what is said in public).

    The folder's own ``checks/`` add to those, and replace the ones of the same name.

    Raises ConfigError with every problem found, UnreadableFolderError where there is no folder.
    """
    examined = examine(folder, library, kinds, checks)
    if examined.config is None:
        raise ConfigError(examined.problems)
    return examined.config


def examine(folder: Path, library: Path, kinds: KnownKinds, checks: Path | None = None) -> Examined:
    """Read everything and say all that is wrong or remarkable; raises UnreadableFolderError only."""
    reader = _Reader(folder, library, kinds, checks)
    config = reader.config()
    problems = tuple(sorted(reader.findings.problems))
    return Examined(None if problems else config, problems, tuple(sorted(reader.findings.notes)))


class _Reader:
    """One reading of one folder; ``raws`` keeps every byte read, for the digest."""

    def __init__(self, folder: Path, library: Path, kinds: KnownKinds, checks: Path | None) -> None:
        self._folder, self._library, self._kinds, self._checks = folder, library, kinds, checks
        self._raws: dict[str, bytes] = {}
        self.findings = Findings()

    def config(self) -> Config | None:
        for folder in (self._folder, self._library):
            _listed(folder)
        self._refuse_strays()
        agency = self._one("agency.yaml", lambda checked: read_agency(checked, self._kinds))
        sources = self._one("sources.yaml", lambda checked: read_sources(checked, self._kinds))
        clients = self._clients(lambda checked: read_client(checked, agency, self._kinds))
        rules = self._each(self._folder / "rules", lambda checked: read_rule(checked, self._kinds))
        books = self._books()
        shipped = self._each(self._checks, read_check) if self._checks else {}
        checks = shipped | self._each(self._folder / "checks", read_check)
        lexicon = read_lexicon(self._folder / "lexicon", self.findings, self._raws)
        if agency is None or sources is None:
            return None
        check_watched_sources(clients, sources)
        return Config(
            agency=agency,
            sources=MappingProxyType({id_: spec for id_, spec in sources.items() if spec.enabled}),
            resting=MappingProxyType({id_: spec for id_, spec in sources.items() if not spec.enabled}),
            clients=MappingProxyType({id_: client for id_, (_, client) in clients.items()}),
            rules=MappingProxyType({id_: rule for id_, (_, rule) in rules.items()}),
            books=books,
            lexicon=lexicon,
            digest=self._digest(),
            checks=MappingProxyType({id_: check for id_, (_, check) in checks.items()}),
        )

    def _clients(self, read: Callable[[Checked], Client | None]) -> Mapping[str, tuple[Checked, Client]]:
        clients = self._each(self._folder / "clients", read)
        note_shared_names(clients, self._kinds.folded)
        check_walls(clients)
        if not clients:
            self._note(self._folder / "clients", "holds no client; nobody is watched for")
        return clients

    def _books(self) -> Mapping[str, Playbook]:
        books = self._each(self._library, read_book)
        check_choice(books)
        if not any(book.topic is None for _, book in books.values()):
            self._note(self._library, "holds no book with topic: any; some incidents will have no steps")
        return MappingProxyType({id_: book for id_, (_, book) in books.items()})

    def _one(self, name: str, read: Callable[[Checked], N | None]) -> N | None:
        path = self._folder / name
        if not path.exists() and not path.is_symlink():
            says = "is missing; write it, or copy that of the sample agency"
            self.findings.add(Problem(str(path), 0, "", says))
            return None
        checked = self._document(path)
        return read(checked) if checked else None

    def _each(self, folder: Path, read: Callable[[Checked], N | None]) -> dict[str, tuple[Checked, N]]:
        """File stem → what it says; ids are stems, so no two files share one."""
        found: dict[str, tuple[Checked, N]] = {}
        for path in self._files(folder):
            checked = self._document(path)
            noun = read(checked) if checked else None
            if checked and noun is not None:
                found[path.stem] = (checked, noun)
        return found

    def _files(self, folder: Path) -> Iterator[Path]:
        """The YAML files of a folder; what looks like one but would be skipped is reported."""
        for path in _listed(folder) if folder.exists() else ():
            if path.name.startswith("."):
                continue
            if path.suffix == ".yaml":
                yield path
            elif path.suffix in {".yml", ".YAML", ".YML"}:
                says = f"would not be read; rename it to {path.stem}.yaml"
                self.findings.add(Problem(str(path), 0, "", says))
            elif path.is_dir():
                self.findings.add(Problem(str(path), 0, "", "is a folder; put its files one level up"))

    def _document(self, path: Path) -> Checked | None:
        try:
            document = read_document(path)
        except UnreadableFileError as error:
            self.findings.add(error.problem)
            return None
        self._raws[document.file] = document.raw
        return Checked(document, self.findings)

    def _refuse_strays(self) -> None:
        """A ``client/`` folder or a ``source.yaml`` that nobody reads is a client that nobody watches."""
        for path in _listed(self._folder):
            known = _FOLDERS if path.is_dir() else _FILES
            is_ours = path.is_dir() or path.suffix.lower() in {".yaml", ".yml"}
            if is_ours and not path.name.startswith(".") and path.name not in known:
                says = f"would not be read; {advise(path.name, known)}"
                self.findings.add(Problem(str(path), 0, "", says))

    def _note(self, path: Path, says: str) -> None:
        self.findings.notes.append(Problem(str(path), 0, "", says))

    def _digest(self) -> str:
        """sha256 over the files, each under its place below its folder, so that it travels."""
        whole = hashlib.sha256()
        for name in sorted(self._raws):
            whole.update(self._below(Path(name)).encode())
            whole.update(hashlib.sha256(self._raws[name]).digest())
        return whole.hexdigest()

    def _below(self, path: Path) -> str:
        homes = ((self._folder, "config"), (self._library, "library"), (self._checks, "checks"))
        home, top = next((h, t) for h, t in homes if h is not None and path.is_relative_to(h))
        return f"{top}/{path.relative_to(home).as_posix()}"


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except NotADirectoryError as error:
        raise UnreadableFolderError(folder, "is not a folder") from error
    except OSError as error:
        raise UnreadableFolderError(folder, f"cannot be read ({error.strerror})") from error
