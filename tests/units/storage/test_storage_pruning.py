"""What is of no use any more goes; what counts stays."""

from datetime import UTC, datetime, timedelta

from wanglou.domain.source import SourceClass, Validators
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, ExposureRow
from wanglou.ports import Session
from wanglou.storage.engine import SqlStorage

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_old_changes_go_and_ids_are_never_used_again(storage: SqlStorage) -> None:
    for at in (NOON - 3 * DAY, NOON - 2 * DAY, NOON):
        with storage.begin() as uow:
            uow.changes.note("lock", "incident", at.isoformat(), at)
            uow.commit()
    with storage.begin() as uow:
        last = uow.changes.newest()
        uow.changes.prune(NOON + DAY)
        uow.changes.note("lock", "incident", "later", NOON)
        uow.commit()
    with storage.look() as uow:
        assert [change.id for change in uow.changes.after(0)] == [last, last + 1]


def test_expired_sessions_and_links_go(storage: SqlStorage) -> None:
    old = Session("a" * 64, "wang", NOON - 8 * DAY, NOON - DAY, NOON - DAY)
    young = Session("b" * 64, "wang", NOON, NOON, NOON + DAY)
    with storage.begin() as uow:
        for session in (old, young):
            uow.sign_ins.start_session(session)
        uow.sign_ins.add_link("c" * 64, "wang", NOON - DAY)
        uow.sign_ins.add_link("d" * 64, "wang", NOON + DAY)
        uow.sign_ins.prune(NOON)
        assert uow.sign_ins.session(old.token_hash, NOON - 2 * DAY) is None
        assert uow.sign_ins.session(young.token_hash, NOON) is not None
        assert uow.sign_ins.link_owner("c" * 64, NOON - 2 * DAY) is None
        assert uow.sign_ins.link_owner("d" * 64, NOON) == "wang"


def test_exposure_beyond_the_detectors_memory_goes(storage: SqlStorage) -> None:
    rows = [ExposureRow(SourceClass.NEWS, at, 1.0) for at in (NOON - 2 * BUCKET, NOON - BUCKET, NOON)]
    with storage.begin() as uow:
        uow.volumes.add_exposure(rows)
        uow.volumes.prune_exposure(NOON - BUCKET)
        assert uow.volumes.exposure_between(Span(NOON - DAY, NOON + DAY)) == rows[1:]


def test_pages_read_long_ago_are_forgotten_and_those_asked_again_are_not(storage: SqlStorage) -> None:
    read = {"old": NOON - 31 * DAY, "new": NOON - DAY}
    with storage.begin() as uow:
        uow.sources.save_validators(
            "paper", [Validators(url, asked_plainly_at=at) for url, at in read.items()]
        )
        uow.sources.save_validators("other", [Validators("old", asked_plainly_at=read["new"])])
        assert uow.sources.prune_validators(NOON - 30 * DAY) == 1
        assert set(uow.sources.validators("paper")) == {"new"}
        assert set(uow.sources.validators("other")) == {"old"}
