"""The demo's config folder, written out with the addresses its servers really have."""

from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import urlsplit

CONFIG = resources.files(__package__) / "config"
"""As shipped: a config folder like any other, with the usual ports written in."""

HISTORY = "history"
"""Where, below the data folder, ``sources.yaml`` looks for the past: ``history/<class of place>/``."""

NEWS, FORUM, CHAT, DESK = (f"127.0.0.1:{port}" for port in (8801, 8802, 8803, 8000))
"""The shipped files' host and port of the sites, the chat server and the desk."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the rehearsal's servers and the desk answer, as ``http://host:port``."""

    news: str
    forum: str
    chat: str
    desk: str

    def put_into(self, text: str) -> str:
        """``text`` with these in place of the shipped ones."""
        names = ((NEWS, self.news), (FORUM, self.forum), (CHAT, self.chat), (DESK, self.desk))
        marks = {shipped: f"\0{place}\0" for place, (shipped, _) in enumerate(names)}
        for shipped, mark in marks.items():  # through marks, as a real port may be another's shipped one
            text = text.replace(shipped, mark)
        for shipped, real in names:
            text = text.replace(marks[shipped], urlsplit(real).netloc)
        return text


def write_config(folder: Path, addresses: Addresses, lexicon: Path | None = None) -> None:
    """Write the demo's config into ``folder``, over what an earlier demo left there.

    ``lexicon``: a folder of word lists to take along; the demo's own words are added to them.
    """
    _write(CONFIG, folder, addresses)
    if lexicon is None:
        return
    for words in sorted(lexicon.rglob("*.txt")):
        place = words.relative_to(lexicon)
        own = CONFIG / "lexicon" / place.as_posix()
        text = words.read_text(encoding="utf-8") + (own.read_text(encoding="utf-8") if own.is_file() else "")
        target = folder / "lexicon" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _write(source: Traversable, target: Path, addresses: Addresses) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _write(entry, target / entry.name, addresses)
        else:
            text = addresses.put_into(entry.read_text(encoding="utf-8"))
            (target / entry.name).write_text(text, encoding="utf-8")
