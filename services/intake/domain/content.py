"""The content of a service item (政务服务事项), in the shape in which counties write their catalogs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from bianmin.domain.labels_zh import ITEM_TYPES, MODES, PERIOD_UNITS
from bianmin.events.parts import CoHandler, Dept, DeskLevel, ItemFacts, ItemType, Mode, Period, PeriodUnit
from bianmin.kit.bodies import AS_TEXT, STORED, Line
from bianmin.kit.fields import DEPT_VALUES, values_of
from bianmin.kit.refusals import FieldError
from services.intake.domain.labels_zh import (
    DENIAL_AUTHORITIES,
    DESK_LEVELS,
    MATERIAL_SOURCES,
    PERIOD_ORIGINS,
    REQUIRED_FORMS,
)

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

    name: Annotated[Line, Field(description="材料名称，1 至 500 字，同一事项中不能重复", examples=["居民身份证"])]
    form: Annotated[
        Literal["o", "oc", "f", "e", "p"], Field(description=f"形式：{values_of(REQUIRED_FORMS)}", examples=["oc"])
    ]
    source: Annotated[
        Literal["applicant", "issue", "share"],
        Field(description=f"来源：{values_of(MATERIAL_SOURCES)}", examples=["applicant"]),
    ] = "applicant"
    required: Annotated[bool, Field(description="是否必须提交", examples=[True])] = True


def _material(value: Any) -> Any:
    """Read the catalog's shorthand: [name, form, source, required(1/0)]."""
    if isinstance(value, list) and len(value) == 4:
        return dict(zip(("name", "form", "source", "required"), value, strict=True))
    return value


class ItemPeriod(_Part):
    """A period as a catalog states it: `value` and `extension` count in `unit`; `value` None means no fixed number.

    `conf` says where the number comes from: V law or official page, M common knowledge, L local decision.
    """

    value: Annotated[
        Annotated[StrictInt, Field(ge=0, le=3650)] | None,
        Field(description="期限的长短，单位见 unit，0 至 3650；没有固定期限的为 null", examples=[5]),
    ] = None
    unit: Annotated[PeriodUnit, Field(description=f"期限的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])] = (
        "workday"
    )
    extension: Annotated[
        Annotated[StrictInt, Field(ge=0, le=3650)] | None,
        Field(description="最多可以延长多少，单位见 unit，0 至 3650；没有规定的为 null", examples=[None]),
    ] = None
    conf: Annotated[
        Literal["V", "M", "L"] | None,
        Field(description=f"期限的出处：{values_of(PERIOD_ORIGINS)}；没有写明的为 null", examples=["L"]),
    ] = None
    note: Annotated[
        Line | None,
        Field(description="说明，1 至 500 字；没有的为 null", examples=["情况紧急的，二十四小时内先行救助"]),
    ] = None

    def period(self) -> Period | None:
        """Return the period as events say it; None where the catalog states no number."""
        if self.unit == "immediate":
            return Period(value=0, unit="immediate")
        if self.value is None:
            return None
        return Period(value=self.value, unit=self.unit, extension=self.extension)


class Publicity(ItemPeriod):
    """The public notice (公示) before the decision; `counts_in_period`: whether its days count in the period."""

    counts_in_period: Annotated[StrictBool, Field(description="公示的时间是否计入办理期限", examples=[False])] = True


class CoHandlerEntry(_Part):
    """An office that takes part in joint handling, as a catalog names it."""

    dept: Annotated[Dept, Field(description=f"条线，每个只写一次：{DEPT_VALUES}", examples=["civil"])]
    name: Annotated[Line | None, Field(description="办理单位的名称；没有写明的为 null", examples=["民政窗口"])] = None
    lead: Annotated[StrictBool, Field(description="是否主办，有且只有一个", examples=[True])] = False


def _without_names_alone(value: Any, info: ValidationInfo) -> Any:
    """Leave out the co-handlers that an older program stored as bare names: nobody can tell their departments."""
    if info.context is STORED and isinstance(value, list):
        return [each for each in value if not isinstance(each, str)]
    return value


class Fee(_Part):
    """What the applicant pays, in yuan; 0 means free."""

    amount: Annotated[
        float, Field(ge=0, allow_inf_nan=False, description="金额，元，可以有小数；0 为免费", examples=[0])
    ] = 0
    currency: Annotated[Literal["CNY"], Field(description="币种，人民币", examples=["CNY"])] = "CNY"
    payee: Annotated[
        Line | None, Field(description="收款单位，1 至 500 字；没有的为 null", examples=["修文县财政局"])
    ] = None
    note: Annotated[Line | None, Field(description="说明，1 至 500 字；没有的为 null", examples=["代办服务不收费"])] = (
        None
    )


class Content(_Part):
    """One service item (政务服务事项) as it is drafted and published.

    `deemed_basis`: by which rule silence is acceptance, where it is not a licence (行政许可法 art. 32(4)).
    """

    code: Annotated[ItemCode, Field(description="事项编码，1 至 40 个字母、数字或 `_.-`", examples=["MZ-003"])]
    name: Annotated[Line, Field(description="事项名称，1 至 500 字", examples=["临时救助（小额）"])]
    name_en: Annotated[
        Line | None, Field(description="英文名称；没有的为 null", examples=["Temporary relief (small amount)"])
    ] = None
    legacy_name: Annotated[Line | None, Field(description="曾用名称；没有的为 null", examples=[None])] = None
    category: Annotated[Dept, Field(description=f"所属条线：{DEPT_VALUES}", examples=["civil"])]
    founding_ref: Annotated[
        Line | None, Field(description="设立便民服务机构的文件中的出处；没有的为 null", examples=["二(二)1“社会救助”"])
    ] = None
    item_type: Annotated[ItemType, Field(description=f"事项类型：{values_of(ITEM_TYPES)}", examples=["05"])]
    lodge_at: Annotated[
        tuple[Desk, ...],
        Field(
            min_length=1,
            description=f"在哪一级申请，至少一级：{values_of({desk: DESK_LEVELS[desk] for desk in get_args(Desk)})}",
            examples=[["station", "center"]],
        ),
    ]
    decide_level: Annotated[
        DeskLevel, Field(description=f"由哪一级决定：{values_of(DESK_LEVELS)}", examples=["center"])
    ]
    mode: Annotated[Mode, Field(description=f"办理方式：{values_of(MODES)}", examples=["promised"])]
    co_handlers: Annotated[
        tuple[CoHandlerEntry, ...],
        BeforeValidator(_without_names_alone),
        Field(
            max_length=17,
            description="联合办理的单位，至少两个条线，其中一个主办（lead）；其他方式的为空列表",
            examples=[[]],
        ),
    ] = ()
    cross_region: Annotated[StrictBool, Field(description="是否可以跨地区办理", examples=[False])] = False
    materials: Annotated[
        tuple[Annotated[Material, BeforeValidator(_material)], ...],
        Field(
            max_length=100,
            description="材料清单，最多 100 个，按序号排列",
            examples=[[{"name": "居民身份证", "form": "oc", "source": "applicant", "required": True}]],
        ),
    ] = ()
    legal: Annotated[ItemPeriod | None, Field(description="法定期限；没有的为 null", examples=[None])] = None
    promise: Annotated[
        ItemPeriod | None,
        Field(description="承诺期限，不长于法定期限；没有的为 null", examples=[{"value": 5, "unit": "workday"}]),
    ] = None
    publicity: Annotated[
        Publicity | None, Field(description="决定之前的公示；不需要公示的为 null", examples=[None])
    ] = None
    fee: Annotated[Fee, Field(description="收费；不写为免费", examples=[{"amount": 0}])] = Fee()
    result: Annotated[
        Line | None, Field(description="办理结果，1 至 500 字；没有写明的为 null", examples=["救助金，存入申请人账户"])
    ] = None
    basis: Annotated[
        tuple[Line, ...], Field(description="设定依据，各 1 至 500 字", examples=[["《社会救助暂行办法》第四十七条"]])
    ] = ()
    privacy: Annotated[
        tuple[Line, ...], Field(description="涉及的个人信息，各 1 至 500 字", examples=[["身份证号", "银行账号"]])
    ] = ()
    flags: Annotated[
        tuple[Line, ...], Field(description="办理要求的代码，由目录的编制单位规定", examples=[["green_channel"]])
    ] = ()
    deny_authority: Annotated[
        Literal["leader", "window"],
        Field(description=f"由谁作出不予许可：{values_of(DENIAL_AUTHORITIES)}", examples=["leader"]),
    ] = "leader"
    deemed_basis: Annotated[
        Line | None,
        Field(description="行政许可以外的事项，逾期不告知补正即视为受理的依据；没有的为 null", examples=[None]),
    ] = None
    notes: Annotated[
        Annotated[str, StringConstraints(max_length=2000), AS_TEXT] | None,
        Field(description="备注，最多 2000 字；没有的为 null", examples=["节假日由值班人员受理"]),
    ] = None

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
            co_handlers=tuple(CoHandler(dept=each.dept, lead=each.lead) for each in self.co_handlers),
            two_staff_check="two_staff_check" in self.flags,
            dispute="dispute" in self.flags,
            green_channel="green_channel" in self.flags,
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


def content_errors(content: Content) -> Iterator[FieldError]:
    """Yield the errors for which the content cannot be published."""
    legal = content.legal.period() if content.legal else None
    promise = content.promise.period() if content.promise else None
    if legal and promise and legal.unit == promise.unit and promise.value > legal.value:
        yield FieldError("/promise/value", "promise_exceeds_legal", "承诺时限不能长于法定时限")
    if content.mode == "joint":
        yield from _joint_errors(content)
    elif content.co_handlers:
        yield FieldError("/co_handlers", "only_joint", "只有联合办理（mode: joint）才写办理单位；请去掉")
    names = [material.name for material in content.materials]
    for n, name in enumerate(names):
        if name in names[:n]:
            yield FieldError(f"/materials/{n}/name", "duplicate", "材料重复")


def _joint_errors(content: Content) -> Iterator[FieldError]:
    depts = [each.dept for each in content.co_handlers]
    if len(depts) < 2:
        yield FieldError("/co_handlers", "joint_needs_two", "联合办理至少要有两个办理单位")
    elif sum(each.lead for each in content.co_handlers) != 1:
        yield FieldError("/co_handlers", "joint_needs_one_lead", "联合办理要有且只有一个主办单位（lead: true）")
    for n, dept in enumerate(depts):
        if dept in depts[:n]:
            yield FieldError(f"/co_handlers/{n}/dept", "duplicate", "条线重复；一个条线只写一个办理单位")
    if content.decide_level in ("point", "station"):
        detail = "村站和服务点没有办理单位，不能联合办理；请改为 center 或以上"
        yield FieldError("/decide_level", "no_offices_at_level", detail)
