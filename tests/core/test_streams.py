"""Named chance: the published words of splitmix64, a slow twin, and independence of names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onepill.core import streams
from onepill.core.streams import stream_key, uniforms

MASK = 2**64 - 1
ROSETTA_CODE_SEED_1234567 = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)


def splitmix64(seed: int, count: int) -> list[int]:
    """The generator of Steele, Lea and Flood 2014, one step after the other with a state."""
    state, words = seed, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        word = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
        words.append(word ^ (word >> 31))
    return words


def as_uniform(word: int) -> float:
    """The middle of one of 2**53 equal cells; the last one's rounds to 1, which is kept out."""
    return min((word // 2**11 + 0.5) / 2**53, 1 - 2**-53)


def test_slow_twin_gives_the_words_of_rosetta_code_splitmix64_seed_1234567() -> None:
    assert tuple(splitmix64(1234567, 5)) == ROSETTA_CODE_SEED_1234567


def test_uniforms_are_the_published_splitmix64_words_of_their_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "stream_key", lambda *_, **__: 1234567)
    found = uniforms(0, stream="any", paths=np.arange(5))
    assert found.tolist() == [as_uniform(word) for word in ROSETTA_CODE_SEED_1234567]


@given(st.integers(0, 2**63), st.text(max_size=20), st.integers(0, 5))
def test_uniforms_equal_the_slow_twin(seed: int, name: str, draw: int) -> None:
    words = splitmix64(stream_key(seed, name, draw=draw), 16)
    assert uniforms(seed, stream=name, paths=np.arange(16), draw=draw).tolist() == [as_uniform(w) for w in words]


@given(st.permutations(range(12)), st.integers(0, 12))
def test_a_path_has_its_number_however_paths_are_ordered_and_cut(order: list[int], cut: int) -> None:
    whole = uniforms(7, stream="us.phase_3.success", paths=np.arange(12))
    parts = [uniforms(7, stream="us.phase_3.success", paths=part) for part in (order[:cut], order[cut:])]
    assert np.concatenate(parts).tolist() == whole[np.array(order)].tolist()


def test_shape_of_paths_is_kept() -> None:
    grid = np.arange(6).reshape(2, 3)
    assert (
        uniforms(1, stream="a", paths=grid).tolist()
        == uniforms(1, stream="a", paths=grid.ravel()).reshape(2, 3).tolist()
    )


def unmixed(word: int) -> int:
    """The state that the mixer turns into `word`: each step undone."""
    for shift, factor in ((31, None), (27, 0x94D049BB133111EB), (30, 0xBF58476D1CE4E5B9)):
        word = word * pow(factor, -1, 2**64) & MASK if factor else word
        found = word
        for _ in range(3):
            found = word ^ (found >> shift)
        word = found
    return word


@pytest.mark.parametrize(("word", "value"), [(0, 2**-54), (MASK, 1 - 2**-53), (2**63, 0.5)])
def test_ends_of_the_interval_are_never_reached(word: int, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    key = (unmixed(word) - 0x9E3779B97F4A7C15) & MASK
    assert splitmix64(key, 1) == [word]
    monkeypatch.setattr(streams, "stream_key", lambda *_, **__: key)
    assert uniforms(0, stream="any", paths=[0]).tolist() == [value]


@given(st.integers(0, 2**63), st.text(max_size=9), st.integers(0, 3))
def test_seed_name_and_draw_each_give_another_key(seed: int, name: str, draw: int) -> None:
    keys = {stream_key(seed, name, draw=draw), stream_key(seed + 1, name, draw=draw)}
    keys |= {stream_key(seed, f"{name}x", draw=draw), stream_key(seed, name, draw=draw + 1)}
    assert len(keys) == 4


def test_parts_of_a_key_do_not_run_together() -> None:
    assert stream_key(1, "1", draw=1) != stream_key(11, "", draw=1)
    assert stream_key(1, "a", draw=11) != stream_key(1, "a1", draw=1)


def test_uniforms_are_uniform_and_streams_uncorrelated() -> None:
    # Fixed seeds: these pass or fail for good. 1e-3 leaves room for an unlucky one, and still catches a broken mixer.
    one, two = (uniforms(20240801, stream=name, paths=np.arange(50_000)) for name in ("us.approval", "eu.approval"))
    assert stats.kstest(one, "uniform").pvalue > 1e-3
    assert stats.pearsonr(one, two).pvalue > 1e-3
    assert stats.pearsonr(one[:-1], one[1:]).pvalue > 1e-3
