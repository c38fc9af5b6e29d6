"""How it looks: the Qt window over operations."""

from segment_manager.ui.immortal import keep_constants
from segment_manager.ui.qt_support import import_qt

import_qt()
keep_constants()
