"""What Slack accepts: blocks, their limits, and the errors it names (Block Kit reference, 2026-11)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

MAX_BLOCKS = 50
MAX_TOTAL = 13_200
"""Characters over all blocks: undocumented, found by users; beyond it ``msg_blocks_too_long``."""

MAX_TEXT = 40_000
LIMITS = {"header": 150, "section": 3000, "field": 2000, "button": 75, "value": 2000, "url": 3000, "id": 255}

Block = Mapping[str, Any]


def faults(blocks: Sequence[Block]) -> list[str]:
    """What is wrong with the blocks, in words; none means that Slack takes them."""
    found = [] if len(blocks) <= MAX_BLOCKS else [f"{len(blocks)} blocks, at most {MAX_BLOCKS}"]
    for block in blocks:
        check = _CHECKS.get(str(block.get("type")))
        found += check(block) if check else [f"unknown block type {block.get('type')!r}"]
    return found


def total_length(blocks: Sequence[Block]) -> int:
    """Characters of all texts in the blocks."""
    return sum(len(text) for text in _texts(list(blocks)))


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, Mapping):
        return [t for key, value in node.items() if key != "type" for t in _texts(value)]
    return [t for value in node for t in _texts(value)] if isinstance(node, list) else []


def _text(node: Any, where: str, limit: int, kinds: tuple[str, ...]) -> list[str]:
    if not isinstance(node, Mapping) or node.get("type") not in kinds:
        return [f"{where}: a text object of {' or '.join(kinds)} is wanted"]
    text = node.get("text")
    if not isinstance(text, str) or not text:
        return [f"{where}: empty text"]
    return [] if len(text) <= limit else [f"{where}: {len(text)} characters, at most {limit}"]


def _header(block: Block) -> list[str]:
    return _text(block.get("text"), "header", LIMITS["header"], ("plain_text",))


def _section(block: Block) -> list[str]:
    fields = block.get("fields") or []
    if not fields:
        return _text(block.get("text"), "section", LIMITS["section"], ("plain_text", "mrkdwn"))
    found = [] if len(fields) <= 10 else [f"{len(fields)} fields, at most 10"]  # noqa: PLR2004 -- Slack's
    for field in fields:
        found += _text(field, "field", LIMITS["field"], ("plain_text", "mrkdwn"))
    return found


def _actions(block: Block) -> list[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 25:  # noqa: PLR2004 -- Slack's
        return [f"{len(elements)} elements in actions, 1 to 25 wanted"]
    ids = [e.get("action_id") for e in elements]
    found = [] if len(set(ids)) == len(ids) else ["an action_id stands twice in one block"]
    for element in elements:
        found += _button(element)
    return found


def _button(element: Block) -> list[str]:
    found = [] if element.get("type") == "button" else [f"unknown element {element.get('type')!r}"]
    found += _text(element.get("text"), "button", LIMITS["button"], ("plain_text",))
    for key, limit in (("value", LIMITS["value"]), ("url", LIMITS["url"]), ("action_id", LIMITS["id"])):
        if len(str(element.get(key, ""))) > limit:
            found.append(f"button {key}: longer than {limit}")
    return found


def _context(block: Block) -> list[str]:
    count = len(block.get("elements") or [])
    return [] if 1 <= count <= 10 else [f"{count} elements in context, 1 to 10 wanted"]  # noqa: PLR2004 -- Slack's


def _divider(_block: Block) -> list[str]:
    return []


_CHECKS: Mapping[str, Callable[[Block], list[str]]] = {
    "header": _header,
    "section": _section,
    "actions": _actions,
    "context": _context,
    "divider": _divider,
}
