"""Which way a comparison goes for one brand: A比B好, 不如, 把B比下去, 从A换到B, 宁可A也不B. Rules alone.

A verdict turned by a comparison is a sure one, so that a rule takes only what compares two things: 甩锅,
比较, 没想到这么好, 没有异味很安全 and 秒杀活动 compare nothing.
"""

import re

BRAND = "\u9fff"
"""Stands for the brand in the texts of this module: a Han character that nobody writes, one as 它 is one."""

READ_AS = "它"
"""What a brand's name is read as. Measured: 10 in 22 verdicts hung on the name, with this none do."""

RIVAL = "竞品"
"""Stands for a competitor whose name is known."""

Span = tuple[int, int]
"""Start and end in the text."""

WORDS = (
    "比 不如 不及 不敌 赶不上 输给 不输 不亚 逊 干不过 打不过 没 吊打 完爆 完胜 秒杀 碾压 力压 强过 胜过 好过"
    " 强于 优于 胜于 甩 面前 提鞋 按在地上 反超 打败 击败 换到 换成 换用 改用 转投 转用 投奔 早知道"
    f" 还是{BRAND}"
    " 什么叫 什么是 宁可 宁愿"
)
"""One of these is in every comparison."""

_GOOD = (
    r"(?:好|强|香|快|稳|靠谱|值|省心|耐用|舒服|厉害|良心|便宜|安全|划算|专业|清楚|安静|厚道|流畅|细腻|耐摔|省电|清晰|扎实"
    r"|暖和|实在|给力|丝滑|顺滑|顺手|新鲜|干净|贴心|走心|高级|高端|优秀|出色|实惠|结实|精致|温和|正宗|方便|漂亮|享受)"
)
_BAD = (
    r"(?:差(?![评别异距额]|不多|不离|一?点(?:没|就|被|以为|要|把|让))|烂|弱|慢(?!慢)|坑|贵|垃圾|难用|难吃|难喝|难看|糟|卡(?![片包槽号])|吵|脏|危险|麻烦|不好|不如|不值|拉[胯垮]|逊色|落后|脆|寒酸"
    r"|粗糙|廉价|敷衍|黑心|丑|费电|油腻|刺鼻|折磨|后悔)"
)
_POOR = r"(?:笑话|弟弟|渣|垃圾|玩具|小儿科|不够看|不值一提|提鞋|逊色|黯然失色|差远)"
_JUST = r"(?:就|简直|完全|真|只|能|像|都|是|个|不过|算)*"
_THAN = r"(?<![价对占好伦同环配百相])比(?![较例赛如方价率重分基比心起喻邻武拼])"
_WINS = (
    r"(?:吊打|完爆|完胜|秒杀(?!活动|价|专场|节|到|中)|碾压(?![式性])|力压|[强胜好]过(?!没|不)|[强优胜]于"
    r"|甩开|甩(?![锅干卖手货单尾头油水脂了]))"
)
_BEATEN = r"(?:吊打|完爆|完胜|秒杀|碾压|甩|按在地上|反超|打败|击败|比下去)"
_OF_TWO = (
    ("不没", re.compile(rf"(?P<a>.*?)[不没]比(?P<b>.+?)(?:{_BAD}|弱)"), 1),
    ("不没", re.compile(rf"(?P<a>.*?)[不没]比(?P<b>.+?){_GOOD}"), -1),
    ("没找", re.compile(rf"(?P<a>.*?)(?:没有?|没[见吃用喝遇听]到?过|找不到)比(?P<b>.+?)[还更]要?{_BAD}"), 1),
    (
        "没找",
        re.compile(rf"(?P<a>.*?)(?:没有?|没[见吃用喝遇听]到?过|找不到)比(?P<b>.+?)[还更]要?{_GOOD}"),
        -1,
    ),
    ("比", re.compile(r"(?P<a>.*?)[跟和与同](?P<b>.+?)(?:没法|无法|不能|没得)比"), -1),
    ("比", re.compile(rf"(?P<a>.*?)[跟和与同](?P<b>.+?)相?比(?:起来)?{_JUST}{_POOR}"), -1),
    ("不", re.compile(r"(?P<a>.*?)不(?:逊色?|输|亚)[于给]?(?P<b>.+)"), 1),
    ("面", re.compile(rf"(?P<a>.*?)在(?P<b>.+?)面前{_JUST}{_POOR}"), -1),
    ("提", re.compile(r"(?P<a>.*?)给(?P<b>.+?)提鞋都?不"), -1),
    ("连", re.compile(r"(?P<a>.*?)连(?P<b>.+?)都?(?:赶不上|比不上|比不过|不如|不及)"), -1),
    ("比", re.compile(rf"(?P<a>.*?){_THAN}(?P<b>.{{1,14}}?){_BAD}"), -1),
    ("比", re.compile(rf"(?P<a>.*?){_THAN}(?P<b>.{{1,14}}?){_GOOD}"), 1),
    (
        "不输逊干打",
        re.compile(
            r"(?P<a>.*?)(?:不如(?![改说意]|一见)|比不上|比不过|赶不上|(?<![等来迫猝])不及(?![时格待掩])|不敌|输给|(?:远?逊|逊色)于|[干打]不过)(?P<b>.+)"
        ),
        -1,
    ),
    ("没", re.compile(rf"(?P<a>.*?)没有?(?P<b>[^ /~.()]{{1,10}}?)(?P<so>那么|这么)?{_BAD}"), 1),
    ("没", re.compile(rf"(?P<a>.*?)没有?(?P<b>[^ /~.()]{{1,10}}?)(?P<so>那么|这么)?{_GOOD}"), -1),
    ("被", re.compile(rf"(?P<a>.*?)被(?P<b>.{{1,14}}?){_BEATEN}"), -1),
    ("把", re.compile(rf"(?P<a>.*?)把(?P<b>.{{1,14}}?){_BEATEN}"), 1),
    ("打爆胜杀压过于甩", re.compile(rf"(?P<a>.*?){_WINS}(?P<b>.+)"), 1),
    ("从", re.compile(r".*?从(?P<a>.{1,12}?)(?:换[到成用]|改用|转[投用]|投奔)(?P<b>[^一个张新].*)"), -1),
    (
        "早",
        re.compile(
            r"(?P<a>.*?)早知道(?:就|该|应该|直接)*(?:买|选|换|用|入|订)(?P<b>[^,。!?]{1,8}?)了?[,。!?啊]*$"
        ),
        -1,
    ),
    ("还", re.compile(rf"(?P<a>.*?)还是(?P<b>{BRAND}(?:的.{{0,3}}?|家)?)[更最]?{_GOOD}"), -1),
)
"""Characters of which a clause must hold one for the pattern to be worth trying; which way it goes for A."""

_PART = r"[^,。!?;\n]"
_FACING = rf"(?:相比(?:于|起)?|对比|比起|相较于?)(?P<b>[^,。!?;\n和跟与]{{1,14}}),(?P<a>{_PART}{{1,16}}?)"
"""Of 对比A和B nobody can tell which of the two the rest is about."""

_AFTER_USE = r"用[过完惯](?P<a>.{1,12}?)再[用看吃喝买坐](?P<b>[^。!?;\n]{1,12}?),?才.{1,2}什么[叫是]"
_RATHER = (
    rf"宁[可愿](?P<a>{_PART}{{1,14}}),?也?[绝决]?[不别][会要想再]*[买用碰选吃喝去坐要](?P<b>{_PART}{{1,12}})"
)
_ACROSS = (
    (re.compile(_FACING + _BAD), -1),
    (re.compile(_FACING + _GOOD), 1),
    (re.compile(_RATHER), 1),
    (re.compile(_AFTER_USE + _BAD), 1),
    (re.compile(_AFTER_USE + _GOOD), -1),
)
"""Comparisons that go over a comma."""

_DENIED = re.compile(r"[不没](?:见得|觉得|认为|会|是)[^，。]*比")
_ASKED = re.compile(r"[?？吗]|多少|哪个|哪家|怎么样|如何|是不是|有没有|会不会")
_REGRET = re.compile("后悔|踩[坑雷]|不该|失望|换回")
_PROMOTED = re.compile("双十一|双11|618|活动|限时|今晚|直播|抢")
_NO_THING = re.compile(
    "想|料|什么|一点|任何|这么|那么|很|太|就|也|还|却|不|真|得|味|噪|声|毛病|问题|套路|添加|色素|异常|刺激|负担|压力"
    "|辐射|甲醛|广告|弹窗|缺点|瑕疵|槽点|差评|担心|犹豫|几|花|出|发|色差|线头|故障|人|钱|时间|过|到"
)
"""After 没有: what is missing, and no rival."""

_OTHERS = re.compile(
    rf"{BRAND}|{RIVAL}|别|其他|隔壁|友商|同行|它|以前|之前|从前|原来|上一代|老款|想象|预期|宣传|说的|传说|评价"
)
_LONGEST_CLAUSE = 200
"""Nobody compares at greater length, and the patterns look back and forth."""


def comparison(clause: str) -> int:
    """1 if BRAND is said to be the better of two, -1 the worse, 0 if nothing is compared or it is denied."""
    return compared(clause)[0]


def compared(clause: str) -> tuple[int, Span]:
    """Which way it goes for BRAND in a clause, and where the words of the comparison stand."""
    if len(clause) > _LONGEST_CLAUSE or BRAND not in clause:
        return 0, (0, 0)
    held = set(clause)
    for needed, pattern, sign in _OF_TWO:
        found = None if held.isdisjoint(needed) else pattern.match(clause)
        turn = _turned(found, sign, needed) if found else 0
        if found and turn:  # few get as far, so that only these are asked for a denial
            void = _DENIED.search(clause) or _ASKED.search(clause)
            return (0, (0, 0)) if void else (turn, (found.end("a"), found.end()))
    return 0, (0, 0)


def compared_across(text: str) -> tuple[int, Span]:
    """The same of a comparison that a comma parts."""
    for pattern, sign in _ACROSS:
        for found in pattern.finditer(text):
            a, b = BRAND in found["a"], BRAND in found["b"]
            if a != b and not _ASKED.search(found[0]):
                return (sign if a else -sign), found.span()
    return 0, (0, 0)


def _turned(found: re.Match[str], sign: int, needed: str) -> int:
    """Which way it goes for BRAND; 0 if this compares no two things, or BRAND is neither of them."""
    a, b = found["a"], found["b"]
    if BRAND not in a + b or not any(letter.isalnum() for letter in b):
        return 0
    if needed == "没" and not _OTHERS.search(b) and (_NO_THING.search(b) or (sign > 0 and not found["so"])):
        return 0
    if needed == "从" and _REGRET.search(found.string):
        return 0
    if "秒杀" in found[0] and _PROMOTED.search(found.string):
        return 0
    return sign if BRAND in a else -sign
