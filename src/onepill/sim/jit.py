"""The one place where functions become machine code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit
from numba.core.cpu import CPUTargetOptions
from numba.core.event import Event, Listener, register
from numba.core.options import TargetOptions

from onepill.core import dates
from onepill.core.preparing import preparing
from onepill.sim.jit_parts import part_options

F = TypeVar("F", bound=Callable[..., Any])
_njit: Any = njit
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""No interpreter lock; division as the processor does it; no reference counts, which cost more than the work and which
a kernel that allocates nothing does not need (a function that would allocate fails to compile)."""
_PART: dict[str, Any] = {**_OPTIONS, **part_options(), "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_MADE_BY = ("jit.py", "jit_parts.py")


_targets: Any = CPUTargetOptions
_options: Any = TargetOptions
_targets.apart = _options.Mapping("noalias")
"""The flag is numba's own, for its parallel loops; no name of an option leads to it."""


class _Compiling(Listener):
    """Tells that something is compiled, as it is once on a machine; what its disk keeps is not compiled again."""

    def on_start(self, event: Event) -> None:
        preparing()

    def on_end(self, event: Event) -> None:
        """Nobody waits any more."""


_register: Any = register
_register("numba:compile", _Compiling())


def jit(function: F) -> F:
    """A part of the kernel, compiled into its caller: handing over the arrays would cost a third of the time."""
    compiled: F = _njit(**_PART, forceinline=True)(function)
    return compiled


def jit_block(function: F) -> F:
    """A part of the kernel that goes over a block of paths, compiled by itself: handing arrays over counts little."""
    compiled: F = _njit(**_PART)(function)
    return compiled


def jit_rows(function: F) -> F:
    """A loop over rows, compiled by itself, that may add in any order. No two of the arrays it is given may share
    memory: the compiler is told so, and need not ask before it treats several places of many rows at once."""
    compiled: F = _njit(
        **_OPTIONS,
        apart=True,
        fastmath={"reassoc", "nsz", "contract"},
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    )(function)
    return compiled


def jit_sum(function: F) -> F:
    """A part of the kernel that may add in any order, so that several sums go on at once."""
    compiled: F = _njit(**_PART, forceinline=True, fastmath={"reassoc", "nsz"})(function)
    return compiled


def jit_cached(function: F) -> F:
    """The kernel's entry, kept on disk between processes."""
    compiled: F = _njit(**_OPTIONS, no_cfunc_wrapper=True, cache=True)(function)
    return compiled


def source_digest() -> int:
    """A number that changes with any source file that the kernel is made of.

    The cache of compiled code looks only at the entry's own file; closing over this number makes it see the others.
    """
    here, core = Path(__file__).parent, Path(dates.__file__).parent
    named = [here / "arrays.py", here / "quantiles.py", core / "dates.py", core / "streams.py"]
    return digest_of([*sorted(here.glob("kernel*.py")), *named])


def digest_of(files: Iterable[Path]) -> int:
    """A number that changes with the content of any of the files, or how they are compiled, never 0."""
    digest = hashlib.blake2b(digest_size=6)
    for path in (*files, *(Path(__file__).parent / name for name in _MADE_BY)):
        digest.update(path.read_bytes())
    return max(int.from_bytes(digest.digest(), "little"), 1)
