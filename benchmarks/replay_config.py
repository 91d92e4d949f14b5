"""Write a config folder for measuring on a replay set: one client for each event's brand.

    python -m benchmarks.replay_config ../shared/data/replay/events.json FOLDER [--sample config]

Agency, rules and lexicon are those of the sample. The brands of the set are real and must stand in the
folder written here only, never in a repository: keep FOLDER outside of it.
"""

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[1] / "config"
TAKEN_OVER = ("agency.yaml", "rules", "lexicon")
REACH = 100_000
"""Readers one title is taken to have; the platforms publish no figure per title."""


def write_config(events: Sequence[Mapping[str, Any]], folder: Path, sample: Path = SAMPLE) -> Path:
    """Fill ``folder`` and return it. JSON is YAML, so the loader reads these files like any other."""
    clients = folder / "clients"
    clients.mkdir(parents=True)
    for name in TAKEN_OVER:
        _copy(sample / name, folder / name)
    for event in events:
        _write(clients / f"{event['id']}.yaml", client(event))
    platforms = sorted({platform for event in events for platform in event["streams"]})
    _write(folder / "sources.yaml", {"sources": [source(platform) for platform in platforms]})
    return folder


def client(event: Mapping[str, Any]) -> dict[str, Any]:
    """The client file of an event.

    The set matches case-sensitively, and a brand's name counts only where it is among the aliases: a name
    that is also a fruit's is left out.
    """
    aliases = event["aliases"]
    brand = {
        "name": event["brand"] if event["brand"] in aliases else aliases[0],
        "aliases": [{"text": alias, "exact_case": True} for alias in aliases],
        "look_alikes": event["exclude"],
    }
    return {"client": event["id"], "name": event["brand"], "brands": [brand]}


def source(platform: str) -> dict[str, Any]:
    """A hot list as a source, so that its titles are counted as a list's."""
    return {
        "id": platform,
        "name": platform,
        "kind": "drop_folder",
        "url": f"file:{platform}/",
        "class": "board",
        "every": "1h",
        "silent_after": "30d",
        "reach": REACH,
    }


def events_of(path: Path) -> list[dict[str, Any]]:
    """The events of a replay set."""
    events: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["events"]
    return events


def _copy(place: Path, to: Path) -> None:
    if place.is_dir():
        shutil.copytree(place, to)
    elif place.exists():
        shutil.copy(place, to)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("events", type=Path)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--sample", type=Path, default=SAMPLE)
    given = asked.parse_args()
    print(write_config(events_of(given.events), given.folder, given.sample))


if __name__ == "__main__":
    main()
