"""A policy as it is drawn: results that lead to the same decision joined, a large tree cut to its likeliest part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

MOST_ENDS, MOST_STEPS = 16, 4
"""How much of a policy is drawn: more is not read; the document has all of it."""
SIGNS = {"positive": "+", "negative": "\u2212"}
Kind = Literal["start", "go", "no_go", "more"]


@dataclass(frozen=True)
class Drawn:
    """A point of the drawing with the point of the document that it shows.

    `by` are the sets of results that lead here, in the order of the experiments started before; an end that stands for
    several branches has several. `row` counts ends from the top, and lies between those of its branches for a start.
    """

    kind: Kind
    prob: float
    right_prob: float
    source: Mapping[str, Any]
    by: tuple[tuple[str, ...], ...] = ()
    branches: tuple[Drawn, ...] = ()
    depth: int = 0
    row: float = 0.0

    def all(self) -> Iterator[Drawn]:
        """This point and all that follow, from the top."""
        yield self
        for branch in self.branches:
            yield from branch.all()

    def ends(self) -> list[Drawn]:
        return [node for node in self.all() if not node.branches]


def drawn_tree(policy: Mapping[str, Any], *, most_ends: int = MOST_ENDS, most_steps: int = MOST_STEPS) -> Drawn:
    """The drawing of a policy (`policy` of `poc plan`), placed in columns and rows."""
    tree = _to_depth(_read(policy, ()), most_steps)
    while len(tree.ends()) > most_ends:
        tree = _without_least(tree)
    return _placed(tree, depth=0, first=0.0)[0]


def _read(node: Mapping[str, Any], by: tuple[tuple[str, ...], ...]) -> Drawn:
    kind: Kind = node["decision"] or "start"
    branches = [_read(b["then"], (tuple(SIGNS[r] for r in b["results"].values()),)) for b in node["branches"]]
    return Drawn(kind, node["prob"], node["go_is_right_prob"], node, by, tuple(_joined(branches)))


def _joined(branches: Sequence[Drawn]) -> list[Drawn]:
    """Ends with the same decision as one, at the place of the first."""
    found: list[Drawn] = []
    for branch in branches:
        same = [i for i, other in enumerate(found) if other.kind == branch.kind and branch.kind != "start"]
        if same:
            found[same[0]] = _join(found[same[0]], branch)
        else:
            found.append(branch)
    return found


def _join(one: Drawn, other: Drawn) -> Drawn:
    prob = one.prob + other.prob
    right = (one.prob * one.right_prob + other.prob * other.right_prob) / prob if prob else 0.0
    return replace(one, prob=prob, right_prob=right, by=(*one.by, *other.by))


def _to_depth(node: Drawn, steps: int) -> Drawn:
    """The tree without what starts after so many steps."""
    if node.kind != "start":
        return node
    if steps == 0:
        return replace(node, kind="more", branches=())
    return replace(node, branches=tuple(_to_depth(branch, steps - 1) for branch in node.branches))


def _without_least(tree: Drawn) -> Drawn:
    """The tree with its least likely last step shown as more to come."""
    last = [node for node in tree.all() if node.branches and not any(b.branches for b in node.branches)]
    least = min(last, key=lambda node: (node.prob, -len(node.by)))
    return _cut(tree, least)


def _cut(node: Drawn, least: Drawn) -> Drawn:
    if node is least:
        return replace(node, kind="more", branches=())
    return replace(node, branches=tuple(_cut(branch, least) for branch in node.branches))


def _placed(node: Drawn, *, depth: int, first: float) -> tuple[Drawn, float]:
    """The node with its place, and the next free row."""
    if not node.branches:
        return replace(node, depth=depth, row=first), first + 1
    placed, row = [], first
    for branch in node.branches:
        found, row = _placed(branch, depth=depth + 1, first=row)
        placed.append(found)
    middle = (placed[0].row + placed[-1].row) / 2
    return replace(node, depth=depth, row=middle, branches=tuple(placed)), row
