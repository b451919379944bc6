"""Merkle trees as RFC 9162 (section 2.1) builds them: one root for many leaves, a short proof for each. Pure.

Leaves and inner nodes are hashed with different prefixes, so that neither can be passed off as the other.
"""

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """The root, and for each leaf the siblings on its way up. Raises ValueError for no leaves."""
    if not leaves:
        raise ValueError("a tree needs a leaf")
    paths: list[list[bytes]] = [[] for _ in leaves]
    # An odd node at the end of a level moves up as it is; level by level that is RFC 9162's tree.
    level = [(leaf_hash(leaf), [index]) for index, leaf in enumerate(leaves)]
    while len(level) > 1:
        above = []
        for (left, under_left), (right, under_right) in zip(level[::2], level[1::2], strict=False):
            for index in under_left:
                paths[index].append(right)
            for index in under_right:
                paths[index].append(left)
            above.append((_node_hash(left, right), under_left + under_right))
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0][0], paths
