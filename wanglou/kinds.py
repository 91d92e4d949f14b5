"""``kind: feed`` → module ``feed`` → its class: plug-ins are found by name, loaded when first needed."""

import importlib
import pkgutil
from typing import Any


class UnknownKindError(Exception):
    """A config file asks for a kind that no module provides."""

    def __init__(self, package: str, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no kind {kind!r} in {package}; known kinds: {', '.join(known)}")
        self.kind = kind
        self.known = known


def known_kinds(package: str) -> tuple[str, ...]:
    """The kinds a package provides, in alphabetical order; private modules are none."""
    home = importlib.import_module(package)
    names = (m.name for m in pkgutil.iter_modules(home.__path__))
    return tuple(sorted(n for n in names if not n.startswith("_")))


def find_kind(package: str, kind: str) -> Any:
    """The plug-in of ``kind``: its module's ``PLUGIN``, a class or factory of the seam's type.

    Raises UnknownKindError naming the known kinds.
    """
    known = known_kinds(package)
    if kind not in known:
        raise UnknownKindError(package, kind, known)
    return importlib.import_module(f"{package}.{kind}").PLUGIN
