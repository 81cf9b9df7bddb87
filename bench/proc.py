"""CPU time and memory of processes, from `/proc`.

CPU time is user plus system time of the server process (all its threads) and of every process of the private
PostgreSQL: the postmaster, its present children, and its former children, whose time the kernel adds up for the
postmaster. So a session or an autovacuum worker that ends during the measurement is counted. Waiting (for a disk, for
a core) is not counted, so ratios are comparable on a machine with other load. The unit is 10 ms: a measurement should
take a second or more.

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
    """Seconds of CPU time, in total or between two readings."""

    server: float
    database: float

    @property
    def total(self) -> float:
        """Seconds of both."""
        return self.server + self.database

    def __sub__(self, earlier: "Cpu") -> "Cpu":
        return Cpu(self.server - earlier.server, self.database - earlier.database)

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.server + other.server, self.database + other.database)

    def per_item(self, count: int) -> str:
        """Return a text with the microseconds per item."""
        return f"{self.total / count * 1e6:.0f} µs（服务 {self.server / count * 1e6:.0f}）"


@dataclass(frozen=True, slots=True)
class Meter:
    """Measures a server process and a PostgreSQL by their process ids."""

    server: int
    postmaster: int

    def cpu(self) -> Cpu:
        """Return the CPU time used so far."""
        own, waited_for = _times(self.postmaster)
        return Cpu(_times(self.server)[0], own + waited_for + sum(_times(pid)[0] for pid in children(self.postmaster)))

    def memory(self) -> tuple[float, float]:
        """Return the memory of the server and of the database, in megabytes (10⁶ bytes)."""
        return _pss(self.server), sum(_pss(pid) for pid in (self.postmaster, *children(self.postmaster)))


def available() -> bool:
    """Return whether this system has the counters of Linux."""
    return (_PROC / "self" / "smaps_rollup").exists()


def children(parent: int) -> list[int]:
    """Return the ids of the child processes."""
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and _parent_of(entry.name) == parent]


def _parent_of(pid: str) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def _times(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a process and of its ended children; zeros if the process has ended."""
    fields = _stat(str(pid))
    if not fields:
        return 0.0, 0.0
    user, system, children_user, children_system = (int(field) / _TICKS for field in fields[11:15])
    return user + system, children_user + children_system


def _stat(pid: str) -> list[str]:
    """Return the fields after the name of the process, which may contain spaces and brackets."""
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
