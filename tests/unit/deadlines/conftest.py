import pytest

from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar, merge


@pytest.fixture(scope="session")
def national() -> Calendar:
    return merge([[year for year in shipped() if year.region == "CN"]])
