import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Thread

import pytest

from desk.cli.main import main
from tests.news_pages import Made, made_pages

MADE = next(made_pages())


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(MADE.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def private_site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def expected(file: str, made: Made) -> dict[str, object]:
    assert made.published
    text = "\n".join(made.paragraphs)
    at = made.published.isoformat()
    return {"file": file, "title": made.title, "published_at": at, "author": made.author, "text": text}


def test_each_file_gives_one_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = list(made_pages())[:4]
    files = [str(tmp_path / f"{n}.html") for n in range(4)]
    for file, made in zip(files, some, strict=True):
        Path(file).write_bytes(made.body)
    assert main(["extract", *files]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found == [expected(file, made) for file, made in zip(files, some, strict=True)]


def test_a_file_that_cannot_be_read_is_named_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_bytes(MADE.body)
    assert main(["extract", str(tmp_path / "none.html"), str(tmp_path / "a.html")]) == 3
    told = capsys.readouterr()
    assert json.loads(told.out)["title"] == MADE.title
    assert "none.html: cannot be read" in told.err
    assert "1 of 2 pages were not read" in told.err


def test_a_page_from_stdin_that_says_nothing_is_all_null(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"<html></html>")))
    assert main(["extract", "-"]) == 0
    nothing = dict.fromkeys(("title", "published_at", "author", "text"))
    assert json.loads(capsys.readouterr().out) == {"file": "stdin", **nothing}


def test_an_address_in_a_private_network_is_never_asked(
    private_site: ThreadingHTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", f"http://127.0.0.1:{private_site.server_port}/a.html"]) == 3
    assert private_site.asked == []  # type: ignore[attr-defined]
    assert "private" in capsys.readouterr().err


def test_a_zone_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "--zone", "Mars", "-"]) == 2
    assert "Mars" in capsys.readouterr().err
