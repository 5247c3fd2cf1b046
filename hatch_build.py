"""Compiles the lexicons while Kinline is installed, so that its first start is as quick as any."""

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileLexicons(BuildHookInterface[Any]):
    """The step that hatchling takes for `uv sync`, and before it packs a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile what lies in the checkout; the compiled file lies beside the languages."""
        del version
        sys.path.insert(0, self.root)
        from app.engine import compile_packaged  # noqa: PLC0415  importable from here on only

        file = compile_packaged()
        build_data["artifacts"].append(f"/{file.relative_to(self.root)}")
