"""`/track`: progress for everybody who has the case number and the last four signs of the id."""

from typing import Annotated

from fastapi import Query, Request, Response

from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import CASE_NO
from bianmin.kit.problems import TooMany, refuses
from bianmin.kit.refusals import NotFound
from bianmin.kit.routers import public_router
from services.intake import texts
from services.intake.api.sealing import tail_matches
from services.intake.api.views.progress import ProgressStepView, ProgressView
from services.intake.store.queries.cases import find_cases, find_tails
from services.intake.store.timeline import find_timelines

router = public_router("intake")


class NothingToTrack(NotFound):
    """There is no case of this number, or its applicant's id ends otherwise."""

    slug, title = "nothing-to-track", "没有查到"


@router.get(
    "/track",
    response_model=ProgressView,
    responses=refuses(NotFound, TooMany),
    summary="查询进度",
    description="任何人凭办件编号和证件号码后四位查询进度。编号不对和后四位不对，答复相同；查不到的次数多了，须等待后再试。",
)
async def track(
    request: Request,
    context: Annotated[RequestContext, context_for()],
    case_no: Annotated[str, Query(max_length=60, description="受理编号，见收件凭证", examples=[CASE_NO])],
    id_tail: Annotated[str, Query(pattern=r"^\S{4}$", description="证件号码后四位", examples=["000X"])],
) -> Response:
    """Show the progress of a case to whoever has its number and the end of the applicant's id."""
    number = case_no.strip()
    async with context.runtime.guesses.attempt(request, number):
        tail = await context.load(find_tails, number)
        if not tail_matches(context.runtime.sealer, tail, id_tail):
            raise NothingToTrack("没有查到；请核对办件编号和证件号码后四位。")
    assert tail is not None, "nothing matches the tail of a case that does not exist"
    case = await context.load(find_cases, tail.case_id)
    assert case is not None, "an applicant has a case"
    entries = await context.load(find_timelines, case.id) or []
    steps = [ProgressStepView(at=entry.at, text=texts.event_text(entry.type, entry.data)) for entry in entries]
    return respond(ProgressView.of(case, steps))
