"""The rule builder: a rule as nested groups of conditions, made and changed without writing JSON."""

from segment_manager.ui.rule_builder.builder import RuleBuilder

__all__ = ["RuleBuilder"]
