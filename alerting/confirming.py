"""Whether a client's word is complete enough to end an incident on it."""

from datetime import datetime

from wanglou.domain.confirmation import Confirmation
from wanglou.domain.incident import Incident
from wanglou.domain.reason import Reason, Value

RESOLVED = "incident_resolved_on_word"
"""The line of the record that ends an incident on the client's word; its facts are the word's fields."""

RESOLVED_BEFORE = "incident_resolved"
"""The same line as it was written before the fields were asked for."""

WAIVED = "incident_resolved_waived"
"""The line of the record that ends an incident without the client's word."""


def unfit(confirmation: Confirmation, incident: Incident, now: datetime) -> Reason | None:
    """What a confirmation lacks; None where it is complete and its time is possible."""
    if not confirmation.by.strip():
        return Reason("incident_refused_no_confirmer")
    if not confirmation.words.strip():
        return Reason("incident_refused_no_words")
    if confirmation.at > now:
        return Reason("incident_refused_confirmed_later", {"at": confirmation.at.isoformat()})
    if confirmation.at < incident.happened_at:
        times = {"at": confirmation.at.isoformat(), "happened": incident.happened_at.isoformat()}
        return Reason("incident_refused_confirmed_before", times)
    return None


def as_facts(confirmation: Confirmation) -> dict[str, Value]:
    """The fields of a confirmation as the record keeps them."""
    return {
        "by": confirmation.by.strip(),
        "medium": confirmation.medium,
        "at": confirmation.at.isoformat(),
        "words": confirmation.words.strip(),
    }
