"""The page 回测: what was kept, to each their own clients; without a run it says how one gets there."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from desk.backtesting.saved import Shelf
from desk.sample import SHIPPED_LIBRARY
from desk.web.app import create_app
from desk.web.backtest import drawn, parts_of
from desk.wiring.shared import Place, backtest_command
from tests.backtests_sample import MONTH, sample_report
from tests.pages_fakes import Desk, open_desk
from tests.pages_sample import NOW, ZONE
from wanglou.storage.engine import SqlStorage


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def desk(sqlite_storage: SqlStorage, shelf: Shelf) -> Desk:
    return open_desk(sqlite_storage, backtests=shelf)


def test_without_a_run_the_page_says_how_one_gets_there(desk: Desk) -> None:
    page = desk.signed_in("he").get("/backtest")
    assert page.status_code == 200
    assert "还没有保存过回测" in page.text
    assert "wanglou backtest --save\n" in page.text


def test_the_command_to_type_names_the_folders_of_this_desk(sqlite_storage: SqlStorage) -> None:
    desk = open_desk(sqlite_storage)
    place = Place(Path("var/demo/config"), Path("/srv/望楼 data"), SHIPPED_LIBRARY)
    ports = replace(desk.ports, backtests=Shelf(place.data), backtest_command=backtest_command(place))
    told = replace(desk, ports=ports, app=create_app(ports))
    said = unescape(told.signed_in("he").get("/backtest").text)
    command = "wanglou backtest --config var/demo/config --data '/srv/望楼 data'"
    assert f"{command} --save\n" in said
    assert f"{command} --compare OTHER_CONFIG --save<" in said
    elsewhere = replace(place, library=Path("books"))
    assert backtest_command(elsewhere) == f"{command} --library books"


def test_the_newest_run_is_shown_with_chart_and_tables(desk: Desk, shelf: Shelf) -> None:
    shelf.keep(sample_report(two=False))
    page = desk.signed_in("he").get("/backtest")
    assert "安屿智能家居" in page.text
    assert page.text.count('class="alert-mark') == 4
    assert page.text.count('class="past') == 2
    assert page.text.count('class="ring"') == page.text.count("<strong>误报</strong>") == 2
    assert "抓住，比当时告诉大家早 288 分钟" in page.text
    assert "没抓住" in page.text
    assert 'href="/clients/anju/incidents/12"' in page.text
    since = quote((NOW - timedelta(days=21.5)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"))
    assert f'href="/mentions?client=anju&amp;brand={quote("安屿")}&amp;since={since}' in page.text
    assert "负面，约为平时一天的 4.5 倍" in page.text


@pytest.mark.parametrize(("language", "named"), [("zh", "负面成洪"), ("en", "A flood of negatives")])
def test_rules_are_called_by_their_names(desk: Desk, shelf: Shelf, language: str, named: str) -> None:
    shelf.keep(sample_report())
    page = desk.signed_in("he").get(f"/backtest?lang={language}").text
    assert f"<td>{named}</td>" in page
    assert f'<th scope="row">{named}</th>' in page
    assert "surge</" not in page
    assert '<th scope="row">burst_only</th>' in page  # its file gives it no name


def test_two_configs_stand_side_by_side_in_english_too(desk: Desk, shelf: Shelf) -> None:
    shelf.keep(sample_report())
    page = desk.signed_in("he").get("/backtest?lang=en")
    assert "The two configs side by side" in page.text
    assert "both; sharper 432 min earlier" in page.text
    assert "only sharper" in page.text


def test_a_person_sees_their_own_clients_alone(desk: Desk, shelf: Shelf) -> None:
    shelf.keep(sample_report())
    mine = desk.signed_in("wang").get("/backtest").text
    assert "安屿" in mine
    assert "hemuli" not in mine
    assert "禾木里" not in mine
    shelf.forget("hemuli")  # chen's only one
    assert "No backtest has been kept yet" in desk.signed_in("chen").get("/backtest").text


def test_a_run_that_is_not_for_the_reader_does_not_exist(desk: Desk, shelf: Shelf) -> None:
    name = shelf.keep(sample_report())
    assert desk.signed_in("he").get(f"/backtest?run={name}").status_code == 200
    shelf.forget("hemuli")  # chen's only one
    assert desk.signed_in("chen").get(f"/backtest?run={name}").status_code == 404
    assert desk.signed_in("he").get("/backtest?run=../secret").status_code == 404


def test_one_client_can_be_chosen_by_address(desk: Desk, shelf: Shelf) -> None:
    shelf.keep(sample_report())
    page = desk.signed_in("he").get("/backtest?client=hemuli").text
    assert 'id="c-hemuli"' in page
    assert 'id="c-anju"' not in page


@pytest.mark.parametrize("client", ["nonsense", "anju"])
def test_a_client_this_run_has_nothing_of_for_the_reader_is_told_as_no_filter(
    desk: Desk, shelf: Shelf, client: str
) -> None:
    shelf.keep(sample_report())
    page = desk.signed_in("chen").get(f"/backtest?lang=zh&client={client}").text
    assert f"看不懂「client」的值「{client}」，这一项没有用来筛选" in page
    assert 'id="c-hemuli"' in page
    assert 'id="c-anju"' not in page
    assert "看不懂" not in desk.signed_in("chen").get("/backtest?lang=zh&client=hemuli").text


def test_a_stranger_is_asked_to_sign_in(desk: Desk) -> None:
    answer = desk.browser().get("/backtest")
    assert "/sign-in" in str(answer.url)


def test_every_page_leads_to_it(desk: Desk) -> None:
    for path in ("/", "/mentions", "/clients", "/health", "/report", "/password"):
        assert 'href="/backtest"' in desk.signed_in("wang").get(path).text, path
    assert 'href="/backtest" aria-current="page"' in desk.signed_in("he").get("/backtest").text


def test_who_has_no_client_is_not_led_to_it(desk: Desk) -> None:
    ports = replace(desk.ports, config=replace(desk.ports.config, clients={}))
    bare = replace(desk, ports=ports, app=create_app(ports))
    assert "/backtest" not in bare.signed_in("wang").get("/health").text
    assert "/backtest" in bare.signed_in("he").get("/health").text


def test_what_config_and_history_are_called_cannot_break_out_of_the_page(desk: Desk, shelf: Shelf) -> None:
    report = sample_report(two=False)
    nasty = "<script>alert(1)</script>"
    object.__setattr__(report, "history", nasty)
    object.__setattr__(report.one, "config", nasty)
    shelf.keep(report)
    assert "<script>alert" not in desk.signed_in("he").get("/backtest").text


def test_everything_drawn_lies_within_the_plot_and_leads_to_its_line() -> None:
    for part in parts_of(sample_report()):
        picture = drawn(part.results, MONTH)
        marks = [mark for lane in picture.lanes for mark in lane.marks]
        assert all(0 <= mark.x <= 100 for mark in marks)
        assert len({mark.row for mark in marks}) == len(marks)
        assert sum(len(result.alerts) for _, result in part.results) == len(marks)
        assert all(lane.y < picture.height for lane in picture.lanes)


def test_clients_with_nothing_to_show_come_last() -> None:
    parts = parts_of(sample_report())
    assert [part.is_empty for part in parts] == sorted(part.is_empty for part in parts)
