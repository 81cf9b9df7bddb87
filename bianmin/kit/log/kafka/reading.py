"""Looking at topics from outside of any group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bianmin.kit.log.kafka.clients import Entry, Place, Reader, end, new_reader
from bianmin.kit.log.kafka.errors import Away, bounded

_POLL_MILLISECONDS = 50
_LEAVE_SECONDS = 5.0


@asynccontextmanager
async def reader_of(bootstrap: str, topics: Sequence[str], patience: float) -> AsyncIterator[Reader]:
    """A reader with all partitions of the topics."""
    reader = new_reader(bootstrap, topics)
    try:
        async with bounded(patience):
            await reader.start()
        yield reader
    finally:
        await end(reader, grace=_LEAVE_SECONDS)


async def span(reader: Reader, patience: float) -> dict[Place, range]:
    """The offsets that there are now. Not every one has an entry: ends of transactions take one each."""
    places = list(reader.assignment())
    async with bounded(patience):
        begins = await reader.beginning_offsets(places)
        ends = await reader.end_offsets(places)
    return {where: range(begins[where], ends[where]) for where in places}


async def entries(reader: Reader, spans: Mapping[Place, range], patience: float) -> AsyncIterator[Entry]:
    """What lies in the spans, in order per partition. It ends even where the last offsets have no entry."""
    for where, offsets in spans.items():
        reader.seek(where, offsets.start)
    silent = 0.0
    while not await _through(reader, spans):
        found = await reader.getmany(timeout_ms=_POLL_MILLISECONDS)
        silent = 0.0 if found else silent + _POLL_MILLISECONDS / 1000
        if silent > patience:
            raise Away(f"nothing for {patience:g} s")
        for where, some in found.items():
            for entry in some:
                if entry.offset in spans.get(where, ()):
                    yield entry


async def _through(reader: Reader, spans: Mapping[Place, range]) -> bool:
    for where, offsets in spans.items():
        if offsets and await reader.position(where) < offsets.stop:
            return False
    return True
