"""Spares the start PySide6's support code, which is compiled and run when something asks for it.

Stands apart because it is a mend for another's habit: PySide6 carries this code as source inside its library and
compiles all of it anew whenever it is imported, for a quarter of the time that a bare window takes. It makes
signatures, help texts and the messages of wrong calls, which no start needs. Where a version of PySide6 has its code
elsewhere, or somebody imported PySide6 before, all is as it always was (docs/decisions/0012).
"""

from __future__ import annotations

import builtins
import os
import sys
import threading
from collections.abc import Callable
from enum import EnumType
from importlib import import_module
from types import ModuleType
from typing import Any

_PACKAGE = "shibokensupport"
_MAPPING = f"{_PACKAGE}.signature.mapping"
_FEATURE = f"{_PACKAGE}.feature"
_LATER = (
    _MAPPING,
    *(f"{_PACKAGE}.signature.{name}" for name in ("lib.tool", "parser", "layout", "lib.enum_sig", "lib.pyi_generator")),
    _FEATURE,
)
"""The modules that can wait, each after those that it leans on. Not `errorhandler`: C++ may call it while an exception
is set, under which nothing can be looked for and compiled."""
_FILES = {f"{name.replace('.', '/')}.py": name for name in _LATER}
_UNUSED = ("tempfile", "traceback", "shutil", "bz2", "lzma", "ipaddress")
"""What PySide6 and the standard library import for bundles, other archives and the worst case; it brings much along."""
_compile = compile
_waiting: dict[str, tuple[ModuleType, bytes, str]] = {}
"""Module, source and file of those that were not run yet."""
_one_at_a_time = threading.RLock()
_update: list[Callable[[], object]] = []


def _run_all() -> None:
    """Run everything that waits, at once: C++ is in the middle of something where a single module is first needed."""
    with _one_at_a_time:
        for name in _LATER:
            if name in _waiting:
                module, source, file = _waiting.pop(name)
                exec(_compile(source, file, "exec"), vars(module))  # noqa: S102  # as PySide6 would have done
                if name == _MAPPING:
                    _update[:] = [module.update_mapping]
                    module.update_mapping = _update_mapping  # type: ignore[attr-defined]


def _update_mapping() -> object:
    """Stands for the function of that name in `mapping`, which C++ takes from the module's dictionary before it makes
    the message of a wrong call: no thread goes on to that before everything is there."""
    _run_all()
    return _update[0]()


def _without(*given: object) -> None:
    """Stands for the two functions of `feature` that are asked at every import: none of ours wants a feature."""


def _compile_later(source: bytes, filename: str, mode: str, *rest: Any, **named: Any) -> object:
    """Stands for `compile` while PySide6 is imported: nothing is to be run yet where the source can wait."""
    module = sys.modules.get(_FILES.get(filename, "")) if isinstance(filename, str) else None
    if module is None:
        return _compile(source, filename, mode, *rest, **named)
    names = vars(module)

    def look_for(name: str) -> object:
        if not name.startswith("__"):
            _run_all()
        try:
            return names[name]
        except KeyError:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}") from None

    _waiting[_FILES[filename]] = (module, source, filename)
    names["__getattr__"] = look_for
    if _FILES[filename] == _MAPPING:
        names |= {"update_mapping": _update_mapping, "namespace": names}  # the latter is for `errorhandler`
    elif _FILES[filename] == _FEATURE:
        names |= {"feature_import": _without, "feature_imported": _without}
    return ""


class _StandIn(ModuleType):
    """Stands for a module of the standard library, which is imported when a name of it is looked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.leave()
        return getattr(import_module(self.__name__), name)

    def leave(self) -> None:
        """Give up the place in which it stands."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def import_qt() -> None:
    """Import PySide6 with its support code left for later, and without the hook that it puts before every import.

    The hook reads and parses the source of each module that is imported from then on, whosever it is, to see whether
    it may ask for `__feature__`. Ours never do. PySide6's libraries look up each C++ function when it is first called,
    and not all of them, some twelve thousand, when they are loaded; that takes 5 ms.
    """
    if hasattr(sys, "setdlopenflags"):
        sys.setdlopenflags(os.RTLD_LAZY)
    if "shiboken6" not in sys.modules:
        builtins.compile = _compile_later  # type: ignore[assignment]
        unused = {name: _StandIn(name) for name in _UNUSED if name not in sys.modules}
        sys.modules |= unused
        try:
            import PySide6  # noqa: F401
        finally:
            builtins.compile = _compile
            for each in unused.values():
                each.leave()
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    _make_enums()


def _make_enums() -> None:
    """Have PySide6 make the enums of `Qt`, which it does as soon as one of them is named, and those of locales.

    Python's own guard against another value for a member, which asks at each step of making the two thousand, rests
    meanwhile: 4 ms.
    """
    guards = {name: guard for name, guard in vars(EnumType).items() if name in ("__setattr__", "__delattr__")}
    for name in guards:
        delattr(EnumType, name)
    try:
        from PySide6.QtCore import Qt  # noqa: F401
    finally:
        for name, guard in guards.items():
            setattr(EnumType, name, guard)
