"""The Assets window: everything that can use segments, made and changed by hand."""

from segment_manager.ui.assets.assets_window import AssetsWindow
from segment_manager.ui.assets.hover_card import usage_card

__all__ = ["AssetsWindow", "usage_card"]
