"""Trouble told in calm words is bad news for the brand; drills, rumours and others' trouble are not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.brand_reader import Asked, BrandReader
from analysis.branded import BrandScore, score_for_brand
from analysis.model import load_weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.trouble import APOLOGY, TOLD, may_tell
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading, Sentiment

NAME = "云砚"
TELLS = "trouble_told"
DRY = [
    "云砚三批次饮料抽检不合格，菌落总数超标。",
    "云砚公司就电热毯起火一事致歉，并承诺全额退款。",
    "云砚启动新一轮裁员，涉及研发部门约两百人。",
    "云砚被罚款120万元，事由为误导销售。",
    "云砚服务器遭攻击，约三十万条用户信息外泄。",
    "云砚召回三万辆，涉及电池包密封问题。",
    "云砚旗下产品逾期兑付，涉及投资人上千名。",
    "云砚工厂污水直排河道，村民举报两年。",
    "多名消费者投诉云砚自动续费无法取消。",
    "消协点名云砚：退款规则不公平。",
    "云砚两名高管被警方带走。",
    "云砚快递员与业主起冲突，业主鼻骨骨折。",
]
CALM = [
    "云砚开展消防安全演练，模拟电器起火处置。",
    "云砚产品通过检测，甲醛未超标，可以入住。",
    "云砚抽检全部合格，网传超标不实。",
    "云砚回应裁员传闻：不属实。",
    "云砚推出防泄露功能，敏感文件自动加密。",
    "云砚烫伤膏在药店有售，二十克一支。",
    "云砚提醒客户警惕冒充客服的欺诈。",
    "网友向云砚道歉，称误会了店员。",
    "云砚就商标一案胜诉，对方公开道歉。",
    "云砚没有裁员计划，今年照常招人。",
    "如果云砚出现召回，门店会逐一通知。",
    "云砚连续五年无一批次不合格。",
    "没有人投诉云砚的工程，验收在周五。",
    "云砚骨科接诊骨折患者两百人。",
    "楼下新开了云砚，晚饭一起火锅。",
]


@pytest.fixture(scope="module")
def base() -> Reader:
    return Reader(load_weights(), Lexicon(), QuickSegmenter([NAME]))


def read(base: Reader, text: str, title: str = "", band: float | None = None) -> Reading:
    spans = [m.span() for m in re.finditer(NAME, f"{title}\n{text}")]
    return BrandReader(base, "v1").read([Asked(title, text, spans, band)])[0]


def scored(base: Reader, text: str) -> BrandScore:
    return score_for_brand(base, base.weights, text, [NAME])


@pytest.mark.parametrize("text", DRY)
def test_trouble_told_without_feeling_is_bad_news(base: Reader, text: str) -> None:
    single, stored = scored(base, text), read(base, text)
    assert single.score.label is stored.label is Sentiment.NEG
    assert sum((stored.p_neg, stored.p_neu, stored.p_pos)) == pytest.approx(1)
    assert stored.p_neg > stored.p_neu


@pytest.mark.parametrize("text", DRY)
def test_what_the_weights_read_neutral_is_turned_and_said_to_be(base: Reader, text: str) -> None:
    """With a band that calls nearly everything neutral, as a client may set it, the rule has to say it."""
    stored = read(base, text, band=0.001)
    assert TELLS in stored.why
    assert stored.label is Sentiment.NEG


@pytest.mark.parametrize("text", CALM)
def test_drills_rumours_remedies_and_denials_are_none(base: Reader, text: str) -> None:
    single, stored = scored(base, text), read(base, text)
    assert TELLS not in single.why
    assert TELLS not in stored.why


def test_trouble_before_the_brand_is_named_or_far_behind_it_is_anothers(base: Reader) -> None:
    before = "望江的空调起火，业内人士请云砚等公司参加座谈。"
    far = "云砚今天开门。" + "街上人来人往，天气晴朗。" * 8 + "望江的空调起火。"
    assert TELLS not in scored(base, before).why
    assert TELLS not in read(base, far).why


def test_the_words_that_told_are_marked(base: Reader) -> None:
    text = DRY[0]
    marked = {f"\n{text}"[a:b] for a, b in read(base, text).marks}
    assert any("不合格" in words for words in marked)


def test_a_headline_is_left_to_what_reads_headlines(base: Reader) -> None:
    assert TELLS not in read(base, "", title="云砚启动新一轮裁员").why


def test_a_band_that_makes_no_text_neutral_leaves_nothing_to_turn(base: Reader) -> None:
    assert TELLS not in read(base, DRY[2], band=0.999).why


def without_conditions(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(re.sub(r"\(\?<?![^)]*\)", "", pattern.pattern))


@given(st.one_of(*(st.from_regex(without_conditions(words)) for words in (TOLD, APOLOGY))))
def test_the_first_look_misses_nothing_that_the_second_would_find(text: str) -> None:
    assert may_tell(text)
