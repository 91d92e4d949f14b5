"""Write the hashed locks, and the same pins into pyproject.toml: run by ``make lock``, needs uv."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate"]
PIN = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)([^\\\n]*)", re.MULTILINE | re.IGNORECASE
)


def main() -> None:
    """Resolve afresh without the old pins, then store what was found in all three places."""
    project = ROOT / "pyproject.toml"
    project.write_text(_with_pins(project.read_text(encoding="utf-8"), []), encoding="utf-8")
    _compile("requirements.lock", ["pyproject.toml"])
    _compile("requirements-dev.lock", ["pyproject.toml", "--group", "dev", "-c", "requirements.lock"])
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    pins = sorted({f"{m[1]}=={m[2]}{m[3].rstrip()}" for m in PIN.finditer(text)})
    project.write_text(_with_pins(project.read_text(encoding="utf-8"), pins), encoding="utf-8")


def _compile(lock: str, what: list[str]) -> None:
    subprocess.run([*COMPILE, *what, "--no-emit-index-url", "-q", "-o", lock], cwd=ROOT, check=True)  # noqa: S603 -- our own words


def _with_pins(text: str, pins: list[str]) -> str:
    block = "constraint-dependencies = [\n" + "".join(f"    {_quoted(p)},\n" for p in pins) + "]\n"
    return re.sub(r"constraint-dependencies = \[\n(?:.*\n)*?\]\n", lambda _: block, text)


def _quoted(pin: str) -> str:
    return '"' + pin.replace('"', "'") + '"'


if __name__ == "__main__":
    main()
