"""Policies as they are stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.deadlines.domain.periods.period import CutOff, Unit
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.term import Mark
from services.deadlines.store.documents import Document

_PLAIN = (
    *("kind", "stage", "item_code", "item_type", "mode"),
    *("budget", "card", "order_days", "second_yellow", "extension"),
)


def content_of(policies: Sequence[Policy]) -> list[dict[str, Any]]:
    return [row_of(policy) for policy in policies]


def policies_of(document: Document) -> list[Policy]:
    """In their order."""
    return [_policy_of(document, number, entry) for number, entry in enumerate(document.content, 1)]


def row_of(policy: Policy) -> dict[str, Any]:
    """What it says, without what it does not."""
    marks = {
        name: {"percent": mark.percent, "units": mark.units}
        for name, mark in (("reminder", policy.reminder), ("yellow", policy.yellow))
        if mark is not None
    }
    plain = {name: getattr(policy, name) for name in (*_PLAIN, "unit", "cut_off")}
    return {name: value for name, value in {**plain, **marks}.items() if value is not None}


def _policy_of(document: Document, number: int, stored: Mapping[str, Any]) -> Policy:
    set_to: dict[str, Any] = {name: stored[name] for name in _PLAIN if name in stored}
    set_to |= {name: Mark(**stored[name]) for name in ("reminder", "yellow") if name in stored}
    set_to |= {name: kind(stored[name]) for name, kind in (("unit", Unit), ("cut_off", CutOff)) if name in stored}
    return Policy(region=document.name, version=document.version, number=number, **set_to)
