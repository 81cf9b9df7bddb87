"""`/circuits`: sessions at which staff come to a place, and their bookings."""

from typing import Annotated

from fastapi import Query, Response

from bianmin.kit.bodies import Day, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import OFFICE_ORG
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import TooMany, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import CACHED, created_at, public_router, staff_router
from services.routing.api.bodies.circuits import BookingIn, CircuitIn
from services.routing.api.bodies.tasks import EmptyBody
from services.routing.api.parameters import CircuitPath
from services.routing.api.sealing import seal_booking
from services.routing.api.views.circuits import BookedView, CircuitView
from services.routing.domain.circuits.circuit import BookCircuit, Booking, Circuit, CloseCircuit, PlanCircuit
from services.routing.store import circuits
from services.routing.store.queries import directory
from services.routing.store.rosters import staff_of_ids

router = staff_router("routing")
open_router = public_router("routing")

Planner = Annotated[RequestContext, context_for("admin", "manager", "window")]
Anybody = Annotated[RequestContext, context_for()]


@router.post(
    "/circuits",
    status_code=201,
    response_model=CircuitView,
    responses=refuses(Forbidden, Conflict),
    summary="安排巡回办理",
    description="机构或上级的窗口、负责人、管理员安排一次巡回办理：派谁、哪天到哪里、办哪些事项、多少名额；立即公布，可以预约。",
    openapi_extra=created_at("/circuits"),
)
async def plan_circuit(body: CircuitIn, context: Planner) -> Response:
    """Plan a session; it is public at once."""
    async with context.read() as tx:
        org_exists = await directory.version_of_org(tx, body.org) is not None
        known = await staff_of_ids(tx, body.team)
    circuit = Circuit(
        id=new_id(),
        org=body.org,
        place=body.place,
        held_on=body.on,
        start_time=body.start,
        end_time=body.end,
        items=tuple(dict.fromkeys(body.items)),
        capacity=body.capacity,
        team=tuple(dict.fromkeys(body.team)),
        planned_by=context.actor.id,
    )
    command = PlanCircuit(
        circuit_id=circuit.id,
        circuit=circuit,
        org_exists=org_exists,
        unknown_staff=tuple(n for n, id in enumerate(body.team) if id not in known),
        today=context.today,
        by=context.cause,
    )
    return await context.submit(command, CircuitView.model_validate, status=201)


@open_router.get(
    "/circuits",
    response_model=Page[CircuitView],
    responses=refuses(TooMany),
    summary="巡回办理的安排",
    description="任何人都可以查看巡回办理的安排和剩余名额，按日期排列；不填 from 为今天起。",
    openapi_extra=CACHED,
)
async def list_circuits(
    context: Anybody,
    org: Annotated[OrgCode | None, Query(description="派人的机构的区划代码，含下级", examples=[OFFICE_ORG])] = None,
    first: Annotated[
        Day | None, Query(alias="from", description="从哪天起，YYYY-MM-DD；不填为今天", examples=["2026-12-01"])
    ] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="到哪天为止，含当日，YYYY-MM-DD", examples=["2026-12-31"])
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List sessions by day."""
    wanted = circuits.CircuitFilter(org, first or context.today, last)
    async with context.read() as tx:
        page, following = await circuits.list_circuits(tx, wanted, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[CircuitView.model_validate(each) for each in page], next_cursor=following))


@router.post(
    "/circuits/{circuit_id}/bookings",
    status_code=201,
    response_model=BookedView,
    responses=refuses(NotFound, Conflict),
    summary="预约巡回办理",
    description="登录的人为自己或替群众预约一个名额；约满的、已经结束的为 409，这次不办的事项为 422。",
    openapi_extra=created_at("/circuits"),
)
async def book_circuit(circuit_id: CircuitPath, body: BookingIn, context: Anybody) -> Response:
    """Book a place at a session."""
    id, sealer = new_id(), context.runtime.sealer
    booking = Booking(
        id=id,
        circuit_id=circuit_id,
        item_code=body.item_code,
        name=seal_booking(sealer, id, body.name),
        phone=seal_booking(sealer, id, body.phone),
        booked_by=context.actor.id,
    )

    def view(circuit: Circuit) -> BookedView:
        return BookedView(
            id=id, circuit_id=circuit_id, on=circuit.held_on, start=circuit.start_time, place=circuit.place
        )

    return await context.submit(BookCircuit(circuit_id, booking, context.today, context.cause), view, status=201)


@router.post(
    "/circuits/{circuit_id}/close",
    response_model=CircuitView,
    responses=refuses(NotFound, Forbidden, Conflict),
    summary="结束巡回办理",
    description="安排的机构或上级登记巡回办理结束或取消，此后不能再预约。",
)
async def close_circuit(circuit_id: CircuitPath, context: Planner, body: EmptyBody | None = None) -> Response:
    """Close a session."""
    return await context.submit(CloseCircuit(circuit_id, context.cause), CircuitView.model_validate)
