"""Every command in every state of its subject."""

from collections.abc import Sequence
from typing import get_args

import pytest

from services.deadlines.domain.complaints.decide import ComplaintCommand
from services.deadlines.domain.complaints.handling import (
    ChangeHandling,
)
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.timers import RecountClocks
from tests.unit.deadlines.builders import BOOK, names, subject_or_none
from tests.unit.deadlines.command_tables import CASE_TABLE, CASES, COMPLAINT_TABLE, COMPLAINTS, OF_CASES


@pytest.mark.parametrize(
    ("history", "command", "expected"),
    [(CASES[state], command, expected) for state, command, expected in CASE_TABLE]
    + [(COMPLAINTS[state], command, expected) for state, command, expected in COMPLAINT_TABLE],
    ids=[f"{state} case, {type(command).__name__}" for state, command, _ in CASE_TABLE]
    + [f"{state} complaint, {type(command).__name__}" for state, command, _ in COMPLAINT_TABLE],
)
def test_c8_every_command_in_every_state(
    history: Sequence[Command], command: Command, expected: list[str] | type[Exception]
) -> None:
    subject = subject_or_none(*history)
    if isinstance(expected, list):
        assert names(decide(BOOK, subject, command)) == expected
    else:
        with pytest.raises(expected):
            decide(BOOK, subject, command)


def test_c8_the_tables_hold_every_pair_of_state_and_command() -> None:
    assert {(state, type(command)) for state, command, _ in CASE_TABLE} == {
        (state, kind) for state in CASES for kind in OF_CASES if (state, kind) != ("unknown", RecountClocks)
    }
    assert {(state, type(command)) for state, command, _ in COMPLAINT_TABLE} == {
        (state, kind) for state in COMPLAINTS for kind in get_args(ComplaintCommand) if kind is not ChangeHandling
    }
