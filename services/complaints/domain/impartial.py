"""Who may know of a complaint, and who must not."""

from bianmin.domain.access import handles_complaints
from bianmin.domain.actors import Actor
from bianmin.domain.codes import parent_of
from bianmin.kit.refusals import Conflict
from services.complaints.domain.complaint import Complaint


class NotImpartial(Conflict):
    slug, title = "not-impartial", "不能由此人调查"


def handler_of(accused_org: str) -> str:
    """One level up; the province handles its own."""
    return parent_of(accused_org) or accused_org


def may_see(actor: Actor, complaint: Complaint) -> bool:
    """Who handles complaints at or above the handling org. Never the accused, their unit, or who has an interest.

    信访工作条例 art. 28 (recusal), 30 (nothing reaches the person or unit accused).
    """
    if not handles_complaints(actor) or not complaint.handler_org.startswith(actor.org):
        return False
    return not recused(actor.id, complaint) and not _of_the_accused_unit(actor.org, complaint)


def _of_the_accused_unit(org: str, complaint: Complaint) -> bool:
    return org.startswith(complaint.accused_org) and complaint.accused_org != complaint.handler_org


def recused(staff: str, complaint: Complaint) -> bool:
    return staff == complaint.accused_staff or staff in complaint.parties
