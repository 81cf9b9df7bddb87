"""Reading ranges of offsets, outside of any group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bianmin.kit.log.kafka.clients import KafkaEntry, Place, Reader, new_reader, stop_client
from bianmin.kit.log.kafka.errors import Away, limited

_POLL_MILLISECONDS = 50
_LEAVE_SECONDS = 5.0


@asynccontextmanager
async def reader_of(bootstrap: str, topics: Sequence[str], max_wait: float) -> AsyncIterator[Reader]:
    """A reader with all partitions of the topics. Raises `Away`."""
    reader = new_reader(bootstrap, topics)
    try:
        await limited(reader.start(), max_wait)
        yield reader
    finally:
        await stop_client(reader, grace=_LEAVE_SECONDS)


async def offset_ranges(reader: Reader, max_wait: float) -> dict[Place, range]:
    """The present offsets by partition. Not every offset has an entry: an end of a transaction has one too.

    Raises `Away`.
    """
    places = list(reader.assignment())
    begins = await limited(reader.beginning_offsets(places), max_wait)
    ends = await limited(reader.end_offsets(places), max_wait)
    return {where: range(begins[where], ends[where]) for where in places}


async def read_ranges(reader: Reader, ranges: Mapping[Place, range], max_wait: float) -> AsyncIterator[KafkaEntry]:
    """The entries in the ranges, in order per partition. Ends even where the last offsets have no entry.

    Raises `Away`.
    """
    for where, offsets in ranges.items():
        reader.seek(where, offsets.start)
    silent = 0.0
    while not await limited(_at_end(reader, ranges), max_wait):
        found = await limited(reader.getmany(timeout_ms=_POLL_MILLISECONDS), max_wait)
        silent = 0.0 if found else silent + _POLL_MILLISECONDS / 1000
        if silent > max_wait:
            raise Away(f"nothing for {max_wait:g} s")
        for where, some in found.items():
            for entry in some:
                if entry.offset in ranges.get(where, ()):
                    yield entry


async def _at_end(reader: Reader, ranges: Mapping[Place, range]) -> bool:
    for where, offsets in ranges.items():
        if offsets and await reader.position(where) < offsets.stop:
            return False
    return True
