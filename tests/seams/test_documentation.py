"""What people can type, write and read is explained: commands, variables, config keys, nouns."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from desk.cli import main
from wanglou.config.schema import SHEETS, schema_of
from wanglou.domain.person import Role
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.kinds import find_kind, known_kinds

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("alerting", "analysis", "crawlers", "desk", "playbooks", "wanglou")
GLOSSARY = ROOT / "docs" / "glossary.md"
REFERENCE = ROOT / "docs" / "guide" / "config.md"
VARIABLE = re.compile(r"WANGLOU_[A-Z_]+[A-Z]")
CODE = re.compile(r"`([^`]+)`")

HAN = re.compile("[\u4e00-\u9fff]")

OUR_OWN = {"WANGLOU_END_WITH_PARENT": "set by `up` for its own children"}
"""Variable → why nobody needs to know it."""

HEADINGS = {
    "agency": "agency.yaml",
    "sources": "sources.yaml",
    "client": r"clients/\<client\>.yaml",
    "rule": r"rules/\<rule\>.yaml",
    "book": r"playbooks/library/\<book\>.yaml",
    "check": r"playbooks/checks/\<check\>.yaml",
}
"""File kind → the heading of its section in the reference."""

BELOW_A_LIMIT = re.compile(r"^sla\.\w+\.")
"""Keys below each clock are the same ones; the reference explains them once."""

COVERED_BY = {
    "BookStep": "step",
    "CorrectedReading": "correction",
    "DeltaState": "delta",
    "DriftWeek": "drift",
    "ChainedEntry": "timeline",
    "ExposureRow": "exposure",
    "KeptItem": "item",
    "LadderRung": "ladder",
    "Refused": "refusal",
    "ReadingCount": "drift",
    "RuleCondition": "rule",
    "Said": "mention",
    "SeenMention": "mention",
    "SlaClock": "clock",
    "SourceSpec": "source",
    "TimelineEntry": "timeline",
    "VolumeRow": "bucket",
}
"""Class → the noun whose row explains it: the same thing as stored, dated or read back."""

TECHNICAL = {
    "AllOf": "a form of watch",
    "AnyOf": "a form of watch",
    "CheckKind": "values of one field",
    "CheckLevel": "values of one field",
    "Config": "all config files together; nobody speaks of it",
    "DatedBy": "values of one field",
    "DeliveryKind": "values of one field",
    "DeliveryState": "values of one field",
    "From": "a form of watch",
    "IncidentState": "values of one field, said in wanglou/wording",
    "Inside": "a form of watch",
    "Later": "a notifier's answer",
    "Message": "a delivery as one notifier is handed it",
    "Never": "a notifier's answer",
    "Near": "a form of watch",
    "Not": "a form of watch",
    "Origin": "values of one field",
    "Sent": "a notifier's answer",
    "SourceState": "values of one field, explained in the operator's notes",
    "Span": "a stretch of time, as everywhere",
    "StepState": "values of one field",
    "Via": "values of one field",
    "WatchField": "values of one field",
    "Words": "a form of watch",
}
"""Class → why it needs no row."""


@cache
def documents() -> str:
    """What lies at the root and everything under docs."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def sections() -> Mapping[str, str]:
    """Heading of the second or third rank → what stands between it and the next, in the reference."""
    parts = re.split(r"^#{2,3} (.+)$", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_column(text: str) -> set[str]:
    """What stands in code in the first cell of every table row."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return {code for row in rows for code in CODE.findall(row.split("|")[1])}


def keys_of(kind: str) -> set[str]:
    """Every key of a kind of file by its path; ``*`` stands for a name people choose."""
    schema: dict[str, Any] = json.loads(schema_of(kind))
    return set(_keys(schema, schema.get("$defs", {}), ""))


def _keys(node: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Iterator[str]:
    if "$ref" in node:
        node = known[node["$ref"].rpartition("/")[2]]
    for one in (*node.get("anyOf", ()), *node.get("allOf", ())):
        yield from _keys(one, known, path)
    for name, below in node.get("properties", {}).items():
        yield path + name
        yield from _keys(below, known, f"{path}{name}.")
    for below in (*node.get("patternProperties", {}).values(), node.get("additionalProperties")):
        if isinstance(below, dict):
            yield from _keys(below, known, f"{path}*.")
    if isinstance(node.get("items"), dict):
        yield from _keys(node["items"], known, path)


@pytest.mark.parametrize("command", main.commands())
def test_every_command_is_named_in_the_documents(command: str) -> None:
    assert re.search(rf"wanglou {command.replace('_', '-')}\b", documents())


def test_the_documents_name_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"`(?:\.venv/bin/)?wanglou ([a-z-]+)", documents()))
    named |= set(re.findall(r"^(?:\.venv/bin/|uv run )?wanglou ([a-z-]+)", documents(), re.MULTILINE))
    assert {name.replace("-", "_") for name in named} - set(main.commands()) == set()


def variables_read() -> set[str]:
    """The environment variables that any file of ours names."""
    folders = (*PACKAGES, "benchmarks", "tests", ".ci")
    texts = (path.read_text(encoding="utf-8") for f in folders for path in (ROOT / f).rglob("*.py"))
    return {name for text in texts for name in VARIABLE.findall(text)}


def test_every_environment_variable_is_documented() -> None:
    assert {name for name in variables_read() - OUR_OWN.keys() if name not in documents()} == set()


@pytest.mark.parametrize("kind", SHEETS)
def test_every_key_of_a_config_file_is_explained_and_none_besides(kind: str) -> None:
    keys = {key for key in keys_of(kind) if not BELOW_A_LIMIT.search(key)}
    assert first_column(sections()[HEADINGS[kind]]) == keys


def test_the_keys_of_a_limit_are_explained_once() -> None:
    below = {key.rpartition(".")[2] for key in keys_of("agency") if BELOW_A_LIMIT.search(key)}
    assert first_column(sections()["时限的写法 · Limits"]) == below


def test_every_option_of_a_source_is_explained_and_none_besides() -> None:
    day = timedelta(days=1)
    unknown = MappingProxyType({"no_such_option": 1})
    known: set[str] = set()
    for kind in known_kinds("crawlers.sources"):
        spec = SourceSpec("s", "甲", kind, "file:x/", SourceClass.NEWS, day, day, 1, options=unknown)
        with pytest.raises(ValueError, match="known: ") as refused:
            find_kind("crawlers.sources", kind)(spec)
        known |= set(str(refused.value).rpartition("known: ")[2].split(", "))
    assert known == first_column(sections()["options"])


@pytest.mark.parametrize("value", [*SourceClass, *Role], ids=str)
def test_every_class_of_source_and_every_role_is_explained(value: str) -> None:
    assert f"`{value}`" in REFERENCE.read_text(encoding="utf-8")


def glossary() -> Mapping[str, Sequence[str]]:
    """Noun → its cells."""
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]
    return {row[0]: row for row in cells}


def test_every_noun_has_its_chinese_its_meaning_and_its_unit() -> None:
    unfit = [row for row in glossary().values() if len(row) != 4 or not all(row) or not HAN.search(row[1])]
    assert unfit == []


def test_a_noun_stands_in_the_glossary_once() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    named = re.findall(r"^\| ([a-z][a-z -]*) \|", text, re.MULTILINE)
    assert sorted(named) == sorted(set(named))


def domain_classes() -> list[str]:
    """The public classes of the nouns' package."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "wanglou/domain").glob("*.py"))
    return sorted(n.name for t in trees for n in t.body if isinstance(n, ast.ClassDef) and n.name[0] != "_")


def noun_of(name: str) -> str:
    """``SourceClass`` → ``source class``, or the noun it is a form of."""
    return COVERED_BY.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def test_every_noun_of_the_trade_is_in_the_glossary() -> None:
    nouns = {noun_of(name) for name in domain_classes() if name not in TECHNICAL}
    assert nouns - glossary().keys() == set()


def test_no_exemption_outlives_its_class() -> None:
    assert (COVERED_BY.keys() | TECHNICAL.keys()) - set(domain_classes()) == set()
