"""What ends together with the handling of a case: open tasks, special procedures, requests, filings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.routing.domain.facts import ExtensionChanged, Fact, FilingChanged, TasksChanged
from services.routing.domain.procedures import end_procedure_on
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN


def cancel_tasks(route: Route) -> TasksChanged:
    """Cancel the tasks that are planned or open."""
    remaining = (task for task in route.tasks if task.status in OPEN or task.status == "planned")
    return TasksChanged(tuple(replace(task, status="cancelled") for task in remaining))


def end_procedures_and_requests(route: Route, today: date) -> Sequence[Fact]:
    """End the special procedures that go on, and let unanswered requests for an extension and filings lapse."""
    facts: list[Fact] = []
    for procedure in route.procedures:
        if procedure.ended_on is None:
            facts += end_procedure_on(route, procedure, today)
    for extension in route.extensions:
        if extension.status == "requested":
            facts.append(ExtensionChanged(replace(extension, status="lapsed")))
    for filing in route.filings:
        if filing.status == "filed":
            facts.append(FilingChanged(replace(filing, status="lapsed")))
    return facts
