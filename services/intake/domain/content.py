"""What a service item says: the guide that is published, in the shape in which counties write their catalogs."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from bianmin.events.parts import Dept, ItemFacts, ItemType, Level, Mode, Period, PeriodUnit
from bianmin.kit.refusals import FieldError

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Desk = Literal["point", "station", "center"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Material(_Part):
    """One material. `share`: obtained from other departments and never asked of the applicant (国务院令716 art. 7)."""

    name: Line
    form: Literal["o", "oc", "f", "e", "p"]
    source: Literal["applicant", "issue", "share"] = "applicant"
    required: bool = True


def _material(value: Any) -> Any:
    """The catalog's shorthand: [name, form, source, required(1/0)]."""
    if isinstance(value, list) and len(value) == 4:
        return dict(zip(("name", "form", "source", "required"), value, strict=True))
    return value


class Term(_Part):
    """A period as a catalog gives it. `value` null: no fixed number. `conf` says how sure the number is."""

    value: Annotated[StrictInt, Field(ge=0, le=3650)] | None = None
    unit: PeriodUnit = "workday"
    extension: Annotated[StrictInt, Field(ge=0, le=3650)] | None = None
    conf: Literal["V", "M", "L"] | None = None
    note: Line | None = None

    def period(self) -> Period | None:
        if self.unit == "immediate":
            return Period(value=0, unit="immediate")
        if self.value is None:
            return None
        return Period(value=self.value, unit=self.unit, extension=self.extension)


class Publicity(Term):
    """Public notice before the decision; `counts_in_period` says whether its days count."""

    counts_in_period: StrictBool = True


class Fee(_Part):
    amount: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    currency: Literal["CNY"] = "CNY"
    payee: Line | None = None
    note: Line | None = None


class Content(_Part):
    """One service item (政务服务事项) as it is drafted and published.

    `deemed_basis`: by which rule silence is acceptance, where it is not a licence (行政许可法 art. 32(4)).
    """

    code: ItemCode
    name: Line
    name_en: Line | None = None
    legacy_name: Line | None = None
    category: Dept
    founding_ref: Line | None = None
    item_type: ItemType
    lodge_at: Annotated[tuple[Desk, ...], Field(min_length=1)]
    decide_level: Level
    mode: Mode
    co_handlers: tuple[Line, ...] = ()
    cross_region: StrictBool = False
    materials: Annotated[tuple[Annotated[Material, BeforeValidator(_material)], ...], Field(max_length=100)] = ()
    legal: Term | None = None
    promise: Term | None = None
    publicity: Publicity | None = None
    fee: Fee = Fee()
    result: Line | None = None
    basis: tuple[Line, ...] = ()
    privacy: tuple[Line, ...] = ()
    flags: tuple[Line, ...] = ()
    deny_authority: Literal["leader", "window"] = "leader"
    deemed_basis: Line | None = None
    notes: Annotated[str, StringConstraints(max_length=2000)] | None = None

    def facts(self, org: str, version: int) -> ItemFacts:
        """What the other services have to know of it."""
        return ItemFacts(
            org=org,
            code=self.code,
            version=version,
            name=self.name,
            category=self.category,
            mode=self.mode,
            item_type=self.item_type,
            decide_level=self.decide_level,
            legal=self.legal.period() if self.legal else None,
            promise=self.promise.period() if self.promise else None,
            deny_authority=self.deny_authority,
            publicity_counts=self.publicity.counts_in_period if self.publicity else True,
            deemed_by_silence=self.deemed_basis is not None,
        )


LEAD = "主办"


def faults(content: Content) -> Iterator[FieldError]:
    """Why an item cannot be published as it stands."""
    legal = content.legal.period() if content.legal else None
    promise = content.promise.period() if content.promise else None
    if legal and promise and legal.unit == promise.unit and promise.value > legal.value:
        yield FieldError("/promise/value", "promise_exceeds_legal", "承诺时限不能长于法定时限")
    if content.mode == "joint":
        if len(content.co_handlers) < 2:
            yield FieldError("/co_handlers", "joint_needs_two", "联合办理至少要有两个办理单位")
        elif sum(LEAD in handler for handler in content.co_handlers) != 1:
            yield FieldError("/co_handlers", "joint_needs_one_lead", "联合办理要有且只有一个（主办）单位")
    names = [material.name for material in content.materials]
    for n, name in enumerate(names):
        if name in names[:n]:
            yield FieldError(f"/materials/{n}/name", "duplicate", "材料重复")
