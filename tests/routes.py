"""Every route of the application, found by itself: whoever adds a page adds it to the tests."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute


@dataclass(frozen=True)
class Door:
    """One route, with what a form of it sends."""

    method: str
    path: str
    fields: tuple[str, ...]

    @property
    def blanks(self) -> list[str]:
        return re.findall(r"{([^}]+)}", self.path)

    def address(self, values: Mapping[str, str]) -> str:
        return re.sub(r"{([^}]+)}", lambda found: values[found[1]], self.path)


def doors(routes: list[BaseRoute]) -> Iterator[Door]:
    """Every route of the application, however deep it was included."""
    for route in routes:
        if isinstance(route, APIRoute):
            names = tuple(field.alias for field in route.dependant.body_params)
            for method in sorted(route.methods or ()):
                yield Door(method, route.path, names)
        elif inner := getattr(route, "original_router", None):
            yield from doors(inner.routes)
