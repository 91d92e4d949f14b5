"""Sitemaps and their index files, plain or packed, read piece by piece: a large one costs little memory."""

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crawlers.charset import codec_of
from crawlers.plain import one_line, without_controls

MOST_UNPACKED = 60_000_000
"""The protocol allows 50 MB unpacked; more is a bomb."""

_PACKED = b"\x1f\x8b"
_PIECE = 65_536
_HEAD = 4_096
_MARK = b"\xef\xbb\xbf"
_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*<(?:[\w-]+:)?(?:urlset|sitemapindex)[\s/>]",
    re.DOTALL,
)
_END = re.compile(r"</(?:[\w-]+:)?(?:urlset|sitemapindex)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.DOTALL)
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_LONGEST_REFERENCE = 12
_FIELDS = {"loc": "url", "lastmod": "changed", "title": "title", "publication_date": "published"}
_NEWS = "news"


class BrokenSitemapError(Exception):
    """A sitemap cannot be read on. ``code`` names the sentence people read."""

    def __init__(self, found: str, code: str) -> None:
        super().__init__(found)
        self.found = found
        self.code = code


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry as written. ``changed`` and ``published`` are times in the site's own writing, or empty.

    ``title`` and ``published`` are those of a news sitemap. ``is_sitemap``: the entry of an index file.
    """

    url: str
    changed: str = ""
    title: str = ""
    published: str = ""
    is_sitemap: bool = False


def is_sitemap(body: bytes) -> bool:
    """Whether the page is a sitemap or an index of sitemaps, packed or not."""
    head = next(_pieces(body[:_PIECE]), b"") if body.startswith(_PACKED) else body[:_PIECE]
    return _ROOT.match(head.removeprefix(_MARK)[:_HEAD]) is not None


def listed(body: bytes) -> Iterator[Listed]:
    """The entries in the file's order; one is held in memory at a time.

    Raises BrokenSitemapError, after the entries before the break, for a file that is cut off, unpacks to
    more than ``MOST_UNPACKED`` or declares entities.
    """
    tail = ""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        encoding="utf-8",
    )
    for text in _texts(body):
        tail = (tail + text)[-_HEAD:]
        yield from _entries(parser, text)
    if not _END.search(tail):
        raise BrokenSitemapError("the end is missing", "source_sitemap_cut")


def _texts(body: bytes) -> Iterator[str]:
    """The text piece by piece. What the prolog says of the charset is often wrong, so bytes decide.

    An ampersand that begins no reference is escaped: addresses are full of them, and libxml2 then loses the
    whole entry.
    """
    decoder = codecs.getincrementaldecoder(codec_of(next(_pieces(body), b"")))("replace")
    held = ""
    for piece in _pieces(body):
        text = held + without_controls(decoder.decode(piece))
        begun = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
        text, held = (text[:begun], text[begun:]) if begun >= 0 else (text, "")
        yield _BARE.sub("&amp;", text)
    yield _BARE.sub("&amp;", held)


def _pieces(body: bytes) -> Iterator[bytes]:
    """The body, unpacked if need be, up to 64 KB at a time."""
    if not body.startswith(_PACKED):
        yield from (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))
        return
    unpacker, size, rest = zlib.decompressobj(zlib.MAX_WBITS | 16), 0, body
    while rest and not unpacker.eof:
        try:
            piece = unpacker.decompress(rest, _PIECE)
        except zlib.error as error:
            raise BrokenSitemapError(str(error), "source_sitemap_cut") from error
        rest, size = unpacker.unconsumed_tail, size + len(piece)
        if size > MOST_UNPACKED:
            raise BrokenSitemapError(f"more than {MOST_UNPACKED // 1_000_000} MB", "source_sitemap_bomb")
        if piece:
            yield piece


def _entries(parser: Any, text: str) -> Iterator[Listed]:
    try:
        parser.feed(text.encode("utf-8"))
    except etree.XMLSyntaxError as error:
        raise BrokenSitemapError(one_line(str(error))[:200], "source_sitemap_cut") from error
    for _, node in parser.read_events():
        _refuse_entities(node)
        yield _listed(node)
        _let_go(node)


def _refuse_entities(node: Any) -> None:
    """No sitemap needs a document type of its own; those that bring one mean harm."""
    declared = node.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise BrokenSitemapError("it declares entities", "source_sitemap_bomb")


def _listed(node: Any) -> Listed:
    said: dict[str, str] = {}
    for child in node.iter("{*}loc", "{*}lastmod", "{*}title", "{*}publication_date"):
        space, _, name = child.tag.rpartition("}")
        if child.getparent() is not node and _NEWS not in space:
            continue  # of a picture or a video
        said.setdefault(_FIELDS[name], one_line(child.text or ""))
    return Listed(said.pop("url", ""), **said, is_sitemap=node.tag.rpartition("}")[2] == "sitemap")


def _let_go(node: Any) -> None:
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]
