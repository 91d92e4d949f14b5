"""``/metrics``: numbers for those with the token, and no name of any client."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from desk.web.app import create_app
from tests.pages_fakes import Browser, open_desk
from tests.units.storage.examples import NOON, a_delivery, an_incident, an_item
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.incident import IncidentState
from wanglou.domain.job import JobRun
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceHealth, SourceState
from wanglou.ports import Gauges
from wanglou.storage.engine import SqlStorage
from wanglou.storage.gauges import gauges

SWEEP = JobRun("sweep", timedelta(minutes=5), NOON, NOON + timedelta(seconds=2), NOON + timedelta(seconds=2))
TOKEN = "a-token-of-this-test"  # noqa: S105 -- it opens nothing beyond this test


def browser(storage: SqlStorage, token: str = TOKEN) -> Browser:
    ports = replace(open_desk(storage).ports, gauges=lambda: gauges(storage), metrics_token=token)
    return Browser(create_app(ports))


def figures(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def fill(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.items.keep([an_item(1), an_item(2)], NOON)
        uow.incidents.add(an_incident(1, severity=Severity.RED))
        uow.incidents.add(an_incident(2, severity=Severity.RED, state=IncidentState.CLOSED))
        waits = a_delivery()
        uow.deliveries.enqueue([waits])
        uow.sources.save_health(SourceHealth("square", SourceState.BLOCKED, NOON))
        uow.meta.set("watched_at", (NOON - timedelta(seconds=7)).isoformat())
        uow.jobs.note([SWEEP], [SWEEP.job])
        uow.commit()


def test_the_numbers_are_those_of_the_rows(storage: SqlStorage) -> None:
    fill(storage)
    found = gauges(storage)
    assert found == Gauges(
        unread=2,
        incidents={"red": 1, "orange": 0, "yellow": 0, "blue": 0},
        deliveries={"pending": 1, "leased": 0, "dead": 0},
        sources={"blocked": 1},
        watched_at=NOON - timedelta(seconds=7),
        jobs=(SWEEP,),
    )
    assert set(found.deliveries) < set(DeliveryState)


def test_an_empty_database_has_numbers_too(storage: SqlStorage) -> None:
    assert gauges(storage).watched_at is None
    assert gauges(storage).unread == 0


def test_prometheus_can_read_them_and_no_client_is_named(sqlite_storage: SqlStorage) -> None:
    fill(sqlite_storage)
    answer = browser(sqlite_storage).get("/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    told = figures(answer.text)
    assert told["wanglou_open_incidents", "red"] == 1
    assert told["wanglou_unread_items", ""] == 2
    assert told["wanglou_sources", "blocked"] == 1
    assert ("wanglou_watch_age_seconds", "") in told
    assert ("wanglou_job_age_seconds", "sweep") in told
    assert not any(word in answer.text for word in ('"lock"', "安屿", "square"))


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}"])
def test_without_the_token_there_is_no_such_page(sqlite_storage: SqlStorage, shown: str) -> None:
    headers = {"authorization": shown} if shown else {}
    assert browser(sqlite_storage).get("/metrics", **headers).status_code == 404


def test_where_no_token_is_set_no_empty_one_opens_it(sqlite_storage: SqlStorage) -> None:
    assert browser(sqlite_storage, token="").get("/metrics", authorization="Bearer ").status_code == 404
