"""Chinese names of what the answers of complaints contain."""

from collections.abc import Mapping

from services.complaints.domain.complaint import PaperKind

PAPER_KINDS: Mapping[PaperKind, str] = {
    "refusal": "不予受理告知",
    "objection": "异议",
    "transfer": "转送",
    "extension": "延长办理期限",
    "document": "调查结论",
    "reply": "答复",
    "request": "复查复核申请",
}
