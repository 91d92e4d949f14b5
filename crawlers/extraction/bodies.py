"""The article's text: readability first, trafilatura where readability finds nothing or only a part."""

import logging
import re
from collections.abc import Container

import trafilatura
from lxml import html
from readability import Document

from crawlers.extraction.heads import is_line_of_facts
from crawlers.extraction.nearby import around, beginning_of, box_of, tells
from crawlers.extraction.prose import is_notice, lines_of
from crawlers.extraction.shown_times import without_lone_times
from crawlers.plain import one_line, plain_text

_LINE_OF_FACTS = re.compile(
    r"^[\s（(【\[]*(?:(?:消息|信息|稿件|新闻|图片|视频|文章)?(?:来源|來源)|文章录入|作者|記者|责任?编辑|責任編輯|责编|编辑|審核|审核|校对|监制|发布时间|時間|时间|分享到?"
    r"|本文来源|原标题|版权声明|免责声明|特别声明|声明|点击进入|扫码|关注我们|打印|字号)\s*[:：]"
)
_CALL = re.compile(
    r"^\W*(?:点击(?:进入|查看|观看|阅读|下载|关注|播放|上方|下方|图片|右上)|戳(?:这里|链接|上方|下方)|扫码|扫描|长按|识别二维码|微信扫"
    r"|轻触|余下全文|(?:阅读|展开|查看|显示)(?:全文|原文|更多)|下一页|上一页|预览时|继续滑动|本帖最后由.{1,40}编辑$)"
    r"[^。！？]{0,28}$"
)
"""A line that asks the reader to press something; longer ones, and sentences, are text."""

_END_OF_TEXT = re.compile(
    r"^\W*(?:相关(?:阅读|新闻|推荐|链接|文章)|相關(?:閱讀|新聞)|延伸阅读|推荐阅读|热门(?:推荐|评论|跟帖)|猜你喜欢"
    r"|(?:网友|網友|最新|全部|精彩|热门|文章|读者)?(?:评论|評論|跟帖|留言)(?:区|板|列表)?|发表评论|我要评论|网友(?:热议|怎么说)"
    r"|(?:共有?\s*)?\d+\s*条(?:评论|跟帖|留言|回复|回答)|全部回复|更多(?:新闻|精彩)|上一篇|下一篇"
    r"|related (?:stories|articles)|read more|(?:\d+ )?comments)"
    r"\W*(?:[(（\[]?\s*\d+\s*条?[)）\]]?\W*)?(?:[:：].*)?$",
    re.IGNORECASE,
)
_ENOUGH = 40
"""Characters below which a text is no article."""

_WHOLE_SHARE = 0.5
"""Of the paragraphs' text: readability gave less, so it may have seen one section only."""

for _name in ("readability.readability", "trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # they tell of every odd page, which is most pages


def text_of(part: html.HtmlElement, title: str, not_text: Container[str]) -> str:
    """The text, a line a paragraph, of a page already cleared; empty where there is none.

    What lacks the paragraphs next to the headline is not believed: it is the text of somebody else.
    ``not_text``: lines known to be something else, such as the headline.
    """
    next_to_it = beginning_of(lines_of(part), title)
    part = around(part, next_to_it)
    markup = html.tostring(part, encoding="unicode", with_tail=False)
    paragraphs = sum(len(one_line(node.text_content())) for node in part.iter("p"))
    text = _tidy(_by_readability(markup), not_text)
    if not tells(text, next_to_it):
        return _tidy(box_of(part, next_to_it), not_text)
    if len(text) >= max(_ENOUGH, _WHOLE_SHARE * paragraphs):
        return text
    other = _tidy(_by_trafilatura(markup), not_text)
    return max(text, other, key=len) if tells(other, next_to_it) else text


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
    """Without ``not_text``, lines of facts, lone times and rights, and all that follows a list's heading."""
    lines: list[str] = []
    for line in map(one_line, text.splitlines()):
        if lines and _END_OF_TEXT.match(line):
            break
        if line and line not in not_text and not _says_facts(line):
            lines.append(line)
    return "\n".join(without_lone_times(lines))


def _says_facts(line: str) -> bool:
    calls = _CALL.match(line) or _LINE_OF_FACTS.match(line)
    return calls is not None or is_line_of_facts(line) or is_notice(line)
