"""Random cases: accepted, paused, resumed, extended, recalculated, signalled, decided, reopened."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bianmin.events import parts
from bianmin.kit.decide import Announcement, Refused, decide_all
from bianmin.kit.time_source import TZ
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.cases.acceptance import OpenCase, StartCaseClocks
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.cases.result import DecideCase, RestartCaseClocks
from services.deadlines.domain.cases.steps import StartStep
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals, RecountClocks
from services.deadlines.domain.periods.period import CutOff, Pause
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import ItemTerms, Mark
from tests.rounds import rounds
from tests.unit.deadlines.builders import BY, COUNTY, HOLDERS, REACH, SUBJECT, an_item

CASES, BATCH = rounds(2_000, 20_000), 100
BOOKS = 12
FIRST, LAST = datetime(2025, 1, 2, 8, tzinfo=TZ), datetime(2026, 6, 30, tzinfo=TZ)


def for_each_case(check: Callable[[random.Random], None]) -> Callable[[], None]:
    """Run a check on many random cases, each from its own seed. The seed is named in a failure."""

    # shrinking a seed would find another case and not a simpler one
    @settings(max_examples=CASES // BATCH, deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
    @given(st.integers(0, 2**40))
    def test(first: int) -> None:
        for seed in range(first, first + BATCH):
            try:
                check(random.Random(seed))
            except BaseException as error:
                error.add_note(f"the case of random.Random({seed})")
                raise

    test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
    return test


@cache
def years_of_china() -> tuple[CalendarYear, ...]:
    return tuple(year for year in shipped() if 2024 <= year.year <= 2027 and year.region == "CN")


def some_days(rng: random.Random) -> list[CalendarYear]:
    """Return random days that a county has named off or worked."""
    found = []
    for year in (2025, 2026):
        days = {date(year, 1, 1) + timedelta(days=rng.randrange(365)) for _ in range(rng.randrange(1, 60))}
        named = tuple(NamedDay(day, rng.choice([DayKind.OFF, DayKind.WORK]), "某日") for day in sorted(days))
        found.append(CalendarYear(COUNTY, year, YearStatus.OFFICIAL, "测试", named))
    return found


def some_policies(rng: random.Random) -> list[Policy]:
    marks = [None, Mark(50), Mark(30, 2), Mark(0, 1)]
    return [
        Policy(
            region=COUNTY,
            version=1,
            number=1,
            kind="promise",
            reminder=rng.choice(marks),
            yellow=rng.choice(marks),
            cut_off=rng.choice([None, CutOff.CLOSE]),
        )
    ]


@dataclass(frozen=True)
class Rulebooks:
    """A rulebook, and the rulebook after a revision."""

    book: Rulebook
    revised: Rulebook
    copy: Rulebook
    """An equal rulebook built a second time."""


@cache
def rulebooks() -> Sequence[Rulebooks]:
    """Return a few rulebooks: building one takes as long as a hundred cases."""
    rng = random.Random(2009)
    made = []
    for number in range(BOOKS):
        days, policies = some_days(rng), some_policies(rng) if number % 2 else []
        revised = some_days(rng)
        made.append(Rulebooks(_book(days, policies), _book(revised, policies), _book(days, policies)))
    return made


def _book(days: Sequence[CalendarYear], policies: Sequence[Policy]) -> Rulebook:
    return Rulebook(Calendars([*years_of_china(), *days]), Policies(policies))


@dataclass
class RandomCase:
    """A case as the service stores it. Acts are reported in any possible order, and sometimes late."""

    rng: random.Random
    book: Rulebook
    now: datetime
    states: dict[UUID, Subject] = field(default_factory=dict)
    announced: list[Announcement] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000, 10_000)))

    @property
    def case(self) -> Subject:
        return self.states[SUBJECT]

    def carry_out(self, command: Command) -> "Step":
        before, known = self.states.get(SUBJECT), len(self.announced)
        work = decide_all(
            self.states,
            [command],
            key=lambda each: each.subject_id,
            subject=str,
            decide=partial(decide, self.book),
            evolve=evolve,
        )
        [outcome] = work.outcomes
        if isinstance(outcome, Refused):
            raise outcome.error
        self.announced += work.announced
        return Step(command, before, self.case, self.announced[known:], self.now)

    def id(self) -> UUID:
        return UUID(int=next(self.numbers))

    def passes(self, hours: int) -> None:
        self.now += timedelta(seconds=self.rng.randrange(hours * 3600))

    def a_moment_ago(self) -> datetime:
        """Return when an act was done that is reported now: mostly just now."""
        began = max(clock.period.start for clock in self.case.clocks)
        return max(began, self.now - timedelta(hours=self.rng.choice((0, 0, 0, 1, 30, 100))))

    def begins(self) -> Iterator["Step"]:
        item = an_item(promise=self.a_period(), legal=self.a_period())
        received = OpenCase(SUBJECT, REACH, ItemTerms.of(item), self.now, (self.id(),), BY)
        yield self.carry_out(received)
        self.passes(20)
        ids = (self.id(), self.id())
        yield self.carry_out(StartCaseClocks(SUBJECT, REACH, ItemTerms.of(item), self.now, self.now, ids, BY))

    def a_period(self) -> parts.Period:
        unit = self.rng.choice(["workday", "workday", "workday", "day", "hour"])
        return parts.Period.model_validate({"value": self.rng.choice((1, 2, 3, 5, 7, 10, 20)), "unit": unit})

    def acts(self) -> Iterator["Step"]:
        """Carry out a random act; sometimes twice, where a repetition can be recognised."""
        act = self.rng.choice(_ACTS)
        for command in act(self):
            yield self.carry_out(command)
            if not isinstance(command, ExtendCase) and self.rng.random() < 0.2:
                yield self.carry_out(command)

    def signals(self) -> Iterator[Command]:
        for clock in self.case.clocks:
            if clock.next_fire_at is not None and clock.next_fire_at <= self.now:
                yield FireSignals(SUBJECT, clock.id, clock.next_fire_at, self.now, BY)

    def pause(self) -> Iterator[Command]:
        still = SubjectPause(self.id(), Pause(self.a_moment_ago()), "hearing", "行政许可法第四十五条")
        yield PauseCase(SUBJECT, HOLDERS, still, "hearing", 5, (self.id(),), BY)

    def resume(self) -> Iterator[Command]:
        lasting = [each for each in self.case.pauses if each.pause.until is None]
        for each in lasting[:1]:
            ended = max(each.pause.since, self.a_moment_ago())
            yield ResumeCase(SUBJECT, HOLDERS, each.id, "hearing", ended, BY)

    def extend(self) -> Iterator[Command]:
        yield ExtendCase(SUBJECT, HOLDERS, self.rng.randrange(1, 11), self.a_moment_ago(), BY)

    def step(self) -> Iterator[Command]:
        yield StartStep(SUBJECT, HOLDERS, "review", 1, HOLDERS[0], self.now, (self.id(),), BY)

    def decide(self) -> Iterator[Command]:
        if self.rng.random() < 0.4:
            yield DecideCase(SUBJECT, (), self.a_moment_ago(), self.rng.random() < 0.5, (self.id(),), BY)

    def reopen(self) -> Iterator[Command]:
        item = ItemTerms.of(an_item(promise=self.a_period(), legal=self.a_period()))
        yield RestartCaseClocks(SUBJECT, HOLDERS, item, self.now, (self.id(), self.id()), BY)

    def recount(self) -> Iterator[Command]:
        yield RecountClocks(SUBJECT, self.now, self.now, BY)


_ACTS = (
    *[RandomCase.signals] * 3,
    *[RandomCase.pause] * 2,
    *[RandomCase.resume] * 2,
    RandomCase.extend,
    RandomCase.step,
    RandomCase.decide,
    RandomCase.reopen,
)


@dataclass(frozen=True)
class Step:
    """A command, the case before and after it, and the events that it announced."""

    command: Command
    before: Subject | None
    after: Subject
    announced: Sequence[Announcement]
    now: datetime

    def clocks(self) -> Iterator[tuple[Clock, Clock]]:
        """Return each clock of the case before, with the same clock after."""
        for clock in self.before.clocks if self.before else ():
            yield clock, self.after.clock(clock.id)


def a_beginning(rng: random.Random) -> datetime:
    return FIRST + timedelta(seconds=rng.randrange(int((LAST - FIRST).total_seconds())))


def a_random_case(
    rng: random.Random, *, revised: bool = False, recalculated: bool = True, acts: int = 5
) -> Iterator[Step]:
    """Return every step of a random case.

    `revised`: other calendars come into force on the way. `recalculated`: the case is recalculated then.
    """
    volume = rng.choice(rulebooks())
    random_case = RandomCase(rng, volume.book, a_beginning(rng))
    yield from random_case.begins()
    revision = rng.randrange(acts) if revised else None
    for number in range(rng.randrange(2, acts + 1)):
        random_case.passes(120)
        if number == revision:
            random_case.book = volume.revised
            if recalculated:
                yield from map(random_case.carry_out, random_case.recount())
        yield from random_case.acts()
    random_case.passes(100 * 24)
    yield from map(random_case.carry_out, list(random_case.signals()))
