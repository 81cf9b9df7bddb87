"""Which offices a case has to pass, by its item's procedure. Division codes nest: an org above a desk is its prefix."""

from collections.abc import Mapping, Sequence

from bianmin.events.parts import Dept, ItemFacts, Level, StepKind
from bianmin.kit.access import Holder
from bianmin.kit.refusals import Invalid
from services.routing.domain.route import office_at

_LENGTH: Mapping[Level, int] = {"province": 2, "city": 4, "county": 6, "center": 9, "station": 12, "point": 14}


class ProcedureUnknown(Invalid):
    slug, title = "procedure-unknown", "不支持的办理方式"


def steps(item: ItemFacts, desk: str, accepting_org: str, dept: Dept) -> Sequence[tuple[StepKind, Holder]]:
    """The steps of a case registered at `desk`, in order; the last one decides.

    direct and promised: the office of the item's level decides. report_up: the center reviews first, and hands on its
    opinion with all materials (行政许可法 art. 35); where it decides itself there is nobody to report to.
    """
    deciding = office_at(desk[: _LENGTH[item.decide_level]], dept)
    match item.mode:
        case "direct" | "promised":
            return [("decide", deciding)]
        case "report_up":
            reviewing = office_at(accepting_org, dept)
            return [("decide", deciding)] if reviewing == deciding else [("review", reviewing), ("decide", deciding)]
        case "joint" | "assist" | "agency":
            raise ProcedureUnknown("暂不支持这种办理方式。")
