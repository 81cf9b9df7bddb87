"""Events of other services and the commands of routing that they cause."""

from datetime import date, datetime
from uuid import UUID

import pytest

from bianmin.events import intake
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import EventData
from bianmin.kit.ids import new_id
from services.routing.domain.planning import PlanRoute
from services.routing.domain.withdrawal import AnswerWithdrawal
from services.routing.reactions import command_of
from tests.unit.routing.builders import CASE, CENTER, STATION, access, an_item

DAY = date(2026, 3, 2)


def an_event(data: EventData, time: str = "2026-03-02T09:00:00+08:00") -> Event:
    return parse_event(
        compose(
            data,
            id=new_id(),
            source="intake",
            subject=str(CASE),
            sequence=3,
            time=datetime.fromisoformat(time),
            region=CENTER,
            actor="S-1",
            correlation="correlation-1",
        )
    )


def test_an_acceptance_plans_the_route() -> None:
    data = intake.CaseAccepted(access=access(), case_no="N-1", item=an_item(), received_on=DAY, accepted_on=DAY)
    event = an_event(data)
    command = command_of(event)
    assert isinstance(command, PlanRoute)
    assert (command.case_id, command.case_no, command.item, command.access.org) == (CASE, "N-1", an_item(), STATION)
    assert len({*command.task_ids, UUID(int=0)}) == 4
    assert (command.by.causation, command.by.correlation) == (event.id, "correlation-1")
    assert (command.by.actor.id, command.by.actor.org) == ("system", CENTER)


def test_a_withdrawal_request_has_the_day_of_the_countys_time_zone() -> None:
    command = command_of(an_event(intake.WithdrawalRequested(access=access()), "2026-03-02T23:30:00+08:00"))
    assert isinstance(command, AnswerWithdrawal)
    assert command.today == DAY


@pytest.mark.parametrize(
    "data",
    [
        intake.CaseWithdrawn(access=access(), withdrawn_on=DAY),
        intake.CaseRefused(access=access(), reason_code="not_required", refused_on=DAY),
        intake.SupplementRequested(access=access(), missing=(1,), noticed_on=DAY),
        intake.ItemPublished(item=an_item()),
    ],
)
def test_events_before_the_acceptance_cause_no_command(data: EventData) -> None:
    assert command_of(an_event(data)) is None
