"""What the program can do, told by whoever may look at the stages: kinds that config files may name."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from wanglou.config.document import KeyPath
from wanglou.config.problem import advise
from wanglou.config.sheet import Checked


def plainly_folded(text: str) -> str:
    """Width and case folded: the least that two people would call the same name."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


@dataclass(frozen=True, slots=True)
class KnownKinds:
    """Names of the modules under ``crawlers/sources``, ``analysis`` (detectors), ``alerting/notifiers``.

    ``folded``: a name as it is looked for in texts; two that fold alike are one.
    """

    sources: tuple[str, ...]
    detectors: tuple[str, ...]
    notifiers: tuple[str, ...]
    folded: Callable[[str], str] = plainly_folded


def check_channel(checked: Checked, path: KeyPath, channel: str, kinds: KnownKinds) -> None:
    """Report a channel whose kind no notifier serves: nothing would ever arrive there."""
    kind = channel.partition(":")[0]
    if kind not in kinds.notifiers:
        checked.refuse(path, f'found the channel kind "{kind}"; {advise(kind, kinds.notifiers)}')
