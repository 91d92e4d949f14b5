"""The lines of facts around a headline: where sites say when, by whom and from where."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from crawlers.extraction.prose import is_prose
from crawlers.extraction.shown_times import WHEN, is_time, without_times

_LONGEST = 80
_FEW = 8

_LABELLED = re.compile(
    r"(?:(?:稿件|文章|信息|本文|消息|图片)?(?:来源|來源)|作者|通讯员|摄影|撰文|(?:责任|責任|本期|值班)?(?:编辑|編輯)"
    r"|责编|審核|审核|校对|监制|供稿|投稿|文章录入|浏览量?|瀏覽|阅读量?|点击量?|评论数?|字号|字体|source|author|editor)"
    r"\s*[:：]\s*[^\s|｜:：,，。;；！？!?]{0,30}|(?:本报|本网|实习)?记者\s*[:：]\s*[\u4e00-\u9fff·]{2,4}(?=[\s|｜、]|$)"
    r"|(?:图文|文|图|编辑|摄影|撰文|视频|剪辑|来源|记者|作者)\s*/\s*[\u4e00-\u9fff·\w]{1,12}(?=[\s|｜、/]|$)",
    re.IGNORECASE,
)
_OF_TIMES = re.compile(
    r"(?:(?:最后|最近|上次|首次)?(?:发布|发表|更新|修改|编辑|發佈|發布|創建|录入)(?:时间|日期|時間|于)?|时间|日期|時間"
    r"|(?:last\s)?(?:published|posted|updated|modified))(?:\s*[:：]|\s+(?:on|at)\b)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\d{4}")
_BETWEEN = re.compile(r"[\s|｜·•/,，;；:：()（）\[\]【】<>《》-]+")


def is_line_of_facts(line: str) -> bool:
    """Whether a line says when, by whom and from where, and nothing else; a time alone is left to others."""
    if len(line) > _LONGEST:
        return False
    rest = _LABELLED.sub("", line)
    bare = _OF_TIMES.sub("", without_times(rest))
    return _BETWEEN.sub("", bare) == "" and _BETWEEN.sub("", without_times(line)) != ""


def datelines(facts: Sequence[str]) -> Iterator[str]:
    """Lines by the headline, before the first sentence, of a year, a clock and a name or a place."""
    before_text = takewhile(lambda line: is_time(line) or not is_prose(line), facts)
    yield from (line for line in before_text if _YEAR.search(line) and WHEN.search(line) and is_time(line))


def lines_of_facts(lines: Sequence[str], title: str) -> list[str]:
    """The short lines after the headline up to the first paragraph, then those just before it.

    Where the headline is not found, the page's first short lines.
    """
    places = [i for i, line in enumerate(lines) if title and line == title]
    at = places[-1] if places else -1
    after = _short_run(lines[at + 1 :])
    before = [line for line in lines[max(0, at - 2) : max(0, at)] if len(line) <= _LONGEST]
    return [*after, *before]


def _short_run(lines: Sequence[str]) -> list[str]:
    run: list[str] = []
    for line in lines[:_FEW]:
        if len(line) > _LONGEST:
            break
        run.append(line)
    return run
