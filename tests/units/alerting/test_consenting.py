"""A client's consent to a step, and whether what it stops has stopped: asked apart, kept on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerting.consenting import has_consent, not_yet, stopped_on_record, unfit_word, with_word
from alerting.handling import resolve, step_done
from tests.units.alerting.cast import MINUTE, NOW, ZONE, act, done, opened, refusal, step
from tests.world import word
from wanglou.domain.confirmation import Medium
from wanglou.domain.plan import STOPS, Step, StepWord, Stopped
from wanglou.domain.reason import Reason
from wanglou.wording import LANGUAGES, say

WORD = word(NOW, "同意暂停")
AT = NOW + 5 * MINUTE
PAUSED = StepWord(WORD, Stopped.YES, NOW + MINUTE)


def gated(id_: str = "pause_campaign") -> Step:
    return step(id_, needs="client_consent")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (StepWord(replace(WORD, by=" "), Stopped.NOT_YET), "incident_refused_no_confirmer"),
        (StepWord(replace(WORD, words=""), Stopped.NOT_YET), "incident_refused_no_words"),
        (StepWord(replace(WORD, at=AT + MINUTE), Stopped.NOT_YET), "incident_refused_confirmed_later"),
        (StepWord(replace(WORD, medium=Medium.PHONE), Stopped.NOT_YET), "step_refused_spoken"),
        (StepWord(WORD), "step_refused_stopped"),
        (StepWord(WORD, Stopped.YES), "step_refused_stopped"),
        (StepWord(WORD, Stopped.YES, AT + MINUTE), "step_refused_stopped_later"),
    ],
)
def test_what_is_left_out_or_cannot_be_is_refused_in_words(said: StepWord, code: str) -> None:
    wrong = unfit_word(gated(), said, opened(), AT)
    assert wrong is not None
    assert wrong.code == code
    assert all(say(wrong, language, ZONE) for language in LANGUAGES)


@pytest.mark.parametrize("stopped", [Stopped.NOT_YET, Stopped.NOTHING])
@pytest.mark.parametrize("id_", STOPS)
def test_a_full_answer_is_fit(id_: str, stopped: Stopped) -> None:
    assert unfit_word(gated(id_), StepWord(WORD, stopped), opened(), AT) is None
    assert unfit_word(gated(id_), PAUSED, opened(), AT) is None


def test_only_what_stops_something_is_asked_whether_it_has() -> None:
    assert unfit_word(gated("publish"), StepWord(WORD), opened(), AT) is None
    assert unfit_word(step("publish"), StepWord(), opened(), AT) is None


def test_consent_and_answer_stand_in_the_record_with_who_and_by_which_medium() -> None:
    finished = done(step_done(opened(), act(after=5 * MINUTE), gated()))
    decision = with_word(finished, act(after=5 * MINUTE), gated(), PAUSED)
    lines = [say(Reason(e.kind, e.facts), "zh", ZONE) for e in decision.entries]
    consent = (
        "王敏 记录客户对步骤「暂停争议广告投放」的同意。"
        "客户方 陈经理（市场部） 于周六 07-25 14:00 以邮件同意，原话：同意暂停"
    )
    assert lines[-3:] == [
        consent,
        "王敏 确认：「暂停争议广告投放」自周六 07-25 14:01 起已停",
        "王敏 完成步骤「暂停争议广告投放」",
    ]
    assert has_consent(decision.entries, "pause_campaign")
    assert not has_consent(decision.entries, "stop_sale")
    assert stopped_on_record(decision.entries) == {"pause_campaign": NOW + MINUTE}


def test_not_yet_keeps_the_consent_and_claims_nothing() -> None:
    said = StepWord(WORD, Stopped.NOT_YET)
    first = done(not_yet(opened(), act(), gated(), said, ()))
    assert has_consent(first.entries, "pause_campaign")
    assert stopped_on_record(first.entries) == {}
    assert first.incident.acknowledged_by == "wang"

    again = done(not_yet(first.incident, act(after=2 * MINUTE), gated(), said, first.entries))
    assert again.incident == first.incident
    assert again.entries == ()


@pytest.mark.parametrize("later", [Stopped.NOT_YET, Stopped.NOTHING])
def test_the_latest_answer_holds(later: Stopped) -> None:
    finished = done(step_done(opened(), act(), gated()))
    yes = with_word(finished, act(), gated(), PAUSED).entries
    other = with_word(finished, act(), gated(), StepWord(None, later)).entries
    assert stopped_on_record([*yes, *other]) == {}
    assert stopped_on_record([*other, *yes]) == {"pause_campaign": NOW + MINUTE}


def test_nothing_is_said_of_a_step_once_the_incident_is_over() -> None:
    over = done(resolve(opened(), act(), waiver="旧闻")).incident
    late = act(after=timedelta(hours=1))
    said = StepWord(WORD, Stopped.NOT_YET)
    assert refusal(not_yet(over, late, gated(), said, ())) == "incident_refused_ended"
