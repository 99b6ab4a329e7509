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
def fill_uniform(out, key, first_path, live, count):
    """The numbers of `core.streams.uniforms` for the paths `first_path + live`."""
    base = key + (np.uint64(first_path) + _ONE) * _GOLDEN
    for j in range(count):
        word = base + np.uint64(live[j]) * _GOLDEN
        word = (word ^ (word >> _S30)) * _MIX_1
        word = (word ^ (word >> _S27)) * _MIX_2
        word = word ^ (word >> _S31)
        out[j] = (np.float64(word >> _S11) + 0.5) * _ULP


@jit
def dyadic(u, knots, offset):
    """A dyadic table at u: the bits of the nearer tail's probability are the index."""
    upper = u >= 0.5
    tail = 1.0 - u if upper else u
    tail = max(tail, _TAIL)
    bits = np.float64(tail).view(np.int64)
    at = offset + (bits >> _KNOT_SHIFT) - _TAIL_BITS + (_SIDE if upper else 0)
    share = np.float64(bits & _KNOT_MASK) * _KNOT_ULP
    return knots[at] + share * (knots[at + 1] - knots[at])


@jit
def even_table(x, limit, per_unit, knots, offset):
    """A table on even knots from -limit to limit, flat beyond."""
    position = (min(max(x, -limit), limit) + limit) * per_unit
    at = np.int64(position)
    share = position - np.float64(at)
    return knots[offset + at] + share * (knots[offset + at + 1] - knots[offset + at])


@jit
def phi(z, knots):
    """The standard normal distribution function."""
    return even_table(z, _PHI_LIMIT, _PHI_PER, knots, 0)


@jit
def fill_normal(out, own, loads_from, loads_to, load_factor, load, factor, common, live, count):
    """Replace uniforms by normals that load on the common factors."""
    for j in range(count):
        out[j] = own * dyadic(out[j], common.normal_knots, 0)
    for i in range(loads_from, loads_to):
        for j in range(count):
            out[j] += load[i] * factor[load_factor[i], live[j]]


@jit
def fill_draw(out, d, model, keys, s, first_path, live, count):
    """The value of draw `d` for each live path."""
    draws = model.draws
    kind, low, cap = draws.kind[d], draws.low[d], draws.cap[d]
    if kind == k.FIXED:
        out[:count] = low
        return
    fill_uniform(s.uniform, keys[draws.stream[d]], first_path, live, count)
    first, last = draws.loads[d], draws.loads[d + 1]
    if last > first:
        own, common = draws.own[d], model.common
        fill_normal(s.uniform, own, first, last, draws.load_factor, draws.load, s.factor, common, live, count)
        if kind != k.NORMAL_SPACE:
            for j in range(count):
                s.uniform[j] = phi(s.uniform[j], common.phi_knots)
    if kind == k.UNIFORM:
        _fill_uniform_range(out, s.uniform, low, draws.high[d], cap, count)
    elif kind == k.TRIANGULAR:
        _fill_triangular(out, s.uniform, low, draws.high[d], draws.split[d], draws.rise[d], draws.fall[d], cap, count)
    else:
        _fill_table(out, s.uniform, kind, draws.knots, draws.offset[d], draws.size[d], draws.scale[d], cap, count)


@jit
def _fill_uniform_range(out, u, low, high, cap, count):
    width = high - low
    for j in range(count):
        out[j] = min(low + u[j] * width, cap)


@jit
def _fill_triangular(out, u, low, high, split, rise, fall, cap, count):
    for j in range(count):
        below = u[j] < split
        root = np.sqrt(u[j] * rise if below else (1.0 - u[j]) * fall)
        out[j] = min(low + root if below else high - root, cap)


@jit
def _fill_table(out, u, kind, knots, offset, size, scale, cap, count):
    if kind == k.DYADIC:
        for j in range(count):
            out[j] = min(scale * dyadic(u[j], knots, offset), cap)
    elif kind == k.NORMAL_SPACE:
        for j in range(count):
            out[j] = min(scale * even_table(u[j], _Z_LIMIT, _Z_PER, knots, offset), cap)
    elif kind == k.STEPS:
        for j in range(count):
            out[j] = min(scale * _step(u[j], knots, offset, size), cap)
    else:
        for j in range(count):
            out[j] = min(scale * _line(u[j], knots, offset, size), cap)


@jit
def _step(u, knots, offset, size):
    """The first value whose cumulative probability is above u."""
    i = 0
    while i < size - 1 and u >= knots[offset + i]:
        i += 1
    return knots[offset + size + i]


@jit
def _line(u, knots, offset, size):
    """Straight lines between observed quantiles, flat beyond the first and the last."""
    i = 0
    while i < size and u >= knots[offset + i]:
        i += 1
    if i == 0:
        return knots[offset + size]
    if i == size:
        return knots[offset + 2 * size - 1]
    low, high = knots[offset + i - 1], knots[offset + i]
    start, end = knots[offset + size + i - 1], knots[offset + size + i]
    return start + (u - low) / (high - low) * (end - start)


@jit
def fill_outcomes(outcome, g, model, weights, keys, s, first_path, live, count):
    """Draw the outcome of gate `g` for each live path into the row `outcome` (by slot)."""
    gates = model.gates
    fill_uniform(s.uniform, keys[gates.stream[g]], first_path, live, count)
    start, last = gates.edges[g], gates.edges[g + 1] - 1
    first, stop = gates.loads[g], gates.loads[g + 1]
    if weights.weighted[g]:
        _fill_given_success(outcome, g, model, s, live, count)
        return
    edges = gates.upper
    if stop > first:
        own, common = gates.own[g], model.common
        fill_normal(s.uniform, own, first, stop, gates.load_factor, gates.load, s.factor, common, live, count)
        edges = gates.upper_normal
    if last == start + 1:
        edge, low_code, high_code = edges[start], gates.code[start], gates.code[last]
        for j in range(count):
            outcome[live[j]] = low_code if s.uniform[j] < edge else high_code
        return
    for j in range(count):
        i = start
        while i < last and s.uniform[j] >= edges[i]:
            i += 1
        outcome[live[j]] = gates.code[i]


@jit
def _fill_given_success(outcome, g, model, s, live, count):
    """The outcomes of a weighted gate: drawn among those that do not fail, given the common factors."""
    gates = model.gates
    start, last = gates.edges[g], gates.edges[g + 1] - 1
    for j in range(count):
        p = live[j]
        low = conditional_edge(gates.fail_low[g], g, p, model, s)
        high = conditional_edge(gates.fail_high[g], g, p, model, s)
        u = s.uniform[j] * (1.0 - (high - low))
        if u >= low:
            u += high - low
        i = start
        while i < last and (gates.code[i] == k.FAILED_CODE or u >= conditional_edge(gates.upper[i], g, p, model, s)):
            i += 1
        if gates.code[i] == k.FAILED_CODE and i > start:
            i -= 1
        outcome[p] = gates.code[i]


@jit
def conditional_edge(edge, g, p, model, s):
    """An edge of gate `g` in the gate's own uniform, given the common factors of path slot `p`."""
    gates = model.gates
    first, stop = gates.loads[g], gates.loads[g + 1]
    if stop == first or edge <= 0.0 or edge >= 1.0:
        return edge
    mean = 0.0
    for i in range(first, stop):
        mean += gates.load[i] * s.factor[gates.load_factor[i], p]
    z = dyadic(edge, model.common.normal_knots, 0)
    return phi((z - mean) / gates.own[g], model.common.phi_knots)


@jit
def fill_factors(model, keys, s, first_path, count):
    """The common factors of every path of the block."""
    common = model.common
    for f in range(common.stream.size):
        fill_uniform(s.uniform, keys[common.stream[f]], first_path, s.slots, count)
        for j in range(count):
            s.factor[f, j] = dyadic(s.uniform[j], common.normal_knots, 0)
        if not np.isnan(common.frozen[f]):
            s.factor[f, :count] = common.frozen[f]


@jit
def fill_weights(model, weights, s, count):
    """The weight of each set of gates on every path of the block."""
    gates = model.gates
    for w in range(weights.constant.size):
        for j in range(count):
            s.weight[w, j] = weights.constant[w]
        for i in range(weights.factored[w], weights.factored[w + 1]):
            g = weights.gate[i]
            for j in range(count):
                low = conditional_edge(gates.fail_low[g], g, j, model, s)
                high = conditional_edge(gates.fail_high[g], g, j, model, s)
                s.weight[w, j] *= 1.0 - (high - low)
