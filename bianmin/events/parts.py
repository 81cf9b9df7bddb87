"""Words and small values that events and services share: the enumerations of the REST contract."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

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
PeriodUnit = Literal["workday", "day", "hour", "immediate"]
StepKind = Literal["review", "decide"]
Opinion = Literal["agree", "disagree", "grant", "deny"]
Delivery = Literal["in_person", "agent", "post", "electronic"]
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
ComplaintKind = Literal["complaint", "report", "suggestion", "praise"]
ComplaintChannel = Literal["window", "mobile", "phone", "box", "qr", "hotline", "letter", "other"]
Outcome = Literal["supported", "explained", "not_supported"]


class Part(BaseModel):
    """A value inside an event. Frozen; fields that a reader does not know are skipped."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class EventData(Part):
    """What one event says. Its name is in the past tense; `producers` are the services that announce it."""

    event_name: ClassVar[str]
    event_title: ClassVar[str]
    producers: ClassVar[tuple[str, ...]]
    event_version: ClassVar[int] = 1
    event_type: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "event_name"):
            cls.event_type = f"cn.bianmin.{cls.event_name}.v{cls.event_version}"


class Office(Part):
    """A functional office: an org and a department line within it. A station is its own office: no line."""

    org: str
    dept: Dept | None = None


class Access(Part):
    """Where a case is, and so who may see it. `org` registered it. Intake owns the first three, routing `holders`."""

    org: str
    accepting_org: str
    dept: Dept
    holders: tuple[Office, ...] = ()


class Period(Part):
    """A number of units; `extension` is by how many of them it may be extended once."""

    value: Annotated[int, Field(ge=0)]
    unit: PeriodUnit
    extension: int | None = None


class ItemFacts(Part):
    """What other services have to know of the service item a case was registered under."""

    org: str
    code: str
    version: int
    name: str
    category: Dept
    mode: Mode
    item_type: ItemType
    decide_level: Level
    legal: Period | None = None
    promise: Period | None = None
    deny_authority: Literal["leader", "window"] = "leader"
    publicity_counts: bool = True
