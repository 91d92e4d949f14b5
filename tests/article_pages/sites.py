"""Article pages as kinds of sites build them, in files, and what is true of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.article_pages.hostile import ARTICLE, AT, BY, EVENTS, LONG, TITLE
from tests.article_pages.news import RELATED, Made
from tests.article_pages.talk import TALK

FOLDER = Path(__file__).parent / "of_sites"
DAY = AT.replace(hour=0, minute=0)
DAY_AFTER = AT + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a reader would say of a page; ``leaks`` is what stands around the text."""

    name: str
    leaks: tuple[str, ...]
    paragraphs: tuple[str, ...] = LONG
    author: str = BY
    published: datetime = AT


TRUTHS = (
    Truth("a_public_account", ("微信扫一扫", "预览时", "轻触", "继续滑动")),
    Truth("a_portal", ("我有话说", "缩小字体", "我要反馈", "点击进入", "秦越", *RELATED)),
    Truth("a_feed", ("举报", "评论 36"), author=""),
    Truth("a_self-published_page_without_a_heading", ("举报", *RELATED), author=""),
    Truth("a_page_to_be_shared", ("用微信扫码", "分享至", "特别声明")),
    Truth("a_party_paper", ("责编", "小字号", "分享让", *RELATED)),
    Truth("a_printed_page", ("上一版", "下一篇", "第A05版"), author="", published=DAY),
    Truth("an_office", ("访问量", "打印本页", "主办", "二〇二六年"), author="望城市监局"),
    Truth("a_press_release", ("消息来源", "09:40 CST")),
    Truth("a_page_that_was_updated", ("出版", "更新：", "9:40"), author="林知夏"),
    Truth("a_recall", ("发布时间", "2026年11月2日"), paragraphs=(*ARTICLE, "特此公告。"), author=""),
    Truth("a_board", ("本帖最后由", "只看该作者", *TALK), author=""),
    Truth("a_bar", (*TALK,), author=""),
    Truth("a_place_for_complaints", (*TALK,), author=""),
    Truth("a_column", ("编辑于", "赞同", "条评论"), author=""),
    Truth("a_video", ("不支持播放", "次播放", *RELATED[:2]), paragraphs=LONG[:1], author=""),
    Truth("a_live_report", (), paragraphs=(ARTICLE[0], *EVENTS)),
    Truth("a_live_talk_with_a_host", (), paragraphs=(ARTICLE[0], *EVENTS)),
    Truth("a_page_of_three", ("余下全文", "下一页", "共3页")),
    Truth("a_gallery", (), paragraphs=EVENTS),
    Truth("a_blog", ("Leave a Reply", "says:", *TALK), author=""),
    Truth("words_hidden_by_a_rule_of_the_page", ("百家乐", "六合", "私服")),
    Truth("behind_a_wall", (), paragraphs=LONG[:2]),
    Truth("an_old_system", ("点击数", "文章录入", *RELATED[:2]), author="林知夏"),
    Truth("a_business_site", ("阅读 3分钟",), author="林知夏", published=DAY_AFTER),
)


def site_pages() -> Iterator[Made]:
    """One page of each kind of site."""
    for truth in TRUTHS:
        body = (FOLDER / f"{truth.name}.html").read_bytes()
        name = f"site: {truth.name}"
        yield Made(name, body, TITLE, truth.published, truth.author, truth.paragraphs, truth.leaks)
