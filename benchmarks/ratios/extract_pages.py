"""Articles read per CPU second, one core, from pages as a portal serves them."""

from time import process_time

from benchmarks.figure import Figure, Rival
from crawlers.extraction.article import extract
from tests.news_pages import CHINA, SEEN_AT, made_pages

FLOOR = 10.0
ROUNDS = 5
FILLER = (
    "<div class='m-list'>" + "<a href='/c/1.html'><span>又一条别的消息</span></a>\n" * 1_500 + "</div></body>"
)
"""Real pages carry some 100 KB of links beside the article; made ones alone would be too light."""


def extract_pages() -> list[Figure]:
    bodies = [made.body.replace(b"</body>", FILLER.encode("gb18030")) for made in made_pages()]
    extract(bodies[0], "", SEEN_AT, CHINA)  # the libraries load at the first use
    began = process_time()
    for _ in range(ROUNDS):
        for body in bodies:
            extract(body, "", SEEN_AT, CHINA)
    speed = ROUNDS * len(bodies) / (process_time() - began)
    return [Rival("required", FLOOR).beaten_by_more("articles extracted", speed, "pages/CPU s", 1.0)]


PLUGIN = extract_pages
