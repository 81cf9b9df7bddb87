"""Cases: load many, save many."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Text, and_, any_, cast, select

from bianmin.domain.access import Holder
from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from services.intake.domain.case import Case
from services.intake.domain.registration import Applicant
from services.intake.store.guides import parse_guide
from services.intake.store.tables import ApplicantRow, CaseRow, TimelineRow, cases, versions

CASES = select(cases, cast(versions.c.guide, Text).label("guide")).join(
    versions,
    and_(
        versions.c.org == cases.c.item_org,
        versions.c.code == cases.c.item_code,
        versions.c.number == cases.c.item_version,
    ),
)
"""Cases with the text of the guide they were registered under: what `case_of` reads."""

_LOCKED = sets.Load(
    CASES.where(cases.c.id == any_(sets.named("ids", cases.c.id))).order_by(cases.c.id).with_for_update(of=cases)
)
_CODEC = Codec(
    CaseRow,
    Case,
    paths={
        "item_org": "item.org",
        "item_code": "item.code",
        "item_version": "item.version",
        "holders": "holder_keys",
        "brought": "submitted",
    },
    unmapped=("changed_at",),
)
_APPLICANTS = Codec(ApplicantRow, Applicant, paths={"kind": "masked.kind"})
_NEVER_CHANGED = frozenset(
    {
        "case_no",
        "item_org",
        "item_code",
        "item_version",
        "org",
        "accepting_org",
        "dept",
        "channel",
        "applicant",
        "registered_by",
        "client_ref",
        "agent_id",
        "registered_at",
    }
)


async def load_cases(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the cases by id, locked in the order of their ids; ids without a case are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row["id"]: case_of(row) for row in await _LOCKED(tx, ids=wanted)}


def case_of(row: sets.Row) -> Case:
    """Return the case in a row of `CASES`. Raises pydantic's `ValidationError` where the row has another shape."""
    holders = tuple(Holder.of(key) for key in row["holders"])
    return _CODEC.load(row, guide=parse_guide(row["guide"]), holders=holders, submitted=row["brought"])


async def save_cases(
    tx: Tx,
    new: Sequence[Case],
    applicants: Sequence[Applicant],
    changed: Sequence[Case],
    timeline: Sequence[Mapping[str, object]],
) -> None:
    """Store what a batch decided about cases, in one statement. `applicants` are those of the `new` cases."""
    await sets.write(
        tx,
        sets.insert(CaseRow, [_CODEC.row(case) for case in new]),
        sets.insert(ApplicantRow, [_APPLICANTS.row(applicant) for applicant in applicants]),
        sets.insert(TimelineRow, timeline, "ON CONFLICT DO NOTHING"),
        sets.update(CaseRow, [_CODEC.row(case, without=_NEVER_CHANGED) for case in changed], also="changed_at = now()"),
    )
