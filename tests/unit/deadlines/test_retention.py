"""No SQL deletes records of decisions or of work that is not finished."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCES = [path for top in ("bianmin", "services", "command") for path in (ROOT / top).rglob("*.py")]
EMPTIED = {
    "outbox": "what was published",
    "parked_timer": "what was done at last, or discarded by a person",
    "held": "what was done at last, or given up by a person",
    "recount_subject": "what was recalculated",
    "member": "readers of the log that have gone",
    "reread": "chains whose events were held again",
    "idempotency": "keys of requests that nobody sends again",
    "inbox": "positions of chains whose events were held again",
}


def test_d21_only_rows_of_finished_work_are_deleted() -> None:
    deleting = re.compile(r"\b(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?(?:\w+\.)?(\w+)")
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    assert {table for text in texts for table in deleting.findall(text)} == set(EMPTIED)
    assert not any(re.search(r"^from sqlalchemy.* import .*\bdelete\b", text, re.MULTILINE) for text in texts)
