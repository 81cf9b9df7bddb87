"""The keys by which a clock is seen: those of its case, or those of its complaint."""

from bianmin.domain import access
from bianmin.domain.access import Reach
from bianmin.domain.complaint_access import ComplaintParties, complaint_keys, keys_held_by

Handling = ComplaintParties
keys_of = keys_held_by


def seen_by(reach: Reach | ComplaintParties) -> list[str]:
    """Return the keys to store with a subject, sorted."""
    return access.seen_by(reach) if isinstance(reach, Reach) else complaint_keys(reach)
