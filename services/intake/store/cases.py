"""Cases: load many, save many."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from asyncpg import UniqueViolationError
from sqlalchemy import Text, and_, any_, cast, select

from bianmin.domain.access import Holder
from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from bianmin.kit.execute import Raced
from services.intake.domain.case import Case
from services.intake.domain.registration import Applicant
from services.intake.store.guides import parse_guide
from services.intake.store.tables import UNIQUE_CLIENT_REF, ApplicantRow, CaseRow, TimelineRow, cases, versions

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
_REFERENCED = sets.Load(
    CASES.where(
        cases.c.client_ref == any_(sets.named("references", cases.c.client_ref)),
        cases.c.registered_by == any_(sets.named("clients", cases.c.registered_by)),
    ).order_by(cases.c.id)
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
    unmapped=("changed_at", "client_ref_repetition"),
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


async def find_referenced(tx: Tx, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Case]:
    """Return the first case of each client under a reference, by (client, reference)."""
    pairs = set(wanted)
    if not pairs:
        return {}
    clients, references = zip(*pairs, strict=True)
    found: dict[tuple[str, str], Case] = {}
    for row in await _REFERENCED(tx, clients=clients, references=references):
        pair = row["registered_by"], row["client_ref"]
        if pair in pairs and pair not in found:
            found[pair] = case_of(row)
    return found


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
    filings: Sequence[sets.Write | None],
) -> None:
    """Store what a batch decided about cases, in one statement. `applicants` are those of the `new` cases.

    Raises `Raced` where another replica has registered a case under one of the client references meanwhile.
    """
    try:
        await sets.write(
            tx,
            sets.insert(CaseRow, [_CODEC.row(case) for case in new]),
            sets.insert(ApplicantRow, [_APPLICANTS.row(applicant) for applicant in applicants]),
            *filings,
            sets.insert(TimelineRow, timeline, "ON CONFLICT DO NOTHING"),
            sets.update(
                CaseRow, [_CODEC.row(case, without=_NEVER_CHANGED) for case in changed], also="changed_at = now()"
            ),
        )
    except UniqueViolationError as error:
        if error.constraint_name == UNIQUE_CLIENT_REF:
            raise Raced from error
        raise
