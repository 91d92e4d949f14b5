"""A person written into ``agency.yaml``: one line below ``people:``, everything else as it stood."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from wanglou.domain.person import Person

HEADING = "people:"


class CannotJoinError(Exception):
    """The file is not laid out so that a line can be put in; says what to write by hand."""


def with_person(text: str, person: Person) -> str:
    """The file with one more person, first below ``people:``, indented as the others are.

    Raises CannotJoinError where ``people:`` does not begin a block of lines.
    """
    lines = text.splitlines(keepends=True)
    place = next((n for n, line in enumerate(lines) if line.split("#")[0].rstrip() == HEADING), None)
    if place is None:
        raise CannotJoinError(
            f"agency.yaml has no line that is just {HEADING!r}; "
            f"write the person in by hand: {_line(person, '  ')}"
        )
    below = (line for line in lines[place + 1 :] if line.strip() and not line.lstrip().startswith("#"))
    first = next(below, "  ")
    indent = first[: len(first) - len(first.lstrip())] or "  "
    ending = "\r\n" if lines[place].endswith("\r\n") else "\n"
    before = lines[place] if lines[place].endswith("\n") else lines[place] + ending
    return "".join([*lines[:place], before, _line(person, indent) + ending, *lines[place + 1 :]])


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step, keeping its rights: a crash leaves the old one, never half of the new."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _line(person: Person, indent: str) -> str:
    """JSON's quoting is YAML's too, so no name can break out of its place."""
    facts: dict[str, str | Mapping[str, str]] = {"name": person.name, "role": person.role.value}
    if person.contacts:
        facts["contacts"] = dict(person.contacts)
    if person.language != "zh":
        facts["language"] = person.language
    said = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items())
    return f"{indent}{person.id}: {{{said}}}"
