"""The kernel's chance: named uniforms, quantiles by closed form or table, outcomes of gates.

`live` lists the slots of a block for which a value is wanted; results stand densely in its order. No function here
calls the mathematical library, whose last bit differs between systems; square roots are exact everywhere.
"""

from __future__ import annotations

import numpy as np

from onepill.core import streams
from onepill.sim import arrays as k
from onepill.sim import quantiles
from onepill.sim.jit import jit

_GOLDEN, _MIX_1, _MIX_2 = np.uint64(streams.GOLDEN), np.uint64(streams.MIX_1), np.uint64(streams.MIX_2)
_S11, _S27, _S30, _S31, _ONE = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(1)
_ULP = 2.0**-53
_KNOT_SHIFT = 52 - quantiles.KNOT_BITS
_KNOT_MASK = 2**_KNOT_SHIFT - 1
_KNOT_ULP = 2.0**-_KNOT_SHIFT
_TAIL = quantiles.SMALLEST_TAIL
_TAIL_BITS = int(np.float64(_TAIL).view(np.int64)) >> _KNOT_SHIFT
_SIDE = quantiles.SIDE_KNOTS
_Z_LIMIT, _Z_PER = quantiles.Z_LIMIT, (quantiles.Z_KNOTS - 1) / (2 * quantiles.Z_LIMIT)
_PHI_LIMIT, _PHI_PER = quantiles.PHI_LIMIT, (quantiles.PHI_KNOTS - 1) / (2 * quantiles.PHI_LIMIT)


@jit
def fill_uniform(out: k.Array, key: np.uint64, first_path: k.Int, live: k.Array, count: k.Int) -> None:
    """The numbers of `core.streams.uniforms` for the paths `first_path + live`."""
    base = key + (np.uint64(first_path) + _ONE) * _GOLDEN
    for j in range(count):
        word = base + np.uint64(live[j]) * _GOLDEN
        word = (word ^ (word >> _S30)) * _MIX_1
        word = (word ^ (word >> _S27)) * _MIX_2
        word = word ^ (word >> _S31)
        out[j] = (np.float64(word >> _S11) + 0.5) * _ULP


@jit
def _dyadic_place(u: k.Real, offset: k.Int) -> tuple[k.Int, k.Real]:
    """The knot below u and the share of the way to the next: the bits of the nearer tail's probability."""
    tail = max(min(u, 1.0 - u), _TAIL)
    bits = np.float64(tail).view(np.int64)
    at = offset + (bits >> _KNOT_SHIFT) - _TAIL_BITS + _SIDE * np.int64(u >= 0.5)
    return at, np.float64(bits & _KNOT_MASK) * _KNOT_ULP


@jit
def dyadic(u: k.Real, knots: k.Array, offset: k.Int) -> k.Real:
    """A dyadic table at u."""
    at, share = _dyadic_place(u, offset)
    return knots[at] + share * (knots[at + 1] - knots[at])


@jit
def even_table(x: k.Real, limit: k.Real, per_unit: k.Real, knots: k.Array, offset: k.Int) -> k.Real:
    """A table on even knots from -limit to limit, flat beyond."""
    position = (min(max(x, -limit), limit) + limit) * per_unit
    at = np.int64(position)
    share = position - np.float64(at)
    return knots[offset + at] + share * (knots[offset + at + 1] - knots[offset + at])


@jit
def correlate(uniform: k.Array, row: k.Record, chance: k.Chance, factor: k.Array, live: k.Array, count: k.Int) -> None:
    """Replace uniforms by normals that load on the common factors as `row` says."""
    for j in range(count):
        uniform[j] = row.own * dyadic(uniform[j], chance.normal_knots, 0)
    for i in range(row.loads_from, row.loads_to):
        for j in range(count):
            uniform[j] += chance.loads[i].load * factor[chance.loads[i].factor, live[j]]


@jit
def fill_draw(
    out: k.Array, d: k.Int, chance: k.Chance, buffers: k.Buffers, first_path: k.Int, live: k.Array, count: k.Int
) -> None:
    """The value of draw `d` for each live path."""
    row, u = chance.draws[d], buffers.uniform
    if row.kind == k.FIXED:
        for j in range(count):
            out[j] = row.low
        return
    fill_uniform(u, chance.keys[row.stream], first_path, live, count)
    if row.loads_to > row.loads_from:
        correlate(u, row, chance, buffers.factor, live, count)
        if row.kind != k.NORMAL_SPACE:
            for j in range(count):
                u[j] = even_table(u[j], _PHI_LIMIT, _PHI_PER, chance.phi_knots, 0)
    if row.kind in (k.UNIFORM, k.TRIANGULAR):
        _fill_closed_form(out, u, row, count)
    else:
        _fill_from_table(out, u, row, chance.knots, buffers.place, count)
    if row.powers_to > row.powers_from:
        _take_polynomial(out, row, chance.powers, count)


@jit
def _take_polynomial(out: k.Array, row: k.Record, powers: k.Array, count: k.Int) -> None:
    """The polynomial of each value, by Horner's rule."""
    first, last, cap = row.powers_from, row.powers_to - 1, row.cap
    for j in range(count):
        value, found = out[j], powers[last]
        for i in range(last - 1, first - 1, -1):
            found = found * value + powers[i]
        out[j] = min(found, cap)


@jit
def _fill_closed_form(out: k.Array, u: k.Array, row: k.Record, count: k.Int) -> None:
    low, high, split, rise, fall, cap = row.low, row.high, row.split, row.rise, row.fall, row.cap
    if row.kind == k.UNIFORM:
        for j in range(count):
            out[j] = min(low + u[j] * (high - low), cap)
        return
    for j in range(count):
        below = u[j] < split
        root = np.sqrt(u[j] * rise if below else (1.0 - u[j]) * fall)
        out[j] = min(low + root if below else high - root, cap)


@jit
def _fill_from_table(out: k.Array, u: k.Array, row: k.Record, knots: k.Array, place: k.Array, count: k.Int) -> None:
    offset, scale, cap = row.offset, row.scale, row.cap
    if row.kind == k.DYADIC:
        _fill_dyadic(out, u, knots, offset, place, count)
        for j in range(count):
            out[j] = min(scale * out[j], cap)
    elif row.kind == k.NORMAL_SPACE:
        for j in range(count):
            out[j] = min(scale * even_table(u[j], _Z_LIMIT, _Z_PER, knots, offset), cap)
    else:
        for j in range(count):
            out[j] = min(scale * _between(u[j], row.kind, knots, offset, row.size), cap)


@jit
def _fill_dyadic(out: k.Array, u: k.Array, knots: k.Array, offset: k.Int, place: k.Array, count: k.Int) -> None:
    """A dyadic table at every u; places first, in vectors, then the knots: half the time of one after the other."""
    for j in range(count):
        place[j], out[j] = _dyadic_place(u[j], offset)
    for j in range(count):
        at = place[j]
        out[j] = knots[at] + out[j] * (knots[at + 1] - knots[at])


@jit
def _between(u: k.Real, kind: k.Int, knots: k.Array, offset: k.Int, size: k.Int) -> k.Real:
    """Steps: the first value whose cumulative probability is above u. Lines: between the values around u.

    The search begins where u stood if all steps were alike, as those of rivals' days are.
    """
    i = min(np.int64(u * size), size - 1)
    while i < size and u >= knots[offset + i]:
        i += 1
    while i > 0 and u < knots[offset + i - 1]:
        i -= 1
    if kind == k.STEPS or not 0 < i < size:
        return knots[offset + size + min(i, size - 1)]
    low, high = knots[offset + i - 1], knots[offset + i]
    start, end = knots[offset + size + i - 1], knots[offset + size + i]
    return start + (u - low) / (high - low) * (end - start)


@jit
def fill_outcomes(
    outcome: k.Array, g: k.Int, chance: k.Chance, buffers: k.Buffers, first_path: k.Int, live: k.Array, count: k.Int
) -> None:
    """Draw the outcome of gate `g` for each live path into the row `outcome` (by slot)."""
    gate, u, edges = chance.gates[g], buffers.uniform, chance.edges
    fill_uniform(u, chance.keys[gate.stream], first_path, live, count)
    start, last = gate.edges_from, gate.edges_to - 1
    if gate.weighted:
        _fill_given_success(outcome, gate, chance, buffers, live, count)
        return
    loaded = gate.loads_to > gate.loads_from
    if loaded:
        correlate(u, gate, chance, buffers.factor, live, count)
    if last == start + 1:
        edge = edges[start].upper_normal if loaded else edges[start].upper
        below, above = edges[start].code, edges[last].code
        for j in range(count):
            outcome[live[j]] = below if u[j] < edge else above
        return
    for j in range(count):
        i = start
        while i < last and u[j] >= (edges[i].upper_normal if loaded else edges[i].upper):
            i += 1
        outcome[live[j]] = edges[i].code


@jit
def _fill_given_success(
    outcome: k.Array, gate: k.Record, chance: k.Chance, buffers: k.Buffers, live: k.Array, count: k.Int
) -> None:
    """The outcomes of a weighted gate: drawn among those that do not fail, given the common factors."""
    start, last, edges = gate.edges_from, gate.edges_to - 1, chance.edges
    for j in range(count):
        p = live[j]
        low = _conditional(gate.fail_low, gate, chance, buffers.factor, p)
        high = _conditional(gate.fail_high, gate, chance, buffers.factor, p)
        u = buffers.uniform[j] * (1.0 - (high - low))
        if u >= low:
            u += high - low
        kept = start
        for i in range(start, last + 1):
            if edges[i].code != k.FAILED_CODE:
                kept = i
                if u < _conditional(edges[i].upper, gate, chance, buffers.factor, p):
                    break
        outcome[p] = edges[kept].code


@jit
def _conditional(edge: k.Real, gate: k.Record, chance: k.Chance, factor: k.Array, p: k.Int) -> k.Real:
    """An edge of a gate in the gate's own uniform, given the common factors of slot `p`."""
    if gate.loads_to == gate.loads_from or edge <= 0.0 or edge >= 1.0:
        return edge
    z = dyadic(edge, chance.normal_knots, 0)
    for i in range(gate.loads_from, gate.loads_to):
        z -= chance.loads[i].load * factor[chance.loads[i].factor, p]
    return even_table(z / gate.own, _PHI_LIMIT, _PHI_PER, chance.phi_knots, 0)


@jit
def fill_factors(chance: k.Chance, buffers: k.Buffers, first_path: k.Int, count: k.Int) -> None:
    """The common factors of every path of the block, and the weights that depend on them."""
    for f in range(chance.factors.size):
        fill_uniform(buffers.uniform, chance.keys[chance.factors[f].stream], first_path, buffers.slots, count)
        frozen = chance.factors[f].frozen
        for j in range(count):
            drawn = dyadic(buffers.uniform[j], chance.normal_knots, 0)
            buffers.factor[f, j] = drawn if np.isnan(frozen) else frozen
    for w in range(chance.sets.size):
        if chance.sets[w].gates_to > chance.sets[w].gates_from:
            _fill_weight(buffers.weight[w], chance.sets[w], chance, buffers.factor, count)


@jit
def _fill_weight(weight: k.Array, row: k.Record, chance: k.Chance, factor: k.Array, count: k.Int) -> None:
    for j in range(count):
        weight[j] = row.constant
        for i in range(row.gates_from, row.gates_to):
            gate = chance.gates[chance.set_gates[i]]
            low = _conditional(gate.fail_low, gate, chance, factor, j)
            weight[j] *= 1.0 - (_conditional(gate.fail_high, gate, chance, factor, j) - low)
