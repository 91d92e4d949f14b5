"""Replay a set of hot lists through the product and score what it would have told.

    python -m benchmarks.replay_score ../shared/data/replay ../shared/tools/replay_score.py
        [--keep FOLDER] [--block FROM-TO]…

Each block of streams is replayed on its own (years lie between them); then the incidents, and each kind
of signal alone, are scored by the given tool. ``--keep`` leaves config and output for a closer look.
``--block`` replays that block alone, with the brands whose events lie in it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.replay_config import events_of, write_config

SHOWN = (
    "detected",
    "recall_within_h_of_onset",
    "median_delay_h",
    "false_alarms_per_brand_week",
    "false_alarms_before_crises",
    "false_alarms_benign",
    "missed",
)


def blocks(events: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, list[Path]]:
    """Block (``FROM-TO`` of the file names) → its streams."""
    found: dict[str, set[Path]] = defaultdict(set)
    for event in events:
        for name in event["streams"].values():
            found[name.split(".")[1]].add(folder / name)
    return {block: sorted(paths) for block, paths in sorted(found.items())}


def replay(streams: Iterable[Path], config: Path, out: Path, block: str) -> None:
    """Run one block; its lines go to ``signals.BLOCK.jsonl`` and ``incidents.BLOCK.jsonl`` in ``out``."""
    outs = [f"--{what}={out / f'{what}.{block}.jsonl'}" for what in ("signals", "incidents")]
    command = [sys.executable, "-m", "desk.cli", "replay", "--config", str(config), *outs, *map(str, streams)]
    subprocess.run(command, check=True)  # noqa: S603 -- our own program, with paths given on our command line


def told(out: Path) -> dict[str, list[dict[str, Any]]]:
    """What is scored → its alerts: incidents of each severity and above, signals by kind."""
    alerts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(out.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            for name in _names(path.name.split(".")[0], said):
                alerts[name].append(said | {"event_id": said["client"]})
    return alerts


def _names(what: str, said: Mapping[str, Any]) -> list[str]:
    if what == "signals":
        return [f"signal {said['kind']}", f"signal {said['kind']}, negative"][
            : 1 + (said["polarity"] == "neg")
        ]
    order = ("blue", "yellow", "orange", "red")
    return [f"incidents from {colour}" for colour in order[: order.index(said["severity"]) + 1]]


def score(alerts: Sequence[Mapping[str, Any]], tool: Path, events: Path) -> dict[str, Any]:
    """The tool's figures for these alerts."""
    lines = "".join(json.dumps({**a, "polarity": "neg"}, ensure_ascii=False) + "\n" for a in alerts)
    command = [sys.executable, str(tool), "-", "--events", str(events), "--json"]
    ran = subprocess.run(command, input=lines, text=True, capture_output=True, check=True)  # noqa: S603 -- same
    figures: dict[str, Any] = json.loads(ran.stdout)
    return figures


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path, help="folder with events.json and the streams")
    asked.add_argument("tool", type=Path)
    asked.add_argument("--keep", type=Path, help="an absent or empty folder")
    asked.add_argument("--block", action="append", default=[], metavar="FROM-TO", help="these blocks only")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as throw_away:
        found = measure(given.data, given.tool, given.keep or Path(throw_away), given.block)
    for name, figures in found.items():
        print(f"\n{name}:")
        for figure in SHOWN:
            print(f"  {figure}: {json.dumps(figures[figure], ensure_ascii=False)}")


def measure(data: Path, tool: Path, folder: Path, only: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """What is scored → its figures. ``only``: blocks to replay, with the brands of their events.

    Without ``only`` all of them. ``folder`` takes config and output.
    """
    events = [event for event in events_of(data / "events.json") if not only or _lies_in(event, only)]
    config, out, marks = write_config(events, folder / "config"), folder / "told", folder / "events.json"
    marks.write_text(json.dumps({"events": events}, ensure_ascii=False), encoding="utf-8")
    out.mkdir()
    for block, streams in blocks(events, data).items():
        replay(streams, config, out, block)
    return {name: score(alerts, tool, marks) for name, alerts in sorted(told(out).items())}


def _lies_in(event: Mapping[str, Any], blocks: Sequence[str]) -> bool:
    return any(name.split(".")[1] in blocks for name in event["streams"].values())


if __name__ == "__main__":
    main()
