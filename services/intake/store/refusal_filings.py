"""Rows of filings of refusals: what a batch of commands changed in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bianmin.kit import sets
from services.intake.domain.case import Case
from services.intake.domain.case_parts import RefusalFiling
from services.intake.domain.refusal_filings import AnswerRefusalFiling, FiledTexts, FileRefusal
from services.intake.store.tables import RefusalFilingRow

FilingCommand = FileRefusal | AnswerRefusalFiling


def filing_writes(
    before: Mapping[UUID, Case], changed: Iterable[Case], commands: Sequence[FilingCommand]
) -> Sequence[sets.Write | None]:
    """Return the writes of the filings that changed. `commands` are those that were carried out, in their order."""
    texts = {command.texts.id: command.texts for command in commands if isinstance(command, FileRefusal)}
    opinions = {command.filing_id: command.opinion for command in commands if isinstance(command, AnswerRefusalFiling)}
    filings = [
        case.refusal_filing
        for case in changed
        if case.refusal_filing is not None
        and (case.id not in before or before[case.id].refusal_filing != case.refusal_filing)
    ]
    new = [_new_row(filing, texts[filing.id], opinions.get(filing.id)) for filing in filings if filing.id in texts]
    known = [filing for filing in filings if filing.id not in texts]
    answered = [{**_answer(each), "opinion": opinions[each.id]} for each in known if each.id in opinions]
    lapsed = [_answer(each) for each in known if each.id not in opinions]
    return [
        sets.insert(RefusalFilingRow, new),
        sets.update(RefusalFilingRow, answered),
        sets.update(RefusalFilingRow, lapsed),
    ]


def _new_row(filing: RefusalFiling, texts: FiledTexts, opinion: bytes | None) -> dict[str, Any]:
    return {
        **_answer(filing),
        "case_id": texts.case_id,
        "facts": texts.facts,
        "reason": texts.reason,
        "legal_basis": texts.legal_basis,
        "missing": texts.missing,
        "filed_on": filing.filed_on,
        "filed_by": filing.filed_by,
        "opinion": opinion,
    }


def _answer(filing: RefusalFiling) -> dict[str, Any]:
    return {
        "id": filing.id,
        "status": filing.status,
        "answered_on": filing.answered_on,
        "answered_by": filing.answered_by,
    }
