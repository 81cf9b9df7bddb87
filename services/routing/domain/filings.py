"""File the intention to deny a case (否决报备): who handles files, the head of the deciding organ answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.routing import DenialAnswered, DenialFiled
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from services.routing.domain.facts import Fact, FilingChanged
from services.routing.domain.offices import NotTheOffice, office_name, works_at
from services.routing.domain.preconditions import check_open
from services.routing.domain.route import DenialFiling, Route
from services.routing.domain.task import OPEN


@dataclass(frozen=True, slots=True)
class FileDenial:
    """File the intention to deny. `facts` and `reason` are encrypted; `missing` are numbers of materials."""

    case_id: UUID
    filing_id: UUID
    facts: bytes
    reason: bytes
    legal_basis: str
    missing: tuple[int, ...]
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class AnswerFiling:
    """Agree to a filed denial, or not. `opinion` is encrypted."""

    filing_id: UUID
    agree: bool
    opinion: bytes
    today: date
    by: Cause


class FilingNotFound(NotFound):
    """There is no such filing, or the actor may not see its case."""

    slug, title = "filing-not-found", "没有这个报备"


class NotTheDecidingHead(Forbidden):
    """Somebody else answers the filing: the head of the deciding organ, and not who filed it."""

    slug, title = "not-the-deciding-head", "不由您答复"


class FilingNotPossible(Conflict):
    """The deciding step is not open, a filing waits or is agreed, or the item needs none."""

    slug, title = "filing-not-possible", "现在不能报备"


class FilingAnswered(Conflict):
    """The filing is answered or has lapsed."""

    slug, title = "filing-answered", "报备已有答复"


class DenialNotFiled(Conflict):
    """A denial needs a filing that the head agreed to."""

    slug, title = "denial-not-filed", "不予许可须先报备"


def file_denial(route: Route, command: FileDenial) -> Sequence[Fact]:
    """File the intention to deny, for the office whose decision is due.

    Raises `NotTheOffice`, `CaseNotOpen` or `FilingNotPossible`.
    """
    if not works_at(command.by.actor, route.deciding_office):
        name = office_name(route.deciding_office)
        raise NotTheOffice(f"不予许可由作出决定的单位（{name}）报备；请由该单位的工作人员操作。")
    check_open(route)
    if route.item.dispute or not any(task.kind == "decide" and task.status in OPEN for task in route.tasks):
        raise FilingNotPossible("还没有轮到决定步骤；请等前面的步骤办完再报备。")
    if route.item.deny_authority == "window":
        raise FilingNotPossible("这个事项授权窗口决定，不需要报备；请直接以 deny 办完决定步骤。")
    known = _filing_in_force(route)
    if known is not None:
        advice = "请等待负责人答复" if known.status == "filed" else "负责人已经同意，请以 deny 办完决定步骤"
        raise FilingNotPossible(f"这个办件已经报备；{advice}。")
    filing = DenialFiling(
        id=command.filing_id,
        case_id=route.case_id,
        facts=command.facts,
        reason=command.reason,
        legal_basis=command.legal_basis,
        missing=command.missing,
        filed_on=command.today,
        filed_by=command.by.actor.id,
        cycle=route.cycle,
    )
    filed = DenialFiled(access=route.access(), filing_id=filing.id, filed_on=command.today, cycle=route.cycle)
    return [FilingChanged(filing), filed]


def answer_filing(route: Route | None, command: AnswerFiling) -> Sequence[Fact]:
    """Agree to a filed denial, or send the matter back with an opinion.

    The manager of the deciding office, or of its whole org, answers; not the person who filed.
    Raises `FilingNotFound`, `NotTheDecidingHead`, `FilingAnswered` or `CaseNotOpen`.
    """
    actor = command.by.actor
    if route is None or not sees(actor, route.reach):
        raise FilingNotFound("没有这个报备；请核对编号。")
    filing = route.filing(command.filing_id)
    assert filing is not None  # the route was loaded by it
    if not _is_head(actor, route):
        name = office_name(route.deciding_office)
        raise NotTheDecidingHead(f"报备由作出决定的单位（{name}）的负责人答复。")
    if actor.id == filing.filed_by:
        raise NotTheDecidingHead("不能答复自己的报备；请由另一位负责人答复。")
    if filing.status in ("agreed", "rejected"):
        answer = "同意" if filing.status == "agreed" else "不同意"
        raise FilingAnswered(f"这个报备已于 {filing.answered_on} 答复：{answer}。")
    check_open(route)
    if filing.status == "lapsed" or filing.cycle != route.cycle:
        raise FilingAnswered("这个报备属于此前的办理，已经失效；需要不予许可的，请重新报备。")
    answered = replace(
        filing,
        status="agreed" if command.agree else "rejected",
        answered_on=command.today,
        answered_by=actor.id,
        opinion=command.opinion,
    )
    event = DenialAnswered(
        access=route.access(),
        filing_id=filing.id,
        agreed=command.agree,
        answered_on=command.today,
        cycle=route.cycle,
    )
    return [FilingChanged(answered), event]


def check_denial_filed(route: Route) -> None:
    """Check that the head agreed to deny the case in its present cycle. Raises `DenialNotFiled`."""
    if route.item.deny_authority == "window":
        return
    filing = _filing_in_force(route)
    if filing is None:
        raise DenialNotFiled("不予许可须先报备（POST /cases/{办件编号}/denial-filings），负责人同意后再作决定。")
    if filing.status == "filed":
        raise DenialNotFiled(f"报备于 {filing.filed_on} 提出，负责人还没有答复；请等待答复，期限照常计算。")


def _filing_in_force(route: Route) -> DenialFiling | None:
    """The filing of the present cycle that waits for its answer or was agreed to."""
    return next(
        (each for each in route.filings if each.cycle == route.cycle and each.status in ("filed", "agreed")), None
    )


def _is_head(actor: Actor, route: Route) -> bool:
    office = route.deciding_office
    return actor.may("manager") and actor.org == office.org and actor.dept in (None, office.dept)
