"""Which member of a group reads which partition. Pure: every member comes to the same answer from the same rows."""

from collections.abc import Collection, Mapping
from uuid import UUID


def share(readers: Mapping[int, Collection[UUID]], owners: Mapping[int, UUID | None]) -> dict[UUID, set[int]]:
    """Partitions by member, as even as the members' topics allow; who reads a partition keeps it if that is fair.

    `readers` has the members that want a partition, for each; `owners` who has it now.
    """
    shares: dict[UUID, set[int]] = {member: set() for members in readers.values() for member in members}
    free = []
    for partition in sorted(readers):
        owner = owners.get(partition)
        if owner is not None and owner in readers[partition]:
            shares[owner].add(partition)
        elif readers[partition]:
            free.append(partition)
    for partition in free:
        shares[min(readers[partition], key=lambda member: (len(shares[member]), member))].add(partition)
    while (move := _fairer(readers, shares)) is not None:
        partition, rich, poor = move
        shares[rich].remove(partition)
        shares[poor].add(partition)
    return shares


def _fairer(readers: Mapping[int, Collection[UUID]], shares: Mapping[UUID, set[int]]) -> tuple[int, UUID, UUID] | None:
    """A partition that should move, from whom, to whom: from one who has at least two more than its new reader."""
    by_wealth = sorted(shares, key=lambda member: (-len(shares[member]), member))
    for rich in by_wealth:
        for poor in reversed(by_wealth):
            if len(shares[rich]) - len(shares[poor]) < 2:
                break
            for partition in sorted(shares[rich], reverse=True):
                if poor in readers[partition]:
                    return partition, rich, poor
    return None
