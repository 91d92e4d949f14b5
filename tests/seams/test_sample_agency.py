"""Every file of the sample agency and of the library keeps its contract."""

import json
import re
from pathlib import Path

import pytest

import playbooks
from desk.cli import _exits, main
from desk.cli._kinds import kinds_here
from wanglou.config.folder import examine, load
from wanglou.config.schema import SHEETS, schema_of
from wanglou.domain.agency import Config
from wanglou.domain.severity import Severity
from wanglou.kinds import find_kind, known_kinds
from wanglou.wording import LANGUAGES

SAMPLE = Path(__file__).parents[2] / "config"
REHEARSAL = Path(__file__).parents[2] / "desk" / "rehearsal" / "config"
LIBRARY = Path(playbooks.__path__[0]) / "library"
UNTRIED = re.compile("# (?:未实测|要先自建)")
KIND = re.compile(r"kind: (\w+)")
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def _files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*.yaml"))]


@pytest.fixture(scope="module")
def sample() -> Config:
    return load(SAMPLE, LIBRARY, kinds_here())


def test_the_sample_agency_is_right_and_gives_no_cause_for_remarks() -> None:
    examined = examine(SAMPLE, LIBRARY, kinds_here())
    assert examined.problems == ()
    assert examined.notes == ()


@pytest.mark.parametrize("path", _files(SAMPLE / "clients"), ids=lambda path: path.stem)
def test_a_client_has_an_account_manager_and_limits(sample: Config, path: Path) -> None:
    client = sample.clients[path.stem]
    assert client.team["account"] in sample.agency.people
    assert client.sla["desk_acknowledge"].at(Severity.RED, office_open=False)


@pytest.mark.parametrize("config", [SAMPLE, REHEARSAL], ids=lambda path: path.parent.name)
def test_every_rule_has_a_name_in_both_languages(config: Path) -> None:
    rules = load(config, LIBRARY, kinds_here()).rules
    assert len(rules) > 5
    assert {id_: set(rule.name) for id_, rule in rules.items()} == {id_: set(LANGUAGES) for id_ in rules}


@pytest.mark.parametrize("path", _files(SAMPLE / "rules"), ids=lambda path: path.stem)
def test_a_rule_fires_and_stays_quiet_on_its_examples(sample: Config, path: Path) -> None:
    rule = sample.rules[path.stem]
    assert all(rule.when.holds(facts) for facts in rule.fires_on)
    assert not any(rule.when.holds(facts) for facts in rule.stays_quiet_on)


def test_much_talk_without_trouble_is_blue_at_most(sample: Config) -> None:
    for rule in sample.rules.values():
        asks_for_trouble = {"negative_surge", "slow_burn", "board_entry", "authority"} & set(
            rule.when.signals
        )
        if not asks_for_trouble and not rule.when.negatives_at_least:
            assert rule.severity is Severity.BLUE


def test_every_source_can_be_built(sample: Config) -> None:
    for spec in sample.sources.values():
        assert find_kind("crawlers.sources", spec.kind)(spec).id == spec.id


def _sources_as_written() -> list[str]:
    """One piece of the file each, those switched off too."""
    return re.split(r"(?m)^  - id: ", (SAMPLE / "sources.yaml").read_text(encoding="utf-8"))[1:]


def test_the_sample_shows_a_source_of_each_kind_and_searches() -> None:
    kinds = {found[1] for piece in _sources_as_written() if (found := KIND.search(piece))}
    assert kinds == set(known_kinds("crawlers.sources"))
    searched = [piece for piece in _sources_as_written() if "搜索" in piece.split("kind:")[0]]
    hosts = ("news.google.com", "www.bing.com", "news.baidu.com")
    assert all(any(host in piece for piece in searched) for host in hosts)


def test_every_source_of_the_web_says_that_it_was_not_tried() -> None:
    """They could not be reached from where the sample was written."""
    web = [piece for piece in _sources_as_written() if "url: http" in piece]
    assert len(web) > 10
    assert [piece.split()[0] for piece in web if not UNTRIED.search(piece)] == []


@pytest.mark.parametrize("path", _files(SAMPLE, SAMPLE / "clients", SAMPLE / "rules"), ids=lambda p: p.name)
def test_a_sample_file_names_its_schema_for_editors(path: Path) -> None:
    found = MODELINE.match(path.read_text(encoding="utf-8"))
    assert found
    assert (path.parent / found[1]).is_file()


@pytest.mark.parametrize("kind", SHEETS)
def test_the_stored_schema_is_that_of_the_code(kind: str) -> None:
    text = (SAMPLE / "schema" / f"{kind}.json").read_text(encoding="utf-8")
    assert text == schema_of(kind), "run: wanglou schema --into config/schema"
    assert json.loads(text)["additionalProperties"] is False


class TestCheck:
    def test_answers_a_right_folder_with_a_summary(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["check", "--config", str(SAMPLE)]) == _exits.DONE
        assert "3 clients" in capsys.readouterr().out

    def test_lists_every_mistake_on_stdout_and_exits_1(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "agency.yaml").write_text("schema: 1\nnmae: x\n", encoding="utf-8")
        assert main.main(["check", "--config", str(tmp_path)]) == _exits.FINDING
        out = capsys.readouterr().out.splitlines()
        assert f'{tmp_path}/agency.yaml:2: nmae: is not known here; did you mean "name"?' in out
        assert any(line.startswith(f"{tmp_path}/sources.yaml: is missing") for line in out)

    def test_says_what_only_a_source_kind_can_know(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        agency = (SAMPLE / "agency.yaml").read_text(encoding="utf-8")
        (tmp_path / "agency.yaml").write_text(agency, encoding="utf-8")
        line = "sources: [{id: x, kind: feed, url: https://news.example.com/, options: {colour: red}}]\n"
        (tmp_path / "sources.yaml").write_text(line, encoding="utf-8")
        assert main.main(["check", "--config", str(tmp_path)]) == _exits.FINDING
        assert "knows no option 'colour'" in capsys.readouterr().out

    def test_exits_3_where_there_is_no_folder(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main.main(["check", "--config", str(tmp_path / "none")]) == _exits.UNREADABLE
        assert "name the folder that holds agency.yaml" in capsys.readouterr().err


class TestSchema:
    def test_prints_one_kind(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["schema", "client"]) == _exits.DONE
        assert "look_alikes" in capsys.readouterr().out

    def test_writes_all_kinds(self, tmp_path: Path) -> None:
        assert main.main(["schema", "--into", str(tmp_path / "new")]) == _exits.DONE
        assert {p.stem for p in (tmp_path / "new").iterdir()} == set(SHEETS)

    @pytest.mark.parametrize("arguments", [[], ["clinet"], ["client", "--into", "x"]])
    def test_called_wrongly_is_a_usage_error(self, arguments: list[str]) -> None:
        assert main.main(["schema", *arguments]) == _exits.USAGE
