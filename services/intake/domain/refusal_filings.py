"""File the intention to refuse a case (否决报备): the window files, the head of the accepting organ answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.domain.filing import FilingStatus
from bianmin.events.intake import RefusalAnswered, RefusalFiled
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden
from services.intake.domain.case import OPEN_BEFORE_ACCEPTANCE, Case
from services.intake.domain.case_parts import RefusalFiling
from services.intake.domain.checks import check_accepting_org, check_status
from services.intake.domain.facts import Fact, RefusalFilingChanged


@dataclass(frozen=True, slots=True)
class FiledTexts:
    """The texts of a filing. `facts` and `reason` are encrypted; `missing` are numbers of materials."""

    id: UUID
    case_id: UUID
    facts: bytes
    reason: bytes
    legal_basis: str
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """File the intention to refuse."""

    case_id: UUID
    texts: FiledTexts
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class AnswerRefusalFiling:
    """Agree to a filed refusal, or not. `opinion` is encrypted."""

    case_id: UUID
    filing_id: UUID
    agree: bool
    opinion: bytes
    today: date
    by: Cause


class RefusalFilingNotPossible(Conflict):
    """A filing waits or is agreed already, or the item needs none."""

    slug, title = "refusal-filing-not-possible", "现在不能报备"


class RefusalFilingAnswered(Conflict):
    """The filing is answered, replaced by a later one, or has lapsed."""

    slug, title = "refusal-filing-answered", "报备已有答复"


class NotTheAcceptingHead(Forbidden):
    """Somebody else answers the filing: the head of the accepting organ, and not who filed it."""

    slug, title = "not-the-accepting-head", "不由您答复"


class RefusalNotFiled(Conflict):
    """A refusal needs a filing that the head agreed to."""

    slug, title = "refusal-not-filed", "不予受理须先报备"


def file_refusal(case: Case, command: FileRefusal) -> Sequence[Fact]:
    """Return the facts of a filing. Raises `NotTheDesk`, `WrongCaseStatus` or `RefusalFilingNotPossible`."""
    check_accepting_org(case, command.by.actor)
    check_status(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以报备不予受理")
    if case.item.deny_authority == "window":
        raise RefusalFilingNotPossible("这个事项授权窗口决定，不需要报备；请直接不予受理（refuse）。")
    known = case.refusal_filing
    if known is not None and known.status in ("filed", "agreed"):
        advice = "请等待负责人答复" if known.status == "filed" else "负责人已经同意，请不予受理（refuse）"
        raise RefusalFilingNotPossible(f"这个办件已经报备；{advice}。")
    filing = RefusalFiling(id=command.texts.id, filed_on=command.today, filed_by=command.by.actor.id)
    filed = RefusalFiled(access=case.access, filing_id=filing.id, filed_on=command.today)
    return [RefusalFilingChanged(filing), filed]


def answer_refusal_filing(case: Case, command: AnswerRefusalFiling) -> Sequence[Fact]:
    """Return the facts of an answer.

    The manager of the accepting organ answers, or of its line; not the person who filed. Raises
    `NotTheAcceptingHead`, `RefusalFilingAnswered` or `WrongCaseStatus`.
    """
    actor, filing = command.by.actor, case.refusal_filing
    if not _is_head(actor, case):
        raise NotTheAcceptingHead(f"报备由受理单位（{case.accepting_org}）的负责人答复。")
    if filing is None or filing.id != command.filing_id:
        raise RefusalFilingAnswered("这个报备已经答复，后来又有新的报备；请答复新的报备。")
    if actor.id == filing.filed_by:
        raise NotTheAcceptingHead("不能答复自己的报备；请由另一位负责人答复。")
    if filing.status in ("agreed", "rejected"):
        answer = "同意" if filing.status == "agreed" else "不同意"
        raise RefusalFilingAnswered(f"这个报备已于 {filing.answered_on} 答复：{answer}。")
    check_status(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以答复不予受理的报备")
    if filing.status == "lapsed":
        raise RefusalFilingAnswered("这个报备已经失效；需要不予受理的，请重新报备。")
    status: FilingStatus = "agreed" if command.agree else "rejected"
    answered = replace(filing, status=status, answered_on=command.today, answered_by=actor.id)
    event = RefusalAnswered(access=case.access, filing_id=filing.id, agreed=command.agree, answered_on=command.today)
    return [RefusalFilingChanged(answered), event]


def check_refusal_filed(case: Case) -> None:
    """Raises `RefusalNotFiled` unless the head agreed to refuse the case, or the item leaves it to the window."""
    filing = case.refusal_filing
    if case.item.deny_authority == "window" or (filing is not None and filing.status == "agreed"):
        return
    if filing is not None and filing.status == "filed":
        raise RefusalNotFiled(f"报备于 {filing.filed_on} 提出，负责人还没有答复；请等待答复，期限照常计算。")
    raise RefusalNotFiled("不予受理须先报备（POST /cases/{办件编号}/refusal-filings），负责人同意后再决定。")


def _is_head(actor: Actor, case: Case) -> bool:
    return actor.may("manager") and actor.org == case.accepting_org and actor.dept in (None, case.dept)
