"""From a document to a checked model; pydantic's findings become sentences with a place and advice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from wanglou.config.document import Document, KeyPath
from wanglou.config.problem import Findings, Problem, advise
from wanglou.config.values import describe

RENAMED: Mapping[tuple[str, str], str] = {
    ("ClientSheet", "lookalikes"): "look_alikes of each brand",
    ("ClientSheet", "look_alikes"): "look_alikes of each brand",
    ("ClientSheet", "aliases"): "aliases of each brand",
}
"""(sheet, key once used or often expected there) → where it stands now."""


class Sheet(BaseModel):
    """The shape of a file or of a part of it; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


S = TypeVar("S", bound=Sheet)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rest of a file kind's module works with: the document and where to put problems."""

    document: Document
    findings: Findings

    def refuse(self, path: KeyPath, says: str) -> None:
        """Report what stands at ``path``; the start is stopped."""
        self.findings.add(self.document.problem(path, says))

    def note(self, path: KeyPath, says: str) -> None:
        """Say something of what stands at ``path`` without stopping the start."""
        self.findings.notes.append(self.document.problem(path, says))

    def sheet(self, model: type[S]) -> S | None:
        """The document as ``model``, or None after reporting everything that does not fit."""
        try:
            return model.model_validate(self.document.values)
        except ValidationError as error:
            found = error.errors(include_url=False)
            for one in found:
                if not _is_echo(one, found):
                    self.findings.add(_problem(self.document, model, one))
        return None

    def is_named_after_its_file(self, key: str, value: str) -> None:
        """Report an id that is not the file's name: people look for ``lock`` in ``lock.yaml``."""
        stem = self.document.stem
        if value != stem:
            ending = f'write "{stem}" or rename the file to {value}.yaml'
            self.refuse([key], f'found "{value}" in a file named {stem}.yaml; {ending}')


def _is_echo(one: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """A list whose entries are all wrong also counts as too short; only the entries are worth saying."""
    place = one["loc"]
    return one["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and other["loc"] != place for other in found
    )


def _problem(document: Document, model: type[Sheet], found: ErrorDetails) -> Problem:
    path = found["loc"]
    says = _sentence(model, found)
    problem = document.problem(path, says)
    if found["type"] == "missing":
        key = ".".join(part for part in (problem.key, str(path[-1])) if part)
        return Problem(problem.file, problem.line, key, says)
    return problem


def _sentence(model: type[Sheet], found: ErrorDetails) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(model, found["loc"])
    advice = _advice(model, found["loc"])
    if kind == "missing":
        return f"is missing; {advice or 'write it'}"
    if kind == "value_error":
        return str(context.get("error", found["msg"]))
    seen = describe(found["input"])
    return f"found {seen}; {_wanted(kind, context)}{f'; {advice}' if advice else ''}"


_WANTED: Mapping[str, str] = {
    "string_type": "write a text",
    "string_pattern_mismatch": "write lower-case letters, digits and - (files, rules, books and kinds: _)",
    "string_too_short": "write at least one character",
    "string_too_long": "write something shorter",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "tuple_type": "write a list, such as [one, two]",
    "list_type": "write a list, such as [one, two]",
    "dict_type": "write keys with values below it",
    "model_type": "write keys with values below it",
    "model_attributes_type": "write keys with values below it",
    "too_short": "write at least one entry",
}


def _wanted(kind: str, context: Mapping[str, Any]) -> str:
    if kind in {"literal_error", "enum"}:
        return f"write {context.get('expected', 'one of the known words')}"
    if kind in {"greater_than_equal", "less_than_equal"}:
        return f"write a number from {context.get('ge', 0)} to {context.get('le', 'any size')}"
    return _WANTED.get(kind, kind.replace("_", " "))


def _advice(model: type[Sheet], path: KeyPath) -> str:
    """What the field's own example shows, as the line that a person would write."""
    owner = _sheet_at(model, path[:-1])
    name = str(path[-1]) if path else ""
    field = _keys(owner).get(name) if owner else None
    if field is None or not field.examples:
        return ""
    return f"for example {name}: {field.examples[0]}"


def _unknown_key(model: type[Sheet], path: KeyPath) -> str:
    owner, key = _sheet_at(model, path[:-1]), str(path[-1])
    if owner is None:
        return "is not known here; remove it"
    if (owner.__name__, key) in RENAMED:
        return f"is not written here; write it as {RENAMED[owner.__name__, key]}"
    return f"is not known here; {advise(key, _keys(owner))}"


def _keys(sheet: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a sheet as people write them."""
    return {field.alias or name: field for name, field in sheet.model_fields.items()}


def _sheet_at(annotation: Any, path: KeyPath) -> type[BaseModel] | None:
    """The model that describes what stands at ``path``; lists and maps take one step of it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not path:
            return annotation
        field = _keys(annotation).get(str(path[0]))
        return _sheet_at(field.annotation, path[1:]) if field else None
    if hasattr(annotation, "__metadata__"):  # Annotated keeps the type first
        return _sheet_at(annotation.__origin__, path)
    inside = [a for a in get_args(annotation) if a not in {type(None), Ellipsis, str, int}]
    if not inside:
        return None
    is_container = getattr(annotation, "__origin__", None) in {tuple, dict, list}
    return _sheet_at(inside[-1], path[1:] if is_container else path)
