"""Our own posts: as data that training can rely on, and as one more corpus of it."""

import gzip
from collections import Counter

import numpy as np
import pytest

from analysis.corpora import Corpora, Part, part_of, read_corpora
from analysis.measuring import probabilities
from analysis.model import CLASSES, SHIPPED, load_weights
from analysis.own_posts import HELD_POSTS, OwnPost, digest_of, read_posts
from analysis.training import SEED, train
from wanglou.domain.topic import Topic

FILES = pytest.mark.parametrize("posts", [read_posts(), read_posts(HELD_POSTS)], ids=["own", "held"])


def pairs(post: OwnPost) -> frozenset[str]:
    text = post.about("")
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


@FILES
def test_every_post_has_a_text_a_label_and_a_listed_topic_or_none(posts: list[OwnPost]) -> None:
    assert all(post.text.strip() == post.text and post.text for post in posts)
    assert {post.topic for post in posts} == {"", *(topic.value for topic in Topic)}
    assert {post.label for post in posts} == set(range(len(CLASSES)))


@FILES
def test_no_post_stands_there_twice_and_nearly_all_name_the_brand(posts: list[OwnPost]) -> None:
    assert Counter(post.text for post in posts).most_common(1)[0][1] == 1
    assert np.mean(["{brand}" in post.text for post in posts]) > 0.95


def test_nothing_held_back_is_learnt_from() -> None:
    held = [pairs(post) for post in read_posts(HELD_POSTS)]
    by_pair: dict[str, list[int]] = {}
    for place, of_post in enumerate(held):
        for pair in of_post:
            by_pair.setdefault(pair, []).append(place)
    for post in read_posts():
        own = pairs(post)
        shared = Counter(place for pair in own for place in by_pair.get(pair, ()))
        assert all(count / len(own | held[place]) < 0.5 for place, count in shared.items()), post.text


def test_a_name_stands_where_the_brand_is_meant() -> None:
    assert OwnPost("{brand}的锁和{brand}的门", 1, "").about("安屿") == "安屿的锁和安屿的门"


def test_the_digest_names_texts_labels_and_topics_in_their_order() -> None:
    one, other = OwnPost("a", 0, ""), OwnPost("b", 1, "outage")
    found = {digest_of(posts) for posts in ([one], [one, other], [other, one], [one._replace(label=2)])}
    assert len(found) == 4
    assert digest_of([one]) == digest_of([OwnPost("a", 0, "")])


def test_the_shipped_weights_learnt_from_the_shipped_posts() -> None:
    assert load_weights(SHIPPED).about["own"] == digest_of(read_posts())


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Corpora:
    folder = tmp_path_factory.mktemp("corpora")
    says = {"neg": "太差了 气死人 真糟糕", "neu": "今天上市 共有三款 产自杭州", "pos": "很满意 真好用 太棒了"}
    rows = [
        f"第{n}次的门锁{words},{label}"
        for label, sayings in says.items()
        for words in sayings.split()
        for n in range(60)
    ]
    (folder / "posts.csv.gz").write_bytes(gzip.compress("\n".join(["text,label", *rows]).encode()))
    return read_corpora(folder)


def taught() -> list[OwnPost]:
    return [
        OwnPost(f"{{brand}}第{n}回夜里自己冒烟", CLASSES.index("neg"), "product_safety") for n in range(80)
    ]


def test_what_only_our_posts_say_is_learnt_and_the_figures_are_of_the_corpora_alone(corpora: Corpora) -> None:
    without, _ = train(corpora, lambda _: None, own=())
    weights, figures = train(corpora, lambda _: None, own=taught())
    before, after = (probabilities(w, ["它昨晚自己冒烟"])[0, 0] for w in (without, weights))
    assert after > before
    assert set(figures.by_corpus) == {"posts"}
    assert weights.about["own"] == digest_of(taught())


def test_posts_of_the_test_part_train(corpora: Corpora) -> None:
    tested = [post for post in taught() if part_of(post.text, SEED) is Part.TEST]
    assert tested
    weights, _ = train(corpora, lambda _: None, own=tested * 10)
    without, _ = train(corpora, lambda _: None, own=())
    before, after = (probabilities(w, ["它昨晚自己冒烟"])[0, 0] for w in (without, weights))
    assert after > before


@pytest.mark.parametrize("posts", [1, 2])
def test_a_kind_with_hardly_a_text_stops_no_training(corpora: Corpora, posts: int) -> None:
    """Where a third of what trains is left out, such a kind may be left out whole."""
    few = [post for post in taught() if part_of(post.text, SEED) is Part.TRAIN][:posts]
    weights, _ = train(corpora, lambda _: None, own=few)
    assert len(weights.kinds.bias) == 2
