"""What people post in the stories: the rehearsal's own script, by strand."""

from collections.abc import Iterable

from desk.rehearsal.posts import Post, Strand, load_script

SCRIPT = load_script()


SECOND = "home_heater"
"""The file of the second crisis, another client's."""


def texts(strand: Strand, most: int = 1000) -> list[str]:
    """Title and text of the script's posts of one strand, in order; the second crisis is apart."""
    return [_words(post) for post in SCRIPT if post.strand is strand and not post.id.startswith(SECOND)][
        :most
    ]


def second_crisis() -> list[Post]:
    """The posts about the heater that smokes, in order."""
    return [post for post in SCRIPT if post.id.startswith(SECOND)]


def _words(post: Post) -> str:
    return f"{post.title} {post.text}".strip()


def waves(posts: Iterable[str], size: int) -> list[list[str]]:
    """Cut into waves of ``size``."""
    listed = list(posts)
    return [listed[at : at + size] for at in range(0, len(listed), size)]
