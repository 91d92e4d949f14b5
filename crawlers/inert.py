"""What is stored of strangers' words and addresses holds no markup, whatever opens it later."""

import re
from dataclasses import replace
from urllib.parse import quote

from wanglou.domain.item import Item

_AS_SENT = {ord(sign): quote(sign) for sign in '<>"`'}
_OPENS_A_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def inert(item: Item) -> Item:
    """The item with ``＜`` for every ``<`` that a browser would take for the start of a tag.

    A page may show markup as its words, entity by entity, and an export writes what it likes. Nothing is
    lost: every word stays, and reading takes both signs for one. The address is ``inert_address``.
    """
    author = item.author
    url = inert_address(item.url)
    if url == item.url and "<" not in item.title + item.text + (author.name if author else ""):
        return item
    return replace(
        item,
        url=url,
        title=_dead(item.title),
        text=_dead(item.text),
        author=replace(author, name=_dead(author.name)) if author else None,
    )


def inert_address(url: str) -> str:
    """The address with ``<``, ``>``, ``"`` and backquotes as a browser sends them: per cent and two digits.

    It leads where it led. Two items are one whichever way their source wrote it.
    """
    return url.translate(_AS_SENT)


def _dead(text: str) -> str:
    return _OPENS_A_TAG.sub("＜", text)
