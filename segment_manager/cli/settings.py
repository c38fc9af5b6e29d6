"""The members and settings groups: who may do what, and how the workspace behaves.

Stands apart because only System Administrators change these.
"""

from __future__ import annotations

from typing import Annotated

import typer

from segment_manager.cli.options import Formatted, opened
from segment_manager.cli.output import Format, write_one, write_rows
from segment_manager.domain.segments import Role

members = typer.Typer(help="Who may do what in the workspace.", rich_markup_mode=None, no_args_is_help=True)
settings = typer.Typer(help="How the workspace behaves.", rich_markup_mode=None, no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The login name.", show_default=False)]


@members.command("list")
def _members(context: typer.Context, form: Formatted = Format.TABLE) -> None:
    """List the members with their roles."""
    from segment_manager.storage import queries

    with opened(context) as workspace:
        rows = [{"login": login, "role": str(role)} for login, role in queries.people(workspace)]
        write_rows(rows, {"login": "Login", "role": "Role"}, form)


def _role(given: str) -> Role:
    for role in Role:
        if given.replace("-", " ").replace("_", " ").casefold() == role.casefold():
            return role
    raise typer.BadParameter(f"“{given}” is no role. There are: {', '.join(Role)}.")


@members.command("set")
def _set_member(
    context: typer.Context,
    login: Login,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="Such as sequence-manager.", show_default=False)],
    form: Formatted = Format.TABLE,
) -> None:
    """Make somebody a member with a role, or change the role."""
    from segment_manager.operations.settings import set_role

    wanted = _role(role)
    with opened(context) as workspace:
        change = set_role(workspace, login, wanted)
    write_one({"login": login, "role": str(wanted)}, form, change.message)


@members.command("remove")
def _remove_member(context: typer.Context, login: Login, form: Formatted = Format.TABLE) -> None:
    """Take somebody out of the workspace."""
    from segment_manager.operations.settings import remove_person

    with opened(context) as workspace:
        change = remove_person(workspace, login)
    write_one({"login": login, "role": None}, form, change.message)


@settings.command("list")
def _settings(context: typer.Context, form: Formatted = Format.TABLE) -> None:
    """List the settings."""
    from segment_manager.storage import queries

    with opened(context) as workspace:
        write_one(queries.settings(workspace), form) if form is Format.JSON else write_rows(
            [{"name": name, "value": value} for name, value in queries.settings(workspace).items()],
            {"name": "Setting", "value": "Value"},
            form,
        )


@settings.command("set")
def _set(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as grace_days.", show_default=False)],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Such as 60.", show_default=False)],
    form: Formatted = Format.TABLE,
) -> None:
    """Change a setting."""
    from segment_manager.operations.settings import change_setting
    from segment_manager.storage import queries

    with opened(context) as workspace:
        change = change_setting(workspace, name, value)
        write_one({name: queries.settings(workspace)[name]}, form, change.message)
