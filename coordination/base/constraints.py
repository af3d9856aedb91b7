"""Promises that the database keeps, in words: constraints and triggers used by every app."""

from django.db.migrations import RunSQL
from django.db.models import CheckConstraint, F, Q, TextChoices


def is_one_of(field: str, words: type[TextChoices], *, name: str) -> CheckConstraint:
    """`field` holds one of our own words, or nothing where the column allows it."""
    return CheckConstraint(condition=Q(**{f"{field}__in": words.values}), name=name)


def set_together(*fields: str, name: str) -> CheckConstraint:
    """All of these are known, or none is."""
    nothing = Q(**{f"{field}__isnull": True for field in fields})
    everything = Q(**{f"{field}__isnull": False for field in fields})
    return CheckConstraint(condition=nothing | everything, name=name)


def said_with(
    moment: str, person: str | None, text: str, *, name: str, unless_unknown: str = ""
) -> CheckConstraint:
    """Where `moment` is known, so is the person, and `text` says why; where it is not, nothing is said.

    `unless_unknown` names another person without whom this one may be missing too: a machine did both.
    """
    unsaid = Q(**{f"{moment}__isnull": True, text: ""})
    said = Q(**{f"{moment}__isnull": False}) & ~Q(**{text: ""})
    if person:
        unsaid &= Q(**{f"{person}__isnull": True})
        known = Q(**{f"{person}__isnull": False})
        said &= known | Q(**{f"{unless_unknown}__isnull": True}) if unless_unknown else known
    return CheckConstraint(condition=unsaid | said, name=name)


def days_in_order(first: str, second: str, *, name: str, touching: bool = True) -> CheckConstraint:
    """`second` is not before `first` (nor equal, unless `touching`), where both are known."""
    later = Q(**{f"{second}__{'gte' if touching else 'gt'}": F(first)})
    unknown = Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True})
    return CheckConstraint(condition=unknown | later, name=name)


def only_added(table: str, *set_once: str) -> RunSQL:
    """Rows of `table` are added and never changed or deleted; a column of `set_once` may be filled once."""
    columns = ", ".join(f"'{column}'" for column in set_once)
    return RunSQL(
        f"CREATE TRIGGER {table}_is_only_added BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_rewriting({columns})",
        f"DROP TRIGGER {table}_is_only_added ON {table}",
    )
