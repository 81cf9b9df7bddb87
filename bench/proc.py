"""What processes cost, as the kernel counts it in `/proc`: CPU time and memory.

CPU time is user plus system time of the server process (all its threads) and of every process of the private
PostgreSQL: its postmaster, the children it has now, and, through the postmaster's own account of the children it has
waited for, those that have ended. So a session or an autovacuum worker that ends while we measure is not lost.
Time spent waiting (for a disk, for the other core) costs nothing here: that is what makes ratios of it comparable on a
machine that others use too. The kernel's unit is 10 ms: a stretch to be measured should take a second or more.

Memory is the proportional set size: a page shared by n processes counts as 1/n in each, so the sum over all of them
counts shared buffers and program text once.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU time so far, or between two readings."""

    server: float
    database: float

    @property
    def total(self) -> float:
        return self.server + self.database

    def __sub__(self, earlier: "Cpu") -> "Cpu":
        return Cpu(self.server - earlier.server, self.database - earlier.database)

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.server + other.server, self.database + other.database)

    def apiece(self, count: int) -> str:
        """For people: microseconds of each of `count`."""
        return f"{self.total / count * 1e6:.0f} µs（服务 {self.server / count * 1e6:.0f}）"


@dataclass(frozen=True, slots=True)
class Meter:
    """Of one server process and one postmaster."""

    server: int
    postmaster: int

    def cpu(self) -> Cpu:
        own, waited_for = _times(self.postmaster)
        return Cpu(_times(self.server)[0], own + waited_for + sum(_times(pid)[0] for pid in children(self.postmaster)))

    def memory(self) -> tuple[float, float]:
        """Megabytes (10⁶ bytes) of the server and of the database."""
        return _pss(self.server), sum(_pss(pid) for pid in (self.postmaster, *children(self.postmaster)))


def available() -> bool:
    """Whether this system counts as Linux does."""
    return (_PROC / "self" / "smaps_rollup").exists()


def children(parent: int) -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and _parent_of(entry.name) == parent]


def _parent_of(pid: str) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def _times(pid: int) -> tuple[float, float]:
    """(its own, that of the children it waited for); of a process that has just ended, nothing."""
    fields = _stat(str(pid))
    if not fields:
        return 0.0, 0.0
    user, system, children_user, children_system = (int(field) / _TICKS for field in fields[11:15])
    return user + system, children_user + children_system


def _stat(pid: str) -> list[str]:
    """The fields after the name, which may have spaces and brackets in it: the state is the first."""
    try:
        return (_PROC / pid / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _pss(pid: int) -> float:
    try:
        found = _PSS.search((_PROC / str(pid) / "smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found[1]) * 1024 / 1e6 if found else 0.0
