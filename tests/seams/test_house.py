"""The house's own laws: locks agree, names are free, the nouns stand on the standard library alone."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.MULTILINE | re.IGNORECASE)


def pins(name: str) -> dict[str, str]:
    return {m[1].lower(): m[2] for m in LOCKED.finditer((ROOT / name).read_text(encoding="utf-8"))}


def test_both_locks_and_the_pins_for_uv_name_the_same_versions() -> None:
    constraints = dict(
        re.split(r"==", re.split(r"[ ;]", pin)[0], maxsplit=1)
        for pin in PROJECT["tool"]["uv"]["constraint-dependencies"]
    )
    product, developers = pins("requirements.lock"), pins("requirements-dev.lock")
    assert product.items() <= developers.items()
    assert {re.sub(r"\[.*\]", "", k).lower(): v for k, v in constraints.items()} == developers


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_host_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pins(lock))


def test_every_dependency_asked_for_is_locked() -> None:
    asked = {re.split(r"[\[<>=]", d)[0].lower().replace(".", "-") for d in PROJECT["project"]["dependencies"]}
    assert asked <= pins("requirements.lock").keys()


def test_import_names_belong_to_no_other_installed_distribution() -> None:
    ours = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    owners = packages_distributions()
    assert {name: owners[name] for name in ours if set(owners.get(name, [])) - {"wanglou"}} == {}


@pytest.mark.parametrize(
    "path", [*(ROOT / "wanglou/domain").glob("*.py"), *(ROOT / "wanglou/ports").glob("*.py")], ids=str
)
def test_nouns_and_ports_stand_on_the_standard_library_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    modules += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    outside = {m for m in modules if m.split(".")[0] not in sys.stdlib_module_names}
    assert all(m.startswith(("wanglou.domain", "wanglou.ports")) for m in outside)


def test_no_import_hides_inside_a_function() -> None:
    indented = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in ("wanglou", "crawlers", "analysis", "alerting", "playbooks", "desk")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom) and node.col_offset > 0
    ]
    assert indented == []


def test_no_property_test_is_timed_and_the_gate_tries_the_same_examples_each_time() -> None:
    house, gate = map(settings.get_profile, ("house", "gate"))
    for profile in (house, gate):
        assert profile.deadline is None
        assert HealthCheck.too_slow in profile.suppress_health_check
    assert (house.derandomize, gate.derandomize) == (False, True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--hypothesis-profile=gate" in makefile
    allowed = {"deadline=None", "suppress_health_check=ON_ONE_FIXTURE"}
    asked = re.compile(r"\b(?:deadline|suppress_health_check)=[\w.]+\b|\bsuppress_health_check=\[")
    others = [p for p in (ROOT / "tests").rglob("test_*.py") if p != Path(__file__)]
    assert {said for p in others for said in asked.findall(p.read_text(encoding="utf-8"))} <= allowed
