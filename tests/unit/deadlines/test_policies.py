"""Which policy applies to a term (known failures E)."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bianmin.events.parts import ComplaintKind
from services.deadlines.domain.periods.period import CutOff, Unit
from services.deadlines.domain.terms.law import COMPLETENESS, SUPPLEMENT, without_policy
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.policy import Policy, PolicyInvalid, check_distinct
from services.deadlines.domain.terms.selection import terms_of_lodged_complaint
from services.deadlines.domain.terms.term import ItemTerms, Mark, Term

COUNTY, CENTER = "520111", "520111101"
KINDS: tuple[ComplaintKind, ...] = ("report", "suggestion")
PROMISE = Term("promise", Unit.WORKDAY, 20, card="yellow")
LICENCE = ItemTerms("LY-001", "01", "promised")


def a_policy(region: str = COUNTY, number: int = 1, **changes: object) -> Policy:
    return Policy(**{"region": region, "version": 1, "number": number, "kind": "promise", **changes})  # type: ignore[arg-type]


def test_e1_a_policy_without_a_condition_matches_every_clock_and_ranks_last() -> None:
    anything, of_licences = a_policy(yellow=Mark(50)), a_policy(number=2, item_type="01", yellow=Mark(30))
    policies = Policies([anything, of_licences])
    assert policies.apply(CENTER, PROMISE, LICENCE).yellow == Mark(30)
    assert policies.apply(CENTER, PROMISE, ItemTerms("MZ-001", "05", "direct")).yellow == Mark(50)


@given(st.randoms(use_true_random=False))
def test_e2_the_stored_order_of_policies_does_not_matter(rng: random.Random) -> None:
    ranked = [
        a_policy(CENTER, 1, mode="promised"),
        a_policy(COUNTY, 1, item_code="LY-001"),
        a_policy(COUNTY, 2, item_type="01", mode="promised"),
        a_policy(COUNTY, 3, item_type="01"),
        a_policy(COUNTY, 4, mode="promised"),
        a_policy(COUNTY, 5),
        a_policy("52", 1, item_code="LY-001"),
        a_policy("CN", 1),
    ]
    shuffled = rng.sample(ranked, len(ranked))
    considered = Policies(shuffled).candidates(CENTER, PROMISE, LICENCE)
    assert [each.policy for each in considered] == ranked


def test_e3_without_a_matching_policy_the_law_and_the_item_apply() -> None:
    for policies in (Policies(), Policies([a_policy(item_type="05"), a_policy("520112", 1)])):
        assert policies.apply(CENTER, PROMISE, LICENCE) == PROMISE


def test_e4_two_policies_of_a_region_with_the_same_conditions_are_refused() -> None:
    with pytest.raises(PolicyInvalid, match="第 1 条和第 3 条"):
        check_distinct([a_policy(number=1), a_policy(number=2, mode="direct"), a_policy(number=3, yellow=Mark(5))])


def test_e5_a_policy_names_the_condition_that_does_not_match() -> None:
    policies = Policies([a_policy(item_code="X-1"), a_policy(number=2, item_type="05")])
    found = policies.candidates(CENTER, PROMISE, LICENCE)
    assert [(each.policy.number, each.mismatch) for each in found] == [(1, "item_code"), (2, "item_type")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget": 30, "unit": Unit.WORKDAY},  # the item's to say
        {"kind": "completeness", "budget": 6, "unit": Unit.WORKDAY},  # longer than the law
        {"kind": "completeness", "budget": 3, "unit": Unit.DAY},  # another unit
        {"kind": "completeness", "budget": 3},  # half of a period
        {"kind": "hotline", "budget": 99999, "unit": Unit.DAY},
        {"yellow": Mark(101)},
        {"order_days": 0},
        {"extension": 5},  # the item's to say
        {"kind": "complaint", "stage": "handling", "extension": 10},  # the law's
        {"kind": "complaint", "stage": "return", "budget": 2, "unit": Unit.WORKDAY},
        {"kind": "hotline", "stage": "return", "extension": 1},
        {"kind": "hotline", "budget": 24, "unit": Unit.HOUR, "extension": 1},
        {"kind": "hotline", "extension": 99999},
    ],
)
def test_a_policy_cannot_set_what_the_law_or_the_item_sets(wrong: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid):
        a_policy(**wrong)


def test_a_policy_for_a_kind_does_not_apply_to_its_windows() -> None:
    policies = Policies([a_policy(kind="completeness", budget=3, unit=Unit.WORKDAY, card="red")])
    assert policies.apply(CENTER, COMPLETENESS, ItemTerms("MZ-001", "05", "direct")).budget == 3
    wait = replace(SUPPLEMENT, budget=45)
    assert [each.mismatch for each in policies.candidates(CENTER, wait, LICENCE)] == ["stage"]
    named = a_policy(kind="completeness", stage="supplement", cut_off=CutOff.CLOSE).apply(wait)
    assert (named.budget, named.cut_off) == (45, CutOff.CLOSE)
    assert without_policy(named) == wait, "how long was told with the notice, and stays"
    with pytest.raises(PolicyInvalid):
        a_policy(kind="completeness", stage="supplement", budget=10, unit=Unit.DAY)


def test_policies_set_the_hotline_periods_by_kind_of_order_and_the_window_to_return_one() -> None:
    policies = Policies(
        [
            a_policy(number=1, kind="hotline", unit=Unit.WORKDAY, budget=7, extension=5),
            a_policy(number=2, kind="hotline", stage="suggestion", unit=Unit.WORKDAY, budget=3),
            a_policy(number=3, kind="hotline", stage="return", unit=Unit.HOUR, budget=24),
        ]
    )
    announced = {
        (applied.stage, applied.unit, applied.budget, applied.extension)
        for kind in KINDS
        for term in terms_of_lodged_complaint(kind, "hotline")
        if term.kind == "hotline"
        for applied in [policies.apply(CENTER, term, None)]
    }
    assert announced == {
        ("report", Unit.WORKDAY, 7, 5),
        ("suggestion", Unit.WORKDAY, 3, 0),
        ("return", Unit.HOUR, 24, 0),
    }
    for term in terms_of_lodged_complaint("report", "hotline"):
        assert without_policy(policies.apply(CENTER, term, None)) == term, "without it, what most places have"
        assert Policies().apply(CENTER, term, None) == term


def test_d10_a_card_set_to_none_differs_from_a_card_that_is_not_set() -> None:
    none = a_policy(kind="completeness", card="none", budget=0, unit=Unit.WORKDAY).apply(COMPLETENESS)
    assert (none.card, none.budget) == (None, 0)
    unset = a_policy(kind="completeness", cut_off=CutOff.CLOSE).apply(COMPLETENESS)
    assert (unset.card, unset.budget, unset.cut_off) == ("yellow", 5, CutOff.CLOSE)


def test_without_its_policy_a_term_is_the_term_of_the_law() -> None:
    shorter = a_policy(kind="completeness", budget=2, unit=Unit.WORKDAY, yellow=Mark(50)).apply(COMPLETENESS)
    assert (shorter.budget, shorter.policy) == (2, "520111 v1 #1")
    assert without_policy(shorter) == COMPLETENESS
    assert without_policy(a_policy(yellow=Mark(50)).apply(PROMISE)) == PROMISE
