"""Assisted handling (协助办理): a desk helps the applicant with a matter that others decide."""

from datetime import date

from bianmin.events.routing import AssistanceGiven, AssistanceReceived
from services.routing.domain.offices import office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import Task


def assistance_received(route: Route, task: Task) -> AssistanceReceived:
    """The event that somebody of the desk signed for the matter. `route` is the route after that."""
    office = office_in_event(task.office)
    return AssistanceReceived(access=route.access(), task_id=task.id, office=office, assignee=task.assignee)


def assistance_given(route: Route, task: Task, today: date) -> AssistanceGiven:
    """The event that the desk has helped, which closes the case. `route` is the route after that."""
    return AssistanceGiven(
        access=route.access(),
        task_id=task.id,
        office=office_in_event(task.office),
        assignee=task.assignee,
        closed_on=today,
        cycle=route.cycle,
    )
