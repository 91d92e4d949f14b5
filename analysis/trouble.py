"""What happened, told without feeling: 抽检不合格, 被罚, 外泄, 致歉. Calm words, and bad news for the brand.

The weights know feelings, and call a dry report neutral. Where they do, these words say that it is none:
rules, with their words to be shown, and only words that need no context. One that is denied, asked, supposed
or warned of counts for nothing, nor does any in a text that speaks of rumours, drills, help or innocence.
"""

import re
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick

from analysis.comparing import BRAND, Span
from analysis.denial import is_denied

TOLD = re.compile(
    r"自燃|爆燃|(?<!一)起火(?!锅|车)|(?<![看像])着火(?!辣|锅)|冒烟|(?<!颜值|好吃|信息|知识)爆炸(?![好香甜美头汁])|漏电|断轴|鼓包|侧翻"
    r"|刹车失灵|制动失[灵效]|(?:外机|玻璃|部件|面板)[^,。]{0,3}(?:坠落|脱落)|召回|(?:设计|产品|质量|安全|存在)[^,。]{0,3}(?:缺陷|隐患)"
    r"|不合格|超标|致癌|有毒|违禁|被检出|压伤|砸[伤中坏]|炸伤|夹伤|烧伤|烫伤|灼伤|致伤|伤人|致死|猝死|过劳死|坠亡|中毒|上吐下泻"
    r"|食物中毒|腹泻|异物|虫卵|蟑螂|生蛆|活蛆|发霉|霉变|变质|发臭|地沟油|[吃喝]出[^,。]{0,4}(?:虫|头发|钢丝|铁丝|塑料|玻璃|苍蝇)"
    r"|(?:使用|用|售卖|销售|卖|查出|发现)[^,。]{0,4}(?:过期|临期)|篡改[^,。]{0,4}日期|更换标签|三无产品"
    r"|外泄|泄露|泄密|被黑客|拖库|撞库|(?:违规|过度|非法)收集|(?:数据|信息)[^,。]{0,6}(?:被卖|倒卖|兜售)|(?:遭|受)[^,。]{0,6}攻击"
    r"|裁员|欠薪|讨薪|降薪|拖欠|克扣|罢工|强制加班|不[交缴]社保|职场霸凌|被裁"
    r"|被罚|罚款|处罚|罚没|约谈|被立案|立案调查|责令|查封|查处|被查|停业整[顿改]|停产整[顿改]|通报批评|被通报|点名批评|被点名"
    r"|吊销|警示函|(?:多地|全网|紧急|全面|被)下架|涉嫌|强制执行|被执行人|被告上|败诉|被起诉|被诉"
    r"|虚假宣传|夸大宣传|误导(?:消费者|销售|性)|虚标|造假|售假|假货|欺诈|被指|遭质疑|被质疑|被举报|遭举报|被投诉|遭投诉"
    r"|(?:车主|业主|用户|消费者|家长|员工|工人|投资者|投资人|会员|加盟商|租客)[^,。]{0,5}(?:维权|围堵|抗议|拉横幅|索赔|投诉)"
    r"|被带走|受贿|行贿|贪污|被捕|性骚扰|出轨|塌房|偷税|逃税|辱骂|打人|翻车|不当言论|言论不当|辱华|辱女|歧视|争议广告"
    r"|跑路|卷款|暴雷|爆雷|(?:无法|停止|未能|逾期|难以)兑付|兑付(?:逾期|困难)|资不抵债|资金链断裂|破产|跌停|巨亏|退市|债务违约"
    r"|拒绝退款|不予退款|不退款|[定押]金[^,。]{0,2}不退|杀熟|背刺|先涨后降|服务中断|宕机|瘫痪|偷排|直排|排污|超标排放|污染环境"
    r"|抵制(?!不)|滚出|卸载潮|退货潮|避雷|被[^,。]{1,6}带走|身亡|死亡|遇难|骨折|送医|(?:拒绝|拒不)赔偿|讨债|欠款"
    r"|后厨脏乱|卫生堪忧|徒手抓|重新贴标|石子|铁丝|异味|刺鼻|絮状物|漂浮物|霉斑|黑点|碎玻璃|大跌|暴跌|腰斩|蒸发|减持"
    r"|无法(?:登录|使用|打开|取消|退款)|登录不上|闪退|黑屏|崩溃|乱扣费|物化女性|低俗|不买账|群嘲|被骂|骂声|声讨|众怒"
    r"|引发?[^,。]{0,3}(?:争议|不满|质疑|众怒)|员工爆料|连续加班"
)
_AGAINST = re.compile(
    r"(?:投诉|举报|点名|约谈|处罚|曝光|暗访|起诉|状告|抵制|声讨|质疑|查封|责令|怒斥|谴责|控诉|指控|炮轰|围堵|判决)了?"
    rf"(?={BRAND})"
)
"""What somebody does to the brand that is named right behind it."""

APOLOGY = re.compile("道歉|致歉|深表歉意|谢罪")

_HINTS = (
    "燃 火 冒烟 爆炸 漏电 断轴 鼓包 侧翻 失灵 失效 坠落 脱落 召回 缺陷 隐患 不合格 超标 致癌 有毒"
    " 违禁 检出 伤 砸 死 坠亡 毒 上吐下泻 腹泻 异物 虫 蟑螂 蛆 霉 变质 发臭 地沟油 吃出 喝出 期 标签"
    " 三无 泄 黑客 库 收集 卖 兜售 攻击 裁 薪 拖欠 克扣 罢工 加班 社保 霸凌 罚 约谈 立案 责令 查 停业"
    " 停产 通报 点名 吊销 警示函 下架 涉嫌 执行 被告 败诉 诉 宣传 误导 虚标 造假 售假 假货 欺诈 被指"
    " 质疑 举报 投诉 维权 围堵 抗议 横幅 索赔 带走 贿 贪污 被捕 性骚扰 出轨 塌房 税 辱 打人 翻车 言论"
    " 歧视 争议 跑路 卷款 雷 兑付 资不抵债 资金链 破产 跌停 巨亏 退市 违约 退款 不退 杀熟 背刺"
    " 先涨后降 中断 宕机 瘫痪 排 污染 抵制 滚出 潮 歉 谢罪"
    " 遇难 骨折 送医 赔偿 欠款 后厨 卫生 徒手 贴标 石子 铁丝 异味 刺鼻 絮 漂浮 黑点 玻璃 大跌 暴跌 腰斩"
    " 蒸发 减持 无法 登录 闪退 黑屏 崩溃 扣费 物化 低俗 不买账 嘲 骂 声讨 众怒 不满 爆料 曝光 暗访 状告"
    " 怒斥 谴责 控诉 指控 炮轰 判决 身亡 讨债"
)
"""Something of this is in all that tells of trouble, and is looked for sooner."""

_HINTED = AhoCorasick(_HINTS.split())

_INNOCENT = re.compile(
    r"谣|不实|不属实|假消息|传闻|传言|与[^,。]{0,8}无关|[未不]受影响|(?<!不)合格(?!率)|清白|澄清|误会|抹黑|诬|碰瓷|自导自演|水军"
    r"|演练|模拟|提醒|提示|警惕|防范|谨防|捐|公益|表彰|没有这回事|没有的事|无此事|救人|救援|助力|破获|验收|获赔|胜诉|假冒|冒充|打假|支持[^,。]{0,4}维权"
)
"""Said anywhere, it may be another's trouble, or none."""

_SUPPOSED = re.compile(
    r"(?:如果|要是|假如|万一|倘若|一旦|即使|哪怕|除非|会不会|是不是|有没有|是否)[^。!?;]{0,24}$"
)
_NAMES_A_THING = re.compile(
    r"(?:的?(?:患者|风险|隐患排查|概率|可能|险|膏|药|霜|贴|科|保险|保障|理赔|报警器|检测|功能|技术|制度|条款|预案|处理厂|治理|者|案))"
)
"""烫伤膏, 起火风险, 泄露险: what is named with the word, and no happening."""

_OF_OTHERS = re.compile(rf"[向给对跟]{BRAND}|对方|网友|造谣|博主|媒体|被告|记者|抄袭")
_BEFORE = 60
"""Characters before a word in which another's apology or a supposition is looked for."""

_NEAR = 80
"""Characters after the brand's name within which trouble is taken for its own."""


def trouble_in(text: str, clauses: Iterable[Span]) -> list[Span]:
    """Where those clauses of a cleaned ``text`` tell of trouble soon after BRAND is named.

    A text that never names it is taken whole.
    """
    if not may_tell(text) or _INNOCENT.search(text):
        return []
    told = [span for start, end in clauses for span in _told(text, start, end)]
    if BRAND in text:
        told = [span for span in told if _is_near(text, span[0])]
    return sorted({*told, *_done_to_it(text)})


def may_tell(text: str) -> bool:
    """Whether it is worth looking for words that tell."""
    return bool(_HINTED.find_matches_as_indexes(text))


def _is_near(text: str, place: int) -> bool:
    return text.rfind(BRAND, max(place - _NEAR, 0), place) >= 0


def _done_to_it(text: str) -> Iterator[Span]:
    return (found.span() for found in _AGAINST.finditer(text) if not _is_void(text, *found.span()))


def _is_void(text: str, start: int, end: int) -> bool:
    """Whether it is denied, or but supposed."""
    return is_denied(text, start, end) or bool(_SUPPOSED.search(text[max(start - _BEFORE, 0) : start]))


def _told(text: str, start: int, end: int) -> Iterator[Span]:
    for found in TOLD.finditer(text, start, end):
        if not (_is_void(text, *found.span()) or _NAMES_A_THING.match(text, found.end())):
            yield found.span()
    for found in APOLOGY.finditer(text, start, end):
        if not _OF_OTHERS.search(text[max(found.start() - _BEFORE, start) : found.start()]):
            yield found.span()
