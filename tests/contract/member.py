"""A member of a group in a process of its own, that can be stopped or killed. It obeys lines on its standard input."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bianmin.kit.log import Lost, Stored
from tests.contract.log_topic import LogTopic, fetch_entries, offsets_after, open_log


class Member:
    """The process, seen from the test."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def fetch_count(self) -> int:
        return int(await self._answer("fetch"))

    async def commit(self) -> str:
        return await self._answer("commit")

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _answer(self, order: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{order}\n".encode())
        return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def member_process(topic: LogTopic) -> AsyncIterator[Member]:
    command = [sys.executable, "-m", __name__, topic.address, topic.name, topic.group]
    root = Path(__file__).parent.parent.parent
    member = Member(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=root))
    try:
        yield member
    finally:
        await member.kill()


def _print(answer: str) -> None:
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


async def _carry_out_orders(address: str, topic: str, group: str) -> None:
    async with open_log(address) as log:
        consumer = await log.consumer(group, [topic])
        taken: list[Stored] = []
        while order := await asyncio.to_thread(sys.stdin.readline):
            if order.strip() == "fetch":
                taken = await fetch_entries(consumer, 1)
                _print(str(len(taken)))
                continue
            try:
                await consumer.commit(offsets_after(taken))
            except Lost:
                _print("lost")
            else:
                _print("kept")


if __name__ == "__main__":
    # its standard output is for answers
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(_carry_out_orders(*sys.argv[1:]))
