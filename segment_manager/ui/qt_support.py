"""Spares the start PySide6's support code, which is compiled and run when something asks for it.

Stands apart because it is a mend for another's habit: PySide6 carries this code as source inside its library and
compiles all of it anew whenever it is imported, for a third of the time that a bare window takes. It makes signatures,
help texts and the messages of wrong calls, which no start needs. Where a version of PySide6 has its code elsewhere, or
somebody imported PySide6 before, all is as it always was.
"""

from __future__ import annotations

import builtins
import sys
import threading
from types import ModuleType
from typing import Any

_PACKAGE = "shibokensupport"
_LATER = (
    f"{_PACKAGE}.feature",
    *(f"{_PACKAGE}.signature.{name}" for name in ("mapping", "layout", "parser")),
    *(f"{_PACKAGE}.signature.lib.{name}" for name in ("enum_sig", "pyi_generator", "tool")),
)
"""Not `errorhandler`: C++ calls it while an exception is set, under which nothing can be looked for and compiled."""
_FILES = {f"{name.replace('.', '/')}.py": name for name in _LATER}
_UNUSED = ("tempfile",)
"""What shiboken6 imports for nothing but to have it in a bundle, and what brings much more along."""
_compile = compile
_one_at_a_time = threading.RLock()


class _Source:
    """The source of a module, which is run in it as soon as a name of it is looked for: its `__getattr__`."""

    def __init__(self, module: ModuleType, source: bytes, file: str) -> None:
        self._module = module
        self._source: bytes | None = source
        self._file = file

    def __call__(self, name: str) -> object:
        names = vars(self._module)
        with _one_at_a_time:
            if self._source is not None and not name.startswith("__"):
                source, self._source = self._source, None
                exec(_compile(source, self._file, "exec"), names)  # noqa: S102  # as PySide6 itself would have done
        try:
            return names[name]
        except KeyError:
            raise AttributeError(f"module {self._module.__name__!r} has no attribute {name!r}") from None

    def update_mapping(self) -> object:
        """Stands for the function of that name in `mapping`, which C++ takes from the module's dictionary."""
        self("type_map")  # and with it comes the function itself
        return self._module.update_mapping()


def _without(*given: object) -> None:
    """Stands for the two functions of `feature` that are asked at every import: none of ours wants a feature."""


def _compile_later(source: bytes, filename: str, mode: str, *rest: Any, **named: Any) -> object:
    """Stands for `compile` while PySide6 is imported: nothing is to be run yet where the source can wait."""
    module = sys.modules.get(_FILES.get(filename, "")) if isinstance(filename, str) else None
    if module is None:
        return _compile(source, filename, mode, *rest, **named)
    later = _Source(module, source, filename)
    module.__getattr__ = later  # type: ignore[method-assign]
    if filename.endswith("/mapping.py"):
        module.update_mapping = later.update_mapping  # type: ignore[attr-defined]
        module.namespace = vars(module)  # type: ignore[attr-defined]  # as its source has it, for `errorhandler`
    elif filename.endswith("/feature.py"):
        module.feature_import = module.feature_imported = _without  # type: ignore[attr-defined]
    return ""


def import_qt() -> None:
    """Import PySide6 with its support code left for later, and without the hook that it puts before every import.

    The hook reads and parses the source of each module that is imported from then on, whosever it is, to see whether
    it may ask for `__feature__`. Ours never do.
    """
    if "shiboken6" not in sys.modules:
        builtins.compile = _compile_later  # type: ignore[assignment]
        unused = {name: sys.modules.setdefault(name, ModuleType(name)) for name in _UNUSED if name not in sys.modules}
        try:
            import PySide6  # noqa: F401
        finally:
            builtins.compile = _compile
            for name in unused:
                del sys.modules[name]
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
