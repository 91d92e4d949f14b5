from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reposts import assign, fingerprints

NEWS = "\n安屿智能锁昨天夜里自己打开，住户说客服推了三次都没有人上门，物业已经报警，厂家还没有回应。"


def groups(*texts: str) -> list[str]:
    placed = assign({str(i): fingerprints(t) for i, t in enumerate(texts)}, {})
    return [placed[str(i)][0] for i in range(len(texts))]


def are_copies(one: str, other: str) -> bool:
    first, second = groups(one, other)
    return first == second


def test_script_width_emoji_marks_addresses_and_names_make_no_difference() -> None:
    assert are_copies(NEWS, NEWS.replace("锁", "鎖").replace("开", "開").replace("，", " , "))
    assert are_copies(NEWS, NEWS + "[怒]😡 http://t.cn/A6x @某人 ")


def test_a_forwarded_text_is_a_copy() -> None:
    assert are_copies(NEWS, "\n转发微博 //@小区业主: " + NEWS.strip())
    assert are_copies(NEWS, "\nRepost: " + NEWS.strip())


def test_a_few_changed_characters_make_a_copy() -> None:
    assert are_copies(NEWS, NEWS.replace("昨天夜里", "昨晚").replace("三次", "3次"))
    assert are_copies(NEWS, NEWS[:-9])


def test_a_title_repeated_in_the_text_is_said_once() -> None:
    assert are_copies(NEWS, NEWS.strip()[:16] + NEWS)


def test_other_words_about_the_same_thing_are_a_voice_of_their_own() -> None:
    other = "\n我家那把安屿锁也是，半夜咔的一声门就开了，打电话给售后说要等到下周，气得我直接换了。"
    assert not are_copies(NEWS, other)


def test_short_texts_are_copies_only_word_for_word() -> None:
    assert are_copies("\n安屿锁打不开门了", "\n安屿鎖打不开门了！！！")
    assert not are_copies("\n安屿锁打不开门了", "\n安屿锁打不开门呢")


def test_what_anyone_would_say_is_never_a_copy() -> None:
    assert not are_copies("\n太差了", "\n太差了")
    assert not are_copies("", "")


def test_the_first_is_the_voice_and_the_rest_are_not() -> None:
    prints = fingerprints(NEWS)
    placed = assign({"a": prints, "b": prints, "c": prints}, {})
    assert [voice for _, voice in placed.values()] == [True, False, False]


def test_a_copy_joins_the_group_that_storage_knows() -> None:
    first = assign({"a": fingerprints(NEWS)}, {})
    known = dict.fromkeys(fingerprints(NEWS), first["a"][0])
    assert assign({"b": fingerprints("\n转发//" + NEWS.strip())}, known)["b"] == (first["a"][0], False)


def test_a_group_does_not_drift_from_its_first_text() -> None:
    """Each version is like the one before, the last is unlike the first and founds a group."""
    words = "安屿智能锁昨天夜里自己打开住户说客服推了三次都没有人上门"
    versions = [
        f"\n{words[i:]}{'物业已经报警厂家还没有回应业主群里都在问怎么办才好呢'[:i]}" for i in range(0, 27, 3)
    ]
    found = groups(*versions)
    assert found[0] == found[1]
    assert found[0] != found[-1]


ITEMS = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=25)
BASES = [
    NEWS,
    "\n芷屿茶事的门店后厨被拍到用过期牛奶，店员当场换标签，评论区有人说自己也喝坏了肚子。",
    "\n穹野汽车在高速上突然失去动力，车主靠边停了两个小时才等来救援，气得要求退车。",
    "\n今天去看了新出的门锁，样子不错，价格比去年便宜，准备下个月搬家的时候装一把。",
    "\n安屿锁打不开门了",
    "\n好",
]


def feed(items: list[tuple[int, bool]]) -> dict[str, tuple[str, ...]]:
    texts = [BASES[base] + ("😡转走" if is_changed else "") for base, is_changed in items]
    return {str(i): fingerprints(text) for i, text in enumerate(texts)}


def assign_in_parts(prints: dict[str, tuple[str, ...]], cut: int) -> dict[str, tuple[str, bool]]:
    known: dict[str, str] = {}
    placed: dict[str, tuple[str, bool]] = {}
    keys = list(prints)
    for part in (keys[:cut], keys[cut:]):
        found = assign({k: prints[k] for k in part}, known)
        placed |= found
        for key in part:
            for fingerprint in prints[key]:
                known.setdefault(fingerprint, found[key][0])
    return placed


@settings(max_examples=60)
@given(ITEMS, st.integers(0, 25))
def test_a_batch_split_in_two_gives_the_same_groups_and_voices(
    items: list[tuple[int, bool]], cut: int
) -> None:
    prints = feed(items)
    assert assign_in_parts(prints, cut) == assign(prints, {})


@settings(max_examples=60)
@given(ITEMS)
def test_a_batch_fed_twice_gives_the_same_groups_and_voices(items: list[tuple[int, bool]]) -> None:
    prints = feed(items)
    once = assign(prints, {})
    known = {p: once[key][0] for key, own in prints.items() for p in own}
    assert assign(prints, known) == once


@settings(max_examples=60)
@given(ITEMS, st.randoms(use_true_random=False))
def test_a_batch_shuffled_gives_the_same_parting_with_one_voice_a_group(
    items: list[tuple[int, bool]], shuffler: Random
) -> None:
    prints = feed(items)
    order = list(prints)
    shuffler.shuffle(order)
    shuffled = assign({k: prints[k] for k in order}, {})
    assert parting(shuffled) == parting(assign(prints, {}))
    voices = [group for group, is_voice in shuffled.values() if is_voice]
    assert sorted(voices) == sorted({group for group, _ in shuffled.values()})


def parting(placed: dict[str, tuple[str, bool]]) -> set[frozenset[str]]:
    by_group: dict[str, set[str]] = {}
    for key, (group, _) in placed.items():
        by_group.setdefault(group, set()).add(key)
    return {frozenset(keys) for keys in by_group.values()}


def test_fingerprints_do_not_depend_on_machine_or_run() -> None:
    assert fingerprints("\n安屿锁打不开门了") == (PINNED,)


PINNED = "4bf6a2fd977cca4d.f62a9e35e9ea4cee47ef03952a8257ab"
