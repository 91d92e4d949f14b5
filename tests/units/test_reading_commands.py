import errno
import json
import os
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from analysis.model import load_weights
from desk.cli import train
from desk.cli.main import main


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def write(path: Path, *values: object) -> str:
    path.write_text("\n".join(v if isinstance(v, str) else json.dumps(v) for v in values), encoding="utf-8")
    return str(path)


def test_score_answers_each_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["太差了，气死我了", "公司定于3月18日召开股东大会", "非常满意，推荐"] * 7
    file = write(tmp_path / "in.jsonl", *({"id": i, "text": t} for i, t in enumerate(texts)))
    assert main(["score", file, "--batch", "4"]) == 0
    found = lines(capsys.readouterr().out)
    assert [line["id"] for line in found] == list(range(21))
    assert [line["label"] for line in found] == ["neg", "neu", "pos"] * 7
    assert set(found[0]) == {"id", "label", "p_neg", "p_neu", "p_pos", "unsure"}


def test_a_line_that_cannot_be_scored_is_named_and_the_others_are_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "in.jsonl", {"id": "a", "text": "太差了"}, "nope", {"id": "b"}, {"text": "很好"})
    assert main(["score", file]) == 3
    told = capsys.readouterr()
    assert [line["id"] for line in lines(told.out)] == ["a", None]
    assert "in.jsonl:2: not JSON" in told.err
    assert 'in.jsonl:3: no "text"' in told.err
    assert "2 lines were not scored" in told.err


def test_a_line_with_a_brand_is_judged_for_that_brand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "竞品比云砚差远了"
    file = write(
        tmp_path / "in.jsonl",
        {"id": "whole", "text": text},
        {"id": "for", "text": text, "brand": "云砚"},
        {"id": "against", "text": text, "brand": ["竞品"]},
        {"id": "title", "text": "云砚被约谈", "brand": "云砚", "context": ["云砚豆浆机起火"]},
    )
    assert main(["score", file]) == 0
    whole, gains, loses, title = lines(capsys.readouterr().out)
    assert [whole["id"], gains["id"], loses["id"], title["id"]] == ["whole", "for", "against", "title"]
    assert "why" not in whole
    assert (gains["label"], gains["why"]) == ("pos", ["compared_better"])
    assert (loses["label"], loses["why"]) == ("neg", ["compared_worse"])
    assert (title["label"], title["headline"]) == ("neg", True)


def test_a_brand_or_context_of_another_shape_is_named_and_the_others_are_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[dict[str, object]] = [
        {"brand": 7},
        {"brand": ""},
        {"brand": []},
        {"brand": "云砚", "context": "x"},
    ]
    file = write(
        tmp_path / "in.jsonl", *({"text": "很好", **w} for w in wrong), {"text": "很好", "brand": "云砚"}
    )
    assert main(["score", file]) == 3
    told = capsys.readouterr()
    assert len(lines(told.out)) == 1
    assert [f"in.jsonl:{n}:" in told.err for n in range(1, 6)] == [True, True, True, True, False]


def test_a_brand_or_context_of_null_is_as_good_as_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(
        tmp_path / "in.jsonl",
        {"text": "云砚很好用"},
        {"text": "云砚很好用", "brand": None, "context": None},
        {"text": "云砚很好用", "brand": "云砚"},
        {"text": "云砚很好用", "brand": "云砚", "context": None},
    )
    assert main(["score", file]) == 0
    whole, null, branded, no_context = lines(capsys.readouterr().out)
    assert (null, no_context) == (whole, branded)


def test_score_reads_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given = BytesIO('{"id": "x", "text": "很好用，喜欢"}\n'.encode())
    monkeypatch.setattr("sys.stdin", TextIOWrapper(given))
    assert main(["score", "-"]) == 0
    assert lines(capsys.readouterr().out)[0]["label"] == "pos"


def test_a_file_that_is_not_there_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(tmp_path / "none.jsonl")]) == 3
    assert main(["score", "-", "--weights", str(tmp_path / "none.npz")]) == 3
    assert main(["score", "-", "--weights", write(tmp_path / "bad.npz", "no weights")]) == 3
    assert "wanglou train" in capsys.readouterr().err


def agency(tmp_path: Path) -> list[str]:
    folder = tmp_path / "config" / "lexicon" / "crisis"
    folder.mkdir(parents=True)
    (folder / "service_complaint.txt").write_text("客服推诿\n", encoding="utf-8")
    return ["--config", str(tmp_path / "config"), "--data", str(tmp_path / "data")]


def test_explain_shows_verdict_topic_and_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "ＡＮＹＵ锁太坑了，客服推诿 http://t.cn/x", *agency(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "anyu锁太坑了,客服推诿" in shown
    assert "verdict  neg" in shown
    assert "service_complaint (客服推诿)" in shown
    assert "太坑" in shown


def test_explain_as_json_adds_up_word_by_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "太坑了，客服推诿", "--json", *agency(tmp_path)]) == 0
    (found,) = lines(capsys.readouterr().out)
    words = found["words"]
    assert isinstance(words, list)
    assert "".join(w["word"] for w in words) == found["text"] == "太坑了,客服推诿"
    assert found["topics"] == ["service_complaint"]


def test_explain_without_a_config_folder_knows_no_crisis_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ["--config", str(tmp_path / "none"), "--data", str(tmp_path / "data")]
    assert main(["explain", "客服推诿", *nowhere]) == 0
    assert "topics   service_complaint (客服、推诿)" in capsys.readouterr().out


def test_train_names_a_folder_without_corpora(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "w.npz")]) == 3
    assert "columns text,label" in capsys.readouterr().err
    assert not (tmp_path / "w.npz").exists()


@pytest.mark.parametrize(
    "options",
    [["--corrections", "--back"], ["--take"], ["--history", "--shipped"], ["--without", "li"], []],
    ids=" ".join,
)
def test_train_refuses_what_makes_no_sense_together(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *options]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_train_has_nothing_to_go_back_to_at_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--back", "--data", str(tmp_path), "--language", "en"]) == 1
    assert "nothing to go back to" in capsys.readouterr().err


def test_train_makes_no_folder_where_it_goes_to_the_shipped_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--shipped", "--data", str(tmp_path / "typo"), "--language", "en"]) == 1
    assert "no delta was ever taken" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_train_looks_for_the_folder_to_write_into_before_it_learns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "none" / "w.npz")]) == 3
    assert "its folder is not there" in capsys.readouterr().err


def test_train_leaves_the_weights_that_are_there_where_the_disk_is_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    out = tmp_path / "w.npz"
    out.write_bytes(b"earlier weights")
    monkeypatch.setattr(train, "read_corpora", lambda _: [])
    monkeypatch.setattr(train, "train", lambda *_: (load_weights(), None))
    monkeypatch.setattr(os, "fsync", full)
    assert main(["train", "--data", str(tmp_path), "--out", str(out)]) == 3
    assert "No space left on device" in capsys.readouterr().err
    assert out.read_bytes() == b"earlier weights"
    assert list(tmp_path.iterdir()) == [out]


def test_train_makes_no_database_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--corrections", "--data", str(tmp_path / "none")]) == 1
    assert "there is no such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
