"""Acceptance by silence (视为受理, 行政许可法 art. 32(4)): when it holds, and when it may still be corrected."""

from datetime import date

from bianmin.events.intake import CaseDeemedAccepted
from services.intake.domain.case import FINISHED, Case
from services.intake.domain.checks import WrongCaseStatus


def silent_since(case: Case, day: date) -> date | None:
    """The last day of the period for the notice, where silence has accepted the case by `day`; else None.

    The law accepts at that moment, whether or not deadlines has announced the end of the period.
    """
    last = case.notice_due_on
    silent = case.status == "registered" and case.silence_accepts
    return last if silent and last is not None and last < day else None


def deem(case: Case, notice_due_on: date) -> CaseDeemedAccepted:
    """Return the acceptance by silence: it counts from the day of receipt."""
    return CaseDeemedAccepted(
        access=case.access,
        case_no=case.case_no,
        item=case.item,
        received_on=case.received_on,
        accepted_on=case.received_on,
        notice_due_on=notice_due_on,
    )


def check_correctable(case: Case, otherwise: str) -> None:
    """Raises `WrongCaseStatus` where a deemed acceptance is final: the case was decided, or is finished.

    `otherwise` is the Chinese end of the message about a finished case.
    """
    if case.was_decided:
        raise WrongCaseStatus("这个办件自收到之日起即为受理，并且已经作出决定，不再更正受理日期。")
    if case.status in FINISHED:
        raise WrongCaseStatus(f"这个办件{case.status_label}，{otherwise}。")
