"""Carry out commands: load, decide, save and announce, for a batch, in the caller's transaction."""

from bianmin.kit.dispatch import dispatch
from services.deadlines.domain.cases.decide import CaseCommand
from services.deadlines.domain.complaints.decide import ComplaintCommand
from services.deadlines.domain.lifecycle.card_review import CardCommand
from services.deadlines.domain.lifecycle.timers import FireSignals, RecountClocks
from services.deadlines.handlers.orgs import RecordOrgCode, record_org_codes
from services.deadlines.handlers.publications import PublishCommand, publish_documents
from services.deadlines.handlers.recounts import recount_clocks
from services.deadlines.handlers.signals import fire_signals
from services.deadlines.handlers.subjects import decide_subjects

SubjectCommand = CaseCommand | ComplaintCommand | CardCommand
Command = RecordOrgCode | PublishCommand | FireSignals | RecountClocks | SubjectCommand

handle = dispatch(
    Command,
    {
        RecordOrgCode: record_org_codes,
        PublishCommand: publish_documents,
        FireSignals: fire_signals,
        RecountClocks: recount_clocks,
        SubjectCommand: decide_subjects,
    },
)
