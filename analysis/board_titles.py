"""What a hot list's title says of a brand: how likely it is trouble, and of which sort.

Sorts of trouble are features beside the sentiment model, never a verdict of their own. Weights are hand-set.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wanglou.domain.mention import SeenMention

TROUBLE = {
    "hurt": "死亡|身亡|坠亡|猝死|遇难|受伤|烧伤"
    "|烫伤|骨折|中毒|住院|送医|昏迷|起火|自燃|爆炸|坠机|失联|坠毁|溺",
    "authority": "约谈|立案|处罚"
    "|罚款|被罚|责令|停产|查处|通报|市监|市场监管|监管局|消协|消费者协会|网信办|工信部"
    "|央视|3[·.]?15|警方|刑拘|被查|介入|起诉|被告|判赔",
    "recall": "召回|下架|停售|封存|退货",
    "safety": "异物|过期|致癌|超标|变质|发霉|蟑螂|老鼠|虫|蛆|检出|不合格|有毒|添加剂|隐患|失灵|失控|断轴",
    "exposure": "内幕|造假|欺诈|虚假|假货|作弊|泄露|偷|骗|坑|黑幕|被曝|曝光|揭露|举报|实锤|套路|违规|违法",
    "apology": "道歉|致歉|对不起|整改",
    "response": "回应|声明|澄清",
    "service": "崩了|崩溃|宕机|故障|瘫痪|投诉|维权|封号|闪退|无法登录|拒绝退|不退|退款难|霸王条款",
    "labour": "裁员|欠薪|辞退|开除|罢工|加班|压榨|劳动仲裁|优化员工",
    "morals": "辱|歧视|骚扰|性侵|抄袭|侵权|争议|抵制|低俗|不当|翻车|崇洋|双标|傲慢|炮轰|怒斥|质疑|吐槽",
    "finance": "暴跌|大跌|跌停|亏损|破产|退市|跑路|爆雷|蒸发",
    "break_off": "解约|终止合作|终止一切|停止合作|不再合作|断绝|退出中国",
}
"""Sort → words that name it. Chosen by sort, none because a known title lacked it."""

GRAVE = frozenset({"hurt", "authority"})
"""Someone is hurt or an authority acts: one such title is enough."""

WEAK = frozenset({"response"})
"""Every brand responds to something; alone it says little."""

_BENIGN = re.compile(
    "发布|新品|新车|上市|上新|代言|官宣|联名|开售|预售|首发|定价|售价|开箱|亮相|联动|演唱会|晚会|春晚|盛典|直播间|优惠"
    "|打折|满减|红包|夺冠|祝贺|恭喜|致敬|点赞|获奖|大片|同款|生日|限定|配色|预告|涨停|大涨|销量|突破"
)
_REVERSED = re.compile("辟谣|谣言|不实|抽检合格|胜诉|捐|救")
_HOMONYMS = re.compile(
    "(?:外观|实车|真机|配置|参数|渲染图|谍照|新机|价格|路透)曝光|曝光(?:外观|配置|参数)|炸裂|卖断货|抢疯"
)
"""Words of trouble that mean none in a launch; taken out before looking."""

_NAMES = {name: re.compile(words) for name, words in TROUBLE.items()}

_BASE, _MODEL = -2.2, 0.5
_SORT, _FURTHER, _GRAVE, _WEAK, _KIND, _TURNED = 2.2, 0.7, 1.2, 0.9, -1.2, -1.5
"""In log odds: what a first and a further sort adds, a grave one on top, and what speaks against."""


@dataclass(frozen=True, slots=True)
class Headline:
    """``p_neg``: how likely it is trouble for the brand; ``sorts`` of trouble; ``benign``: launch talk."""

    p_neg: float
    sorts: frozenset[str]
    benign: bool

    @property
    def grave(self) -> bool:
        """Whether someone is hurt or an authority acts."""
        return bool(self.sorts & GRAVE)


def headline(seen: SeenMention) -> Headline:
    """Read a mention's title for its brand. The brand's own name says nothing."""
    spans = seen.mention.match.spans
    return judged(without_names(seen.item.title, spans), seen.mention.reading.p_neg)


def judged(title: str, p_model: float) -> Headline:
    """Read a title without names; ``p_model`` is what the sentiment model made of it."""
    said = _HOMONYMS.sub("", title)
    sorts = frozenset(name for name, words in _NAMES.items() if words.search(said))
    benign = bool(_BENIGN.search(said))
    odds = _BASE + _MODEL * _log_odds(p_model) + _of_sorts(sorts)
    odds += _KIND * benign + _TURNED * bool(_REVERSED.search(said))
    return Headline(1 / (1 + math.exp(-odds)), sorts, benign and not sorts - WEAK)


def without_names(title: str, spans: Sequence[tuple[int, int]]) -> str:
    """The title with a gap for each name."""
    pieces, done = [], 0
    for start, end in sorted(spans):
        pieces += [title[done:start], " "]
        done = max(done, end)
    return "".join([*pieces, title[done:]])


def _of_sorts(sorts: frozenset[str]) -> float:
    strong = len(sorts - WEAK)
    first = _SORT + _FURTHER * (strong - 1) if strong else 0.0
    return first + _GRAVE * bool(sorts & GRAVE) + _WEAK * bool(sorts & WEAK)


def _log_odds(p: float) -> float:
    held = min(max(p, 0.02), 0.98)
    return math.log(held / (1 - held))
