"""Explain one text's verdict: probabilities, topics and what every word added."""

import sys
from typing import Annotated

import typer

from analysis.reading import Explanation
from desk.cli import _options, _reader
from desk.cli._streams import STDIN, read_text, write_json_line
from wanglou.domain.mention import Reading
from wanglou.domain.topic import Topic

Text = Annotated[str, typer.Argument(metavar="TEXT", help="The text itself; - reads it from stdin.")]

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object in the place of the table.")]

_BAR = 12
"""Characters of the longest bar."""


def explain(
    text: Text,
    as_json: AsJson = False,
    weights: _reader.WeightsFile = _reader.WEIGHTS,
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
) -> None:
    """Show the text as the model saw it, its probabilities and topics, and the words that carried them.

    A positive number speaks for the verdict, a negative one against it; both are differences in log-odds.
    """
    reader = _reader.build_reader(weights, data, _reader.words_of(config))
    found = reader.explain(read_text(STDIN) if text == STDIN else text)
    if as_json:
        write_json_line(_as_json(found))
    else:
        sys.stdout.writelines(line + "\n" for line in _table(found))


def _as_json(found: Explanation) -> dict[str, object]:
    reading = found.reading
    return {
        "text": found.cleaned,
        "label": reading.label.value,
        "p_neg": round(reading.p_neg, 6),
        "p_neu": round(reading.p_neu, 6),
        "p_pos": round(reading.p_pos, 6),
        "unsure": reading.unsure,
        "topics": [topic.value for topic in reading.topics],
        "topic_words": list(dict.fromkeys(word for _, word in reading.topic_words)),
        "topic_told": [list(pair) for pair in reading.topic_words],
        "words": [{"word": word, "adds": round(value, 4)} for word, value in found.words],
        "model": reading.model,
    }


def _table(found: Explanation) -> list[str]:
    reading = found.reading
    topics = ", ".join(_topic(reading, topic) for topic in reading.topics) or "none"
    return [
        f"text     {found.cleaned}",
        f"verdict  {reading.label.value}{' (unsure)' if reading.unsure else ''}",
        f"         neg {reading.p_neg:.2f}  neu {reading.p_neu:.2f}  pos {reading.p_pos:.2f}",
        f"topics   {topics}",
        f"words    + speaks for {reading.label.value}, - against it",
        *_bars(found.words),
        f"model    {reading.model[:12]}",
    ]


def _topic(reading: Reading, topic: Topic) -> str:
    words = [word for of, word in reading.topic_words if of is topic]
    return f"{topic.value} ({'、'.join(words)})" if words else topic.value


def _bars(words: tuple[tuple[str, float], ...]) -> list[str]:
    longest = max((abs(value) for _, value in words), default=0.0) or 1.0
    return [
        f"  {value:+7.3f}  {('+' if value > 0 else '-') * round(abs(value) / longest * _BAR):{_BAR}}  {word}"
        for word, value in words
        if word.strip()
    ]


PLUGIN = explain
