"""Who hears of it, in which channel."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.decision import DESK, TEAM, Audience, Place, Telling
from alerting.incidents import open_incident
from alerting.routing import Directory, deliveries, people_of
from alerting.rules import Verdict
from tests.units.alerting.cast import AGENCY, CLIENT, DIRECTORY, NOW, opened, signal
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.duty import Rota
from wanglou.domain.person import Person, Role
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

SAYING = Reason("incident_acknowledged", {"who": "王敏"})
BARE = Directory(replace(AGENCY, channels={}), replace(CLIENT, channels={}), ("slack", "email", "inbox"))
KINDS = [DeliveryKind.CARD, DeliveryKind.REPLY]


def telling(*audience: Audience, kind: DeliveryKind = DeliveryKind.REPLY, change: str = "x") -> Telling:
    return Telling(change, kind, audience, SAYING)


def targets(one: Telling, directory: Directory = DIRECTORY) -> set[tuple[str, str]]:
    return {(d.recipient, d.channel) for d in deliveries([one], opened(), directory, NOW)}


def person(who: str, *, in_team: bool = False) -> Audience:
    return Audience(Place.PERSON, who, in_team=in_team)


def role(who: str, *, in_team: bool = False) -> Audience:
    return Audience(Place.ROLE, who, in_team=in_team)


@pytest.mark.parametrize("kind", KINDS)
def test_team_and_desk_hear_in_their_channels_and_the_inbox_has_a_copy(kind: DeliveryKind) -> None:
    assert targets(telling(TEAM, DESK, kind=kind)) == {
        ("team", "slack:#anyu-watch"),
        ("desk", "slack:#desk"),
        ("desk", "inbox:desk"),
    }


def test_an_edit_of_the_card_needs_no_inbox() -> None:
    found = targets(telling(TEAM, DESK, kind=DeliveryKind.CARD_UPDATE))
    assert found == {("team", "slack:#anyu-watch"), ("desk", "slack:#desk")}


def test_a_channel_shared_by_team_and_desk_hears_once() -> None:
    shared = replace(DIRECTORY, client=replace(CLIENT, channels={"team": "slack:#desk"}))
    assert targets(telling(TEAM, DESK), shared) == {("team", "slack:#desk"), ("desk", "inbox:desk")}


def test_without_any_chat_the_inbox_still_has_it() -> None:
    assert targets(telling(TEAM, DESK), BARE) == {("desk", "inbox:desk")}


def test_a_client_without_a_channel_is_told_of_at_the_desk() -> None:
    directory = replace(DIRECTORY, client=replace(CLIENT, channels={}))
    assert targets(telling(TEAM), directory) == {("team", "slack:#desk"), ("desk", "inbox:desk")}


def test_a_channel_without_a_notifier_is_passed_over() -> None:
    directory = replace(DIRECTORY, client=replace(CLIENT, channels={"team": "pager:1"}), kinds=("slack",))
    assert ("team", "slack:#desk") in targets(telling(TEAM), directory)


def test_the_houses_own_incidents_go_to_the_house_channel() -> None:
    directory = replace(DIRECTORY, client=None)
    assert targets(telling(TEAM, DESK), directory) == {
        ("team", "slack:#house"),
        ("desk", "slack:#desk"),
        ("desk", "inbox:desk"),
    }


def test_a_person_is_called_by_name_in_the_teams_channel() -> None:
    assert targets(telling(person("wang", in_team=True))) == {
        ("wang", "slack:#anyu-watch"),
        ("wang", "inbox:wang"),
        ("desk", "inbox:desk"),
    }


def test_the_team_is_not_told_twice_in_the_channel_where_a_person_is_called() -> None:
    found = targets(telling(TEAM, DESK, person("wang", in_team=True)))
    assert ("team", "slack:#anyu-watch") not in found
    assert {("wang", "slack:#anyu-watch"), ("desk", "slack:#desk")} < found


def test_who_cannot_be_called_by_name_is_told_directly_and_the_team_sees_it() -> None:
    mailer = Person("sun", "孙悦", Role.PR, {"email": "sun@example.test"})
    directory = replace(DIRECTORY, agency=replace(AGENCY, people={**AGENCY.people, "sun": mailer}))
    assert targets(telling(person("sun", in_team=True)), directory) == {
        ("team", "slack:#anyu-watch"),
        ("sun", "email:sun@example.test"),
        ("sun", "inbox:sun"),
        ("desk", "inbox:desk"),
    }


def test_an_escalated_person_is_reached_on_every_road() -> None:
    found = targets(telling(role("director", in_team=True), role("director")))
    assert found == {
        ("li", "slack:#anyu-watch"),
        ("li", "slack:U3"),
        ("li", "email:li@example.test"),
        ("li", "inbox:li"),
        ("desk", "inbox:desk"),
    }


def test_someone_the_agency_no_longer_knows_leaves_the_message_with_the_team() -> None:
    found = targets(telling(person("gone", in_team=True)))
    assert {("team", "slack:#anyu-watch"), ("desk", "inbox:desk")} < found


def test_without_a_team_channel_a_person_is_told_directly() -> None:
    assert targets(telling(person("wang", in_team=True)), BARE) == {
        ("wang", "slack:U2"),
        ("wang", "inbox:wang"),
        ("desk", "inbox:desk"),
    }


def test_a_role_is_the_teams_person_then_the_watch_then_the_agencys() -> None:
    nobody = replace(DIRECTORY, agency=replace(AGENCY, rota=Rota(AGENCY.zone)))
    assert people_of("account", DIRECTORY, NOW) == ("wang",)
    assert people_of("desk", DIRECTORY, NOW) == ("chen",)
    assert people_of("desk", nobody, NOW) == ("chen",)
    assert people_of("director", replace(DIRECTORY, client=None), NOW) == ("li",)
    assert people_of("legal", DIRECTORY, NOW) == ()


def test_a_role_nobody_has_is_told_to_the_desk() -> None:
    assert targets(telling(role("legal"))) == {("desk", "slack:#desk"), ("desk", "inbox:desk")}


def test_the_same_telling_has_the_same_ids_and_no_two_rows_share_one() -> None:
    tellings = [telling(TEAM, DESK, change=c) for c in ("opened", "raised:red:2")]
    once, twice = (deliveries(tellings, opened(), DIRECTORY, NOW) for _ in range(2))
    assert once == twice
    assert len({d.id for d in once}) == len(once) == 6


def test_cards_go_before_replies_and_replies_before_edits() -> None:
    tellings = [telling(TEAM, kind=k) for k in (DeliveryKind.CARD_UPDATE, *reversed(KINDS))]
    rows = deliveries(tellings, opened(), DIRECTORY, NOW)
    assert [d.kind for d in rows] == sorted((d.kind for d in rows), key=[*KINDS, "card_update"].index)


audiences = st.lists(
    st.builds(
        Audience,
        st.sampled_from(Place),
        st.sampled_from(["wang", "li", "zhao", "gone", "desk"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=80, deadline=None)
@given(audiences, st.sampled_from(KINDS), st.sampled_from([DIRECTORY, BARE, replace(DIRECTORY, client=None)]))
def test_whoever_is_meant_the_inbox_has_it_and_no_row_comes_twice(
    audience: list[Audience], kind: DeliveryKind, directory: Directory
) -> None:
    rows = deliveries([telling(*audience, kind=kind)], opened(), directory, NOW)
    assert "inbox:desk" in {d.channel for d in rows}
    assert len({(d.recipient, d.channel) for d in rows}) == len(rows)


@pytest.mark.parametrize("severity", Severity)
def test_an_opening_is_routed_by_its_severity(severity: Severity) -> None:
    decision = open_incident(Verdict("rule", severity, Topic.RUMOUR), [signal()], 1, NOW)
    rows = deliveries(decision.tellings, decision.incident, DIRECTORY, NOW)
    assert {d.priority // 10 for d in rows} == {severity}
    assert {d.change for d in rows} == {"opened"}
