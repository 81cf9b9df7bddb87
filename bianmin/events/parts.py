"""Words and small values that events and services share: the enumerations of the REST contract."""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

CaseStatus = Literal[
    "registered",
    "supplement_requested",
    "accepted",
    "refused",
    "in_progress",
    "paused",
    "granted",
    "denied",
    "delivered",
    "closed",
    "withdrawn",
]
TaskStatus = Literal["planned", "assigned", "received", "in_progress", "done", "returned", "transferred", "cancelled"]
Mode = Literal["direct", "promised", "joint", "report_up", "assist", "agency"]
Level = Literal["point", "station", "center", "county", "city", "province"]
OrgLevel = Literal["province", "city", "county", "township", "village", "point"]
Channel = Literal["window", "agent", "mobile", "phone", "partner"]
Dept = Literal[
    "civil",
    "hr",
    "medical",
    "health",
    "disabled",
    "veteran",
    "land",
    "forest",
    "agri",
    "police",
    "market",
    "party",
    "legal",
    "culture",
    "finance",
    "living",
    "consult",
]
ItemType = Literal["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"]
PeriodUnit = Literal["workday", "workhour", "day", "hour", "immediate"]
StepKind = Literal["review", "decide"]
Opinion = Literal["agree", "disagree", "grant", "deny"]
Delivery = Literal["in_person", "agent", "post", "electronic"]
ProcedureKind = Literal[
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review", "publicity"
]
SubjectKind = Literal["case", "complaint"]
ClockKind = Literal[
    "completeness",
    "promise",
    "statutory",
    "step",
    "procedure",
    "delivery",
    "complaint",
    "hotline",
    "rating",
    "rectification",
    "card",
]
Lamp = Literal["green", "yellow", "red"]
CardLevel = Literal["yellow", "red"]
ComplaintKind = Literal["complaint", "report", "suggestion", "praise"]
ComplaintChannel = Literal["window", "mobile", "phone", "box", "qr", "hotline", "letter", "other"]
ComplaintLevel = Literal["handling", "review", "rereview"]
"""Handled, reviewed (复查), reviewed again (复核): each by the organ above the one before."""
Outcome = Literal["supported", "explained", "not_supported"]

_EIGHT_HOURS = timedelta(hours=8)
COUNTY_TIME = timezone(_EIGHT_HOURS)
"""Asia/Shanghai as it is on the wire: +08:00, all year."""


def in_county_time(moment: datetime) -> datetime:
    """The same moment, at +08:00. What has no offset, or lies at the end of all time, is a ValueError."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time without its offset")
    try:
        return moment if offset == _EIGHT_HOURS else moment.astimezone(COUNTY_TIME)
    except OverflowError:
        raise ValueError("a time that is out of range at +08:00") from None


Moment = Annotated[AwareDatetime, AfterValidator(in_county_time)]
OrgCode = Annotated[
    str, Field(title="division code", pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})$")
]
"""2 digits province, 4 prefecture, 6 county, 9 township, 12 village, 14 point: a code begins with those above it."""
# no \w: it means Unicode here and ASCII in the JSON Schema of other languages
Code = Annotated[str, Field(title="code", pattern=r"^[^\s，。、；！？]{1,64}$")]
"""From somebody's list; never a sentence."""
MaterialNo = Annotated[int, Field(title="material number", ge=1)]
"""Of a material in the item's list, from 1."""


class Part(BaseModel):
    """A value inside an event. Frozen; fields that a reader does not know are skipped."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class EventData(Part):
    """What one event says. Its name is in the past tense; `producers` are the services that announce it."""

    event_name: ClassVar[str]
    event_title: ClassVar[str]
    event_subject: ClassVar[str] = "case id"
    """What the envelope's `subject`, and so the record's key, is."""
    producers: ClassVar[tuple[str, ...]]
    event_version: ClassVar[int] = 1
    event_type: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "event_name"):
            cls.event_type = f"cn.bianmin.{cls.event_name}.v{cls.event_version}"


class Office(Part):
    """A functional office: an org and a department line within it. A station is its own office: no line."""

    org: OrgCode
    dept: Dept | None = None


class Access(Part):
    """Where a case is, and so who may see it. Intake owns the first three, routing `holders`."""

    org: OrgCode
    """The desk that registered it."""
    accepting_org: OrgCode
    """The org whose act the acceptance is, and that answers for the case."""
    dept: Dept
    """The line the item belongs to."""
    holders: tuple[Office, ...] = ()
    """The offices at which a step is open."""


class Period(Part):
    """A number of units, counted from the day after the one it starts on (民法典 art. 201)."""

    value: Annotated[int, Field(ge=0)]
    unit: PeriodUnit
    extension: int | None = None
    """By how many units it may be extended, once."""


class ItemFacts(Part):
    """What other services have to know of the service item a case was registered under."""

    org: OrgCode
    """Whose catalog it is in."""
    code: Code
    version: int
    name: str
    category: Dept
    mode: Mode
    item_type: ItemType
    """As in the national list: 01 is a licence (行政许可)."""
    decide_level: Level
    legal: Period | None = None
    """What the law allows; a licence without one has 20 working days (行政许可法 art. 42)."""
    promise: Period | None = None
    """What the organ promised."""
    deny_authority: Literal["leader", "window"] = "leader"
    """Who may say no: `leader` needs a filing first (否决报备)."""
    publicity_counts: bool = True
    """Whether the days of a publicity (公示) count in the period."""
    deemed_by_silence: bool = False
    """Whether a rule of its own makes silence acceptance; of a licence the law does (行政许可法 art. 32(4))."""
