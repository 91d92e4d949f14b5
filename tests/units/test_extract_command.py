import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Thread

import pytest

from desk.cli.extract import _ADVISED
from desk.cli.main import main
from tests.article_pages.news import Made, made_pages
from wanglou.wording import blanks, catalogue

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
    told = capsys.readouterr().err
    assert "private" in told
    assert "Save the page to a file" in told
    assert "allow_private" not in told  # a setting of sources, and there is none


@pytest.mark.parametrize("code", sorted(_ADVISED))
def test_no_advice_names_the_file_of_sources(code: str) -> None:
    own = catalogue()[code.replace("source", "extract", 1)]
    assert blanks(own["en"]) == blanks(catalogue()[code]["en"])
    assert not any("sources.yaml" in text or "allow_private" in text for text in own.values())


@pytest.mark.parametrize("written", ["昨天 09:20", "3小时前", "10-30 09:20"])
def test_a_time_that_hangs_on_the_day_of_reading_is_null_unless_that_day_is_told(
    written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "<p>城东一小区的多名住户反映家中的门锁在凌晨自行打开，客服让他们先拔掉电池，等人上门。</p>" * 2
    page = tmp_path / "a.html"
    page.write_text(f"<h1>门锁夜里自己开了</h1><div>{written}</div><div>{text}</div>", encoding="utf-8")
    assert main(["extract", str(page)]) == 0
    assert json.loads(capsys.readouterr().out)["published_at"] is None
    day = {"昨天 09:20": "2026-10-31T09:20", "3小时前": "2026-11-01T09:00", "10-30 09:20": "2026-10-30T09:20"}
    for seen_at in ("2026-11-01T12:00", "2026-11-01T04:00+00:00"):
        assert main(["extract", "--seen-at", seen_at, str(page)]) == 0
        assert json.loads(capsys.readouterr().out)["published_at"] == f"{day[written]}:00+08:00"


def test_a_moment_of_saving_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "--seen-at", "yesterday", "-"]) == 2
    assert "--seen-at yesterday: not a time such as" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)) * 8, b"<p>ab\0c</p>"])
def test_binary_data_is_no_page(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    assert main(["extract", str(tmp_path / "a.bin")]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "a.bin: binary data, not a page" in told.err


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_wide_characters_is_no_binary_data(
    charset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_bytes(MADE.body.decode().encode(charset))
    assert main(["extract", str(tmp_path / "a.html")]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == MADE.title


def test_a_zone_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "--zone", "Mars", "-"]) == 2
    assert "Mars" in capsys.readouterr().err
