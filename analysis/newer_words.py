"""What the weights cannot know, in words they do, as long as before: newer words, set phrases, emoji.

The texts that the weights were learnt on are older than 踩雷, yyds and most emoji, and the single words of
没让我失望 say the contrary of it. Each is read as a phrase of the same length and meaning, so that what it
adds is shown where it stands. Only what says the same to everyone: 😭 cries for joy too, 离谱 may be a price.
"""

from ahocorasick_rs import AhoCorasick, MatchKind

_PICTURES = {
    "差": "🤮🤢💩👎",
    "怒": "😡😠🤬👿💢",
    "伤": "💔",
    "烦": "🙄😒",
    "赞": "👍👏💯",
    "爱": "😍🥰😘😻❤♥💕💖💗💓💛💙💜🧡💚",
    "棒": "😋🤤",
}
_WORDS = {
    "差评": "避雷 踩雷 翻车 塌房",
    "太差": "拉胯 拉垮 摆烂",
    "坑人": "背刺",
    "上当": "冤种",
    "失望": "脱粉",
    "无语": "栓q",
    "骗钱的": "智商税 割韭菜",
    "是假货": "一眼假",
    "太差了": "败好感 踩大雷 大无语 无语子 退退退",
    "大骗子": "杀猪盘",
    "被骗钱": "当韭菜",
    "真恶心": "恰烂钱",
    "太差劲了": "名不副实",
    "不会再买": "不会回购",
    "非常失望": "好感全无",
    "非常恶心": "吃相难看",
    "太不值得买": "不值这个价",
    "喜欢": "种草",
    "很不错": "不踩雷 没踩雷 不踩坑 没踩坑 没翻车 不拉胯",
    "很喜欢": "会回购",
    "值得买": "闭眼入 闭眼冲",
    "非常好": "没得说 很靠谱 真靠谱 挺靠谱",
    "非常棒": "绝绝子",
    "太棒了": "太顶了",
    "很满意": "没失望 没毛病",
    "非常棒!": "yyds",
    "非常不错": "没有踩雷 从没踩雷 从不踩雷 没有翻车",
    "非常喜欢": "无限回购 冲就完了 好感拉满 狠狠爱住",
    "非常满意": "没有失望 不会失望 从没失望 从未失望",
    "非常值得": "值这个价",
    "真的很棒": "名不虚传 国货之光",
    "太好吃了": "香死我了",
    "很有良心": "不割韭菜",
    "非常非常好": "不是智商税 好感度拉满",
    "让我很满意": "没让我失望",
    "让人很满意": "没让人失望",
    "真的让我满意": "没有让我失望",
    "非常的满意": "挑不出毛病",
    "非常非常爽": "一点都不腻",
    "非常非常满意": "没有一点问题 一点问题没有",
}
_THEMSELVES = (
    "避雷针 避雷器 翻车鱼 翻车事故 会回购股 会回购公司 会回购部分 值不值这个价 值这个价吗 没毛病吧"
    " 希望不会失望"
)
"""Hold one of the above and say something else."""

_READ_AS = {
    **{picture: word for word, pictures in _PICTURES.items() for picture in pictures},
    **{newer: word for word, newers in _WORDS.items() for newer in newers.split()},
    **{same: same for same in _THEMSELVES.split()},
}
_NEWER = tuple(_READ_AS)
_FOUND = AhoCorasick(_NEWER, matchkind=MatchKind.LeftmostLongest)


def as_known_words(text: str) -> str:
    """A cleaned text with words that the weights know for those they do not, as long as before."""
    found = _FOUND.find_matches_as_indexes(text)
    if not found:
        return text
    parts, done = [], 0
    for index, start, end in found:
        parts += [text[done:start], _READ_AS[_NEWER[index]]]
        done = end
    return "".join([*parts, text[done:]])
