"""'Clean up': segments grouped by what is doubtful about them."""

from segment_manager.ui.cleanup.clean_up import CleanUp

__all__ = ["CleanUp"]
