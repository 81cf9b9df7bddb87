"""Plays the flow of the demo with a client generated from the OpenAPI document: python flow.py county.json"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from bianmin_client import AuthenticatedClient, Client
from bianmin_client.api.complaints import (
    accept_complaint,
    assign_complaint,
    conclude_complaint,
    follow_complaint,
    get_complaint,
    lodge_complaint,
    reply_to_complaint,
)
from bianmin_client.api.intake import (
    accept_case,
    add_materials,
    answer_refusal_filing,
    file_refusal,
    get_case,
    get_timeline,
    give_notice,
    refuse_case,
    register_case,
    track,
    withdraw_case,
)
from bianmin_client.api.reporting import performance
from bianmin_client.api.routing import (
    answer_denial_filing,
    complete_task,
    deliver_result,
    file_denial,
    get_route,
    receive_task,
)
from bianmin_client.models import (
    ApplicantIn,
    ApplicantInIdType,
    ApplicantInKind,
    AssignmentIn,
    CaseAcceptanceIn,
    CaseView,
    ComplaintAcceptanceIn,
    CompletionIn,
    CompletionInOpinion,
    ConclusionIn,
    ConclusionInOutcome,
    DeliveryIn,
    DeliveryInMethod,
    DenialFilingAnswerIn,
    DenialFilingIn,
    LodgingIn,
    LodgingInKind,
    MaterialIn,
    MaterialInForm,
    MaterialsIn,
    NoticeIn,
    Problem,
    RefusalFilingAnswerIn,
    RefusalFilingIn,
    RefusalIn,
    RegisteredView,
    Registration,
    RegistrationChannel,
    ReplyIn,
    RequestedMaterialIn,
    StepView,
    SubjectIn,
    WithdrawalIn,
)

T = TypeVar("T")

county: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
orgs: dict[str, str] = county["orgs"]
clients = {
    part: AuthenticatedClient(base_url=county["base"], token=token, raise_on_unexpected_status=True)
    for part, token in county["tokens"].items()
}
anonymous = Client(base_url=county["base"], raise_on_unexpected_status=True)
station, center, head, investigator = (clients[part] for part in ("station", "center", "head", "investigator"))

ID_NUMBER = "52999919000101000X"
NAME = "张小三"


def ok(answer: T | Problem | None) -> T:
    """Return the parsed answer. Raises `AssertionError` with the problem of a refusal."""
    assert answer is not None
    assert not isinstance(answer, Problem), answer
    return answer


def key() -> str:
    """Return a new Idempotency-Key."""
    return str(uuid4())


def eventually(what: str, ask: Callable[[], T | None]) -> T:
    """Return the first value that is not None, asking again while events are under way."""
    for _ in range(200):
        found = ask()
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never came: {what}")


def register(item_code: str, *brought: int) -> RegisteredView:
    """Register a case at the station; `brought` are the numbers of the materials."""
    applicant = ApplicantIn(
        kind=ApplicantInKind.PERSON, name=NAME, id_type=ApplicantInIdType.CITIZEN_ID, id_number=ID_NUMBER
    )
    registration = Registration(
        item_code=item_code,
        org=orgs["station"],
        channel=RegistrationChannel.WINDOW,
        applicant=applicant,
        materials=[MaterialIn(no=no, form=MaterialInForm.COPY) for no in brought],
    )
    return ok(register_case.sync(client=station, idempotency_key=key(), body=registration))


def accept(case: UUID) -> None:
    """Accept a case at the center."""
    ok(accept_case.sync(case, client=center, idempotency_key=key(), body=CaseAcceptanceIn()))


def work(case: UUID, part: str, completion: CompletionIn) -> None:
    """Receive and complete the task of a case that an office has now."""

    def assigned() -> StepView | None:
        route = get_route.sync(case, client=center)
        if route is None or isinstance(route, Problem):
            return None
        return next((step for step in route.steps if step.status.value == "assigned"), None)

    task = eventually("a task", assigned).id
    ok(receive_task.sync(task, client=clients[part], idempotency_key=key()))
    if completion.opinion is CompletionInOpinion.DENY:
        grounds = DenialFilingIn(facts="查明的事实", reason="不符合条件", legal_basis="《行政许可法》第三十八条")
        denial = ok(file_denial.sync(case, client=clients[part], idempotency_key=key(), body=grounds))
        consent = DenialFilingAnswerIn(agree=True, opinion="同意")
        answered = ok(
            answer_denial_filing.sync(denial.id, client=clients["center_head"], idempotency_key=key(), body=consent)
        )
        assert answered.status.value == "agreed"
    ok(complete_task.sync(task, client=clients[part], idempotency_key=key(), body=completion))


def read(case: UUID) -> CaseView:
    """Return the case as the station sees it."""
    view: CaseView = ok(get_case.sync(case, client=station))  # the generator types an answer without a body as Any: 304
    return view


def reaches(case: UUID, status: str) -> CaseView:
    """Return the case once it has this status."""

    def reached() -> CaseView | None:
        shown = read(case)
        return shown if shown.status.value == status else None

    return eventually(status, reached)


def play_granted() -> None:
    """A case that lacks a material first, is reported up to the county, granted and delivered."""
    case = register("MZ-001", 1)
    missing = [RequestedMaterialIn(no=each.no, reason=f"未带{each.name}") for each in case.missing]
    assert [each.no for each in missing] == [2]
    ok(give_notice.sync(case.id, client=station, idempotency_key=key(), body=NoticeIn(missing=missing)))
    brought = MaterialsIn(materials=[MaterialIn(no=2, form=MaterialInForm.ORIGINAL)])
    ok(add_materials.sync(case.id, client=station, idempotency_key=key(), body=brought))
    accept(case.id)
    again = accept_case.sync(case.id, client=center, idempotency_key=key(), body=CaseAcceptanceIn())
    assert isinstance(again, Problem)
    assert again.status == 409

    work(case.id, "center_office", CompletionIn(opinion=CompletionInOpinion.AGREE))
    work(case.id, "county_office", CompletionIn(opinion=CompletionInOpinion.GRANT))
    reaches(case.id, "granted")
    delivery = DeliveryIn(method=DeliveryInMethod.IN_PERSON, signed_by=NAME)
    ok(deliver_result.sync(case.id, client=center, idempotency_key=key(), body=delivery))
    closed = reaches(case.id, "closed")
    assert "statutory" in [clock.kind.value for clock in closed.clocks]

    progress = ok(track.sync(client=anonymous, case_no=case.case_no, id_tail=ID_NUMBER[-4:]))
    assert progress.status.value == "closed"
    timeline = ok(get_timeline.sync(case.id, client=station))
    assert "cn.bianmin.case.granted.v1" in [entry.type_ for entry in timeline.items]


def play_denied() -> None:
    """A case that is denied; what happened then is complained about, found out and answered."""
    case = register("MZ-003", 1)
    accept(case.id)
    basis = "《行政许可法》第三十八条"
    denial = CompletionIn(opinion=CompletionInOpinion.DENY, reason_code="not_eligible", legal_basis=basis)
    work(case.id, "center_office", denial)
    reaches(case.id, "denied")
    lodging = LodgingIn(
        kind=LodgingInKind.COMPLAINT,
        subject=SubjectIn(org=orgs["center"], case_id=case.id),
        anonymous=True,
        text="不告诉为什么不办",
    )
    lodged = ok(lodge_complaint.sync(client=anonymous, idempotency_key=key(), body=lodging))

    def arrived() -> bool | None:
        return None if isinstance(get_complaint.sync(lodged.id, client=head), Problem) else True

    eventually("the complaint at its handler", arrived)
    ok(accept_complaint.sync(lodged.id, client=head, idempotency_key=key(), body=ComplaintAcceptanceIn()))
    assignment = AssignmentIn(investigator="investigator-520111")
    ok(assign_complaint.sync(lodged.id, client=head, idempotency_key=key(), body=assignment))
    conclusion = ConclusionIn(
        outcome=ConclusionInOutcome.EXPLAINED,
        facts="经查阅记录并询问当事人",
        reasons="依据查明的事实",
        legal_basis="《信访工作条例》第三十二条",
    )
    ok(conclude_complaint.sync(lodged.id, client=investigator, idempotency_key=key(), body=conclusion))
    reply = ReplyIn(text="您反映的情况已经处理，谢谢监督。")
    ok(reply_to_complaint.sync(lodged.id, client=investigator, idempotency_key=key(), body=reply))
    followed = ok(follow_complaint.sync(client=anonymous, code=lodged.follow_code))
    assert (followed.status.value, followed.reply) == ("replied", reply.text)


def play_not_accepted() -> None:
    """A case that is refused, and one that is withdrawn."""
    refused = register("MZ-003", 1)
    refusal = RefusalIn(reason_code="not_eligible", reason="不符合申请条件", legal_basis="《行政许可法》第三十二条")
    grounds = RefusalFilingIn(facts="查明的事实", reason=refusal.reason, legal_basis=refusal.legal_basis)
    filing = ok(file_refusal.sync(refused.id, client=center, idempotency_key=key(), body=grounds))
    consent = RefusalFilingAnswerIn(agree=True, opinion="同意")
    ok(answer_refusal_filing.sync(filing.id, client=clients["center_head"], idempotency_key=key(), body=consent))
    ok(refuse_case.sync(refused.id, client=center, idempotency_key=key(), body=refusal))
    assert read(refused.id).status.value == "refused"
    withdrawn = register("MZ-003", 1)
    withdrawal = WithdrawalIn(reason="申请人自行撤回")
    ok(withdraw_case.sync(withdrawn.id, client=station, idempotency_key=key(), body=withdrawal))
    assert read(withdrawn.id).status.value == "withdrawn"


def counted() -> bool | None:
    """Whether the figures of the month count both decisions; None while they do not."""
    lines = ok(performance.sync(client=head, org=orgs["county"])).items
    return any(line.org == orgs["center"] and line.accepted >= 2 and line.denied >= 1 for line in lines) or None


play_granted()
play_denied()
play_not_accepted()
eventually("the figures", counted)
sys.stdout.write("played\n")
