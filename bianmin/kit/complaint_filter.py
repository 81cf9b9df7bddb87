"""Who may see a complaint, in SQL: `may_see_complaint` (bianmin/domain/complaint_access.py) as a condition.

Two forms for two ways of storing the parties: in columns (complaints, reporting) or as keys of the row (deadlines).
"""

from typing import Any

from sqlalchemy import ColumnElement, and_

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import barring_key, handles_complaints, keys_held_by
from bianmin.kit.subtree import opened_by


def complaint_visible(handler_org: str, accused_org: str, recused: str, awaits_case: str = "false") -> str:
    """Return the condition, as text for `sqlalchemy.text`, that the viewer may see the complaint of a row.

    Each argument is an SQL expression over the row: two org codes, an array of staff ids, and whether the complaint
    awaits its case (these two may be null). The viewer is the parameters of `viewer_parameters`.
    """
    return (
        f"(:viewer_handles AND {handler_org} LIKE :viewer_subtree"
        f" AND NOT (coalesce({awaits_case}, false) AND {handler_org} = :viewer_org)"
        f" AND NOT coalesce(({recused})::text[] @> ARRAY[:viewer_id]::text[], false)"
        f" AND ({handler_org} = {accused_org} AND length({accused_org}) = 2"
        f" OR NOT starts_with(:viewer_org, {accused_org})))"
    )


def viewer_parameters(actor: Actor) -> dict[str, Any]:
    """Return the parameters of `complaint_visible` that stand for an actor."""
    return {
        "viewer_handles": handles_complaints(actor),
        "viewer_org": actor.org,
        "viewer_subtree": f"{actor.org}%",
        "viewer_id": actor.id,
    }


def visible_by_keys(keys: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor may see a row by the keys in its column `keys`, which a GIN index serves.

    The row stores either `access.seen_by` of a case or `complaint_access.complaint_keys` of a complaint.
    """
    return and_(opened_by(keys, keys_held_by(actor)), ~opened_by(keys, [barring_key(actor.id)]))
