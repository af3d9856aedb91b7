"""What the migrations are written with: many tables as one step, a table with its history, SQL from a file.

A migration that has run is never changed, so neither is what these make: what a later one needs anew comes
beside it, under a name of its own.
"""

from pathlib import Path
from typing import Any

import simple_history.models
from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.utils.text import camel_case_to_spaces


class CreateModels(Operation):
    """Create several models, in this order, as one step.

    For each model that is added, Django builds every related model anew, and here all are related through
    the history of who changed what. A new table changes no other, so only the new models are built.
    """

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        built = state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)
        if built is not None:
            built.render_multiple([state.models[app_label, model.name_lower] for model in self.models])
            state.__dict__["apps"] = built

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {', '.join(model.name for model in self.models)}"


# --- history ---------------------------------------------------------------------------------------


def with_history(table: CreateModel, *, without: tuple[str, ...] = ()) -> tuple[CreateModel, CreateModel]:
    """Return the table and that of its history, as django-simple-history 3 lays it out.

    `without` names the fields that the history leaves out; it never has the many-to-many ones.
    """
    kept = [
        (name, _of_history(field))
        for name, field in table.fields
        if name not in without and not isinstance(field, models.ManyToManyField)
    ]
    word = table.options.get("verbose_name", camel_case_to_spaces(table.name))
    history = CreateModel(
        name=f"Historical{table.name}",
        fields=[*kept, *_columns_of_history()],
        options={
            "verbose_name": f"historical {word}",
            "verbose_name_plural": f"historical {table.options.get('verbose_name_plural', f'{word}s')}",
            "ordering": ("-history_date", "-history_id"),
            "get_latest_by": ("history_date", "history_id"),
        },
        bases=(simple_history.models.HistoricalChanges, models.Model),
    )
    return table, history


def _columns_of_history() -> "list[tuple[str, models.Field[Any, Any]]]":
    types = [("+", "Created"), ("~", "Changed"), ("-", "Deleted")]
    who = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    return [
        ("history_id", models.AutoField(primary_key=True, serialize=False)),
        ("history_date", models.DateTimeField(db_index=True)),
        ("history_change_reason", models.TextField(null=True)),
        ("history_type", models.CharField(choices=types, max_length=1)),
        ("history_user", who),
    ]


def _of_history(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    """The field as its history keeps it: nothing is unique, and no row of another table is held."""
    if isinstance(field, models.BigAutoField):
        return models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")
    _, _, args, kept = field.deconstruct()
    if isinstance(field, models.ForeignKey):
        loose = {"blank": True, "null": True, "db_constraint": False, "related_name": "+"}
        kept = {name: value for name, value in kept.items() if name != "db_index"}
        return models.ForeignKey(*args, **kept | loose | {"on_delete": models.DO_NOTHING})
    if kept.pop("unique", False):
        kept["db_index"] = True
    return type(field)(*args, **kept)


# --- SQL -------------------------------------------------------------------------------------------


def sql_file(migration: str, name: str, undo: str) -> RunSQL:
    """Run `sql/<name>.sql` beside the file of the migration; `undo` takes it back."""
    return RunSQL((Path(migration).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8"), undo)
