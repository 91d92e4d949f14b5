"""What is stored of strangers' words holds no markup, whatever opens it later."""

import re
from dataclasses import replace

from wanglou.domain.item import Item

_OPENS_A_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def inert(item: Item) -> Item:
    """The item with ``＜`` for every ``<`` that a browser would take for the start of a tag.

    A page may show markup as its words, entity by entity, and an export writes what it likes. Nothing is
    lost: every word stays, and reading takes both signs for one.
    """
    author = item.author
    if "<" not in item.title + item.text + (author.name if author else ""):
        return item
    return replace(
        item,
        title=_dead(item.title),
        text=_dead(item.text),
        author=replace(author, name=_dead(author.name)) if author else None,
    )


def _dead(text: str) -> str:
    return _OPENS_A_TAG.sub("＜", text)
