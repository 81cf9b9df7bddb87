"""When a second yellow card brings a red one."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.deadlines import CardIssued
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit
from services.deadlines.domain.clocks.counting import count_ends, new_clocks
from services.deadlines.domain.clocks.stopping import stop_clock
from services.deadlines.domain.lifecycle.card import Card
from services.deadlines.domain.lifecycle.cards import (
    AppealTooLate,
    appeal_card,
    cards_for_breach,
    second_yellow_in_year,
)
from services.deadlines.domain.lifecycle.facts import CardChanged
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.selection import terms_of_accepted_case
from services.deadlines.domain.terms.term import ItemTerms, SecondYellow, Term

CALENDARS = Calendars(shipped())
UNIT = ResponsibleUnit("520111101", "civil")
PROMISE = Term("promise", terms_of_accepted_case(ItemTerms("1", "01", "promised"))[0].unit, 5, card="yellow")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def missed(number: int = 1, rule: SecondYellow = "year") -> Clock:
    [clock] = count_ends(
        CALENDARS, new_clocks([replace(PROMISE, second_yellow=rule)], [UUID(int=number)], at("2026-03-02T09:00"), UNIT)
    )
    late, _ = stop_clock(clock, "case", at("2026-03-12T09:00"))
    return late


def given(clock: Clock, cards: list[Card], issued: str = "2026-03-12T09:00") -> list[Card]:
    facts = cards_for_breach(cards, clock, "case", at(issued), at("2026-04-01T00:00"))
    return [fact.card for fact in facts if isinstance(fact, CardChanged)]


def announced(card: Card, others: list[str], cards: tuple[Card, ...] = ()) -> list[tuple[str, str]]:
    now = at("2026-03-12T09:01")
    facts: list[Any] = second_yellow_in_year(
        card, [card, *cards], missed(), "case", [at(each) for each in others], now, now
    )
    assert all(not fact.card.awaits_year_check for fact in facts if isinstance(fact, CardChanged))
    return [(fact.level, fact.reason_code) for fact in facts if isinstance(fact, CardIssued)]


SECOND = [("red", "second_yellow_in_year")]


@pytest.mark.parametrize(
    ("other", "second"),
    [
        ("2025-03-12T00:00", SECOND),  # the corresponding day is still within the twelve months
        ("2025-03-11T23:59", []),
        ("2026-03-12T08:59", SECOND),
        ("2027-03-12T09:00", SECOND),  # recorded late, judged after a later one
        ("2027-03-13T00:00", []),
    ],
)
def test_two_yellow_cards_in_twelve_months_are_a_red_one(other: str, second: list[tuple[str, str]]) -> None:
    [card] = given(missed(), [])
    assert card.awaits_year_check
    assert announced(card, [other]) == second


def test_a_year_that_began_on_a_leap_day_ends_with_february() -> None:
    [card] = given(missed(), [], issued="2025-02-28T10:00")
    assert announced(card, ["2024-02-29T10:00"]) == SECOND
    assert announced(replace(card, issued_at=at("2025-03-01T00:00")), ["2024-02-29T10:00"]) == []


def test_no_red_card_for_a_single_yellow_card_or_a_revoked_or_checked_one() -> None:
    [card] = given(missed(), [])
    assert announced(card, []) == []
    assert announced(replace(card, status="revoked"), ["2026-03-01T09:00"]) == []
    assert announced(replace(card, awaits_year_check=False), ["2026-03-01T09:00"]) == []


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [("case", ["promise", "second_yellow"]), ("year", ["promise", "second_yellow"]), ("none", ["promise"])],
)
def test_the_second_yellow_card_in_a_case_brings_a_red_one_unless_the_policy_says_none(
    rule: SecondYellow, reasons: list[str]
) -> None:
    first = given(missed(1, rule), [])
    second = given(missed(2, rule), first)
    assert [card.reason for card in second] == reasons
    assert not any(card.awaits_year_check for card in second)


def test_a_late_appeal_is_refused_with_its_last_day_and_not_the_day_after() -> None:
    [card] = given(missed(), [])
    head = Actor("m-1", "520111101", frozenset({"manager"}), "civil")
    assert appeal_card(card, missed(), "case", card.appeal_by, head, b"")
    with pytest.raises(AppealTooLate, match="2026-03-31 24 时以前"):
        appeal_card(card, missed(), "case", at("2026-04-01T00:01"), head, b"")


def test_one_red_card_for_a_missed_clock_is_enough() -> None:
    [card] = given(missed(), [])
    facts = second_yellow_in_year(
        card, [card], missed(), "case", [at("2026-03-01T09:00")], card.issued_at, card.appeal_by
    )
    red = next(fact.card for fact in facts if isinstance(fact, CardChanged) and fact.card.level == "red")
    assert announced(card, ["2026-03-01T09:00"], (red,)) == []


def test_a_policy_sets_which_second_yellow_card_brings_a_red_one() -> None:
    policies = Policies([Policy("520111", 1, 1, "promise", second_yellow="year")])
    assert policies.apply(UNIT.org, PROMISE, None).second_yellow == "year"
    assert policies.apply("520112", PROMISE, None).second_yellow == "case"
