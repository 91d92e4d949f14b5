"""Whether what a word names is denied, asked for or guarded against. Rules alone."""

import re

_DENIED = re.compile(
    r"(?:有没有|是否|会不会|无人|没有?|未|并未|并无|无|零|不会|不至于|不用|不必|避免|防止|预防|以免|以防|杜绝|免得|怕|万一"
    r"|懒得|不想|不打算|否认|排除|(?<!要)不)"
    r"(?:任何|有|人员?|造成|发生|出现|导致|引起|引发|起|长|的|大碍|受到?|收到?|接到|遭到?|一个|一[例项起款家]|一?批次|过|因此|被|再|让人"
    r"|孩子|老人|他|她|我|家人|会|直接|想|去|找|请|打|委托|联系|惊动|正式|法院|警方|发现|检出|查出|存在|进行|启动)*$"
)
_CLAUSE_BORDER = re.compile(r"[,。.!?;、\n]|但是?|却|结果|反而")
_DENIED_AFTER = re.compile(
    r"[^,。.!?;]{0,6}(?:纯属|是|属)(?:谣言|虚构|编造|假的|不实)|(?:的?)(?:风险|隐患|概率|可能性?)(?:为零|很低|极低)"
)
_BACK = 14


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the word from ``start`` to ``end`` of a cleaned text is voided by what stands around it."""
    before = _CLAUSE_BORDER.split(text[max(start - _BACK, 0) : start])[-1]
    return bool(_DENIED.search(before) or _DENIED_AFTER.match(text, end))
