"""The registration (登记) of a case: whether a desk may do it, and which organ accepts and decides the case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.domain.divisions import at_level, desk_level_of, has_offices
from bianmin.domain.labels_zh import DEPTS
from bianmin.events.intake import CaseRegistered
from bianmin.events.parts import Channel, Dept, ItemFacts
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, DeskOnly, FieldError, Forbidden, Invalid
from services.intake.domain.case import Case
from services.intake.domain.case_parts import MaskedApplicant, SubmittedMaterial
from services.intake.domain.checks import DESK_ROLES, DateWrong, check_material_numbers, may_see
from services.intake.domain.content import Guide
from services.intake.domain.facts import CaseOpened, Fact
from services.intake.domain.labels_zh import DESK_LEVELS


@dataclass(frozen=True, slots=True)
class KnownOrg:
    """An org as routing announced it: its name, and the departments that have an office there."""

    code: str
    name: str
    offices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies. `sealed` is the encrypted form, `tail` a keyed digest of the last four signs of the id number."""

    case_id: UUID
    masked: MaskedApplicant
    sealed: bytes
    tail: bytes


@dataclass(frozen=True, slots=True)
class RegisterCase:
    """Register a case at the desk `org`. `earliest` and `today` are the limits of `received_on`."""

    case_id: UUID
    item_code: str
    org: str
    channel: Channel
    applicant: Applicant
    materials: tuple[SubmittedMaterial, ...]
    received_on: date
    today: date
    earliest: date
    by: Cause
    client_ref: str | None = None
    agent_id: str | None = None

    @property
    def reference(self) -> tuple[str, str] | None:
        """The client and its own reference, which together are unique; None without a reference."""
        return None if self.client_ref is None else (self.by.actor.id, self.client_ref)


@dataclass(frozen=True, slots=True)
class Admission:
    """The terms of a registration: the guide it is made under, and the org that accepts the case."""

    guide: Guide
    accepting_org: str


@dataclass(frozen=True, slots=True)
class AdmittedRegistration:
    """A registration that `admit` has let through, with the case number drawn for it."""

    command: RegisterCase
    admission: Admission
    case_no: str
    registered_at: datetime

    @property
    def by(self) -> Cause:
        """The cause of the registration."""
        return self.command.by

    @property
    def case_id(self) -> UUID:
        """The id of the new case."""
        return self.command.case_id


class ClientRefUsed(Conflict):
    """The client has registered another case under this reference."""

    slug, title = "client-ref-used", "client_ref 已经用过"


class OrgUnknown(Invalid):
    """Routing has not announced the org."""

    slug, title = "org-unknown", "没有这个机构"


class ItemNotOffered(Invalid):
    """No org above the desk has published the item."""

    slug, title = "item-not-offered", "事项没有发布"


class NotLodgedHere(Invalid):
    """The item is lodged at desks of another level."""

    slug, title = "not-lodged-here", "本级不受理这个事项"


class DeskElsewhere(Forbidden):
    """The desk lies outside the actor's subtree."""

    slug, title = "desk-elsewhere", "不是本单位的窗口"


class CoHandlersMissing(Conflict):
    """The item is handled jointly, but an older catalog did not say by which departments."""

    slug, title = "co-handlers-missing", "联合办理的单位没有写明条线"


class OfficeMissing(Conflict):
    """The org that decides or accepts has no office of the department line."""

    slug, title = "office-missing", "办理单位没有设立"


def admit(command: RegisterCase, guide: Guide | None, orgs: Mapping[str, KnownOrg]) -> Admission:
    """Return the terms of a registration. `guide` is published nearest above the desk; `orgs` are the desk's org and
    the orgs above it.

    Raises `DeskElsewhere`, `DeskOnly`, `OrgUnknown`, `ItemNotOffered`, `DateWrong`, `NotLodgedHere`, `MaterialsWrong`,
    `CoHandlersMissing` or `OfficeMissing`; the message says what to do instead.
    """
    if not command.by.actor.covers(command.org):
        raise DeskElsewhere(f"只能在本单位（{command.by.actor.org}）及下属站点登记。")
    _check_sender(command)
    if command.org not in orgs:
        raise OrgUnknown("没有这个机构；请核对区划代码。", errors=[FieldError("/org", "org_unknown", "没有这个机构")])
    if guide is None:
        raise ItemNotOffered(
            "这个事项在本地没有发布；请在事项目录中核对编码。",
            errors=[FieldError("/item_code", "item_not_offered", "没有发布")],
        )
    _check_dates(command)
    _check_desk(command, guide)
    check_material_numbers([material.no for material in command.materials], guide.materials)
    if guide.facts.mode == "joint" and not guide.facts.co_handlers:
        raise CoHandlersMissing("事项目录没有写明联合办理的条线；请管理员补上（co_handlers）并重新发布。")
    deciding, accepting = organs(guide.facts, command.org)
    _check_offices(guide.facts, deciding, accepting, orgs)
    return Admission(guide, accepting)


def reference_used(command: RegisterCase, case: Case) -> ClientRefUsed:
    """Return the refusal of a registration whose reference its client has used for `case`; it names what he may see."""
    which = f"办件 {case.case_no}（id {case.id}）" if may_see(command.by.actor, case) else "另一个办件"
    detail = f"这个 client_ref 已用于{which}"
    where = FieldError("/client_ref", "client_ref_used", detail)
    return ClientRefUsed(f"{detail}；同一件事不要重复登记，另一件事请换一个 client_ref。", errors=[where])


def opened_case(registration: AdmittedRegistration) -> Case:
    """Return the new case."""
    command, guide = registration.command, registration.admission.guide
    return Case(
        id=command.case_id,
        case_no=registration.case_no,
        guide=guide,
        org=command.org,
        accepting_org=registration.admission.accepting_org,
        channel=command.channel,
        applicant=command.applicant.masked,
        registered_by=command.by.actor.id,
        client_ref=command.client_ref,
        agent_id=command.agent_id,
        registered_at=registration.registered_at,
        received_on=command.received_on,
        submitted=command.materials,
        sequence=1,
        version=1,
    )


def register(registration: AdmittedRegistration) -> Sequence[Fact]:
    """Return the facts of a new case: the case itself, and the event that announces it."""
    case = opened_case(registration)
    registered = CaseRegistered(
        access=case.access,
        case_no=case.case_no,
        item=case.item,
        channel=case.channel,
        received_on=case.received_on,
        materials=tuple(material.no for material in case.submitted),
        missing=case.missing_numbers,
        display_name=case.applicant_name,
        staff=(case.agent_id,) if case.agent_id else (),
    )
    return [CaseOpened(case), registered]


def organs(item: ItemFacts, desk: str) -> tuple[str, str]:
    """Return (deciding org, accepting org) of an item that is registered at the org `desk`.

    A station accepts what it decides itself. Everything else is accepted by the center above the desk, because a
    village committee is no organ that could. A dispute is accepted by the desk that registers it, which tries first.
    """
    if item.dispute:
        return desk, desk
    deciding = at_level(desk, item.decide_level)
    accepting = at_level(desk, "center") if has_offices(deciding) else deciding
    return deciding, accepting


def _check_sender(command: RegisterCase) -> None:
    """Raise `DeskOnly` where somebody who is at no desk says what only a desk can know.

    The periods of the case count from the day of receipt, and those who miss them are held to account: a desk answers
    for that day, for the channel, and for the paper it was shown. A citizen sends from a phone, a system as a partner.
    """
    actor = command.by.actor
    if actor.may(*DESK_ROLES):
        return
    channel = "partner" if actor.may("integrator") else "mobile"
    errors = []
    if command.channel != channel:
        errors.append(FieldError("/channel", "desk_only", f"应为 {channel}，其他渠道由窗口登记"))
    if command.received_on != command.today:
        errors.append(FieldError("/received_on", "desk_only", "收件日期由窗口填写；请去掉，即为今天"))
    if command.agent_id is not None:
        errors.append(FieldError("/agent", "desk_only", "代办员由窗口或代办员本人填写；请去掉"))
    if channel == "mobile":
        errors += [
            FieldError(f"/materials/{n}/form", "desk_only", "原件在窗口查验；请改为照片或电子件")
            for n, material in enumerate(command.materials)
            if material.form == "original"
        ]
    if errors:
        raise DeskOnly("收件日期、渠道、代办员和原件由窗口登记；请按 errors 更正后重新提交。", errors=errors)


def _check_dates(command: RegisterCase) -> None:
    if command.received_on > command.today:
        raise DateWrong("收件日期不能晚于今天。", errors=[FieldError("/received_on", "in_the_future", "不能晚于今天")])
    if command.received_on < command.earliest:
        days = (command.today - command.earliest).days
        raise DateWrong(
            f"收件日期不能早于 {days} 天以前；更早的请联系管理员补录。",
            errors=[FieldError("/received_on", "too_old", f"不能早于 {days} 天以前")],
        )


def _check_desk(command: RegisterCase, guide: Guide) -> None:
    if desk_level_of(command.org) not in guide.lodge_at:
        offered = "、".join(DESK_LEVELS[desk] for desk in guide.lodge_at)
        raise NotLodgedHere(
            f"这个事项在{offered}受理，请到那里办理。",
            errors=[FieldError("/org", "not_lodged_here", f"在{offered}受理")],
        )


def _check_offices(item: ItemFacts, deciding: str, accepting: str, orgs: Mapping[str, KnownOrg]) -> None:
    for org, dept in _offices_needed(item, deciding, accepting):
        known = orgs.get(org)
        if known is None or dept not in known.offices:
            name = f"{known.name}（{org}）" if known else org
            raise OfficeMissing(f"{name}还没有设立“{DEPTS[dept]}”办理单位，不能登记；请联系管理员先设立。")


def _offices_needed(item: ItemFacts, deciding: str, accepting: str) -> Iterator[tuple[str, Dept]]:
    """The offices (org, department) that have a step of the route. A station or point is its own office."""
    match item.mode:
        case "assist":
            return  # the desk helps by itself
        case "joint":
            yield from ((deciding, each.dept) for each in item.co_handlers)
        case "report_up" if accepting != deciding and has_offices(accepting):
            yield from ((deciding, item.category), (accepting, item.category))
        case _ if has_offices(deciding):
            yield deciding, item.category
