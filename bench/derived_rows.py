"""Derived rows for most of the bench's courses: copied from those that were assessed."""

from django.db import connection, models

from coordination.base.choices import Role
from coordination.base.models import User
from scheduling.models import CourseConflict, DueItem, Proposal


def derive_the_rest(full: int, courses: int) -> None:
    """Courses beyond the first `full` get the derived rows of one of those, dated by their own course.

    What they hold is of the right number, size and spread in time; nobody compares it with their facts.
    """
    if full in (0, courses):
        return
    with connection.cursor() as cursor:
        for model in (DueItem, CourseConflict, Proposal):
            cursor.execute(_copy_of_derived(model), [full, courses, full, full])
        cursor.execute("UPDATE scheduling_course SET assessed_at = now() WHERE id > %s", [full])


def _copy_of_derived(model: type[models.Model]) -> str:
    shift = "(other_cycle.planned_on - own_cycle.planned_on)"
    expressions = {}
    for field in model._meta.concrete_fields:
        name = f'derived."{field.column}"'
        if field.primary_key:
            continue
        if field.name == "public_id":
            name = "gen_random_uuid()"
        elif field.name == "course":
            name = "other.id"
        elif isinstance(field, models.DateTimeField) and field.name.rpartition("_")[0] in EDGES:
            name = f"{name} + {shift} * interval '1 day'"
        elif isinstance(field, models.DateField) and field.name.rpartition("_")[0] in EDGES:
            name = f"{name} + {shift}"
        expressions[field.column] = name
    columns = ", ".join(f'"{column}"' for column in expressions)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {", ".join(expressions.values())}'
        " FROM scheduling_course own"
        " JOIN scheduling_course other ON other.id > %s AND other.id <= %s"
        " AND (other.id - 1) %% %s + 1 = own.id"
        " JOIN scheduling_cycle own_cycle ON own_cycle.course_id = own.id AND own_cycle.number = 1"
        " JOIN scheduling_cycle other_cycle ON other_cycle.course_id = other.id AND other_cycle.number = 1"
        f' JOIN "{model._meta.db_table}" derived ON derived.course_id = own.id'
        " WHERE own.id <= %s"
    )


def sign_proposals() -> None:
    """Nine of ten doses to give are signed, as where prescribers sign the day after."""
    prescriber = User.objects.create_user(
        username="bench-prescriber", full_name="Bench Prescriber", role=Role.PRESCRIBER
    )
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED, [prescriber.pk])


_SIGNED = """
    INSERT INTO scheduling_signature
        (public_id, proposal_id, signed_by_id, signed_at, decision, action, activity_gbq, override_code,
         override_reason, document, withdrawn_because)
    SELECT gen_random_uuid(), id, %s, now(), 'accept', action, activity_gbq, '', '', '{}', ''
    FROM scheduling_proposal
    WHERE superseded_at IS NULL AND action = 'give' AND course_id %% 10 <> 0
"""
EDGES = frozenset({"opens", "target", "closes"})
