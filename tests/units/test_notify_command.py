"""``wanglou notify test``: the real notifier, one marked message, and what came back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.cli import _exits
from desk.cli.main import main
from desk.clocks import SimulatedClock
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.serving import serving
from desk.rehearsal.slack import SlackContract, slack_app
from desk.sample import SAMPLE_CONFIG

TOKEN = "xoxb-test"  # noqa: S105 -- the contract server's own


@pytest.fixture
def contract() -> SlackContract:
    now = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    return SlackContract(TOKEN, "signing", SimulatedClock(now), {"anyu-watch": "C0000ANYU"})


@pytest.fixture
def folder(contract: SlackContract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The rehearsal's config, its chat at a contract server."""
    monkeypatch.setenv("WANGLOU_SLACK_TOKEN", TOKEN)
    monkeypatch.setenv("WANGLOU_SLACK_SIGNING", "signing")
    with serving(slack_app(contract), "chat") as origin:
        write_config(
            tmp_path, Addresses(*[origin] * len(Addresses.__dataclass_fields__)), SAMPLE_CONFIG / "lexicon"
        )
        yield tmp_path


def notify(folder: Path, to: str, *more: str) -> int:
    return main(["notify", "test", to, "--config", str(folder), *more])


def test_one_marked_message_arrives_in_the_channel(
    folder: Path, contract: SlackContract, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notify(folder, "slack:#anyu-watch") == _exits.DONE
    assert "slack:#anyu-watch  sent" in capsys.readouterr().out
    [message] = contract.posts
    assert "测试" in str(message)


def test_a_clients_team_is_found_by_its_id(folder: Path, contract: SlackContract) -> None:
    assert notify(folder, "lock") == _exits.DONE
    assert len(contract.posts) == 1


def test_a_channel_that_refuses_is_a_finding_said_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notify(folder, "slack:#nowhere") == _exits.FINDING
    assert "never" in capsys.readouterr().out


def test_a_dry_run_sends_nothing(
    folder: Path, contract: SlackContract, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notify(folder, "lock", "--dry-run") == _exits.DONE
    assert capsys.readouterr().out == "slack:#anyu-watch\n"
    assert contract.posts == []


@pytest.mark.parametrize("to", ["nobody", "qiongye", "pigeon:loft", ""])
def test_a_name_that_leads_nowhere_is_a_wrong_command(folder: Path, to: str, contract: SlackContract) -> None:
    assert notify(folder, to) == _exits.USAGE
    assert contract.posts == []
