"""How numba compiles a part of a kernel: to code that is made fast once, with the entry that it becomes part of.

By itself numba optimises and translates every function, and all that it calls with it, each time one calls the other:
what lies five calls deep goes six times through the optimiser for a result that is thrown away. A part is only
simplified. It cannot be called from Python, which no part could before.
"""

from __future__ import annotations

from typing import Any

import numba
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import codegen, compiler, typed_passes
from numba.core.compiler_machinery import register_pass

TRIED = frozenset({(0, 68)})
"""The versions of numba whose inner workings this knows; any other compiles parts as it does by itself, for longer."""


class PartLibrary(codegen.JITCodeLibrary):
    """Simplified code to link into others: neither optimised as a whole nor translated."""

    def _optimize_final_module(self) -> None:
        """The entry's own optimisation sees all of it."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class PartLowering(typed_passes.NativeLowering):
    """The step from numba's code to the processor's, without the processor's."""

    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        """Leave in `state` what calls of the part are linked with."""
        state.flags.no_compile = True
        super().run_pass(state)
        state.flags.no_compile = False
        lowered = state["cr"]
        named = lowered.fndesc.lookup_module(), lowered.fndesc.qualname.split(".")[-1], "a part of a kernel"
        key = _dynfunc.make_function(*named, 0, lowered.env, (state.library,))
        state["cr"] = lowered._replace(cfunc=key)
        state.targetctx.insert_user_function(key, lowered.fndesc, [state.library])
        return True


class PartCompiler(compiler.CompilerBase):
    """The steps of any function, with the last ones of a part."""

    def __init__(self, typing: Any, target: Any, library: Any, *given: Any) -> None:
        super().__init__(typing, target, library or PartLibrary(target.codegen(), "part"), *given)

    def define_pipelines(self) -> list[Any]:
        """The one pipeline, which fails where a part cannot be compiled."""
        steps = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.add_pass_after(PartLowering, typed_passes.NativeLowering)
        steps.passes = [step for step in steps.passes if step[0] is not typed_passes.NativeLowering]
        steps.finalize()
        return [steps]


def part_options() -> dict[str, Any]:
    """What numba is told of a part."""
    short: tuple[int, int] = numba.version_info.short
    return {"pipeline_class": PartCompiler} if short in TRIED else {}
