"""The content of a service item (政务服务事项), in the shape in which counties write their catalogs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from bianmin.events.parts import Dept, DeskLevel, ItemFacts, ItemType, Mode, Period, PeriodUnit
from bianmin.kit.bodies import AS_TEXT, STORED, Line
from bianmin.kit.refusals import FieldError

_ITEM_CODE = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def _item_code(value: Any) -> Any:
    if isinstance(value, str) and not _ITEM_CODE.fullmatch(value):
        detail = "应为事项编码（如 MZ-003），不是事项名称；编码可用 GET /catalog/items?q=名称 查到"
        raise PydanticCustomError("code", "{detail}", {"detail": detail})
    return value


ItemCode = Annotated[
    str,
    StringConstraints(pattern=f"^{_ITEM_CODE.pattern}$"),
    BeforeValidator(_item_code),
]
Desk = Literal["point", "station", "center"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Material(_Part):
    """A material that the item asks for.

    `form`: o original, only shown; oc original, of which a copy is kept; f form; e electronic; p photo.
    `source` `share`: obtained from other departments, never asked of the applicant (国务院令716 art. 7).
    """

    name: Line
    form: Literal["o", "oc", "f", "e", "p"]
    source: Literal["applicant", "issue", "share"] = "applicant"
    required: bool = True


def _material(value: Any) -> Any:
    """Read the catalog's shorthand: [name, form, source, required(1/0)]."""
    if isinstance(value, list) and len(value) == 4:
        return dict(zip(("name", "form", "source", "required"), value, strict=True))
    return value


class ItemPeriod(_Part):
    """A period as a catalog states it: `value` and `extension` count in `unit`; `value` None means no fixed number.

    `conf` says where the number comes from: V law or official page, M common knowledge, L local decision.
    """

    value: Annotated[StrictInt, Field(ge=0, le=3650)] | None = None
    unit: PeriodUnit = "workday"
    extension: Annotated[StrictInt, Field(ge=0, le=3650)] | None = None
    conf: Literal["V", "M", "L"] | None = None
    note: Line | None = None

    def period(self) -> Period | None:
        """Return the period as events say it; None where the catalog states no number."""
        if self.unit == "immediate":
            return Period(value=0, unit="immediate")
        if self.value is None:
            return None
        return Period(value=self.value, unit=self.unit, extension=self.extension)


class Publicity(ItemPeriod):
    """The public notice (公示) before the decision; `counts_in_period`: whether its days count in the period."""

    counts_in_period: StrictBool = True


class Fee(_Part):
    """What the applicant pays, in yuan; 0 means free."""

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
    decide_level: DeskLevel
    mode: Mode
    co_handlers: tuple[Line, ...] = ()
    cross_region: StrictBool = False
    materials: Annotated[tuple[Annotated[Material, BeforeValidator(_material)], ...], Field(max_length=100)] = ()
    legal: ItemPeriod | None = None
    promise: ItemPeriod | None = None
    publicity: Publicity | None = None
    fee: Fee = Fee()
    result: Line | None = None
    basis: tuple[Line, ...] = ()
    privacy: tuple[Line, ...] = ()
    flags: tuple[Line, ...] = ()
    deny_authority: Literal["leader", "window"] = "leader"
    deemed_basis: Line | None = None
    notes: Annotated[str, StringConstraints(max_length=2000), AS_TEXT] | None = None

    @classmethod
    def stored(cls, document: Any) -> Self:
        """Return the content that a row holds; texts that are refused today are taken as they are."""
        return cls.model_validate(document, context=STORED)

    def facts(self, org: str, version: int) -> ItemFacts:
        """Return what other services have to know of this content, as version `version` of the org's item."""
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

    def guide(self, org: str, version: int) -> "Guide":
        """Return what a registration needs of this content, as version `version` of the org's item."""
        return Guide(self.facts(org, version), self.materials, self.lodge_at)


@dataclass(frozen=True, slots=True)
class Guide:
    """A version of an item as a registration needs it: facts, materials, and the levels of desk that lodge it."""

    facts: ItemFacts
    materials: tuple[Material, ...]
    lodge_at: tuple[Desk, ...]


_LEAD = "主办"


def content_errors(content: Content) -> Iterator[FieldError]:
    """Yield the errors for which the content cannot be published."""
    legal = content.legal.period() if content.legal else None
    promise = content.promise.period() if content.promise else None
    if legal and promise and legal.unit == promise.unit and promise.value > legal.value:
        yield FieldError("/promise/value", "promise_exceeds_legal", "承诺时限不能长于法定时限")
    if content.mode == "joint":
        if len(content.co_handlers) < 2:
            yield FieldError("/co_handlers", "joint_needs_two", "联合办理至少要有两个办理单位")
        elif sum(_LEAD in handler for handler in content.co_handlers) != 1:
            yield FieldError("/co_handlers", "joint_needs_one_lead", "联合办理要有且只有一个（主办）单位")
    names = [material.name for material in content.materials]
    for n, name in enumerate(names):
        if name in names[:n]:
            yield FieldError(f"/materials/{n}/name", "duplicate", "材料重复")
