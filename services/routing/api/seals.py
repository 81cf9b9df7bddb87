"""At the edge: what people wrote is sealed before it goes in, and opened for whoever may read it."""

from uuid import UUID

from bianmin.domain.codes import mask_name
from bianmin.kit.crypto import Sealer
from services.routing.domain.route import Route, Task


def note(sealer: Sealer, task_id: UUID, text: str) -> bytes:
    return sealer.seal(text.encode(), _of_note(task_id))


def opened_note(sealer: Sealer, task: Task) -> str | None:
    return None if task.note is None else sealer.open(task.note, _of_note(task.id)).decode()


def signature(sealer: Sealer, case_id: UUID, name: str) -> bytes:
    return sealer.seal(name.encode(), _of_signature(case_id))


def reason(sealer: Sealer, id: UUID, text: str) -> bytes:
    """Why a special procedure, an extension or a new cycle is needed; `id` is its own."""
    return sealer.seal(text.encode(), _of_reason(id))


def opened_reason(sealer: Sealer, id: UUID, sealed: bytes) -> str:
    """Also what was answered to a request for more time: it is sealed under the id of the request."""
    return sealer.open(sealed, _of_reason(id)).decode()


def masked_signature(sealer: Sealer, route: Route) -> str | None:
    """张*三; None before the delivery."""
    if route.delivered is None:
        return None
    return mask_name(sealer.open(route.delivered.signed_by, _of_signature(route.case_id)).decode())


def _of_note(task_id: UUID) -> str:
    return f"task|note|{task_id}"


def _of_signature(case_id: UUID) -> str:
    return f"route|signed_by|{case_id}"


def _of_reason(id: UUID) -> str:
    return f"route|reason|{id}"
