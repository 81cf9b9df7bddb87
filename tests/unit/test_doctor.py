"""What the doctor says of the calendar."""

from datetime import date

import pytest

from command.doctor import check_calendar
from services.deadlines.domain.calendar.days import Coverage


@pytest.mark.parametrize(
    ("today", "official_until", "until", "state"),
    [
        ("2026-06-01", "2026-12-31", "2027-12-31", "ok"),
        ("2026-09-02", "2026-12-31", "2027-12-31", "ok"),  # the last day from which a long period ends in the year
        ("2026-09-03", "2026-12-31", "2027-12-31", "warn"),  # the notice for 2027 is not out yet
        ("2026-12-31", "2026-12-31", "2027-12-31", "warn"),
        ("2027-01-01", "2026-12-31", "2027-12-31", "fail"),  # it is, and nobody has put it in
        ("2026-09-03", "2026-12-31", "2026-12-31", "fail"),  # nothing is known of 2027
        ("2026-06-01", None, "2027-12-31", "fail"),
        ("2030-06-01", "2026-12-31", "2027-12-31", "fail"),
    ],
)
def test_a9_a_calendar_that_runs_out_is_found_before_a_period_reaches_its_end(
    today: str, official_until: str | None, until: str, state: str
) -> None:
    official = official_until and date.fromisoformat(official_until)
    coverage = Coverage(date(2004, 1, 1), official or None, date.fromisoformat(until))
    finding = check_calendar(date.fromisoformat(today), coverage)
    assert finding.state == state
    assert bool(finding.remedy) is (state != "ok")
