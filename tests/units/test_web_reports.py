"""Reporting, holding and sending again, as pages: without script, sent twice, with hostile words."""

from dataclasses import replace

import pytest

from tests.pages_fakes import Desk, open_desk
from tests.pages_sample import NOW
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.incident import TimelineEntry, Via, chain
from wanglou.domain.reason import Reason, Value
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.storage.engine import SqlStorage


@pytest.fixture
def desk(sqlite_storage: SqlStorage) -> Desk:
    return open_desk(sqlite_storage)


FIELDS = {"topic": "labour", "severity": "orange", "text": "客户来电", "heard_from": "陈经理"}


def brand_of(desk: Desk, client: str) -> str:
    return f"{client}|{desk.ports.config.clients[client].brands[0].name}"


def test_a_report_is_handed_over_as_typed_and_leads_to_its_incident(desk: Desk) -> None:
    wang = desk.signed_in("wang")
    page = wang.get("/report")
    answer = wang.post_form("/report", {**FIELDS, "brand": brand_of(desk, "anju")}, page=page)
    assert answer.url.path.startswith("/incidents/")
    [(deed, person, told)] = desk.acts.asked
    assert (deed, person) == ("report", "wang")
    assert isinstance(told, Report)
    assert (told.client, told.topic, told.severity) == ("anju", Topic.LABOUR, Severity.ORANGE)
    assert told.once


def test_the_form_offers_a_reader_their_own_clients_only(desk: Desk) -> None:
    assert "hemuli|" not in desk.signed_in("wang").get("/report").text
    assert "hemuli|" in desk.signed_in("lin").get("/report").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"brand": ""},
        {"topic": "weather"},
        {"severity": "pink"},
        {"text": "字" * 4001},
        {"heard_from": "字" * 201},
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(desk: Desk, wrong: dict[str, str]) -> None:
    wang = desk.signed_in("wang")
    fields = {**FIELDS, "brand": brand_of(desk, "anju"), "heard_from": "市场部", **wrong}
    answer = wang.post_form("/report", fields, page=wang.get("/report"))
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert desk.acts.asked == []
    if "heard_from" not in wrong:
        assert "市场部" in answer.text


def test_a_refusal_shows_hostile_words_as_words(desk: Desk) -> None:
    desk.acts.refuse = Reason("act_gone")
    wang = desk.signed_in("wang")
    text = '"><script>alert(1)</script>'
    fields = {**FIELDS, "brand": brand_of(desk, "anju"), "text": text, "heard_from": text}
    answer = wang.post_form("/report", fields, page=wang.get("/report"))
    assert answer.status_code == 409
    assert "<script>alert(1)" not in answer.text


def test_a_forged_report_is_refused(desk: Desk) -> None:
    wang = desk.signed_in("wang")
    answer = wang.post("/report", {**FIELDS, "brand": brand_of(desk, "anju"), "form": "made.up"})
    assert answer.status_code == 403
    assert desk.acts.asked == []


def test_nobody_reports_without_signing_in(desk: Desk) -> None:
    assert "sign-in" in str(desk.browser().get("/report").url)
    assert desk.browser().post("/report", FIELDS).status_code == 401


INCIDENT = "/incidents/inc-anju-12"


def test_a_hold_needs_whom_how_long_and_why(desk: Desk) -> None:
    wang = desk.signed_in("wang")
    page = wang.get(INCIDENT)
    good = {"to": "awaiting_client", "span": "4h", "text": "等回电"}
    for wrong in ({"to": "godot"}, {"span": "forever"}, {"text": ""}):
        assert wang.post_form(f"{INCIDENT}/hold", {**good, **wrong}, page=page).status_code == 409
    assert desk.acts.asked == []
    wang.post_form(f"{INCIDENT}/hold", good, page=page)
    [(deed, _, _, wait, until, why)] = desk.acts.asked
    assert (deed, wait, why) == ("hold", "awaiting_client", "等回电")
    assert str(until).startswith("2026")


def test_a_letter_can_be_sent_again_from_the_page(desk: Desk) -> None:
    view = desk.reader.incidents["inc-anju-12"]
    given_up = replace(view.deliveries[0], state=DeliveryState.DEAD)
    desk.reader.show(replace(view, deliveries=(given_up, *view.deliveries[1:])))
    wang = desk.signed_in("wang")
    page = wang.get(INCIDENT)
    assert wang.post_form(f"{INCIDENT}/resend", page=page).status_code == 200
    assert desk.acts.asked == [("resend", "wang", "inc-anju-12", given_up.id)]


def test_a_merge_names_the_other_incident_by_its_number(desk: Desk) -> None:
    wang = desk.signed_in("wang")
    page = wang.get(INCIDENT)
    number = desk.reader.incidents["inc-anju-12"].incident.number
    for wrong in ({"to": "twelve"}, {"to": "9" * 30}, {"to": "987654"}, {"text": ""}):
        sent = {"to": str(number), "text": "同一件事", **wrong}
        assert wang.post_form(f"{INCIDENT}/merge", sent, page=page).status_code == 409
    assert desk.acts.asked == []
    wang.post_form(f"{INCIDENT}/merge", {"to": f"#{number}", "text": "同一件事"}, page=page)
    assert desk.acts.asked == [("merge", "wang", "inc-anju-12", "inc-anju-12", "同一件事")]


def test_a_merged_incident_and_the_one_it_went_up_in_lead_to_each_other(desk: Desk) -> None:
    view = desk.reader.incidents["inc-anju-12"]
    facts: dict[str, Value] = {"who": "王敏", "number": 41, "text": "同一件事"}
    for kind in ("incident_merged_into", "incident_merged_from"):
        line = chain(TimelineEntry("inc-anju-12", NOW, "wang", Via.DESK, kind, facts), 1, "")
        desk.reader.show(replace(view, timeline=(line,)))
        page = desk.signed_in("wang").get(INCIDENT).text
        assert f'href="/clients/{view.incident.client}/incidents/41"' in page
