"""'Activity': who did what, when; searched, read and exported."""

from segment_manager.ui.activity.activity_window import ActivityWindow

__all__ = ["ActivityWindow"]
