"""How the members of a group share its partitions."""

from collections.abc import Mapping
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bianmin.kit.log.postgres.assignment import assign

MEMBERS = [UUID(int=n) for n in range(6)]
TOPICS = ["intake", "routing", "deadlines"]

members = st.dictionaries(st.sampled_from(MEMBERS), st.sets(st.sampled_from(TOPICS), min_size=1), min_size=1)
equals = st.sets(st.sampled_from(MEMBERS), min_size=1)
owners = st.dictionaries(st.integers(0, 30), st.sampled_from(MEMBERS))


@given(st.integers(0, 30), equals, owners)
def test_equal_members_have_equal_shares(count: int, alive: set[UUID], owned: Mapping[int, UUID]) -> None:
    shares = assign(dict.fromkeys(range(count), alive), owned)
    if count:
        sizes = [len(shares[member]) for member in alive]
        assert max(sizes) - min(sizes) <= 1


@given(members, owners)
def test_every_partition_has_one_reader_that_subscribes_to_it(
    wants: Mapping[UUID, set[str]], owned: Mapping[int, UUID]
) -> None:
    readers = {n: [member for member, topics in wants.items() if TOPICS[n % 3] in topics] for n in range(12)}
    shares = assign(readers, owned)
    for partition, wanting in readers.items():
        holders = [member for member, mine in shares.items() if partition in mine]
        assert len(holders) == bool(wanting)
        assert set(holders) <= set(wanting)


@given(members, owners)
def test_sharing_again_changes_nothing(wants: Mapping[UUID, set[str]], owned: Mapping[int, UUID]) -> None:
    readers = {n: [member for member, topics in wants.items() if TOPICS[n % 3] in topics] for n in range(12)}
    shares = assign(readers, owned)
    settled = {partition: member for member, mine in shares.items() for partition in mine}
    assert assign(readers, settled) == shares


@given(st.integers(0, 30), equals)
def test_when_a_member_leaves_the_others_keep_their_partitions(count: int, alive: set[UUID]) -> None:
    before = assign(dict.fromkeys(range(count), alive), {})
    settled = {partition: member for member, mine in before.items() for partition in mine}
    left = alive - {min(alive)}
    if count and left:
        after = assign(dict.fromkeys(range(count), left), settled)
        assert all(before[member] <= after[member] for member in left)


def test_a_new_member_gets_partitions_from_the_members_with_most() -> None:
    first, second, third = MEMBERS[:3]
    owned = dict.fromkeys(range(4), first) | dict.fromkeys(range(4, 6), second)
    shares = assign(dict.fromkeys(range(6), (first, second, third)), owned)
    assert shares == {first: {0, 1}, second: {4, 5}, third: {2, 3}}
