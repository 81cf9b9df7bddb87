"""`bianmin token`: issue access tokens."""

import typer

from bianmin.domain.actors import ROLES, Actor
from bianmin.domain.divisions import level_of
from bianmin.domain.identifiers import BadCode
from bianmin.kit.auth import Tokens
from bianmin.kit.settings import Settings


def issue_token(settings: Settings, role: str, org: str, dept: str | None, sub: str | None, hours: float) -> str:
    """Return a signed token, valid for `hours`. Without `sub`, the staff id is made of role, org and dept.

    Raises `typer.BadParameter` for an unknown role or a wrong division code.
    """
    roles = frozenset(role.split(","))
    if unknown := roles - ROLES:
        raise typer.BadParameter(f"没有角色 {'、'.join(sorted(unknown))}；可用：{'、'.join(sorted(ROLES))}")
    try:
        level_of(org)
    except BadCode as error:
        raise typer.BadParameter(f"org 应为区划代码：{error}") from None
    subject = sub or "-".join([role, org, *([dept] if dept else [])])
    actor = Actor(subject, org, roles, dept)
    return Tokens(settings.token_secret()).issue(actor, subject, seconds=int(hours * 3600))
