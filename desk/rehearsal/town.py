"""A small town of sites on this machine, for the demo, tests and drills; every page says 演练."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from desk.rehearsal.hot import Topic, as_json, load_topics, places
from desk.rehearsal.pages import FEED_LENGTH, Document, is_known, newest, render, render_gb, render_gb_page
from desk.rehearsal.posts import Place, Post, Shown, visible
from desk.rehearsal.serving import serving
from wanglou.ports import Clock

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
HOT, TOPICS = "/hot.json", "/hot/"
"""The forum's hot list, and the pages its entries lead to."""

DRAFTS = "/drafts/"
"""What the news site keeps machines out of, and links to all the same."""

ROBOTS = "# 演练 rehearsal\nUser-agent: *\nDisallow: {drafts}\nAllow: /\n{sitemaps}"


class Site(StrEnum):
    """The sites of the town; each listens on a port of its own."""

    NEWS = "news"
    FORUM = "forum"


@dataclass(frozen=True, slots=True)
class Corner:
    """One place of a site: its name, its front page, its feed, its sitemap and its closed drafts if any."""

    place: Place
    site: Site
    name: str
    path: str
    feed: str
    sitemap: str = ""
    drafts: str = ""


CORNERS = (
    Corner(Place.NEWS, Site.NEWS, "栈桥新闻", "/", "/rss.xml", "/sitemap.xml", f"{DRAFTS}1.html"),
    Corner(Place.FINANCE, Site.NEWS, "栈桥财经", "/finance/", "/finance/rss.xml", "/finance/sitemap.xml"),
    Corner(Place.FORUM, Site.FORUM, "檐下论坛", "/", "/atom.xml"),
    Corner(Place.SQUARE, Site.FORUM, "檐下广场", "/square/", "/square/atom.xml"),
)


@dataclass(frozen=True, slots=True)
class Town:
    """The sites as they stand at ``clock.now()``: what the script has put up since ``started_at``."""

    script: Sequence[Post]
    clock: Clock
    started_at: datetime
    topics: Sequence[Topic] = field(default_factory=load_topics)

    def document(self, site: Site, path: str, origin: str) -> Document:
        """The page at ``path``; links in it begin with ``origin`` (``http://host:port``)."""
        for corner in CORNERS:
            if corner.site is site and path == corner.path:
                return self._front(corner)
            if corner.site is site and path == corner.feed:
                return self._feed(corner, origin)
            if corner.site is site and path == corner.sitemap:
                return self._sitemap(corner, origin)
        return self._besides(site, path, origin) or self._posts(site, path) or self._missing()

    def _besides(self, site: Site, path: str, origin: str) -> Document | None:
        """What a site has besides its posts: rules for machines, drafts, a hot list."""
        if path == "/robots.txt":
            return self._robots(site, origin)
        if site is Site.NEWS and path.startswith(DRAFTS):
            return render("draft.html", HTML, self.opened_at)
        if site is Site.FORUM and (path == HOT or path.startswith(TOPICS)):
            return self._hot(path, origin)
        return None

    @property
    def opened_at(self) -> datetime:
        """When the sites went up: before anything on them."""
        return self.started_at.replace(microsecond=0) - timedelta(days=30)

    def _shown(self, place: Place) -> list[Shown]:
        up = visible(self.script, self.started_at, self.clock.now())
        return [s for s in up if s.post.place is place]

    def _front(self, corner: Corner) -> Document:
        shown = self._shown(corner.place)
        modified = newest(shown, self.opened_at)
        return render("front.html", HTML, modified, corner=corner, shown=shown[:FEED_LENGTH], address=address)

    def _feed(self, corner: Corner, origin: str) -> Document:
        shown = self._shown(corner.place)
        modified = newest(shown, self.opened_at)
        blanks = {"corner": corner, "shown": shown[:FEED_LENGTH], "address": address, "origin": origin}
        if corner.place is Place.FINANCE:
            return render_gb("rss.xml", modified, **blanks)
        name = "rss" if corner.site is Site.NEWS else "atom"
        media_type = f"application/{name}+xml; charset=utf-8"
        return render(f"{name}.xml", media_type, modified, encoding="utf-8", **blanks)

    def _robots(self, site: Site, origin: str) -> Document:
        maps = "".join(f"Sitemap: {origin}{c.sitemap}\n" for c in CORNERS if c.site is site and c.sitemap)
        text = ROBOTS.format(drafts=DRAFTS, sitemaps=maps)
        return Document(text.encode(), "text/plain; charset=utf-8", self.opened_at)

    def _sitemap(self, corner: Corner, origin: str) -> Document:
        shown = self._shown(corner.place)
        modified = newest(shown, self.opened_at)
        blanks = {"corner": corner, "shown": shown[:FEED_LENGTH], "address": address, "origin": origin}
        return render("sitemap.xml", XML, modified, encoding="utf-8", **blanks)

    def _hot(self, path: str, origin: str) -> Document:
        """The list, or the page of one topic; both are put together anew at every look."""
        now = self.clock.now().replace(microsecond=0)
        listed = places(self.topics, (now - self.started_at.replace(microsecond=0)).total_seconds())
        if path == HOT:
            return Document(as_json(listed, now, origin, self.topics), JSON, now)
        for number, topic in enumerate(self.topics):
            if path == f"{TOPICS}{number}.html":
                place = next((p for p in listed if p.title == topic.title), None)
                return render("hot.html", HTML, now, title=topic.title, place=place)
        return self._missing()

    def _article(self, corner: Corner, shown: Shown) -> Document:
        others = [s for s in self._shown(corner.place) if s.post.at < shown.post.at][:5]
        blanks = {"corner": corner, "s": shown, "others": others, "address": address}
        if corner.place is Place.FINANCE:
            return render_gb_page("article.html", shown.published_at, **blanks)
        return render("article.html", HTML, shown.published_at, **blanks)

    def _posts(self, site: Site, path: str) -> Document | None:
        for corner in (c for c in CORNERS if c.site is site):
            asked = [s for s in self._shown(corner.place) if path in {address(s), thread_address(s)}]
            if asked and corner.site is Site.NEWS:
                return self._article(corner, asked[0])
            if asked:
                modified = newest(asked, self.opened_at)
                return render(
                    "posts.html", HTML, modified, corner=corner, shown=asked[::-1], thread=thread_address
                )
        return None

    def _missing(self) -> Document:
        return replace(render("missing.html", HTML, self.opened_at), status=HTTPStatus.NOT_FOUND)


def address(shown: Shown) -> str:
    """The path of a post's own page."""
    return f"/{'a' if shown.post.place in {Place.NEWS, Place.FINANCE} else 'p'}/{shown.key}.html"


def thread_address(shown: Shown) -> str | None:
    """The path of the page that shows the whole thread, None outside threads."""
    return f"/t/{shown.thread}.html" if shown.thread else None


def town_app(town: Town, site: Site) -> FastAPI:
    """One site of the town as an ASGI application."""
    app = FastAPI(title=f"演练：{site}", openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "HEAD"])
    def answer(request: Request) -> Response:
        origin = str(request.base_url).rstrip("/")
        document = town.document(site, request.url.path, origin)
        if document.status is HTTPStatus.OK and is_known(document, request.headers):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=document.validators)
        return Response(document.body, document.status, document.headers)

    return app


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the sites answer, as ``http://127.0.0.1:port``."""

    news: str
    forum: str


@contextmanager
def run_town(town: Town, news_port: int = 0, forum_port: int = 0) -> Iterator[Origins]:
    """Serve both sites from threads while the block runs; a port of 0 is any free one.

    On entry the sites already answer, on exit both ports are free again. Raises PortTakenError.
    """
    with ExitStack() as open_sites:
        news = open_sites.enter_context(serving(town_app(town, Site.NEWS), "news site", news_port))
        forum = open_sites.enter_context(serving(town_app(town, Site.FORUM), "forum site", forum_port))
        yield Origins(news, forum)
