"""Assign the partitions of a group to its members. Pure: from the same rows every member computes the same."""

from collections.abc import Collection, Mapping
from uuid import UUID


def assign(readers: Mapping[int, Collection[UUID]], owners: Mapping[int, UUID | None]) -> dict[UUID, set[int]]:
    """The partitions of each member, as even as their topics allow; a member keeps its partitions where that is fair.

    `readers`: the members that read a partition's topic, by partition. `owners`: the present owner of each partition.
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
    """A partition to move, and from and to which member: the first has at least two more. None where it is fair."""
    by_wealth = sorted(shares, key=lambda member: (-len(shares[member]), member))
    for rich in by_wealth:
        for poor in reversed(by_wealth):
            if len(shares[rich]) - len(shares[poor]) < 2:
                break
            for partition in sorted(shares[rich], reverse=True):
                if poor in readers[partition]:
                    return partition, rich, poor
    return None
