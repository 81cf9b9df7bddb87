"""Events of intake, as commands: what happens to a case up to its acceptance."""

from datetime import date
from uuid import UUID

from bianmin.domain.access import Reach
from bianmin.events.envelope import Event
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
)
from bianmin.events.parts import Access
from bianmin.kit.ids import new_id
from services.deadlines.domain.cases.acceptance import CloseUnacceptedCase, CorrectDeeming, OpenCase, StartCaseClocks
from services.deadlines.domain.cases.decide import CaseCommand
from services.deadlines.domain.cases.supplement import AwaitSupplement, CorrectLapse, RecordSupplement
from services.deadlines.domain.terms.term import ItemTerms
from services.deadlines.reactions.parts import moment_of, system_cause


def command_of_intake(event: Event) -> CaseCommand | None:
    """Return the command that an event of intake leads to; None where it changes no clock."""
    match event.data:
        case CaseRegistered() as data:
            return start_clock_of_received_case(event, data)
        case SupplementRequested() as data:
            return start_clock_of_supplement(event, data)
        case CaseSupplemented(missing=()) as data:
            return start_clock_of_supplemented_case(event, data)
        case CaseAccepted() | CaseDeemedAccepted() as data:
            return start_clocks_of_accepted_case(event, data)
        case DeemingCorrected(access=access, noticed_on=on):
            return CorrectDeeming(UUID(event.subject), moment_of(event, on), system_cause(event, access.accepting_org))
        case LapseCorrected(access=access, received_on=on):
            return CorrectLapse(UUID(event.subject), moment_of(event, on), system_cause(event, access.accepting_org))
        case CaseRefused(access=access, refused_on=on) | CaseLapsed(access=access, lapsed_on=on):
            return end_case_before_acceptance(event, access, on)
        case CaseWithdrawn(access=access, withdrawn_on=on):
            return end_case_before_acceptance(event, access, on)
    return None


def start_clock_of_received_case(event: Event, data: CaseRegistered) -> OpenCase:
    """Return the command to open the case: its completeness clock runs from the day of receipt."""
    return OpenCase(
        subject_id=UUID(event.subject),
        reach=_reach_of(data.access),
        item=ItemTerms.of(data.item),
        received_at=moment_of(event, data.received_on),
        clock_ids=(new_id(),),
        by=system_cause(event, data.access.accepting_org),
    )


def start_clock_of_supplement(event: Event, data: SupplementRequested) -> AwaitSupplement:
    """Return the command to wait for the supplement: the notice ends the completeness clock."""
    noticed_at, cause = moment_of(event, data.noticed_on), system_cause(event, data.access.accepting_org)
    return AwaitSupplement(UUID(event.subject), noticed_at, data.wait_days, (new_id(),), cause)


def start_clock_of_supplemented_case(event: Event, data: CaseSupplemented) -> RecordSupplement:
    """Return the command to start the completeness clock again, now that nothing is missing."""
    received_at = moment_of(event, data.received_on)
    return RecordSupplement(
        UUID(event.subject), received_at, (new_id(),), system_cause(event, data.access.accepting_org)
    )


def start_clocks_of_accepted_case(event: Event, data: CaseAccepted | CaseDeemedAccepted) -> StartCaseClocks:
    """Return the command to start the promised and the statutory clock.

    A deemed acceptance is found after the period is over, and counts from the receipt (行政许可法 art. 32(4)).
    """
    accepted_at = moment_of(event, data.accepted_on)
    return StartCaseClocks(
        subject_id=UUID(event.subject),
        reach=_reach_of(data.access),
        item=ItemTerms.of(data.item),
        accepted_at=accepted_at,
        done_at=event.time if isinstance(data, CaseDeemedAccepted) else accepted_at,
        clock_ids=(new_id(), new_id()),
        by=system_cause(event, data.access.accepting_org),
    )


def end_case_before_acceptance(event: Event, access: Access, on: date) -> CloseUnacceptedCase:
    """Return the command to stop the clocks of a case that was refused, withdrawn, or has lapsed."""
    return CloseUnacceptedCase(UUID(event.subject), moment_of(event, on), system_cause(event, access.accepting_org))


def _reach_of(access: Access) -> Reach:
    """Who may see the case, as intake knows it: routing announces the holders."""
    return Reach(access.org, access.accepting_org, access.dept)
