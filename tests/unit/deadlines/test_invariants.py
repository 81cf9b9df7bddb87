"""Invariants of clocks, checked on random cases: 2,000 each by default, 20,000 with `BIANMIN_TEST_LONG=1`."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from bianmin.events.deadlines import (
    CardIssued,
    CardRevoked,
    ClockLampTurned,
    ClockRed,
    ClockReminded,
    ClockStarted,
    ClockStopped,
    ClockYellow,
)
from bianmin.events.parts import EventData
from bianmin.kit.decide import Announcement
from bianmin.kit.time_source import TZ
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar, YearMissing, merge
from services.deadlines.domain.calendar.years import YearStatus
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.clocks.changes import with_pauses
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.clocks.counting import count_ends, new_clocks
from services.deadlines.domain.lifecycle.timers import FireSignals, RecountClocks
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import CountedPeriod, DueDate, Pause, Unit
from services.deadlines.domain.terms.law import without_policy
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import ItemTerms, Term
from services.intake.domain.clocks import CaseClock, ClockEvent, follow_clock
from tests import reference_counter
from tests.unit.deadlines.builders import CENTER
from tests.unit.deadlines.one_calendar import OneCalendar
from tests.unit.deadlines.period_builders import budget_left
from tests.unit.deadlines.random_histories import RandomCase, Step, a_beginning, a_random_case, for_each_case, rulebooks

SIGNALS: dict[type[EventData], str] = {ClockReminded: "reminder", ClockYellow: "yellow", ClockRed: "red"}
NEVER = datetime.max.replace(tzinfo=TZ)


def end_of(clock: Clock) -> datetime:
    """A paused clock has no end and no signal due."""
    return clock.end.due_at if clock.end else NEVER


# The life of a case, step by step


def nothing_told_is_untold(step: Step) -> None:
    """A late or red clock stays so, unless an event announces that it was in time."""
    said = {one.data for one in step.announced}
    lamps = {(fact.clock_id, fact.lamp) for fact in said if hasattr(fact, "lamp")}  # type: ignore[attr-defined]
    stopped = {(fact.clock_id, fact.late) for fact in said if isinstance(fact, ClockStopped)}
    for before, after in step.clocks():
        assert before.sent_signals <= after.sent_signals
        if before.lamp == "red" != after.lamp:
            assert (after.id, after.lamp) in lamps
        if (before.state, before.late) != (after.state, after.late) and after.state == "stopped":
            assert (after.id, after.late) in stopped
        if before.state == "stopped" and (after.id, after.late) not in stopped:
            assert after == before


def what_was_told_to_have_stopped_has_stopped(step: Step) -> None:
    stopped = {one.data.clock_id for one in step.announced if isinstance(one.data, ClockStopped)}
    assert all(clock.state == "stopped" for clock in step.after.clocks if clock.id in stopped)


def an_end_that_moves_is_told(step: Step) -> None:
    said: list[Any] = [one.data for one in step.announced if not isinstance(one.data, ClockLampTurned)]
    ends = {(fact.clock_id, fact.due_at) for fact in said if hasattr(fact, "due_at")}
    for before, after in step.clocks():
        if before.end != after.end and after.end is not None and before.end is not None:
            assert before.end.due_at == after.end.due_at or (after.id, after.end.due_at) in ends


def cards_stay_on_record(step: Step) -> None:
    was = {card.id: card for card in step.before.cards} if step.before else {}
    now = {card.id: card for card in step.after.cards}
    assert was.keys() <= now.keys()
    issued = {one.data.card_id for one in step.announced if isinstance(one.data, CardIssued)}
    revoked = {one.data.card_id for one in step.announced if isinstance(one.data, CardRevoked)}
    assert now.keys() - was.keys() == issued
    assert {id for id in was if was[id] != now[id]} == revoked - issued


def pauses_stay_on_record(step: Step) -> None:
    """A pause may end; nothing else of it changes."""
    now = {each.id: each for each in step.after.pauses}
    for was in step.before.pauses if step.before else ():
        ended = replace(was, pause=Pause(was.pause.since, now[was.id].pause.until))
        assert now[was.id] == (was if was.pause.until else ended)


def keys_are_unique(step: Step) -> None:
    """Ids are unique, or the database would refuse the batch. A missed clock has one card in force."""
    after = step.after
    for rows in (after.clocks, after.pauses, after.cards):
        assert len({row.id for row in rows}) == len(rows)
    in_force = [(card.clock_id, card.level) for card in after.cards if card.status != "revoked"]
    assert len(set(in_force)) == len(in_force)


def no_act_at_a_desk_brings_an_end_nearer(step: Step) -> None:
    if isinstance(step.command, PauseCase | ExtendCase | FireSignals):
        for before, after in step.clocks():
            by_the_same = before.calendar_version == after.calendar_version
            called_off = after.stopped_at == after.period.start  # the order of a card that fell
            assert end_of(after) >= end_of(before) or called_off or not by_the_same


def a_promise_lasts_no_longer_than_the_law(step: Step) -> None:
    law = min((end_of(clock) for clock in step.after.open_clocks if clock.term.kind == "statutory"), default=NEVER)
    for clock in step.after.open_clocks:
        assert clock.term.kind != "promise" or end_of(clock) <= law


def what_was_in_time_is_not_late_by_a_calendar_alone(step: Step) -> None:
    """The day of grace: a clock that is recalculated while in time has time left."""
    if (now := counted_anew_at(step.command)) is not None:
        for before, after in step.clocks():
            assert after.state == "stopped" or end_of(after) > now or end_of(before) < now


def counted_anew_at(command: object) -> datetime | None:
    match command:
        case RecountClocks(now=at) | ResumeCase(ended_at=at) | ExtendCase(approved_at=at):
            return at
        case PauseCase(pause=standstill):
            return standstill.pause.since
    return None


def a_signal_is_not_early_and_says_when_it_was_due_and_found(step: Step) -> None:
    for one in step.announced:
        signal = SIGNALS.get(type(one.data))
        if signal is not None:
            fact: Any = one.data
            assert isinstance(step.command, FireSignals)
            assert step.before is not None
            clock = step.before.clock(fact.clock_id)
            moment = getattr(clock.signal_times, signal)
            assert moment is not None
            assert (clock.state, signal in clock.sent_signals) == ("running", False)
            assert moment <= fact.detected_at == step.now
            assert (fact.due_at, fact.due_on) == (clock.end and clock.end.due_at, clock.end and clock.end.due_on)
            assert (fact.due_at < fact.detected_at) or not isinstance(fact, ClockRed)


def intake_shows_the_same_clocks(clocks_of_intake: tuple[CaseClock, ...], step: Step) -> tuple[CaseClock, ...]:
    """Return the clocks as intake shows them from the events alone."""
    for one in step.announced:
        if isinstance(one.data, ClockEvent):
            clocks_of_intake = follow_clock(clocks_of_intake, one.data)
    for theirs, clock in zip(clocks_of_intake, step.after.clocks, strict=True):
        assert theirs.id == clock.id
        assert (theirs.state, theirs.lamp) == (clock.state, clock.lamp)
        assert theirs.due_on == (clock.end and clock.end.due_on)
    return clocks_of_intake


def each_signal_comes_once(announced: Sequence[Announcement]) -> None:
    assert [one.sequence for one in announced] == list(range(1, len(announced) + 1))
    signals: Counter[object] = Counter()
    for one in announced:
        fact: Any = one.data
        if isinstance(fact, ClockStarted | ClockReminded | ClockYellow | ClockRed):
            signals[type(fact), fact.clock_id, fact.cycle] += 1
        elif isinstance(fact, CardIssued):
            signals[fact.card_id, fact.clock_id, fact.level] += 1
    assert set(signals.values()) == {1}


STEPS: Sequence[Callable[[Step], None]] = (
    nothing_told_is_untold,
    what_was_told_to_have_stopped_has_stopped,
    an_end_that_moves_is_told,
    cards_stay_on_record,
    pauses_stay_on_record,
    keys_are_unique,
    no_act_at_a_desk_brings_an_end_nearer,
    a_promise_lasts_no_longer_than_the_law,
    what_was_in_time_is_not_late_by_a_calendar_alone,
    a_signal_is_not_early_and_says_when_it_was_due_and_found,
)


@for_each_case
def test_c10_d4_d27_every_random_case_sends_each_signal_once_and_announces_every_change(rng: random.Random) -> None:
    announced: list[Announcement] = []
    clocks_of_intake: tuple[CaseClock, ...] = ()
    for step in a_random_case(rng, revised=rng.random() < 0.5, recalculated=rng.random() < 0.5):
        announced += step.announced
        clocks_of_intake = intake_shows_the_same_clocks(clocks_of_intake, step)
        for promise in STEPS:
            promise(step)
    each_signal_comes_once(announced)


# Counted once, counted again


@for_each_case
def test_stored_ends_are_equal_to_ends_counted_anew(rng: random.Random) -> None:
    """The end and the signal times of a clock follow from its period, policy and calendar alone."""
    volume = rng.choice(rulebooks())
    random_case = RandomCase(rng, volume.book, a_beginning(rng))
    for _ in random_case.begins():
        pass
    for act in (
        RandomCase.extend,
        rng.choice([RandomCase.pause, RandomCase.step]),
        rng.choice([RandomCase.pause, RandomCase.resume]),
    ):
        random_case.passes(60)
        for command in act(random_case):
            random_case.carry_out(command)
    again = [as_decided(volume.copy, clock, random_case.case.item, rng) for clock in random_case.case.open_clocks]
    for stored, counted in zip(random_case.case.open_clocks, count_ends(volume.copy.calendars, again), strict=True):
        for name in ("end", "reminder_at", "yellow_at", "state", "calendar_version"):
            assert getattr(counted, name) == getattr(stored, name), name


def as_decided(book: Rulebook, clock: Clock, item: ItemTerms | None, rng: random.Random) -> Clock:
    """Return a clock with only what was decided about it; its pauses in random order."""
    [term] = book.applicable_terms(clock.responsible.org, [without_policy(clock.term)], item)
    pauses = tuple(rng.sample(clock.period.pauses, len(clock.period.pauses)))
    budget = clock.term.budget + clock.extended_by
    period = CountedPeriod(term.unit, budget, clock.period.start, pauses, term.cut_off, clock.period.not_before)
    return Clock(clock.id, term, clock.responsible, period, None, "", cycle=clock.cycle)


@cache
def places() -> Sequence[reference_counter.Place]:
    """Return places with random days, opening hours and time zones."""
    rng = random.Random(1987)
    return [reference_counter.a_place(rng) for _ in range(24)]


def a_period_somewhere(rng: random.Random) -> tuple[reference_counter.Place, CountedPeriod]:
    """Return a random place and a random period that ends before the last known year."""
    place, period = rng.choice(places()), reference_counter.a_period(rng)
    early = period.start - timedelta(days=2000 if period.start.year > 2020 else 0)
    return place, replace(
        period, start=early, pauses=tuple(moved(each, early - period.start) for each in period.pauses)
    )


def moved(pause: Pause, by: timedelta) -> Pause:
    return Pause(pause.since + by, pause.until and pause.until + by)


@for_each_case
def test_used_and_left_time_add_up_to_the_extended_budget_at_any_moment(rng: random.Random) -> None:
    place, period = a_period_somewhere(rng)
    at = period.start + timedelta(seconds=rng.randrange(60 * 86400))
    extended_by = rng.randrange(20)
    if period.ends_at_once:
        assert budget_left(place.calendar, period, at) == 0
        return
    unit: int | timedelta = timedelta(hours=1) if period.unit.is_of_time else 1
    for each in (period, replace(period, budget=period.budget + extended_by)):
        there: Any = budget_left(place.calendar, each, at)
        if period.unit.is_of_time:
            there = timedelta(microseconds=there)
        assert reference_counter.used_time(place, each, at) + there == each.budget * unit


def kept(place: reference_counter.Place, period: CountedPeriod, law: int) -> list[Clock]:
    """Return a promise and a statutory clock in the same unit."""
    budgets = {"promise": period.budget, "statutory": law}
    terms = [Term(kind, period.unit, budget) for kind, budget in budgets.items()]  # type: ignore[arg-type]
    return new_clocks(terms, [UUID(int=1), UUID(int=2)], period.start, ResponsibleUnit(CENTER))


def counted_with(place: reference_counter.Place, clocks: Sequence[Clock], pauses: Sequence[Pause]) -> list[Any]:
    """Return the ends, signal times and states of clocks with these pauses."""
    subject_pauses = [SubjectPause(UUID(int=number), pause, "hearing", "") for number, pause in enumerate(pauses)]
    found = count_ends(OneCalendar(place.calendar), [with_pauses(clock, subject_pauses) for clock in clocks])
    return [(clock.end, clock.reminder_at, clock.yellow_at, clock.state) for clock in found]


@for_each_case
def test_c2_overlapping_pauses_count_once_and_empty_pauses_do_not_count(rng: random.Random) -> None:
    place, period = a_period_somewhere(rng)
    clocks = kept(place, period, law=rng.randrange(1, 60))
    others = list(period.pauses)
    a, b, c, d = sorted(period.start + timedelta(seconds=rng.randrange(40 * 86400)) for _ in range(4))
    paused = counted_with(place, clocks, [*others, Pause(a, d)])
    resumed_at_once = [*others, Pause(b, b)]
    assert counted_with(place, clocks, resumed_at_once) == counted_with(place, clocks, others)
    pieces = others + rng.choice(
        [
            [Pause(a, b), Pause(b, d)],  # split
            [Pause(a, c), Pause(b, d)],  # overlapping
            [Pause(a, d), Pause(b, c), Pause(b, b)],  # one in another
            [Pause(a, d), Pause(a, d)],  # twice the same
        ]
    )
    rng.shuffle(pieces)
    assert counted_with(place, clocks, pieces) == paused
    standing = counted_with(place, clocks, [*others, Pause(a)])
    assert standing == counted_with(place, clocks, [*others, Pause(b), Pause(a, c)])


# What nobody has published


@cache
def calendars_with_holes() -> Sequence[Calendar]:
    """Return calendars with missing and estimated years."""
    rng = random.Random(2027)
    made = []
    for _ in range(24):
        years = [year for year in shipped() if 2010 <= year.year <= 2026 and rng.random() < 0.8]
        statuses = [rng.choice([YearStatus.OFFICIAL, YearStatus.OFFICIAL, YearStatus.ESTIMATED]) for _ in years]
        made.append(merge([[replace(year, status=status) for year, status in zip(years, statuses, strict=True)]]))
    return made


@cache
def china() -> reference_counter.Place:
    opening = [("09:00", "12:00"), ("13:00", "17:00")]
    return reference_counter.Place(
        merge([shipped()]), reference_counter.works_in_china, lambda day: opening, reference_counter.SHANGHAI
    )


@for_each_case
def test_a_missing_year_is_refused_and_an_estimated_year_makes_an_end_provisional(rng: random.Random) -> None:
    calendar = rng.choice(calendars_with_holes())
    first = date(rng.randrange(2010, 2026), rng.choice((1, 11, 12, 12)), rng.randrange(1, 29))
    begun = datetime(first.year, first.month, first.day, rng.randrange(24), tzinfo=TZ)
    period = reference_counter.a_period(rng)
    by = begun - period.start
    period = replace(period, start=begun, pauses=tuple(moved(each, by) for each in period.pauses))
    end = reference_counter.counted_end(china(), period)
    last = end.astimezone(TZ).date() if isinstance(end, datetime) else end
    assert last is not None
    crossed = range(first.year, last.year + 1)
    missing = [year for year in crossed if year not in calendar.years]
    if missing and period.unit is not Unit.HOUR:
        with pytest.raises(YearMissing):
            due_date(calendar, period)
        return
    found = due_date(calendar, period)
    assert isinstance(found, DueDate)
    assert found.due_on == last
    estimated = any(calendar.years.get(year) is YearStatus.ESTIMATED for year in crossed)
    assert found.provisional == (estimated and period.unit is not Unit.HOUR)
