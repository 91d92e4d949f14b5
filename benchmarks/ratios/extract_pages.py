"""Articles read per CPU second, one core, from pages as a portal serves them."""

from contextlib import suppress
from time import process_time

from benchmarks.figure import Figure, Rival
from crawlers.extraction.article import extract
from tests.article_pages.news import CHINA, SEEN_AT, made_pages

FLOOR = 10.0
ROUNDS = 5
FILLER = (
    "<div class='m-list'>" + "<a href='/c/1.html'><span>又一条别的消息</span></a>\n" * 750 + "</div>"
    "<ul class='m-news'>"
    + "<li><a href='/c/2.html'>又一条别的消息</a> <i>10-03</i></li>\n" * 750
    + "</ul></body>"
)
"""Real pages carry some 100 KB of links beside the article; made ones alone would be too light."""


def extract_pages() -> list[Figure]:
    bodies = [_with_links(made.body) for made in made_pages()]
    extract(bodies[0], "", SEEN_AT, CHINA)  # the libraries load at the first use
    began = process_time()
    for _ in range(ROUNDS):
        for body in bodies:
            extract(body, "", SEEN_AT, CHINA)
    speed = ROUNDS * len(bodies) / (process_time() - began)
    return [Rival("required", FLOOR).beaten_by_more("articles extracted", speed, "pages/CPU s", 1.0)]


def _with_links(body: bytes) -> bytes:
    """The page with its other links, in the page's own charset; in another one it would be no text at all."""
    for charset in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return body.decode(charset).replace("</body>", FILLER).replace("</BODY>", FILLER).encode(charset)
    return body.replace(b"</body>", FILLER.encode("big5", "xmlcharrefreplace"))


PLUGIN = extract_pages
