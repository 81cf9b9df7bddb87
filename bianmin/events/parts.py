"""Values that events and services share: the enumerations of the REST contract, division codes, moments."""

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
DeskLevel = Literal["point", "station", "center", "county", "city", "province"]
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
TaskKind = Literal["review", "decide", "assist"]
"""The kinds of tasks. A task of kind `assist` has events of its own, so the events of tasks name only a `StepKind`."""
Opinion = Literal["agree", "disagree", "grant", "deny"]
TaskOpinion = Literal["agree", "disagree", "grant", "deny", "helped"]
"""How a task ended: `helped` at an `assist` task."""
Delivery = Literal["in_person", "agent", "post", "electronic"]
ReplyMethod = Literal["visit", "phone", "message"]
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
"""`handling` is the first treatment; `review` (复查) and `rereview` (复核) follow, each one organ higher."""
ComplaintOutcome = Literal["supported", "explained", "not_supported"]

_EIGHT_HOURS = timedelta(hours=8)
COUNTY_TIME = timezone(_EIGHT_HOURS)
"""The zone of all moments on the wire: Asia/Shanghai, +08:00 all year."""


def in_county_time(moment: datetime) -> datetime:
    """Return the same moment at +08:00.

    Raises `ValueError` when the moment has no offset or is out of range at +08:00.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time without an offset")
    try:
        return moment if offset == _EIGHT_HOURS else moment.astimezone(COUNTY_TIME)
    except OverflowError:
        raise ValueError("a time that is out of range at +08:00") from None


Moment = Annotated[AwareDatetime, AfterValidator(in_county_time)]
OrgCode = Annotated[
    str, Field(title="division code", pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})$")
]
"""Division code: 2 digits province, 4 prefecture, 6 county, 9 township, 12 village, 14 point. A code starts with the
code of the division above it."""
# no \w: it means Unicode here and ASCII in the JSON Schema of other languages
Code = Annotated[str, Field(title="code", pattern=r"^[^\s，。、；！？]{1,64}$")]
"""An entry of some code list, 1 to 64 characters; never free text."""
MaterialNo = Annotated[int, Field(title="material number", ge=1)]
"""Number of a material in the list of the service item, from 1."""


class Part(BaseModel):
    """A value inside an event. Frozen; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class EventData(Part):
    """The data of one event type. `event_name` is in the past tense; `producers` are the services that publish it."""

    event_name: ClassVar[str]
    event_title: ClassVar[str]
    event_subject: ClassVar[str] = "case id"
    """What the `subject` of the envelope identifies. It is the key of the record in the log."""
    producers: ClassVar[tuple[str, ...]]
    event_version: ClassVar[int] = 1
    event_type: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "event_name"):
            cls.event_type = f"cn.bianmin.{cls.event_name}.v{cls.event_version}"


class Office(Part):
    """An office: an org and a department line within it. A station is an office without a department line."""

    org: OrgCode
    dept: Dept | None = None


class Access(Part):
    """The orgs and offices that a case concerns; they decide who may see it. Intake sets the first three fields,
    routing sets `holders`."""

    org: OrgCode
    """The org whose desk registered the case."""
    accepting_org: OrgCode
    """The org that accepts the case and is responsible for it."""
    dept: Dept
    """The department line of the service item."""
    holders: tuple[Office, ...] = ()
    """The offices that have an open task of the case, and in joint handling the lead."""


class Period(Part):
    """A length of time in units, counted from the day after the start day (民法典 art. 201)."""

    value: Annotated[int, Field(ge=0)]
    unit: PeriodUnit
    extension: int | None = None
    """The longest extension in units, possible once; null where the item sets none."""


class CoHandler(Part):
    """An office that takes part in joint handling (联合办理)."""

    dept: Dept
    lead: bool = False
    """Whether this office leads: it coordinates and decides."""


class ItemFacts(Part):
    """The facts about a service item that other services need."""

    org: OrgCode
    """The org that owns the catalog entry."""
    code: Code
    version: int
    name: str
    category: Dept
    mode: Mode
    item_type: ItemType
    """The item type of the national list; 01 is a licence (行政许可)."""
    decide_level: DeskLevel
    legal: Period | None = None
    """The statutory period. A licence without one has 20 working days (行政许可法 art. 42)."""
    promise: Period | None = None
    """The period that the organ promised."""
    deny_authority: Literal["leader", "window"] = "leader"
    """Who may deny a case. `leader` requires a filing first (否决报备)."""
    publicity_counts: bool = True
    """Whether the days of a publicity (公示) are counted in the period."""
    co_handlers: tuple[CoHandler, ...] = ()
    """The offices of joint handling, with exactly one lead; empty in other modes."""
    two_staff_check: bool = False
    """Whether a second person must verify a step before it is done (行政许可法 art. 34(3))."""
    dispute: bool = False
    """Whether the matter is a dispute, which is mediated (矛盾纠纷调处)."""
    green_channel: bool = False
    """Whether matters of this item come first at county desks (绿色通道)."""
    deemed_by_silence: bool = False
    """Whether a special rule makes silence an acceptance. For a licence the law does (行政许可法 art. 32(4))."""
