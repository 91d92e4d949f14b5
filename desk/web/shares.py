"""Share of voice as pages show it: own brands beside competitors, over one base."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wanglou.domain.client import Client
from wanglou.domain.volume import share_of_voice
from wanglou.ports import Voices


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One name's part. ``counted_since`` is set where a competitor was not counted all the time."""

    name: str
    competitor: bool
    mentions: int
    voices: int
    negatives: int | None
    share: float
    counted_since: datetime | None

    @property
    def key(self) -> tuple[bool, str]:
        """Whose it is and how it is called: a name alone could be on both sides."""
        return self.competitor, self.name


@dataclass(frozen=True, slots=True)
class ShareOfVoice:
    """Own brands in the order of the client's file, then competitors, the loudest first.

    ``own_voices`` of ``voices`` are the client's own; ``own`` is that as a share, 0 where nobody spoke.
    """

    bars: tuple[ShareBar, ...]
    voices: int
    own_voices: int
    own: float

    @property
    def compares(self) -> bool:
        """Whether anybody else is counted: alone, a client always has all of it."""
        return any(bar.competitor for bar in self.bars)


def compare(client: Client, counted: Iterable[Voices], since: datetime) -> ShareOfVoice:
    """The names of the client's file, with what was ``counted`` of each from ``since`` on.

    What was counted under a name that the file no longer has is left out of the base, too.
    """
    found = {(v.competitor, v.name): v for v in counted if v.client == client.id}
    names = [(False, brand.name) for brand in client.brands]
    names += [(True, brand.name) for brand in client.competitors]
    voices = {f"{rival}|{name}": found[rival, name].voices for rival, name in names if (rival, name) in found}
    shares = share_of_voice(voices)
    bars = [
        _bar(rival, name, found.get((rival, name)), shares.get(f"{rival}|{name}", 0.0), since)
        for rival, name in names
    ]
    bars.sort(key=lambda bar: (bar.competitor, -bar.voices * bar.competitor))
    return _summed(bars)


def _summed(bars: Sequence[ShareBar]) -> ShareOfVoice:
    everyone = sum(bar.voices for bar in bars)
    own = sum(bar.voices for bar in bars if not bar.competitor)
    return ShareOfVoice(tuple(bars), everyone, own, own / everyone if everyone else 0.0)


def _bar(rival: bool, name: str, found: Voices | None, share: float, since: datetime) -> ShareBar:  # noqa: FBT001 -- a field
    first = found.since if found else None
    return ShareBar(
        name=name,
        competitor=rival,
        mentions=found.mentions if found else 0,
        voices=found.voices if found else 0,
        negatives=(found.negatives if found else 0) if not rival else None,
        share=share,
        counted_since=first if first and first > since else None,
    )
