"""How it looks: the Qt window over operations."""

import builtins

from segment_manager.ui.immortal import keep_constants

keep_constants()

# PySide6 has put a hook of its own before every import, which reads and parses the source of each module that is
# imported from then on, whosever it is, to see whether it may ask for `__feature__`. Ours never do.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
