"""The Merkle tree hash gives the roots that Certificate Transparency's reference implementation publishes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import merkle

# github.com/transparency-dev/merkle, testonly/constants.go: LeafInputs and RootHashes, by number of leaves.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("count", range(9))
def test_published_roots(count: int) -> None:
    assert merkle.root(LEAVES[:count]).hex() == ROOTS[count]


def level_by_level(leaves: list[bytes]) -> bytes:
    """The same tree from below: neighbours are joined, one without a neighbour moves up."""
    row = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0]


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70))
def test_any_number_of_leaves(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == level_by_level(leaves)


@given(st.lists(st.binary(max_size=2), max_size=9), st.lists(st.binary(max_size=2), max_size=9))
def test_other_leaves_another_root(one: list[bytes], other: list[bytes]) -> None:
    assert (merkle.root(one) == merkle.root(other)) is (one == other)
