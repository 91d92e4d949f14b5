"""The first words to the public, drafted from what the record holds; what it does not hold stays a blank."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from types import MappingProxyType

from wanglou.domain.incident import Incident
from wanglou.domain.plan import STOPS, Plan, StepState
from wanglou.domain.reason import Reason, Value
from wanglou.domain.statement import StatementFact
from wanglou.domain.topic import Topic
from wanglou.wording import say

BLANKS = ("date", "since", "about", "known", "doing", "open", "next", "contact")
"""What a draft may need to be told, in its order."""

PUBLIC_STEPS = ("care_for_people", "contact_person", "pause_campaign", "stop_sale", "third_party_test")
"""Steps of the library that may be spoken of once they are done and it is written what came of them, in the
order in which people ask. A button pressed says nothing to the public."""

WITH_OWN_CARE = frozenset(
    {Topic.PRODUCT_SAFETY, Topic.FOOD_SAFETY, Topic.FALSE_ADVERT, Topic.SERVICE_COMPLAINT}
)
"""Topics whose word to those affected is their own."""


PLAIN = frozenset(
    {
        Topic.PRODUCT_SAFETY,
        Topic.FOOD_SAFETY,
        Topic.SERVICE_COMPLAINT,
        Topic.OUTAGE,
        Topic.PRICE_OR_PROMISE,
    }
)
"""Topics whose name judges nobody. The desk's other names would admit a fault (虚假宣传) or blame someone
(谣言, 竞品攻击) in the client's voice: a person must find the words."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a draft. ``code`` and ``facts`` as in a reason; ``blanks`` are facts nobody knows yet.

    ``stands_on`` says where the facts come from: ``incident``, the id of a done step, or None where the
    sentence claims nothing that was found. ``filled``: the blanks for which a fact is on record.
    """

    code: str
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    blanks: tuple[str, ...] = ()
    stands_on: str | None = None
    filled: tuple[str, ...] = ()

    def text(self, language: str, zone: tzinfo) -> str:
        """The sentence in words, each blank in 【】 with what must be found out."""
        unknown = {name: say(Reason(f"statement_blank_{name}"), language) for name in self.blanks}
        return say(Reason(self.code, {**self.facts, **unknown}), language, zone)


def draft(
    incident: Incident,
    plan: Plan | None,
    known: Mapping[str, StatementFact] = MappingProxyType({}),
    since: datetime | None = None,
    stopped: Mapping[str, datetime] = MappingProxyType({}),
) -> tuple[Sentence, ...]:
    """A holding statement: since when, care, what is known, what was done, what is open, next news, contact.

    Only the incident, steps done with a result and facts on record speak; a step that was let go, is open, or
    was done without a word, claims nothing. ``known``: blank → the fact that fills it. ``since``: when the
    first mention was published, None where none is known: no other time of the incident's is public.
    ``stopped``: step of STOPS → since when it is known to have stopped what it is to stop.
    """
    done = tuple(_deeds(plan, stopped)) if plan else ()
    doing = () if done and "doing" not in known else (Sentence("statement_doing", blanks=("doing",)),)
    sentences = (
        Sentence("statement_dated", blanks=("date",)),
        _heard(incident, since),
        _care(incident.topic),
        Sentence("statement_known", blanks=("known",)),
        *done,
        *doing,
        Sentence("statement_open", blanks=("open",)),
        Sentence("statement_next", blanks=("next",)),
        Sentence("statement_contact", blanks=("contact",)),
    )
    return tuple(_filled(sentence, known) for sentence in sentences)


def spoken_of(plan: Plan, stopped: Mapping[str, datetime]) -> dict[str, datetime]:
    """The steps that a draft speaks of, by id and in its order, with when each was done.

    Consent to stopping something stops nothing: such a step speaks once it is known to have stopped.
    """
    done = {
        s.id: s.done_at
        for s in plan.steps
        if s.state is StepState.DONE and (s.id in stopped if s.id in STOPS else (s.result or "").strip())
    }
    return {step: when for step in PUBLIC_STEPS if (when := done.get(step))}


def wording(sentences: Iterable[Sentence], language: str, zone: tzinfo) -> str:
    """The whole statement, a sentence a line."""
    return "\n".join(sentence.text(language, zone) for sentence in sentences)


def fingerprint(words: str) -> str:
    """The sha256 of exactly these words: an approval holds for them and no others."""
    return hashlib.sha256(words.encode()).hexdigest()


def _filled(sentence: Sentence, known: Mapping[str, StatementFact]) -> Sentence:
    found = {name: known[name].text.rstrip("。. ") for name in sentence.blanks if name in known}
    left = tuple(name for name in sentence.blanks if name not in known)
    return replace(sentence, facts={**sentence.facts, **found}, blanks=left, filled=tuple(found))


def _heard(incident: Incident, since: datetime | None) -> Sentence:
    facts: dict[str, Value] = {"brand": incident.brand}
    when = () if since else ("since",)
    if since:
        facts["since"] = since.isoformat()
    undated = "" if since else "_undated"
    if incident.topic not in PLAIN:
        return Sentence(f"statement_heard_unclear{undated}", facts, (*when, "about"), "incident")
    facts["about"] = incident.topic.value
    return Sentence(f"statement_heard{undated}", facts, when, "incident")


def _care(topic: Topic) -> Sentence:
    return Sentence(f"statement_care_{topic.value if topic in WITH_OWN_CARE else 'any'}")


def _deeds(plan: Plan, stopped: Mapping[str, datetime]) -> Iterator[Sentence]:
    for step, when in spoken_of(plan, stopped).items():
        yield Sentence(f"statement_did_{step}", {"at": stopped.get(step, when).isoformat()}, (), step)
