"""Several questions in one statement, put together once.

A course rests on twenty small tables. Asked one by one, nearly all the time goes into composing the
statements and planning them. Here the questions stay querysets, so that the models alone say what is known
and what stands; they are compiled at the first use into one statement, which each database connection
prepares once. The answers come as one JSON document and are read straight into plain values.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar
from weakref import WeakSet

import msgspec
from django.db import connection, models
from django.db.models import QuerySet, Value

T = TypeVar("T")


class Argument(Value):
    """A value that is filled in when the questions are asked; a queryset takes it wherever it takes one."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def argument(name: str, field: "models.Field[Any, Any]") -> Any:
    """Return an argument of the type of `field`."""
    return Argument(name, output_field=field)


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class AnyOf(models.Lookup):
    """`__any_of`: one of an array. What `__in` says of a list whose length the statement need not know."""

    lookup_name = "any_of"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, of_column = self.process_lhs(compiler, connection)
        values, of_values = self.process_rhs(compiler, connection)
        return f"{column} = ANY({values})", [*of_column, *of_values]


class PreparedQueries(Generic[T]):
    """Questions that are asked together.

    `questions` gives a queryset of `values(...)` for each field of `shape`, which says of what type the
    answer is.
    """

    def __init__(
        self, name: str, shape: type[T], questions: Callable[[], Mapping[str, QuerySet[Any, Any]]]
    ) -> None:
        self.name = name
        self._questions = questions
        self._decoder = msgspec.json.Decoder(shape)
        self._prepared: WeakSet[Any] = WeakSet()

    def ask(self, **arguments: Any) -> T:
        """Ask all of them in one statement, and so of one moment."""
        connection.ensure_connection()
        with connection.cursor() as cursor:
            if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
                # A pooler of transactions may hand the next statement to another connection.
                quoted = {name: _quoted(value) for name, value in arguments.items()}
                cursor.execute(self._text(quoted))
            else:
                self._prepare()
                values = [arguments[name] for name in self._arguments]
                cursor.execute(f"EXECUTE {self.name} ({', '.join(['%s'] * len(values))})", values)
            return self._decoder.decode(cursor.fetchone()[0])

    def _prepare(self) -> None:
        """Once for each connection; it outlives a transaction that is rolled back."""
        raw: Any = connection.connection
        if raw in self._prepared:
            return
        numbered = {name: f"${number}" for number, name in enumerate(self._arguments, start=1)}
        types = ", ".join(self._arguments.values())
        with raw.cursor() as cursor:
            cursor.execute(f"PREPARE {self.name} ({types}) AS {self._text(numbered)}")
        self._prepared.add(raw)

    def _text(self, filled: Mapping[str, str]) -> str:
        return "".join(filled[part.value] if isinstance(part, Argument) else part for part in self._parts)

    @cached_property
    def _arguments(self) -> dict[str, str]:
        """The arguments in their order, each with its type in the database."""
        named = [part for part in self._parts if isinstance(part, Argument)]
        return {part.value: str(part.output_field.db_type(connection)) for part in named}

    @cached_property
    def _parts(self) -> list[str | Argument]:
        """The statement, cut at its arguments."""
        parts: list[str | Argument] = ["SELECT json_build_object("]
        for name, queryset in self._questions().items():
            sql, parameters = queryset.query.get_compiler(connection=connection).as_sql()
            opening, *rest = sql.split("%s")
            comma = "," if len(parts) > 1 else ""
            # The alias must be no column: a table with a column `row` would give that column alone.
            parts.append(f"{comma}'{name}', (SELECT coalesce(json_agg(one_row), '[]') FROM (")  # noqa: S608  # nosec B608
            parts.append(opening.replace("%%", "%"))
            for parameter, piece in zip(parameters, rest, strict=True):
                parts.append(parameter if isinstance(parameter, Argument) else _quoted(parameter))
                parts.append(piece.replace("%%", "%"))
            parts.append(") AS one_row)")
        return [*parts, ")::text"]


def _quoted(value: Any) -> str:
    """Return a value as the driver would write it into a statement."""
    raw: Any = connection.connection
    with raw.cursor() as cursor:
        return str(cursor.mogrify("%s", [value]).decode())
