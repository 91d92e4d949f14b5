"""The script of a rehearsal: who posts what, how many seconds after the start."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

SCRIPT_FOLDER = resources.files(__package__) / "script"
"""The demo's script: one JSON lines file per strand of the story."""


class Place(StrEnum):
    """Where in town something is posted; each has its own pages and its own feed."""

    NEWS = "news"
    FINANCE = "finance"
    FORUM = "forum"
    SQUARE = "square"


class Strand(StrEnum):
    """What a post is in the story. The town shows it to nobody; tests and drills count by it."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    SARCASM = "sarcasm"
    DEFENCE = "defence"
    REPOST = "repost"
    REPORT = "report"  # by a newsroom
    LOOK_ALIKE = "look_alike"
    LAUNCH = "launch"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Post:
    """One thing somebody posts. ``at`` is seconds from the start; before it where negative.

    ``thread`` joins forum posts on one page; elsewhere it is empty.
    """

    id: str
    at: int
    place: Place
    strand: Strand
    author: str
    title: str
    text: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A post that is up. ``published_at`` is aware and a whole second, as feeds can say no less."""

    post: Post
    published_at: datetime

    @property
    def key(self) -> str:
        """Names the post in addresses and feeds, apart from the same post of an earlier rehearsal."""
        return f"{_run(self)}-{self.post.id}"

    @property
    def thread(self) -> str:
        """Names its thread likewise; empty outside threads."""
        return f"{_run(self)}-{self.post.thread}" if self.post.thread else ""


class ScriptError(Exception):
    """A line of a script cannot be played."""

    def __init__(self, file: str, line: int, found: str) -> None:
        super().__init__(f"script {file}:{line}: {found}")


def visible(script: Iterable[Post], started_at: datetime, now: datetime) -> tuple[Shown, ...]:
    """What is up at ``now``, newest first: nothing ever vanishes, and nothing changes once it is up."""
    zero = started_at.replace(microsecond=0)
    shown = (Shown(post, zero + timedelta(seconds=post.at)) for post in script)
    up = (s for s in shown if s.published_at <= now)
    return tuple(sorted(up, key=lambda s: (s.published_at, s.post.id), reverse=True))


def load_script() -> tuple[Post, ...]:
    """All strands of the demo's story, by time."""
    files = sorted((f for f in SCRIPT_FOLDER.iterdir() if f.name.endswith(".jsonl")), key=lambda f: f.name)
    posts = [post for f in files for post in read_script(f.name, f.read_text(encoding="utf-8"))]
    return tuple(sorted(posts, key=lambda p: (p.at, p.id)))


def read_script(name: str, text: str) -> list[Post]:
    """Read one JSON lines file; a post's id is the file's stem and its line.

    A line with ``repost`` quotes the earlier line whose ``slug`` it names, as reposting buttons do.
    Raises ScriptError naming file and line.
    """
    posts: list[Post] = []
    by_slug: dict[str, Post] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            post = _post(f"{name.removesuffix('.jsonl')}-{number}", row, by_slug)
        except (KeyError, TypeError, ValueError) as error:
            raise ScriptError(name, number, f"{type(error).__name__} {error}") from error
        posts.append(post)
        by_slug.setdefault(row.get("slug", ""), post)
    return posts


def _run(shown: Shown) -> str:
    started_at = shown.published_at - timedelta(seconds=shown.post.at)
    return f"{started_at.astimezone(UTC):%Y%m%d%H%M%S}"


def _post(identity: str, row: Mapping[str, Any], by_slug: Mapping[str, Post]) -> Post:
    text = row.get("text", "")
    if "repost" in row:
        original = by_slug[row["repost"]]
        text = f"{text}//@{original.author}：{original.title}{original.text}"
    if not text or not (text + row.get("title", "")).replace("\n", "").isprintable():
        raise ValueError("text is empty or holds characters that no page can show")
    return Post(
        id=identity,
        at=int(row["at"]),
        place=Place(row["place"]),
        strand=Strand(row["strand"]),
        author=row["author"],
        title=row.get("title", ""),
        text=text,
        thread=row.get("thread", ""),
    )
