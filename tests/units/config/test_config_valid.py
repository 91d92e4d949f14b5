"""What a right config folder becomes."""

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.units.config.agency_folder import KINDS, Folder
from wanglou.config.folder import load
from wanglou.config.problem import ConfigError, UnreadableFolderError
from wanglou.domain.agency import Config
from wanglou.domain.client import Alias, Route
from wanglou.domain.person import Role
from wanglou.domain.quiet import QuietHours
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceClass
from wanglou.domain.topic import Topic
from wanglou.domain.watch import AnyOf, Words


def _load(folder: Folder) -> Config:
    return load(folder.config, folder.library, KINDS)


class TestTheAgency:
    def test_has_people_rota_ladder_and_channels(self, folder: Folder) -> None:
        agency = _load(folder).agency
        assert agency.people["zhou"].role is Role.DESK
        assert agency.people["zhou"].contacts == {"slack": "U01"}
        assert agency.people["li"].language == "en"
        assert agency.rota.on_duty(datetime(2026, 11, 2, 15, 0, tzinfo=UTC)) == ("wang",)
        assert [(rung.role, rung.after) for rung in agency.ladder] == [
            ("desk", timedelta(minutes=5)),
            ("director", timedelta(minutes=15)),
        ]
        assert agency.channels == {"desk": "slack:#desk", "house": "inbox:house"}
        assert agency.secrets == {"slack": "WANGLOU_SLACK_TOKEN"}
        assert agency.settings == {"slack": {"base_url": "http://127.0.0.1:9000/api/"}}
        assert agency.desk_url == "https://desk.example.com"

    def test_keeps_chinas_holidays_and_its_own(self, folder: Folder) -> None:
        calendar = _load(folder).agency.calendar
        assert calendar.known_until is not None
        assert not calendar.works_on(date(2026, 10, 1))  # National Day
        assert calendar.works_on(date(2026, 2, 14))  # a Saturday worked for Spring Festival
        assert not calendar.works_on(date(2027, 2, 5))  # the agency's own day off
        assert (calendar.opens, calendar.closes) == (time(9), time(18, 30))

    def test_elsewhere_keeps_no_holidays_of_china(self, folder: Folder) -> None:
        folder.edit("agency.yaml", "days_off", "holidays: none, days_off")
        calendar = _load(folder).agency.calendar
        assert calendar.works_on(date(2026, 10, 1))
        assert calendar.known_until is None

    def test_watches_around_the_clock_with_one_whole_day_shift(self, folder: Folder) -> None:
        folder.edit("agency.yaml", "- {person: zhou, starts: 08:00, ends: 20:00}", "")
        folder.edit("agency.yaml", "starts: 20:00, ends: 08:00", "starts: 00:00, ends: 24:00")
        assert folder.notes() == [n for n in folder.notes() if "on duty" not in n]

    @pytest.mark.parametrize("starts", ["09:00", "18:30"])
    def test_a_whole_day_shift_of_one_weekday_lasts_24_hours(self, folder: Folder, starts: str) -> None:
        folder.edit("agency.yaml", "- {person: zhou, starts: 08:00, ends: 20:00}", "")
        folder.edit(
            "agency.yaml",
            "starts: 20:00, ends: 08:00",
            f'starts: "{starts}", ends: "{starts}", weekdays: [mon]',
        )
        agency = _load(folder).agency
        hour, minute = map(int, starts.split(":"))
        start = datetime(2026, 11, 2, hour, minute, tzinfo=agency.zone)  # a Monday
        watched = [bool(agency.rota.on_duty(start + timedelta(minutes=30 * n))) for n in range(-1, 49)]
        assert watched == [False, *[True] * 48, False]


class TestAClient:
    def test_needs_only_id_name_and_brands(self, folder: Folder) -> None:
        tea = _load(folder).clients["tea"]
        assert [b.name for b in tea.brands] == ["芷屿"]
        assert tea.brands[0].aliases == (Alias("芷屿"),)
        assert tea.retention == timedelta(days=180)
        assert tea.neutral_at is None

    def test_may_move_its_neutral_band(self, folder: Folder) -> None:
        folder.edit("clients/lock.yaml", "retention: 180d", "neutral_at: 0.6")
        assert _load(folder).clients["lock"].neutral_at == 0.6

    def test_is_found_by_name_and_aliases_short_latin_ones_exactly(self, folder: Folder) -> None:
        brand = _load(folder).clients["lock"].brands[0]
        assert brand.aliases == (
            Alias("安屿"),
            Alias("安屿锁"),
            Alias("AnyuLock", exact_case=True),
            Alias("AYL", exact_case=True),
        )
        assert brand.look_alikes == ("安屿湾",)

    def test_may_ask_for_a_short_name_in_any_case(self, folder: Folder) -> None:
        folder.edit("clients/lock.yaml", "- AYL", "- {text: AYL, exact_case: false}")
        assert Alias("AYL", exact_case=False) in _load(folder).clients["lock"].brands[0].aliases

    def test_keeps_a_name_that_looks_like_a_number_as_it_is_written(self, folder: Folder) -> None:
        folder.write("clients/tea.yaml", "client: tea\nname: 0770\nbrands: [0770, 2026-10-01, on]\n")
        tea = _load(folder).clients["tea"]
        assert tea.name == "0770"
        assert [b.name for b in tea.brands] == ["0770", "2026-10-01", "on"]

    def test_is_seen_by_its_team_and_not_by_other_account_managers(self, folder: Folder) -> None:
        config = _load(folder)
        assert config.access_of(config.agency.people["wang"]).clients == frozenset({"lock"})
        assert config.access_of(config.agency.people["zhou"]).clients is None

    def test_has_competitors_by_bare_name_or_with_their_names(self, folder: Folder) -> None:
        folder.edit(
            "clients/lock.yaml",
            "[某某锁]",
            "[某某锁, {name: 乙锁, aliases: [YS, {text: YiSuo, exact_case: true}], look_alikes: [乙锁匠]}]",
        )
        bare, full = _load(folder).clients["lock"].competitors
        assert (bare.name, bare.aliases, bare.watch) == ("某某锁", (Alias("某某锁"),), None)
        assert full.aliases == (Alias("乙锁"), Alias("YS", exact_case=True), Alias("YiSuo", exact_case=True))
        assert full.look_alikes == ("乙锁匠",)

    def test_may_compete_with_another_client(self, folder: Folder) -> None:
        folder.edit("clients/lock.yaml", "[某某锁]", "[芷屿]")
        assert _load(folder).clients["lock"].competitors[0].name == "芷屿"
        assert not [note for note in folder.notes() if "芷屿" in note]


class TestLimits:
    def test_the_stricter_of_contract_and_agency_wins(self, folder: Folder) -> None:
        sla = _load(folder).clients["lock"].sla
        response = sla["account_response"]
        assert response.at(Severity.RED, office_open=True) == timedelta(minutes=15)  # the agency's
        assert response.at(Severity.BLUE, office_open=True) == timedelta(minutes=30)
        assert response.at(Severity.ORANGE, office_open=False) == timedelta(hours=1)  # the agency's
        statement = sla["statement"]
        assert statement.at(Severity.RED, office_open=True) == timedelta(hours=1)  # the agency's
        assert statement.at(Severity.YELLOW, office_open=False) == timedelta(hours=2)  # the contract's
        assert statement.at(Severity.BLUE, office_open=True) == timedelta(hours=2)  # the contract's alone

    def test_without_a_contract_the_agencys_hold(self, folder: Folder) -> None:
        config = _load(folder)
        assert config.clients["tea"].sla == config.agency.sla
        assert config.agency.sla["statement"].at(Severity.BLUE, office_open=True) is None

    def test_the_agency_changes_only_what_it_states(self, folder: Folder) -> None:
        text = "sla: {desk_acknowledge: {red: 3m}, account_response: {office_hours: 1h}}\nsecrets:"
        folder.edit("agency.yaml", "secrets:", text)
        sla = _load(folder).agency.sla
        assert sla["desk_acknowledge"].at(Severity.RED, office_open=False) == timedelta(minutes=3)
        assert sla["desk_acknowledge"].at(Severity.ORANGE, office_open=False) == timedelta(minutes=10)
        assert sla["account_response"].at(Severity.RED, office_open=True) == timedelta(hours=1)
        assert sla["account_response"].at(Severity.RED, office_open=False) == timedelta(minutes=15)

    def test_a_severity_may_differ_by_the_hour(self, folder: Folder) -> None:
        folder.edit(
            "clients/lock.yaml", "statement: 2h", "statement: {red: {office_hours: 20m, otherwise: 50m}}"
        )
        statement = _load(folder).clients["lock"].sla["statement"]
        assert statement.at(Severity.RED, office_open=True) == timedelta(minutes=20)
        assert statement.at(Severity.RED, office_open=False) == timedelta(minutes=50)


class TestSources:
    def test_state_what_they_must_and_get_the_rest(self, folder: Folder) -> None:
        feed = _load(folder).sources["chengbao"]
        assert (feed.name, feed.source_class, feed.reach) == ("chengbao", SourceClass.NEWS, 250_000)
        assert feed.every == timedelta(minutes=10)

    def test_options_are_numbers_truths_or_texts_as_written(self, folder: Folder) -> None:
        inbox = _load(folder).sources["inbox"]
        assert inbox.options == {"max_pages": 5, "zone": "Asia/Shanghai", "obey_robots": False}
        assert (inbox.url, inbox.source_class) == ("file:drop/", SourceClass.SOCIAL)

    def test_keep_the_order_of_the_file(self, folder: Folder) -> None:
        assert list(_load(folder).sources) == ["chengbao", "inbox"]

    def test_one_that_is_switched_off_is_known_and_not_looked_at(self, folder: Folder) -> None:
        folder.edit("sources.yaml", "    reach: 250k\n", "    reach: 250k\n    enabled: false\n")
        config = _load(folder)
        assert (list(config.sources), list(config.resting)) == (["inbox"], ["chengbao"])
        assert config.resting["chengbao"].reach == 250_000


class TestRules:
    def test_become_conditions_with_floors(self, folder: Folder) -> None:
        text = "when: {within: 1h30m, voices: 30, negatives: '>= 10', negative_share: '>= 30%', "
        text += "strength: '>= 0.5', reach: 10万, topics: [food_safety], signals: [burst]}"
        folder.edit(
            "rules/negative_burst.yaml",
            'when: {signals: [burst, negative_surge], within: 1h, reach: ">= 100k"}',
            text,
        )
        folder.edit(
            "rules/negative_burst.yaml",
            "fires_on: {burst: 1, negative_surge: 1, reach: 250k}",
            "fires_on: [{burst: 1, voices: 30, negatives: 1k, strength: 0.5, reach: 1m, topic: food_safety}]",
        )
        assert _load(folder).rules["negative_burst"].name == {}
        when = _load(folder).rules["negative_burst"].when
        assert when.within == timedelta(minutes=90)
        assert (when.reach_at_least, when.voices_at_least, when.negatives_at_least) == (100_000, 30, 10)
        assert (when.negative_share_at_least, when.strength_at_least) == (0.3, 0.5)
        assert when.topics == (Topic.FOOD_SAFETY,)

    def test_keep_their_topic_or_take_the_readings(self, folder: Folder) -> None:
        assert _load(folder).rules["negative_burst"].topic is None
        folder.edit("rules/negative_burst.yaml", "from_reading", "boycott")
        assert _load(folder).rules["negative_burst"].topic is Topic.BOYCOTT


def test_books_fit_a_topic_or_any_and_name_their_text(folder: Folder) -> None:
    books = _load(folder).books
    assert books["any"].topic is None
    advert = books["misleading_ad"]
    assert (advert.topic, advert.from_severity) == (Topic.FALSE_ADVERT, Severity.YELLOW)
    assert [step.id for step in advert.steps] == ["freeze_evidence", "pause_campaign"]
    assert advert.steps[1].needs == "client_consent"
    folder.edit("library/misleading_ad.yaml", "固定证据", "固定全部证据")
    assert _load(folder).books["misleading_ad"].digest != advert.digest


def test_the_lexicon_is_words_without_comments(folder: Folder) -> None:
    folder.write("lexicon/user_words.txt", "\ufeff# 品牌\n安屿锁 # 门锁\n\n安屿锁\nC#语言\n")
    folder.write("lexicon/crisis/food_safety.txt", "异物\n拉肚子\n")
    folder.write("lexicon/authority/media.txt", "某社 # 通讯社\n")
    lexicon = _load(folder).lexicon
    assert lexicon.user_words == ("安屿锁", "C#语言")
    assert lexicon.crisis == {"food_safety": ("异物", "拉肚子")}
    assert lexicon.authority == {"media": ("某社",)}
    assert lexicon.negations == ()


class TestTheDigest:
    def test_names_the_text_wherever_it_lies(self, folder: Folder, tmp_path: Path) -> None:
        moved = tmp_path / "elsewhere"
        shutil.copytree(folder.config, moved / "config")
        shutil.copytree(folder.library, moved / "library")
        assert load(moved / "config", moved / "library", KINDS).digest == _load(folder).digest

    @pytest.mark.parametrize("name", ["agency.yaml", "clients/tea.yaml", "library/any.yaml"])
    def test_changes_with_any_file(self, folder: Folder, name: str) -> None:
        before = _load(folder).digest
        folder.write(name, folder.path(name).read_bytes() + b"\n# seen\n")
        assert _load(folder).digest != before


class TestNotes:
    def test_say_which_name_two_clients_share(self, folder: Folder) -> None:
        folder.edit("clients/tea.yaml", "[芷屿]", "[芷屿, ＡＮＹＵlock]")
        assert (
            'config/clients/tea.yaml:3: brands: "ＡＮＹＵlock" is also watched for client lock'
            in "\n".join(folder.notes())
        )

    def test_say_when_nobody_watches(self, folder: Folder) -> None:
        folder.edit("agency.yaml", "ends: 08:00", "ends: 07:00")
        assert any("nobody is on duty on Monday at 07:00" in note for note in folder.notes())

    def test_say_that_quiet_hours_hold_nothing_back(self, folder: Folder) -> None:
        line = "quiet_hours: {from: 22:00, to: 08:00, except: [red, orange, yellow, blue]}"
        folder.edit("clients/lock.yaml", "retention: 180d", line)
        assert any("lock.yaml:20" in note and "hold nothing back" in note for note in folder.notes())

    def test_say_that_a_client_has_no_account_manager(self, folder: Folder) -> None:
        assert any("clients/tea.yaml" in note and "no account manager" in note for note in folder.notes())


def test_load_raises_all_problems_at_once(folder: Folder) -> None:
    folder.edit("agency.yaml", "raw_retention: 14d", "raw_retention: 14")
    folder.edit("clients/tea.yaml", "brands", "brand")
    with pytest.raises(ConfigError) as raised:
        _load(folder)
    assert len(raised.value.problems) == 3  # the retention, the unknown key, the missing one
    assert str(raised.value).count("\n") == 2


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFolderError, match="nowhere"):
        load(tmp_path / "nowhere", tmp_path, KINDS)
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableFolderError, match="is not a folder"):
        load(tmp_path / "file", tmp_path, KINDS)


def test_a_watch_and_mistaken_spellings_are_read(folder: Folder) -> None:
    folder.edit(
        "clients/tea.yaml",
        "[芷屿]",
        "[{name: 芷屿, homophones: [芷雨], misspellings: [止屿], watch: 茶 OR 饮}]",
    )
    (brand,) = _load(folder).clients["tea"].brands
    assert [alias.text for alias in brand.aliases] == ["芷屿", "芷雨", "止屿"]
    assert brand.watch == AnyOf((Words("茶"), Words("饮")))


def test_quiet_hours_over_midnight_and_routes_are_read(folder: Folder) -> None:
    folder.edit(
        "clients/lock.yaml",
        "retention: 180d",
        "quiet_hours: {from: 22:00, to: 08:00}\n"
        "routing: [{severities: [red], topics: [rumour], channels: ['slack:#x'], people: [li]}]",
    )
    client = _load(folder).clients["lock"]
    assert client.quiet == QuietHours(time(22), time(8), frozenset({Severity.RED, Severity.ORANGE}))
    assert client.routes == (
        Route(frozenset({Severity.RED}), frozenset({Topic.RUMOUR}), ("slack:#x",), ("li",)),
    )
    assert set(client.contract) == {"account_response", "statement"}
    assert _load(folder).clients["tea"].contract == {}
