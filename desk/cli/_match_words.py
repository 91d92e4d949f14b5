"""Who is meant by a text, said in sentences: ``match --in-words``."""

from collections.abc import Callable, Iterable, Iterator

from analysis.matching import Missed, Named
from analysis.watching import Lack, Reason
from wanglou.domain import reason as told
from wanglou.domain.agency import Config
from wanglou.domain.item import Item
from wanglou.domain.mention import Match
from wanglou.domain.watch import written
from wanglou.wording import say

SHOWN = 40
"""Characters of a text by which one knows it again."""

Say = Callable[..., str]


def in_words(
    config: Config, language: str, number: int, item: Item, named: Named, missed: Iterable[Missed]
) -> Iterator[str]:
    """A line that tells the text, and below it one for each brand that it counts for or not."""

    def t(code: str, **facts: told.Value) -> str:
        return say(told.Reason(code, facts), language, config.agency.zone)

    whole = f"{item.title}\n{item.text}"
    yield t("match_text", n=number, text=_visible(" ".join(whole.split())[:SHOWN]))
    below = [_counted(t, config, "match_brand", found, whole) for found in named.brands]
    below += [_counted(t, config, "match_competitor", found, whole) for found in named.competitors]
    below += [_not_counted(t, config, one) for one in missed]
    yield from (f"  {line}" for line in below or [t("match_nobody")])


def _counted(t: Say, config: Config, code: str, found: Match, whole: str) -> str:
    words = dict.fromkeys(_visible(whole[start:end]) for start, end in found.spans)
    client = config.clients[found.client].name
    return t(code, client=client, brand=found.brand, words=_quoted(t, words, "match_and"))


def _not_counted(t: Say, config: Config, missed: Missed) -> str:
    client = config.clients[missed.client]
    watch = next((b.watch for b in client.brands if b.name == missed.brand), None)
    why = t(
        f"match_{missed.cause}",
        alias=missed.alias,
        by=missed.by or "",
        reasons=t("match_also").join(_reason(t, reason) for reason in missed.reasons),
        watch=written(watch) if watch else "",
    )
    code = "match_not_competitor" if missed.competitor else "match_not_brand"
    return t(code, client=client.name, brand=missed.brand, why=why)


def _reason(t: Say, reason: Reason) -> str:
    joint = "match_or" if reason.lack is Lack.MISSING else "match_and"
    return t(
        f"match_{reason.lack}",
        where=t(f"match_in_{reason.field or 'item'}"),
        words=_quoted(t, reason.words, joint),
        gap=reason.gap or 0,
        allowed=reason.allowed or 0,
    )


def _quoted(t: Say, words: Iterable[str], joint: str) -> str:
    return t(joint).join(t("match_word", word=word) for word in words)


def _visible(text: str) -> str:
    """What would not be seen, or would turn the line around, spelt out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
