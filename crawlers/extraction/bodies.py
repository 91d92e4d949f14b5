"""The article's text: readability first, trafilatura where readability finds nothing or only a part."""

import logging
import re
from collections.abc import Container

import trafilatura
from lxml import html
from readability import Document

from crawlers.plain import one_line, plain_text

_LINE_OF_FACTS = re.compile(
    r"^[\s（(【\[]*(?:来源|來源|作者|記者|责任?编辑|責任編輯|责编|编辑|審核|审核|校对|监制|发布时间|時間|时间|分享到?"
    r"|本文来源|原标题|版权声明|免责声明|特别声明|声明|点击进入|扫码|关注我们|打印|字号)\s*[:：]"
)
_END_OF_TEXT = re.compile(
    r"^\W*(?:相关(?:阅读|新闻|推荐|链接|文章)|相關(?:閱讀|新聞)|延伸阅读|推荐阅读|热门(?:推荐|评论)|猜你喜欢|网友评论"
    r"|最新评论|全部评论|更多(?:新闻|精彩)|上一篇|下一篇|related (?:stories|articles)|read more|comments)"
    r"\W*(?:[:：].*)?$",
    re.IGNORECASE,
)
_ENOUGH = 40
"""Characters below which a text is no article."""

_WHOLE_SHARE = 0.5
"""Of the paragraphs' text: readability gave less, so it may have seen one section only."""

for _name in ("readability.readability", "trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # they tell of every odd page, which is most pages


def text_of(part: html.HtmlElement, not_text: Container[str]) -> str:
    """The text, a line a paragraph, of a page already cleared; empty where there is none.

    ``not_text``: lines known to be something else, such as the headline.
    """
    markup = html.tostring(part, encoding="unicode")
    paragraphs = sum(len(one_line(node.text_content())) for node in part.iter("p"))
    text = _tidy(_by_readability(markup), not_text)
    if len(text) >= max(_ENOUGH, _WHOLE_SHARE * paragraphs):
        return text
    other = _tidy(_by_trafilatura(markup), not_text)
    return max(text, other, key=len)


def _by_readability(markup: str) -> str:
    try:
        return plain_text(Document(markup).summary(html_partial=True))
    except Exception:  # noqa: BLE001 -- a page that trips one library is read by the other
        return ""


def _by_trafilatura(markup: str) -> str:
    try:
        return trafilatura.extract(markup, include_comments=False, include_tables=True) or ""
    except Exception:  # noqa: BLE001 -- one odd page must not end a round
        return ""


def _tidy(text: str, not_text: Container[str]) -> str:
    """Without ``not_text``, the lines of facts around the text, and all that follows a list's heading."""
    lines: list[str] = []
    for line in map(one_line, text.splitlines()):
        if lines and _END_OF_TEXT.match(line):
            break
        if line and line not in not_text and not _LINE_OF_FACTS.match(line):
            lines.append(line)
    return "\n".join(lines)
