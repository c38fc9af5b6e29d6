"""How it looks: the Qt window over operations."""

from segment_manager.ui.immortal import keep_constants

keep_constants()
