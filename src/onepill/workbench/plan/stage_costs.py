"""What policies change of a stage's cost: subsidies, and costs that are set, capped, added to or scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onepill.core.dates import NEVER
from onepill.core.distributions import fixed
from onepill.model.overlays import Overlay
from onepill.pathway import StageInput
from onepill.sim.plan import Cost, Draw


@dataclass(frozen=True)
class _Piece:
    """`share` (0 to 1) of a stage's cost, as uptake divides it between what was and what a policy does."""

    cost: Cost
    share: float = 1.0


def under_overlays(stage: StageInput, overlays: Sequence[Overlay]) -> StageInput:
    """The stage with its costs as the overlays change them, then with the income that subsidies of them pay."""
    own = [overlay for overlay in overlays if reaches(stage, overlay)]
    if not own:
        return stage
    pieces = [_Piece(cost) for cost in stage.costs]
    for overlay in (o for o in own if o.verb != "subsidy"):
        pieces = [part for piece in pieces for part in _changed(piece, overlay)]
        pieces += [_added(stage, overlay)] if overlay.verb == "add" else []
    paid = [cost for o in own if o.verb == "subsidy" for piece in pieces for cost in _subsidy(piece, o)]
    return replace(stage, costs=(*(piece.cost for piece in pieces), *paid))


def reaches(stage: StageInput, overlay: Overlay) -> bool:
    """Whether an overlay acts on the cost of a stage: of its kind, in its country."""
    is_of_kind = overlay.on == "stage_cost" and overlay.target == stage.kind
    return is_of_kind and overlay.jurisdiction[:2] in ("", *stage.regions)


def _changed(piece: _Piece, overlay: Overlay) -> list[_Piece]:
    """What the stage costs where it starts before the overlay, under it (taken up or not), and after it."""
    if overlay.verb == "add":
        return [piece]
    first, last = _window(overlay)
    before, after = _within(piece, 0, first - 1), _within(piece, last + 1, NEVER)
    under = _within(piece, first, last)
    plain, other = _part(under, 1 - overlay.uptake), _part(under, overlay.uptake)
    found = [before, after, plain, replace(other, cost=replace(other.cost, amount=_amount(other, overlay)))]
    return [part for part in found if part.share > 0 and part.cost.start_from <= part.cost.start_until]


def _amount(piece: _Piece, overlay: Overlay) -> Draw:
    drawn, share = piece.cost.amount, piece.share
    if overlay.verb == "set":
        return Draw(drawn.stream, fixed(overlay.value * share))
    if overlay.verb == "cap":
        return replace(drawn, cap=min(drawn.cap, overlay.value * share))
    return replace(drawn, factor=drawn.factor * overlay.value, cap=drawn.cap * overlay.value)


def _added(stage: StageInput, overlay: Overlay) -> _Piece:
    first, last = _window(overlay)
    amount = Draw(f"development.{stage.id}.{overlay.id}", fixed(overlay.value * overlay.uptake))
    return _Piece(Cost(amount, "development", start_from=first, start_until=last), overlay.uptake)


def _window(overlay: Overlay) -> tuple[int, int]:
    first = overlay.first.toordinal() if overlay.first else 0
    return first, overlay.last.toordinal() if overlay.last else NEVER


def _within(piece: _Piece, first: int, last: int) -> _Piece:
    cost = piece.cost
    window = max(cost.start_from, first), min(cost.start_until, last)
    return replace(piece, cost=replace(cost, start_from=window[0], start_until=window[1]))


def _part(piece: _Piece, share: float) -> _Piece:
    drawn = piece.cost.amount
    amount = replace(drawn, factor=drawn.factor * share, cap=drawn.cap * share)
    return _Piece(replace(piece.cost, amount=amount), piece.share * share)


def _subsidy(piece: _Piece, overlay: Overlay) -> list[Cost]:
    """What the measure pays of a piece, and what the subsidy that it takes the place of no longer pays.

    It reaches stages that start by its last day; one that runs when it begins is reached too, since it pays costs.
    """
    if piece.cost.income:
        return []
    owed = _within(piece, 0, _window(overlay)[1])
    paid = [_paid(owed, overlay, overlay.cap_usd, income=True)]
    return paid + ([_paid(owed, overlay, overlay.base_cap_usd, income=False)] if overlay.base_cap_usd > 0 else [])


def _paid(piece: _Piece, overlay: Overlay, cap_usd: float, *, income: bool) -> Cost:
    part = overlay.value * overlay.uptake
    drawn = piece.cost.amount
    cap = min(drawn.cap * part, cap_usd * overlay.uptake * piece.share)
    amount = replace(drawn, factor=drawn.factor * part, cap=cap)
    return replace(piece.cost, amount=amount, item="subsidy", income=income)
