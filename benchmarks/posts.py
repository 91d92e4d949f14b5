"""Posts to measure with: real ones where the measuring data is present, else made up here."""

from random import Random

from analysis.corpora import read_corpora
from benchmarks.measuring_data import measuring_data

_OPENINGS = [
    "今天",
    "上周末",
    "刚刚",
    "真的服了",
    "求助",
    "说一下",
    "排了一个小时队",
    "第三次了",
    "朋友推荐的",
]
_SUBJECTS = [
    "安屿智能鎖",
    "芷屿茶事的新品",
    "穹野汽车",
    "这家店",
    "他们的客服",
    "新买的门锁",
    "小程序",
    "AnyuLock 3",
]
_HAPPENINGS = [
    "半夜自己打开了",
    "用起来非常顺手",
    "打不开，一家人被关在外面",
    "味道不错，会回购",
    "发热冒烟，不敢再充电",
    "价格比上个月贵了二十",
    "支持指纹和刷脸两种方式",
    "等了三天没有人回复",
]
_ENDINGS = [
    "太坑了！！",
    "推荐👍",
    "怎么办？",
    "[怒][怒]",
    "http://t.cn/A6xQB3 ",
    "@小区业主 一起看看",
    "。",
    "哈哈哈哈",
]


def posts(count: int) -> list[str]:
    """The same posts on every call; about 75 characters each where they are real, 55 where made up."""
    folder = measuring_data("sentiment")
    if folder is None:
        return [_made_up(Random(i)) for i in range(count)]  # noqa: S311 -- no secret, only repeatable
    corpora = read_corpora(folder)
    real = [t for c, t in zip(corpora.corpus, corpora.text, strict=True) if c == "weibo2018"]
    return [real[i % len(real)] for i in range(count)]


def _made_up(chance: Random) -> str:
    clauses = [
        chance.choice(_SUBJECTS) + chance.choice(_HAPPENINGS) + chance.choice(["，", "。", "，而且"])
        for _ in range(3)
    ]
    return chance.choice(_OPENINGS) + "，" + "".join(clauses) + chance.choice(_ENDINGS)
