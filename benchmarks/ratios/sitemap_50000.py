"""A sitemap of 50,000 addresses: CPU seconds and memory, against reading it whole and sorting it."""

import multiprocessing
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from lxml import etree

from benchmarks.figure import Figure, Rival
from crawlers.articles import MOST_LINKS
from crawlers.dates import read_moment
from crawlers.links import web_link
from crawlers.source import Page
from crawlers.sources import sitemap
from wanglou.domain.source import SourceClass, SourceSpec

SEEN = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
URL = "https://www.paper.example/sitemap.xml"
DAY = timedelta(days=1)
ADDRESSES = 50_000
STEP = 7_919
"""Coprime to the number of addresses: the newest stand scattered over the file."""


def body() -> bytes:
    """As news sites write them; 9 MB."""
    entry = (
        "<url><loc>https://www.paper.example/a/{n}.html?from=sitemap&amp;n={n}</loc><lastmod>{when}</lastmod>"
        "<changefreq>daily</changefreq><priority>0.5</priority></url>\n"
    )
    moments = (SEEN - timedelta(minutes=n * STEP % ADDRESSES) for n in range(ADDRESSES))
    entries = (entry.format(n=n, when=at.isoformat()) for n, at in enumerate(moments))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{''.join(entries)}</urlset>".encode()


def ours(page: Page) -> int:
    spec = SourceSpec("paper", "晨屿报", "sitemap", URL, SourceClass.NEWS, DAY, DAY, 1)
    return len(list(sitemap.plugin(spec).read(page)))


def whole(page: Page) -> int:
    root = etree.fromstring(page.body)  # our own bytes
    found = []
    for node in root.iter("{*}url"):
        moment = read_moment(node.findtext("{*}lastmod") or "", page.fetched_at, UTC)
        found.append((moment.at if moment else SEEN, web_link(page.url, node.findtext("{*}loc") or "")))
    return len(sorted(found, reverse=True)[:MOST_LINKS])


def measured(read: Callable[[Page], int], file: Path) -> tuple[float, float]:
    """CPU seconds, and MB at the peak above what the process had with the page in its hands."""
    page = Page(URL, file.read_bytes(), {}, SEEN)
    before, began = _peak_mb(), process_time()
    assert read(page) == MOST_LINKS  # noqa: S101 -- a figure of the wrong answer is none
    seconds = process_time() - began
    return seconds, _peak_mb() - before


def _peak_mb() -> float:
    """Of this program alone. Not getrusage: its peak is handed down by the process that started this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def sitemap_50000() -> list[Figure]:
    fresh = multiprocessing.get_context(
        "spawn"
    )  # a peak is never taken back, so each reads in its own process
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, fresh, max_tasks_per_child=1) as processes:
        file = Path(folder) / "sitemap.xml"
        file.write_bytes(body())
        figures = processes.map(measured, (ours, whole), (file, file))
        (seconds, megabytes), (their_seconds, their_megabytes) = figures
    return [
        Rival("read whole, sorted", their_seconds).beaten_by_less(
            "50,000-URL sitemap, CPU", seconds, "s", 1.5
        ),
        Rival("read whole, sorted", their_megabytes).beaten_by_less(
            "50,000-URL sitemap, memory", max(megabytes, 0.1), "MB", 4.0
        ),
    ]


PLUGIN = sitemap_50000
