"""Extensions: asked for before the end, once, approved by the right head, within the maximum, and kept on record."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bianmin.events.parts import ItemFacts, Mode, Period
from bianmin.kit.actors import Actor
from bianmin.kit.refusals import Refusal
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.route import AnswerExtension, Extension, KeepLegalEnd, LegalEnd, RequestExtension
from services.routing.domain.rules import ExtensionNotFound
from services.routing.domain.time import ExtensionAnswered, ExtensionNotAllowed, ExtensionTooLong
from tests.unit.routing.desks import (
    CASE,
    CENTER,
    CITY,
    COUNTY,
    DECIDER,
    NOW,
    REVIEWER,
    SEALED,
    SYSTEM,
    TODAY,
    Desks,
    an_item,
    by,
    planned,
    staff,
)

END = NOW + timedelta(days=20)
TOO_LATE = END + datetime.resolution
HEAD = staff("manager", COUNTY, "civil")
FIRST, SECOND = UUID(int=1), UUID(int=2)


def an_extensible_item(extension: int | None = 10, mode: Mode = "report_up", item_type: str = "05") -> ItemFacts:
    legal = Period.model_validate({"value": 20, "unit": "workday", "extension": extension})
    return an_item(mode).model_copy(update={"legal": legal, "item_type": item_type})


def running(item: ItemFacts | None = None) -> Desks:
    """A case of which it is known when its period ends. No way is planned yet for a joint one, its rules are there."""
    item = item or an_extensible_item()
    desks = planned(item.model_copy(update={"mode": "report_up"}))
    desks.states[CASE] = replace(desks.route, item=item)
    desks.does(KeepLegalEnd(CASE, LegalEnd(UUID(int=9), END), begins=True, by=SYSTEM))
    return desks


def asked(days: int = 10, *, at: datetime = NOW, id: UUID = FIRST, actor: Actor = DECIDER) -> RequestExtension:
    return RequestExtension(CASE, id, days, SEALED, at, at.date(), by(actor))


def answered(approved: bool = True, *, at: datetime = NOW, id: UUID = FIRST, actor: Actor = HEAD) -> AnswerExtension:
    return AnswerExtension(id, approved, SEALED, at, at.date(), by(actor))


def test_c19_who_asked_who_answered_and_when_is_kept() -> None:
    desks = running()
    desks.does(asked(8))
    desks.does(answered())
    [kept] = desks.route.extensions
    said = ("approved", TODAY, HEAD.id, SEALED)
    assert kept == Extension(FIRST, 8, "workday", SEALED, TODAY, DECIDER.id, *said, cycle=1)
    assert desks.names()[-2:] == ["extension.requested", "extension.approved"]


def test_c19_it_is_asked_for_and_approved_before_the_end_and_not_a_moment_later() -> None:
    desks = running()
    with pytest.raises(ExtensionNotAllowed, match="已于 2026-03-22 09:00 届满"):
        desks.does(asked(at=TOO_LATE))
    desks.does(asked(at=END))
    with pytest.raises(ExtensionNotAllowed, match="届满"):
        desks.does(answered(at=TOO_LATE))
    desks.does(answered(at=END))
    assert [one.status for one in desks.route.extensions] == ["approved"]


def test_c19_it_is_given_once_and_one_that_was_refused_can_be_asked_for_again() -> None:
    desks = running()
    desks.does(asked())
    with pytest.raises(ExtensionNotAllowed, match="等待批准"):
        desks.does(asked(id=SECOND))
    desks.does(answered(approved=False))
    desks.does(asked(5, id=SECOND))
    desks.does(answered(id=SECOND))
    with pytest.raises(ExtensionAnswered):
        desks.does(answered(id=SECOND))
    with pytest.raises(ExtensionNotAllowed, match="只能延长一次"):
        desks.does(asked(1, id=UUID(int=3)))
    assert [one.status for one in desks.route.extensions] == ["rejected", "approved"]


@pytest.mark.parametrize(
    ("item", "most"),
    [
        (an_extensible_item(15), 15),  # the item's own
        (an_extensible_item(None, item_type="01"), 10),  # a licence's by law
        (an_extensible_item(None, "joint", "01"), 15),  # joint: instead of the ten, not beside them
        (an_extensible_item(5, "joint", "01"), 5),
        (an_extensible_item(None), 0),
        (an_extensible_item(0, item_type="01"), 0),
    ],
)
def test_c19_no_longer_than_the_item_or_the_law_allows(item: ItemFacts, most: int) -> None:
    with pytest.raises(ExtensionTooLong if most else ExtensionNotAllowed):
        running(item).does(asked(most + 1))
    if most:
        assert running(item).does(asked(most)).extensions


@pytest.mark.parametrize(
    ("mode", "actor", "refusal"),
    [
        ("report_up", HEAD, None),
        ("report_up", staff("manager", COUNTY), None),
        ("report_up", DECIDER, NotTheOffice),
        ("report_up", staff("manager", COUNTY, "land"), ExtensionNotFound),
        ("report_up", staff("manager", CENTER), NotTheOffice),
        ("report_up", staff("manager", CITY), NotTheOffice),
        ("joint", staff("manager", COUNTY), None),
        ("joint", HEAD, NotTheOffice),  # it is the head of the government's to approve
    ],
)
def test_c19_it_is_approved_by_the_head_of_who_decides(mode: Mode, actor: Actor, refusal: type[Refusal] | None) -> None:
    desks = running(an_extensible_item(mode=mode))
    desks.does(asked())
    if refusal is None:
        assert desks.does(answered(actor=actor)).extensions[0].answered_by == actor.id
    else:
        with pytest.raises(refusal):
            desks.does(answered(actor=actor))


def test_c19_it_is_asked_for_by_the_office_that_decides() -> None:
    with pytest.raises(NotTheOffice):
        running().does(asked(actor=REVIEWER))
