"""Where persons stand in the tables, column by column, so that none is forgotten when one is erased.

A test holds this against the tables: whoever adds a column of text says here whose it is.
"""

from wanglou.storage import tables

ENTRANCE = (tables.sign_in, tables.link, tables.session, tables.sign_in_record)
"""Rows that serve nothing but a person's coming in, by ``person``: they go with the person."""

USERS = (
    tables.incident.c.owner,
    tables.incident.c.acknowledged_by,
    tables.step.c.person,
    tables.step.c.done_by,
    tables.clock.c.stopped_by,
    tables.delivery.c.recipient,
    tables.correction.c.by,
    tables.correction.c.undone_by,
)
"""The id of somebody of the agency in rows that stay: a pseudonym takes its place."""

RECORD = (tables.timeline.c.actor, tables.timeline.c.facts)
"""The record: changed only with a redaction on record."""

WORDS = (
    tables.incident.c.because_facts,
    tables.signal.c.because_facts,
    tables.signal.c.suppressed_facts,
    tables.step.c.title,
    tables.step.c.detail,
    tables.step.c.done_when,
    tables.step.c.result,
    tables.delivery.c.saying_facts,
    tables.delivery.c.facts,
    tables.delivery.c.trouble_facts,
)
"""What people typed or detectors quoted: anybody may be named in it."""

POSTS = (tables.item, tables.item_version, tables.mention)
"""What authors wrote, with who they are and what was read in it: the rows go with the author's posts.

The full-text index holds the words of mentions and loses them with the mention.
"""
