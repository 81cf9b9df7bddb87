"""A policy: what a region sets for the clocks that meet its conditions, within what the law allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from bianmin.events.parts import ClockKind, ComplaintKind, ItemType, Mode, ProcedureKind
from services.deadlines.domain.calendar.regions import NATIONAL
from services.deadlines.domain.periods.period import LONGEST, CutOff, Unit
from services.deadlines.domain.terms.law import (
    HOTLINE_RETURN,
    KINDS_SET_BY_ITEM,
    LONGEST_BY_LAW,
    ends_in_deemed_acceptance,
)
from services.deadlines.domain.terms.term import WINDOWS, ItemTerms, Mark, SecondYellow, Term

CardRule = Literal["none", "yellow", "red"]

LONGEST_SET: Mapping[Unit, int] = {
    Unit.WORKDAY: 366,
    Unit.DAY: 366,
    Unit.WORKHOUR: 2000,
    Unit.HOUR: LONGEST,
    Unit.IMMEDIATE: 0,
}
"""By unit, the longest period that a policy may set: about a year. Longer ones would end after the last known year."""

STAGES: Mapping[ClockKind, frozenset[str]] = {
    "completeness": frozenset(),
    "promise": frozenset(),
    "statutory": frozenset(),
    "delivery": frozenset(),
    "procedure": frozenset(get_args(ProcedureKind)),
    "complaint": frozenset(
        stage for kind, stage in {*LONGEST_BY_LAW, *WINDOWS} if kind == "complaint" and stage is not None
    ),
    "hotline": frozenset({*get_args(ComplaintKind), HOTLINE_RETURN.stage or ""} - {"praise"}),
}
"""By kind of clock, the stages that there are. The stages of a step are numbers; other kinds have open lists."""

_SET = ("unit", "budget", "reminder", "yellow", "cut_off", "card", "order_days", "second_yellow", "extension")


class PolicyInvalid(ValueError):
    """A policy is impossible or not allowed. `field`: the name of the wrong field, empty for the whole policy."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


@dataclass(frozen=True, slots=True)
class Policy:
    """Conditions for a clock, and what is set for the clocks that meet them. None sets nothing and requires nothing.

    `region`: `CN` or a division code; the policy holds there and below. `number`: its place in the region's list, from
    1. Conditions: `kind`, `stage`, `item_code`, `item_type`, `mode`. All other fields are set in the `Term`. Raises
    `PolicyInvalid` where the law does not allow what is set.
    """

    region: str
    version: int
    number: int
    kind: ClockKind
    stage: str | None = None
    item_code: str | None = None
    item_type: ItemType | None = None
    mode: Mode | None = None
    unit: Unit | None = None
    budget: int | None = None
    reminder: Mark | None = None
    yellow: Mark | None = None
    cut_off: CutOff | None = None
    card: CardRule | None = None
    order_days: int | None = None
    second_yellow: SecondYellow | None = None
    extension: int | None = None

    def __post_init__(self) -> None:
        self._check_period()
        for name, mark in (("reminder", self.reminder), ("yellow", self.yellow)):
            if mark is not None and not (0 <= mark.percent <= 100 and 0 <= mark.units <= LONGEST):
                raise PolicyInvalid(name, "剩余百分比应为 0 到 100")
        if self.order_days is not None and not 1 <= self.order_days <= LONGEST:
            raise PolicyInvalid("order_days", f"应为 1 到 {LONGEST} 个工作日")
        if self.extension is not None:
            self._check_extension(self.extension)

    def _check_extension(self, extension: int) -> None:
        if self.kind != "hotline" or (self.kind, self.stage) in WINDOWS:
            raise PolicyInvalid("extension", "只有热线工单的办理期限由策略设定可以延长多少，其他的由法律和事项目录规定")
        if self.unit is not None and self.unit.is_of_time and extension:
            raise PolicyInvalid("extension", "以小时计的期限不能延长")
        if not 0 <= extension <= LONGEST:
            raise PolicyInvalid("extension", f"应为 0 到 {LONGEST}")

    def _check_period(self) -> None:
        if self.unit is None and self.budget is None:
            return
        if self.kind in KINDS_SET_BY_ITEM:
            raise PolicyInvalid("budget", "承诺期限和法定期限由事项目录规定，不能由策略设定")
        if self.kind == "procedure":
            raise PolicyInvalid("budget", "特别程序所需的时间由办理单位逐件告知，不能由策略设定")
        if self.kind == "card":
            raise PolicyInvalid("budget", "黄牌要求的办结期限由错过的时限所用的策略以 order_days 设定，不在这里设定")
        if self.kind == "complaint" and self.stage is None:
            raise PolicyInvalid("stage", "投诉的各个期限长短不同，设定期限时应写明是哪一个")
        if self.kind != "hotline" and (self.kind, self.stage) in WINDOWS:
            raise PolicyInvalid("budget", "可以提出异议、请求复查复核、补正材料的期限不能由策略设定")
        if self.unit is None or self.budget is None:
            raise PolicyInvalid("budget", "期限的长短和单位应同时填写")
        if not 0 <= self.budget <= LONGEST:
            raise PolicyInvalid("budget", f"应为 0 到 {LONGEST}")
        law = LONGEST_BY_LAW.get((self.kind, self.stage)) or LONGEST_BY_LAW.get((self.kind, None))
        if law is not None and (self.unit is not law.unit or self.budget > law.budget):
            raise PolicyInvalid("budget", f"不能长于法律规定的 {law.budget}（单位 {law.unit}），也不能换单位")

    @property
    def name(self) -> str:
        """Region, version and number: kept with each term that the policy sets."""
        return f"{self.region} v{self.version} #{self.number}"

    @property
    def conditions(self) -> tuple[str | None, ...]:
        """The conditions beside region and kind, the most specific first."""
        return self.item_code, self.stage, self.item_type, self.mode

    @property
    def rank(self) -> tuple[int | bool, ...]:
        """A key to compare policies by, the higher first: the nearest region, then the most specific conditions."""
        given = (condition is not None for condition in self.conditions)
        return (0 if self.region == NATIONAL else len(self.region), *given)

    def mismatch(self, term: Term, item: ItemTerms | None) -> str | None:
        """Return the name of the condition that a clock does not meet; None where it meets all."""
        conditions = (
            ("item_code", self.item_code, item and item.code),
            ("stage", self.stage, term.stage),
            ("item_type", self.item_type, item and item.item_type),
            ("mode", self.mode, item and item.mode),
        )
        if term.is_window and self.stage is None:
            return "stage"  # a policy for a kind is for its terms, not for its windows
        return next((name for name, wanted, found in conditions if wanted is not None and wanted != found), None)

    def apply(self, term: Term, item: ItemTerms | None = None) -> Term:
        """Return the term with what this policy sets.

        The law alone sets how long silence about a licence lasts until it is an acceptance (行政许可法 art. 32(4)).
        """
        unit, budget = term.unit, term.budget
        if self.unit is not None and self.budget is not None and not ends_in_deemed_acceptance(term, item):
            unit, budget = self.unit, self.budget
        card = term.card if self.card is None else (None if self.card == "none" else self.card)
        return replace(
            term,
            unit=unit,
            budget=budget,
            reminder=self.reminder or term.reminder,
            yellow=self.yellow or term.yellow,
            cut_off=self.cut_off or term.cut_off,
            card=card,
            order_days=self.order_days or term.order_days,
            second_yellow=self.second_yellow or term.second_yellow,
            extension=term.extension if self.extension is None else self.extension,
            policy=self.name,
        )


def check_publishable(policy: Policy) -> None:
    """Check what may be published from now on. Raises `PolicyInvalid`.

    Policies that were published before these checks existed stay in force until they are replaced.
    """
    if all(getattr(policy, name) is None for name in _SET):
        raise PolicyInvalid("", "什么也没有设定；请至少设定一项（要回到法定的，请写明法定的期限），或删去这一条")
    if policy.stage is not None:
        _check_stage(policy.kind, policy.stage)
    if policy.unit is Unit.IMMEDIATE and policy.budget != 0:
        raise PolicyInvalid("budget", "即时办理（immediate）没有长短，应为 0；要有期限的，请换一个单位")
    if policy.unit is not None and policy.budget is not None and policy.budget > LONGEST_SET[policy.unit]:
        raise PolicyInvalid("budget", f"单位为 {policy.unit} 的应为 0 到 {LONGEST_SET[policy.unit]}，约一年")
    if policy.order_days is not None and policy.order_days > LONGEST_SET[Unit.WORKDAY]:
        raise PolicyInvalid("order_days", f"应为 1 到 {LONGEST_SET[Unit.WORKDAY]} 个工作日")
    if policy.extension is not None and policy.extension > LONGEST_SET[Unit.DAY]:
        raise PolicyInvalid("extension", f"应为 0 到 {LONGEST_SET[Unit.DAY]}，约一年")


def _check_stage(kind: ClockKind, stage: str) -> None:
    if kind == "step":
        if not (stage.isascii() and stage.isdigit()):
            raise PolicyInvalid("stage", "环节应写作序号，如 1")
    elif kind in STAGES and stage not in STAGES[kind]:
        known = sorted(STAGES[kind])
        raise PolicyInvalid("stage", f"应为 {'、'.join(known)} 之一" if known else "这一类期限不分阶段，请去掉")


def check_distinct(policies: Sequence[Policy]) -> None:
    """Check that no two policies of a region have the same conditions. Raises `PolicyInvalid`."""
    seen: dict[object, int] = {}
    for policy in policies:
        key = (policy.kind, *policy.conditions)
        if key in seen:
            raise PolicyInvalid(f"{policy.number}", f"第 {seen[key]} 条和第 {policy.number} 条的适用条件相同")
        seen[key] = policy.number
