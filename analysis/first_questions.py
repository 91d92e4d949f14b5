"""The desk's first questions, answered by rules: who is hurt, who is involved, who speaks, is it old.

Rules, because a desk must be able to see at once why it was woken, and a word too many is dearer than one
too few: feelings, prices and jokes that use the words of harm are taken out first, denials void them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ahocorasick_rs import AhoCorasick, Implementation

from analysis.denial import is_denied
from wanglou.domain.item import Item
from wanglou.domain.question import Question
from wanglou.domain.source import SourceClass

Answer = tuple[Question, tuple[str, ...]]
"""A question that is to be answered with yes, and the words that speak for it."""

MANY_FOLLOWERS = 100_000
"""From here on an account is heard beyond its own circle; hand-set."""

LONG_AGO = timedelta(days=30)
"""Published so long before it was seen, it comes back."""

SAID_BEFORE = timedelta(days=7)
"""The same words were there so long ago: longer than a wave of copies runs."""

_SEVERED = 0.5
"""Of a text's fingerprints known from then: fewer may be chance."""

_LOOK_ALIKE = re.compile(
    r"(?:心灵|心理?里?|感情|内心|情感|自尊|钱包|荷包)(?:都|很|又|真的?|有点)*受了?伤|受伤的(?:总是我|心|小心灵)"
    r"|社会性?死亡|死亡(?:芭比|角度|凝视|之吻|金属|搁浅|打光|提问|行程|flag)|骨折[价式]|打骨折|骨折优惠"
    r"|(?:美|香|好看|帅|甜|可爱|好听)[到得]?窒息|窒息的?(?:美|操作|颜值|甜)|令人窒息|大?流血(?:价|促销|甩卖|大甩卖)"
    r"|(?:审美|电脑|手机|系统|服务器|看剧|追剧|听歌|洗脑|上头)中毒|中毒(?:般|式|太深|星人)|触电般?的感觉"
    r"|(?:想|再|还能?|可以|值得)抢救(?:一下)?|抢救(?:一下)?(?:我的)?(?:头发|皮肤|毛孔|干皮|脸|发质|相册|数据)"
    r"|(?:头发|发质|皮肤|角质|屏障|屏幕|电池|面子)(?:受|重)伤|医院(?:同款|用的|采购|推荐)|伤亡?不起"
    r"|跳楼(?:价|大?甩卖|清仓|大?促销)|(?:社会性|职业)自杀|自杀式|(?:令人|看[到得]?|丑[到得]?|让人)呕吐"
    r"|(?:商家|老板|钱包|血本)大?出血|大出血(?:价|促销|清仓|优惠)"
    r"|(?:漆面?|屏幕|镜头|桌面|地板|车身|车门|外壳|划痕)(?:被|都|也)?[划刮磕]伤|[划刮磕]伤了?(?:车?漆|屏幕|镜头|桌|地板|车)"
)
"""Words of harm that tell of none; taken out before looking."""

HURT = re.compile(
    r"受了?伤|重伤|轻伤|伤者|伤员|伤亡|死亡|身亡|坠亡|溺亡|致死|致命伤|遇难|遇害|猝死|去世|丧生|尸体|死者"
    r"|骨折|烧伤|烫伤|灼伤|割伤|划伤|摔伤|砸伤|撞伤|夹伤|炸伤|刺伤|烫出|砸到[^,。!?;]{0,2}(?:头|人|孩子|老人)"
    r"|中毒|住院|住进医院|送医|送[到去往]?医院|进了?医院|急诊|icu|抢救|昏迷|休克|失明|毁容|截肢|缝了?[\d一二三四五六七八九十]+针"
    r"|咬伤|抓伤|冻伤|扭伤|扎伤|刮伤|电伤|骨裂|脑震荡|摔断|断指|[硌崩](?:掉|断|碎|坏)[^,。!?;]{0,4}牙|烫起了?泡|被电麻"
    r"|过劳死|自杀|轻生|跳楼|坠楼|腹泻|呕吐|拉肚子|肠胃炎|荨麻疹|红疹|皮疹|烂脸"
    r"|触电|电到|溺水|窒息|晕倒|晕厥|流血|出血|上吐下泻|食物中毒|救护车|死了(?:人|[\d一两二三四五六七八九十]+[个人名])"
    r"|(?:[\d一两二三四五六七八九十]+)(?:死|伤)(?=[\d一两二三四五六七八九十,。!]|$)"
)
_REGULATOR = (
    r"市监(?:总?局|部门|所)|市场监管(?:总?局|部门|所)?|市场监督管理(?:总?局|部门|所)?|监管(?:局|部门|总局|机构|机关)"
    r"|药监局?|药品监督管理|证监[会局]|证券监督管理|银保监|金监局|金融监督管理|网信办|网信部门|互联网信息办公室|12315"
)
"""Asked after twice: an authority is involved, and a regulator is named. By short and by full names."""

AUTHORITY = re.compile(
    rf"{_REGULATOR}|监管所|食药监|金融监管|人民银行|央行|外汇局|工信[部局厅]|通信管理局|发改委|改革委"
    r"|卫健[委局]|卫生健康[委局]|卫生监督所|疾控|应急管理|生态环境[部局厅]|环保局|教育(?:[局厅]|部(?!分))"
    r"|文旅[部局厅]|文化和旅游[部局厅]|人社[部局厅]|人力资源和社会保障|劳动监察|税务局?|海关|住建|交通运输[部局]|民航局"
    r"|广电总?局|广播电视总?局|工商局|质监局|质检总局|农业农村[部局厅]|商务部(?!门)|[省市区县镇]政府(?!旁|附近|对面|门口|站|广场)|街道办"
    r"|公安|警方|民警|交警|警察(?!叔叔)|派出所|报警|报了警|检察院|检察机关|法院|消防(?:局|救援|大队|部门|员)|城管|12345"
    r"|约谈|立案|行政处罚|责令|查封|刑拘|拘留|逮捕|批捕|被带走|专项检查|抽检不合格|联合调查组|(?<![\0的])官方通报"
    r"|国务院|纪委|纪检|监委"
)
LEGAL = re.compile(
    rf"{_REGULATOR}|律师函?|律所|法务|起诉|诉讼|告上法庭|上了?法庭|开庭|集体诉讼|仲裁|索赔|公证|判决|判赔|传票"
    r"|上诉|胜诉|败诉|官司|[一二终]审(?=[判裁宣开认维胜败驳])|法律(?:责任|程序|途径|手段|武器)|消协|消保委|消费者(?:协会|委员会|权益)"
)
OLD = re.compile(
    r"(?<!不是)(?<!并非)(?:旧闻|旧事重提|旧账|旧帖|老帖|黑历史|(?:旧|老)(?:视频|新闻|报道|截图|图(?!书)))|(?:被|又|再次)[^,。!?;]{0,3}翻出"
    r"|(?:(?:多|几|数|[\d一二两三四五六七八九十]+)年前|[去前]年)的[^,。!?;]{0,8}?(?:视频|图片|新闻|帖子|报道|截图|丑闻|旧事|事故|事件)"
)
"""Said to come back by who writes it; that it is, dates and copies tell: see ``is_old``."""

_HINTS = {
    Question.HURT: (
        "伤 死 亡 丧 尸 烫 砸 毒 院 医 诊 救 昏 毁 肢 针 溺 窒 晕 血 泻 icu 失明 触电 电到 电麻 去世 遇难"
        " 遇害 休克 骨折 骨裂 脑震荡 摔断 断指 牙 自杀 轻生 跳楼 坠楼 呕吐 拉肚子 肠胃炎 疹 烂脸"
    ),
    Question.AUTHORITY: (
        "监 人民银行 央行 外汇局 工信 通信管理 网信 互联网信息 发改委 改革委 卫健 卫生健康 卫生监督 疾控"
        " 应急管理 生态环境 环保局 教育 文旅 文化和旅游 人社 人力资源和 税务 海关 住建 交通运输 民航局 广电"
        " 广播电视 工商局 质检 农业农村 商务 政府 街道办 公安 警 派出所 检察 消防 城管 12315 12345 法院 约谈"
        " 立案 处罚 责令 查封 刑拘 拘留 逮捕 批捕 带走 专项检查 抽检 联合调查 官方通报 国务 纪委 纪检"
    ),
    Question.LEGAL: (
        "监 网信 互联网信息 12315 律师 律所 法务 起诉 诉讼 法庭 开庭 仲裁 索赔 公证 判决 判赔 传票 上诉 胜诉"
        " 败诉 官司 审 法律 消协 消保委 消费者"
    ),
    Question.OLD: "旧 老帖 老视频 老新闻 老报道 老截图 老图 黑历史 翻出 年前的 去年的 前年的",
}
"""Something of a question's is in all that answers it, and is looked for ten times sooner."""

_EACH_HINT = tuple(dict.fromkeys(" ".join(_HINTS.values()).split()))
_ASKED = [[question for question, hints in _HINTS.items() if hint in hints.split()] for hint in _EACH_HINT]
"""The questions that each hint is one of."""

_HINTED = AhoCorasick(_EACH_HINT, implementation=Implementation.DFA)

_WORDS = {
    Question.HURT: HURT,
    Question.AUTHORITY: AUTHORITY,
    Question.LEGAL: LEGAL,
    Question.OLD: OLD,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A word that answers a question, and where it stands in the text looked at."""

    question: Question
    word: str
    start: int
    end: int


def said_in(text: str) -> list[Said]:
    """The words of a cleaned text that answer who is hurt, who is involved, and if it is old, in order."""
    asked = [(question, _WORDS[question]) for question in may_answer(text)]
    if not any(words.search(text) for _, words in asked):
        return []  # taking look-alikes out adds no word
    bare = _LOOK_ALIKE.sub(lambda m: "\0" * len(m[0]), text)
    found = [said for question, words in asked for said in _found(question, words, bare)]
    return sorted(found, key=lambda one: (one.start, one.question))


def may_answer(text: str) -> set[Question]:
    """The questions whose words are worth looking for: most texts hold none of any."""
    hinted = {index for index, _, _ in _HINTED.find_matches_as_indexes(text, overlapping=True)}
    return {question for index in hinted for question in _ASKED[index]}


def answers_of(said: list[Said]) -> tuple[Answer, ...]:
    """Each question once, with its words, each once, in order."""
    if not said:
        return ()
    words = {q: tuple(dict.fromkeys(s.word for s in said if s.question is q)) for q in Question}
    return tuple((question, told) for question, told in words.items() if told)


def joined(answers: Sequence[Answer], more: Sequence[Answer]) -> tuple[Answer, ...]:
    """Both, each question once: what words say of a question comes before what else is known."""
    words = {q: [w for question, told in (*answers, *more) if question is q for w in told] for q in Question}
    return tuple((question, tuple(dict.fromkeys(told))) for question, told in words.items() if told)


def who_speaks(item: Item, source_class: SourceClass) -> tuple[Answer, ...]:
    """LOUD for media and for accounts that many follow, with their names."""
    author = item.author
    followers = (author.followers or 0) if author else 0
    if source_class is SourceClass.NEWS:
        return ((Question.LOUD, (author.name if author and author.name else item.source,)),)
    if author and followers >= MANY_FOLLOWERS:
        return ((Question.LOUD, (author.name,)),)
    return ()


def is_old(
    item: Item, first_seen: datetime, known_since: Sequence[datetime], prints: int
) -> tuple[Answer, ...]:
    """OLD, with the day it is from: by its own date, or because the same words were known long before.

    ``known_since``: when those of its ``prints`` fingerprints that are known were seen first.
    """
    if item.published_at and first_seen - item.published_at >= LONG_AGO:
        return ((Question.OLD, (item.published_at.date().isoformat(),)),)
    before = [at for at in known_since if first_seen - at >= SAID_BEFORE]
    if prints and len(before) / prints >= _SEVERED:
        return ((Question.OLD, (min(before).date().isoformat(),)),)
    return ()


def _found(question: Question, words: re.Pattern[str], text: str) -> Iterator[Said]:
    for match in words.finditer(text):
        if not is_denied(text, *match.span()):
            yield Said(question, match[0], *match.span())
