"""Decide a command about an org: which facts follow."""

from collections.abc import Sequence
from typing import assert_never

from services.routing.domain.directory.divisions import ImportOrgs
from services.routing.domain.directory.editing import EditOrg, OpenOffice, PutOrg, edit_org, open_office, put_org
from services.routing.domain.directory.facts import OrgFact
from services.routing.domain.directory.org import Org
from services.routing.domain.directory.staff import AddStaff

OrgCommand = PutOrg | EditOrg | OpenOffice
"""Commands about one org."""
DirectoryCommand = ImportOrgs | EditOrg | OpenOffice | AddStaff
"""Commands of the API about the directory."""


def decide(org: Org | None, command: OrgCommand) -> Sequence[OrgFact]:
    """The facts that follow from a command about one org. Raises a `Refusal`: each decider names those it raises."""
    match command:
        case PutOrg():
            return put_org(org, command)
        case EditOrg():
            return edit_org(org, command)
        case OpenOffice():
            return open_office(org, command)
    assert_never(command)
