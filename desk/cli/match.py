"""Say which client and brand each text means, by which words, and why; or preview a watch's last hits."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from analysis.matching import Matcher, Missed
from analysis.watching import Reason
from desk.cli import _options
from desk.cli._exits import UnreadableInputError, UsageError
from desk.cli._kinds import kinds_here
from desk.cli._match_words import in_words as told_in_words
from desk.cli._preview import preview
from desk.cli._streams import name_of, read_text, tell, write_json_lines
from desk.wiring.shared import Place, matcher_of
from wanglou.config.folder import load
from wanglou.domain.agency import Config
from wanglou.domain.item import Author, Item
from wanglou.domain.mention import Match

Line = Mapping[str, Any]

_PARTS = ("title", "text", "source", "author")


def match(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Lines of JSON; - is stdin.")] = "",
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    *,
    previews: Annotated[
        bool, typer.Option("--preview", help="Show stored hits, and words that would remove noise.")
    ] = False,
    client: Annotated[str, typer.Option("--client", help="--preview: of this client alone, by its id.")] = "",
    brand: Annotated[str, typer.Option("--brand", help="--preview: of this brand alone.")] = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="--preview: how far back.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="--preview: one JSON object a brand.")] = False,
    in_words: Annotated[
        bool, typer.Option("--in-words", help="Say of each text in sentences who is meant, not in JSON.")
    ] = False,
    language: Annotated[
        _options.Language, typer.Option(help="--preview, --in-words: what it is said in.")
    ] = _options.Language.ZH,
) -> None:
    """Read a text a line, or lines {"id", "title", "text", "source", "author"}; write who is meant and why.

    Order is kept. "matches" names client, brand and words; "competitors" whom else the item names, counted
    for the share of voice alone; "not" the names that can be seen but do not count, each with its cause.
    A line that cannot be read is named on stderr, the others are answered, and the command ends with exit
    code 3. --in-words says the same in sentences.

    --preview asks the database instead: what each brand's watch hit in the last days, and the words that as
    NOT would remove the most noise. Noise is what people said is not about the brand, and what reads neutral.
    Each word says how many hits it would remove, and how many negative ones among them. Nothing is changed.
    """
    if previews == bool(file):
        raise UsageError("write a FILE of texts (- is stdin), or --preview; one of the two")
    if previews:
        preview(Place(config, data, library), client, brand, days, language, as_json=as_json)
        return
    known = load(config, library, kinds_here())
    matcher = matcher_of(known)
    refused = 0
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        try:
            if in_words:
                sys.stdout.writelines(_sentences(known, matcher, language, number, line))
            else:
                write_json_lines(_answers(matcher, line))
        except ValueError as error:
            refused += 1
            tell(f"{name_of(file)}:{number}: {error}")
    if refused:
        raise UnreadableInputError(f"{name_of(file)}: {refused} lines were not read, see above")


def _answers(matcher: Matcher, line: str) -> Iterator[Line]:
    """No answer for an empty line. Raises ValueError saying what to write."""
    if not line.strip():
        return
    value = _value(line)
    item = _item(value)
    whole = f"{item.title}\n{item.text}"
    named = matcher.named(item)
    yield {
        "id": value.get("id"),
        "matches": [_match(found, whole, "brand") for found in named.brands],
        "competitors": [_match(found, whole, "competitor") for found in named.competitors],
        "not": [_missed(missed) for missed in matcher.missed(item)],
    }


def _sentences(config: Config, matcher: Matcher, language: str, number: int, line: str) -> Iterator[str]:
    """Like ``_answers``, for people."""
    if line.strip():
        item = _item(_value(line))
        for said in told_in_words(config, language, number, item, matcher.named(item), matcher.missed(item)):
            yield f"{said}\n"


def _value(line: str) -> Line:
    """What a line says: an object, or the bare text."""
    return _parsed(line) if line.lstrip().startswith("{") else {"text": line.rstrip("\r")}


def _parsed(line: str) -> Line:
    try:
        value: Line = json.loads(line)
    except (ValueError, RecursionError) as error:
        says = f"not JSON ({error}); write one object a line, or the bare text"
        raise ValueError(says) from error
    return value


def _item(value: Line) -> Item:
    parts = {name: value.get(name) or "" for name in _PARTS}
    for name, part in parts.items():
        if not isinstance(part, str):
            says = f'"{name}" is no text; write {{"{name}": "…"}}'
            raise ValueError(says)  # noqa: TRY004 -- the file is wrong, not the program
    author = Author(parts["author"]) if parts["author"] else None
    return Item(parts["source"], "", parts["title"], parts["text"], author)


def _match(found: Match, whole: str, role: str) -> Line:
    words = list(dict.fromkeys(whole[start:end] for start, end in found.spans))
    return {"client": found.client, role: found.brand, "alias": found.alias, "words": words}


def _missed(missed: Missed) -> Line:
    role = "competitor" if missed.competitor else "brand"
    told: dict[str, Any] = {"client": missed.client, role: missed.brand, "alias": missed.alias}
    told["cause"] = missed.cause.value
    if missed.by is not None:
        told["by"] = missed.by
    if missed.reasons:
        told["watch"] = [_reason(reason) for reason in missed.reasons]
    return told


def _reason(reason: Reason) -> Line:
    told: dict[str, Any] = {"lack": reason.lack.value, "words": list(reason.words)}
    if reason.field is not None:
        told["field"] = reason.field.value
    if reason.gap is not None:
        told |= {"gap": reason.gap, "allowed": reason.allowed}
    return told


PLUGIN = match
