"""What may be done with a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events import deadlines
from bianmin.events.intake import (
    CaseAccepted,
    CaseDeemedAccepted,
    CaseLapsed,
    CaseRefused,
    CaseRegistered,
    CaseSupplemented,
    CaseWithdrawn,
    DeemingCorrected,
    LapseCorrected,
    SupplementRequested,
    WithdrawalRequested,
)
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, NotFound
from services.intake.domain.case import (
    OPEN_BEFORE_ACCEPTANCE,
    OVER,
    AcceptCase,
    AddMaterials,
    Asked,
    Case,
    CaseCommand,
    FollowCase,
    GiveNotice,
    LapseCase,
    Notice,
    RefuseCase,
    RegisterCase,
    WithdrawCase,
)
from services.intake.domain.clocks import is_of_notice
from services.intake.domain.facts import (
    Followed,
    MaterialsBrought,
    NoticeGiven,
    Opened,
    RefusalGiven,
    WithdrawalAsked,
    evolve,
)
from services.intake.domain.following import follow
from services.intake.domain.registration import Admission, DateWrong, MaterialsWrong, check_numbers


@dataclass(frozen=True, slots=True)
class Register:
    """An admitted registration, with the number drawn for it."""

    command: RegisterCase
    admission: Admission
    case_no: str
    registered_at: datetime

    @property
    def by(self) -> Any:
        return self.command.by

    @property
    def case_id(self) -> Any:
        return self.command.case_id


class CaseNotFound(NotFound):
    slug, title = "case-not-found", "没有这个办件"


class NotTheDesk(Forbidden):
    slug, title = "not-the-desk", "不是经办单位"


class WrongStatus(Conflict):
    slug, title = "wrong-status", "当前状态不能办理"


class MaterialsMissing(Conflict):
    slug, title = "materials-missing", "材料不齐"


class SecondNotice(Conflict):
    slug, title = "second-notice", "补正材料只能一次性告知"


NAMES: Mapping[str, str] = {
    "registered": "已登记",
    "supplement_requested": "待补正",
    "accepted": "已受理",
    "refused": "不予受理",
    "in_progress": "办理中",
    "paused": "特别程序中",
    "granted": "准予",
    "denied": "不予许可",
    "delivered": "已送达",
    "closed": "已办结",
    "withdrawn": "已撤回",
}


def name_of(case: Case) -> str:
    """What its status is called."""
    return "逾期未补正，已办结" if case.lapsed else NAMES[case.status]


def decide(case: Case | None, command: CaseCommand | Register) -> Sequence[object]:
    """The facts a command makes of a case."""
    if isinstance(command, Register):
        return _register(command)
    assert not isinstance(command, RegisterCase), "a registration is admitted first"
    if case is None:
        raise CaseNotFound("没有这个办件；请核对编号。")
    if isinstance(command, FollowCase):
        return _follow(case, command.event.data)
    if isinstance(command, LapseCase):
        return _lapse(case, command)
    if not may_see(command.by.actor, case):
        raise CaseNotFound("没有这个办件；请核对编号。")
    match command:
        case GiveNotice():
            return _notice(case, command)
        case AddMaterials():
            return _materials(case, command)
        case AcceptCase():
            return _accept(case, command)
        case RefuseCase():
            _by_accepting_organ(case, command.by.actor)
            _in(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以决定不予受理")
            given = command.refusal
            if (last := _silent_since(case, given.refused_on)) is not None:
                raise WrongStatus(
                    f"已过一次性告知期限（{last}），自收到之日起即为受理（行政许可法第三十二条），不能再决定不予受理；"
                    "不符合条件的，请在办理中作出不予许可的决定。"
                )
            return [
                RefusalGiven(given),
                CaseRefused(
                    access=case.access(),
                    reason_code=given.reason_code,
                    refused_on=given.refused_on,
                ),
            ]
        case WithdrawCase():
            return _withdraw(case, command)
    assert_never(command)


def may_see(actor: Actor, case: Case) -> bool:
    """A citizen sees what he registered himself; staff what lies in their part of the tree and line."""
    if actor.roles == {"citizen"}:
        return actor.id == case.registered_by
    return sees(actor, case.reach)


def _register(command: Register) -> Sequence[object]:
    order, guide = command.command, command.admission.guide
    case = Case(
        id=order.case_id,
        case_no=command.case_no,
        item=guide.facts,
        materials=guide.materials,
        org=order.org,
        accepting_org=command.admission.accepting_org,
        channel=order.channel,
        applicant=order.applicant.masked,
        registered_by=order.by.actor.id,
        client_ref=order.client_ref,
        agent_id=order.agent_id,
        registered_at=command.registered_at,
        received_on=order.received_on,
        brought=order.brought,
        sequence=1,
        version=1,
    )
    return [
        Opened(case),
        CaseRegistered(
            access=case.access(),
            case_no=case.case_no,
            item=case.item,
            channel=case.channel,
            received_on=case.received_on,
            materials=tuple(one.no for one in case.brought),
            missing=case.missing,
            display_name=case.display_name,
        ),
    ]


def _notice(case: Case, command: GiveNotice) -> Sequence[object]:
    _at_a_desk(case, command.by.actor)
    silent = case.deemed and case.status not in OPEN_BEFORE_ACCEPTANCE
    if silent:
        _check_in_time(case, command)
    else:
        _in(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以告知补正")
        if (last := _silent_since(case, command.noticed_on)) is not None:
            raise WrongStatus(_TOO_LATE_TO_ASK.format(last))
    check_numbers([one.no for one in command.missing], case.materials, "/missing")
    for n, one in enumerate(command.missing):
        if case.materials[one.no - 1].source == "share":
            where = FieldError(f"/missing/{n}/no", "obtained_by_sharing", "通过部门共享获取，不得要求申请人提交")
            raise MaterialsWrong("告知的材料有误，请按 errors 更正。", errors=[where])
    _within(case.received_on, command.noticed_on, command.today, "/noticed_on", "告知日期")
    before = {one.no: one for one in case.notice.missing} if case.notice else {}
    named = {one.no: one for one in command.missing}
    if case.notice is not None and all(no in before and no in case.missing for no in named):
        return []  # it has been told, and is still waited for
    override = case.notice.override_reason if case.notice else None
    if case.notice is not None and not named.keys() <= before.keys():
        _check_override(command)
        override = command.override_reason
    # everything at once: what the clerk left out of the notice is asked for with it
    left_out = {no: Asked(no, "登记时未提交") for no in case.missing if no not in before}
    asked = tuple((left_out | before | named).values())
    notice = Notice(command.noticed_on, asked, override, command.noticed_on + timedelta(days=command.wait_days))
    if silent and case.was_decided:
        return [NoticeGiven(notice, frozenset())]  # decided meanwhile: it is only put on record
    given = NoticeGiven(notice, frozenset(named))
    after = evolve(case, given)
    return [
        *([DeemingCorrected(access=case.access(), noticed_on=command.noticed_on)] if silent else []),
        given,
        SupplementRequested(
            access=after.access(),
            missing=after.missing,
            noticed_on=command.noticed_on,
            wait_days=command.wait_days,
        ),
    ]


def _check_in_time(case: Case, command: GiveNotice) -> None:
    """Of a case that was deemed accepted, only a notice that had been given in time counts: a desk was offline."""
    if case.status in OVER and not case.was_decided:
        raise WrongStatus(f"这个办件{NAMES[case.status]}，不能再告知补正。")
    last = case.notice_due_on
    if last is None or command.noticed_on > last:
        raise WrongStatus(_TOO_LATE_TO_ASK.format(last))


_TOO_LATE_TO_ASK = (
    "已过一次性告知期限（{}），自收到之日起即为受理（行政许可法第三十二条），不能再要求补正；"
    "确已在期限内告知的，请在 noticed_on 填写告知当日。"
)


def _silent_since(case: Case, on: date) -> date | None:
    """The last day on which it could have been told what is missing, where by `on` it is accepted by that it was not.

    So by law, at that moment, whether or not deadlines has come to tell.
    """
    last = case.notice_due_on
    silent = case.status == "registered" and case.is_accepted_by_silence
    return last if silent and last is not None and last < on else None


def _check_override(command: GiveNotice) -> None:
    if command.override_reason is None:
        raise SecondNotice(
            "补正材料必须一次性告知（行政许可法第三十二条），不能再次提出新的材料；"
            "确有必要的，由负责人填写 override_reason。"
        )
    if not command.by.actor.may("manager"):
        raise NotTheDesk("再次告知补正须由负责人（manager）填写理由后办理。")


def _materials(case: Case, command: AddMaterials) -> Sequence[object]:
    _at_a_desk(case, command.by.actor)
    if case.lapsed:
        _check_awaited(case, command)
    elif case.deemed:
        _check_brought_in_time(case, command)
    else:
        _in(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以补交材料")
    check_numbers([one.no for one in command.brought], case.materials)
    first = case.notice.noticed_on if case.notice else case.received_on
    _within(first, command.received_on, command.today, "/received_on", "收件日期")
    brought = tuple(replace(one, on=command.received_on) for one in command.brought)
    after = evolve(case, MaterialsBrought(brought))
    asked = {one.no for one in case.notice.missing} if case.notice else set()
    # complete with the last of them, in whatever order offline desks tell of it
    receipts = [one.on for one in after.brought if one.no in asked and one.on is not None]
    complete_on = max([command.received_on, *receipts])
    if case.lapsed and after.missing:
        raise MaterialsMissing(
            f"还缺：{_names(after)}；告知的材料在期限内全部补齐的，才能更正逾期办结，请把期限内收到的一并录入。"
        )
    return [
        MaterialsBrought(brought),
        *([LapseCorrected(access=case.access(), received_on=complete_on)] if case.lapsed else []),
        CaseSupplemented(
            access=case.access(),
            materials=tuple(one.no for one in command.brought),
            missing=after.missing,
            received_on=command.received_on if after.missing else complete_on,
        ),
    ]


def _check_awaited(case: Case, command: AddMaterials) -> None:
    """Of a case that lapsed, only what was brought while it was waited for counts: a desk was offline."""
    until = case.notice.wait_until if case.notice else None
    if until is None or command.received_on > until:
        raise WrongStatus(
            f"补正材料应在 {until} 以前提交，这个办件{name_of(case)}；需要办理的，请备齐材料重新申请。"
            "确已在期限内提交的，请在 received_on 填写提交当日。"
        )


def _check_brought_in_time(case: Case, command: AddMaterials) -> None:
    """Of a case that was deemed accepted, only what had been brought before that: a desk was offline, and accepted it
    with these."""
    _check_correctable(case, "不能再补录材料")
    last = case.notice_due_on
    if last is None or command.received_on > last:
        raise WrongStatus(
            f"已过受理审查期限（{last}），自收到之日起即为受理（行政许可法第三十二条），不必再补交材料；"
            "确已在期限内收到的，请在 received_on 填写收到当日。"
        )


def _accept(case: Case, command: AcceptCase) -> Sequence[object]:
    _by_accepting_organ(case, command.by.actor)
    if case.deemed:
        _check_no_silence(case, command)
    else:
        _in(case, {"registered"}, "只有材料齐全的已登记办件可以受理")
        if (last := _silent_since(case, command.accepted_on)) is not None:
            return [_deem(case, last)]
    if case.missing:
        how = "请先补录受理前收到的材料，在 received_on 填写收到当日" if case.deemed else "请先补齐，或一次性告知补正"
        raise MaterialsMissing(f"还缺：{_names(case)}；{how}。")
    on = command.accepted_on
    _within(case.received_on, on, command.today, "/accepted_on", "受理日期")
    corrected = [DeemingCorrected(access=case.access(), noticed_on=on, accepted_on=on)] if case.deemed else []
    for fact in corrected:
        case = evolve(case, fact)
    return [
        *corrected,
        CaseAccepted(
            access=case.access(),
            case_no=case.case_no,
            item=case.item,
            received_on=case.received_on,
            accepted_on=on,
        ),
    ]


def _check_no_silence(case: Case, command: AcceptCase) -> None:
    """Of a case that was deemed accepted, only an acceptance that had been given in time counts: a desk was offline."""
    _check_correctable(case, "不能再受理")
    last = case.notice_due_on
    if last is None or command.accepted_on > last:
        raise WrongStatus(
            f"已过受理审查期限（{last}），自收到之日起即为受理（行政许可法第三十二条），不必再受理；"
            "确已在期限内受理的，请在 accepted_on 填写受理当日。"
        )


def _check_correctable(case: Case, otherwise: str) -> None:
    if case.was_decided:
        raise WrongStatus("这个办件自收到之日起即为受理，并且已经作出决定，不再更正受理日期。")
    if case.status in OVER:
        raise WrongStatus(f"这个办件{NAMES[case.status]}，{otherwise}。")


def _names(case: Case) -> str:
    """Of what is missing."""
    return "、".join(case.materials[no - 1].name for no in case.missing)


def _deem(case: Case, notice_due_on: date) -> CaseDeemedAccepted:
    return CaseDeemedAccepted(
        access=case.access(),
        case_no=case.case_no,
        item=case.item,
        received_on=case.received_on,
        accepted_on=case.received_on,
        notice_due_on=notice_due_on,
    )


def _lapse(case: Case, command: LapseCase) -> Sequence[object]:
    if case.waits_until is None or case.waits_until >= command.today:
        return []
    return [CaseLapsed(access=case.access(), lapsed_on=command.today)]


def _withdraw(case: Case, command: WithdrawCase) -> Sequence[object]:
    if not command.by.actor.may("citizen"):
        _at_a_desk(case, command.by.actor)
    if case.status in OVER:
        raise WrongStatus(f"办件{NAMES[case.status]}，不能撤回。")
    if case.status in OPEN_BEFORE_ACCEPTANCE:
        return [
            WithdrawalAsked(command.reason),
            CaseWithdrawn(access=case.access(), withdrawn_on=command.withdrawn_on),
        ]
    if case.withdrawal_pending:
        return []
    return [WithdrawalAsked(command.reason), WithdrawalRequested(access=case.access())]


def _by_accepting_organ(case: Case, actor: Actor) -> None:
    """Accepting and refusing are acts of an organ: its window or its head."""
    own_line = actor.dept is None or actor.dept == case.item.category
    if actor.org != case.accepting_org or not actor.may("window", "manager") or not own_line:
        raise NotTheDesk(f"受理和不予受理由受理单位（{case.accepting_org}）的窗口或负责人办理。")


def _at_a_desk(case: Case, actor: Actor) -> None:
    if actor.org not in (case.org, case.accepting_org) or not actor.may("window", "agent", "manager"):
        raise NotTheDesk(f"由登记站点（{case.org}）或受理单位（{case.accepting_org}）的窗口办理。")


def _in(case: Case, statuses: frozenset[Any] | set[Any], told: str) -> None:
    if case.status not in statuses:
        raise WrongStatus(f"{told}；这个办件{name_of(case)}。")


def _within(first: date, day: date, last: date, pointer: str, name: str) -> None:
    if not first <= day <= last:
        told = f"{name}应在 {first} 和今天之间"
        raise DateWrong(f"{told}。", errors=[FieldError(pointer, "out_of_range", told)])


def _follow(case: Case, event: Any) -> Sequence[object]:
    """Others' events move the view of a case; and the end of the period for the notice may have accepted it."""
    changes = follow(case, event)
    facts: list[object] = [Followed(changes)] if changes else []
    if (
        isinstance(event, deadlines.ClockRed)
        and is_of_notice(event.kind, event.stage)
        and case.status == "registered"
        and case.is_accepted_by_silence
        and case.notice_due_on == event.due_on
    ):
        facts.append(_deem(case, event.due_on))
    return facts
