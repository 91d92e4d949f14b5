"""Talk without times and buttons: told from interviews, lists of terms and instructions by how people speak.

Edited text ends its sentences; whoever comments often does not, says 我 and 啊, and speaks once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html

from crawlers.extraction.comment_parts import (
    LEAST,
    LONGEST_NAME,
    NAMED_WITHIN,
    SPEAKER,
    Piece,
    bare_name,
    is_count,
    is_name,
    is_words,
    pieces_of,
)
from crawlers.extraction.flat_comments import flat_comments
from crawlers.extraction.prose import is_prose, lines_of
from crawlers.extraction.shown_times import is_time
from crawlers.extraction.tree import drop
from crawlers.plain import one_line

_MOST = 0.6
_DIFFERENT = 0.6
"""Of the speakers: in an interview few speak often."""

_UNENDED = 0.5
"""Of what is said, without a stop at its end."""

_PERSONAL = 1 / 3
"""Of what is said, in the voice of a person."""

_MOST_PIECES = 12
_SHORT = 5
"""Characters that may be words without a stop."""

_ENDS = "。！？!?.…”」』）)"
_VOICE = re.compile(
    r"我|俺|咱|楼上|哈哈|呵呵|呜呜|笑死|避雷|坐等|支持|垃圾|太.{1,4}了|[吧啊呢嘛呀啦哦哈诶]|！|\b(?:I|lol|omg)\b"
)
_IN_ONE = re.compile(rf"([^，。！？；：:,!?;]{{1,{LONGEST_NAME}}})[:：]\s*(\S.*)")
_HEADING = re.compile(
    r"\W*(?:网友|網友|最新|全部|精彩|热门|文章|读者|大家|用户)?的?(?:评论|評論|跟帖|留言|回复|回帖|热议|怎么说)(?:区|板|列表)?"
    r"\W*(?:\d+\s*条?)?\W*|(?:共\s*)?\d+\s*条(?:评论|跟帖|留言|回复)|(?:\d+ )?comments\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody seems to say, the elements that hold it, and whether a bare number stands behind it."""

    nodes: Sequence[html.HtmlElement]
    name: str
    words: str
    counted: bool


def drop_voices(tree: html.HtmlElement, headline: str) -> None:
    """Take runs of comments out of a tree that is cleared of furniture, the last ones first."""
    for box in reversed([node for node in tree.iter() if len(node) >= LEAST]):
        for run in (*_runs(box, headline), *_flat(box, headline)):
            if _is_talk(run):
                drop(node for said in run for node in said.nodes)


def _runs(box: html.HtmlElement, headline: str) -> Iterator[list[_Said]]:
    """What follows each other in like elements, each with a name and words."""
    children = [node for node in box if isinstance(node.tag, str)]
    for tag in dict.fromkeys(node.tag for node in children):
        like = [node for node in children if node.tag == tag]
        if len(like) < LEAST:
            continue
        found = [(i, said) for i, node in enumerate(like) if (said := _said(node, headline))]
        if len(found) >= LEAST and len(found) >= _MOST * (found[-1][0] - found[0][0] + 1):
            yield [said for _, said in found]


def _flat(box: html.HtmlElement, headline: str) -> Iterator[list[_Said]]:
    for run in flat_comments(box, headline):
        yield [_Said(one.nodes, one.name, one.words, "C" in one.parts) for one in run]


def _said(node: html.HtmlElement, headline: str) -> _Said | None:
    pieces = pieces_of(node)
    if not 0 < len(pieces) <= _MOST_PIECES or node.find(".//h1") is not None:
        return None
    first, tag = pieces[0]
    counted = is_count(pieces[-1][0])
    in_one = _IN_ONE.fullmatch(first)
    if in_one and is_name(in_one[1], tag, headline) and is_words(first):
        return _Said([node], in_one[1], pieces[-1 - counted][0], counted)
    first_ones = [(bare_name(text), tag) for text, tag in pieces[:NAMED_WITHIN]]
    named = [text for text, tag in first_ones if is_name(text, tag, headline)]
    words = [text for text, _ in pieces[1:] if is_words(text)] or _short_words(pieces[1:])
    return _Said([node], named[0], words[-1], counted) if named and words else None


def _short_words(pieces: Sequence[Piece]) -> list[str]:
    """The longest text, where somebody says little and without a stop."""
    longest = max((text for text, _ in pieces), key=len, default="")
    return [longest] if len(longest) >= _SHORT and not is_count(longest) and not is_time(longest) else []


def _is_talk(run: Sequence[_Said]) -> bool:
    if _is_under_a_heading(run[0].nodes[0]):
        return True
    if not _is_last(run[-1].nodes[-1]):
        return False
    if sum(SPEAKER.search(said.name) is not None for said in run) >= _MOST * len(run):
        return True
    different = len({said.name for said in run}) >= _DIFFERENT * len(run)
    personal = sum(_VOICE.search(said.words) is not None for said in run) >= _PERSONAL * len(run)
    unended = sum(not said.words.endswith(tuple(_ENDS)) for said in run) >= _UNENDED * len(run)
    counted = sum(said.counted for said in run) >= _MOST * len(run)
    return different and personal and (unended or counted)


def _is_under_a_heading(node: html.HtmlElement) -> bool:
    """Whether the line before it, in its box or above that, says that comments follow."""
    for inner in (node, *node.iterancestors()):
        before = next((text for each in inner.itersiblings(preceding=True) if (text := _line(each))), None)
        if before is not None:
            return _HEADING.fullmatch(before) is not None
    return False


def _is_last(node: html.HtmlElement) -> bool:
    """Whether no edited text follows, in its box or behind that."""
    box = node.getparent()
    after = [*node.itersiblings(), *(box.itersiblings() if box is not None else ())]
    return not any(is_prose(line) and line.endswith("。") for each in after for line in lines_of(each))


def _line(node: html.HtmlElement) -> str:
    return one_line(node.text_content()) if isinstance(node.tag, str) else ""
