"""What goes into the rule builder, its draft, its lists or its JSON comes out unbent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QComboBox, QPlainTextEdit

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.rules import All, Any, Not, from_json, to_json
from segment_manager.ui.rule_builder.draft import placed, root_of, rule_of
from segment_manager.ui.rule_builder.json_page import indented
from segment_manager.ui.rule_builder.list_value import joined_list, parts
from tests.ui.rule_builder_scene import NESTED, RULES, named, press


def conditions() -> st.SearchStrategy[object]:
    return st.sampled_from([from_json(text) for text in RULES])


NODES = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda children: All(tuple(children))),
        st.lists(inner, max_size=4).map(lambda children: Any(tuple(children))),
        inner.map(Not),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("text", RULES)
def test_a_rule_that_is_not_touched_comes_back_as_it_was(builder, text):
    """Whatever a rule holds, also what its fields do not allow, the builder gives it back to the last digit."""
    builder.set_rule(from_json(text))
    assert to_json(builder.rule()) == text
    assert not builder.is_changed()


@given(NODES)
def test_any_rule_goes_through_a_draft_unbent(rule):
    """The draft says the same rule again, and names every node by the path the checks use."""
    draft = root_of(rule)
    assert rule_of(draft) == rule
    for path, node in placed(draft):
        assert isinstance(path, str), node


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NODES)
def test_any_rule_goes_through_the_widgets_unbent(builder, rule):
    """Showing a rule as widgets changes nothing of it."""
    builder.set_rule(rule)
    assert builder.rule() == rule


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc"))), max_size=6))
def test_a_list_is_taken_apart_as_it_was_put_together(values):
    """Commas, quotes and blanks inside values survive the list box; values of white space alone do not."""
    kept = [value for value in values if value.strip()]
    again = parts(joined_list(kept))
    assert [value.strip() for value in kept] == again


def test_the_rule_can_be_edited_as_json(qtbot, builder):
    """JSON that is typed or pasted becomes the rule; JSON that is none is told, and nothing of it is lost."""
    press(qtbot, builder, "Edit as JSON")
    box = named(builder, "Rule as JSON", QPlainTextEdit)[0]
    box.setPlainText('{"all": [')
    with pytest.raises(InvalidRule):
        builder.rule()
    press(qtbot, builder, "Back to conditions")
    assert box.isVisibleTo(builder)
    assert box.toPlainText() == '{"all": ['
    box.setPlainText(to_json(NESTED))
    press(qtbot, builder, "Back to conditions")
    assert builder.rule() == NESTED
    assert len(named(builder, "Field", QComboBox)) == 3


@given(NODES)
def test_indented_json_is_the_same_rule(rule):
    """Laying the JSON out over lines changes nothing of it."""
    assert from_json(indented(rule)) == rule
