"""Corrections: a person's word over the model's, kept with who and when, and taken back as easily."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.correcting import UnknownValueError, changed, difference, moved, said
from analysis.volume import count
from desk.recounting import recount
from wanglou.domain.agency import Config
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.mention import Mention
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.domain.volume import VolumeRow
from wanglou.ports import Storage, UnitOfWork

GONE = Reason("correction_gone")
OUTDATED = Reason("correction_outdated")


@dataclass(frozen=True, slots=True)
class Corrector:
    """Acts on mentions, each one transaction. None means done, or so already; a Reason refuses."""

    storage: Storage
    config: Config

    def correct(  # noqa: PLR0913, PLR0917 -- who, which mention, what and when of an act
        self, access: Access, client: str, brand: str, item: str, kind: CorrectionKind, to: str, now: datetime
    ) -> Reason | None:
        """Say what a mention and its copies are; ``to`` has the form of ``Correction.after``."""
        if not self._may(access, client):
            return GONE
        with self.storage.begin() as uow:
            before = uow.mentions.with_copies(access, client, brand, item)
            judged = next((m for m in before if m.item_key == item), None)
            if judged is None:
                return GONE
            told = _told(uow, judged, kind)
            if told == to:
                return None
            if refusal := self._refusal(judged, kind, to):
                return refusal
            self._carry_out(uow, access, before, kind, to, now)
            uow.corrections.add(
                Correction(client, brand, judged.group, item, kind, told, to, access.person, now)
            )
            uow.commit()
        return None

    def undo(self, access: Access, correction: int, now: datetime) -> Reason | None:
        """Take a correction back; what it replaced holds again. The newest of its kind goes first."""
        with self.storage.begin() as uow:
            found = uow.corrections.get(correction)
            if found is None or not self._may(access, found.client):
                return GONE
            if not found.stands:
                return None
            if _standing(uow, found.group, found.kind)[-1].id != found.id:
                return Reason("correction_not_newest")
            before = uow.mentions.with_copies(access, found.client, found.brand, found.item_key)
            try:
                self._carry_out(uow, access, before, found.kind, found.before, now)
            except UnknownValueError:  # said of a topic that has left the list since
                return OUTDATED
            uow.corrections.undo(found.id, access.person, now)
            uow.commit()
        return None

    def _may(self, access: Access, client: str) -> bool:
        return access.person in self.config.agency.people and access.may_see(client)

    def _brands(self, client: str) -> list[str]:
        known = self.config.clients.get(client)
        return [brand.name for brand in known.brands] if known else []

    def _refusal(self, mention: Mention, kind: CorrectionKind, to: str) -> Reason | None:
        unknown = Reason("correction_unknown", {"found": to[:40]})
        if kind is CorrectionKind.BRAND and to and to not in self._brands(mention.client):
            return unknown
        try:
            changed(mention, kind, to)
        except UnknownValueError:
            return unknown
        return None

    def _carry_out(  # noqa: PLR0913, PLR0917 -- one change, told whole
        self,
        uow: UnitOfWork,
        access: Access,
        before: Sequence[Mention],
        kind: CorrectionKind,
        to: str,
        now: datetime,
    ) -> None:
        """Store the mentions as they are now, count them anew and tell the pages."""
        rows = _replace(uow, before, kind, to)
        if kind is CorrectionKind.BRAND:
            for mention in before[:1]:
                for brand in self._brands(mention.client):
                    rows += [] if brand == mention.brand else _move(uow, access, before, brand, to)
        recount(uow, rows, now)
        for client in {m.client for m in before}:
            uow.changes.note(client, "mention", client, now)


def _replace(uow: UnitOfWork, before: Sequence[Mention], kind: CorrectionKind, to: str) -> list[VolumeRow]:
    after = [changed(m, kind, to) for m in before]
    uow.mentions.correct(after)
    return difference(before, after)


def _move(
    uow: UnitOfWork, access: Access, mentions: Sequence[Mention], brand: str, to: str
) -> list[VolumeRow]:
    """Let these be mentions of ``brand`` too if that is what they are moved ``to``, else take that back."""
    there = uow.mentions.with_copies(access, mentions[0].client, brand, mentions[0].item_key)
    by_hand = any(not m.match.spans for m in there)
    if brand == to and not there:
        return count(uow.mentions.add([moved(m, brand) for m in mentions]))
    if brand == to or by_hand:
        return _replace(uow, there, CorrectionKind.BRAND, brand if brand == to else "")
    return []


def _told(uow: UnitOfWork, mention: Mention, kind: CorrectionKind) -> str:
    """What is said of it so far: by the newest person who spoke, else by the model."""
    standing = _standing(uow, mention.group, kind)
    return standing[-1].after if standing else said(mention, kind)


def _standing(uow: UnitOfWork, group: str, kind: CorrectionKind) -> list[Correction]:
    return [c for c in uow.corrections.standing([group]).get(group, ()) if c.kind is kind]
