"""Whether an act rests on an overtaken decision: asked of the database, not of the product.

The invariant: no row that rests on a decision (an order placed, changed or confirmed, a signature, an
infusion recorded as signed) was committed after the commit of the facts that overtook the decision. What
was committed before them may stay, and an order among it is then on Today as one that is not approved.

PostgreSQL says when it committed each transaction (`track_commit_timestamp`), and `xmin` which transaction
wrote a row. Both sides hold the course until they are committed, so that their moments are in that order.
"""

from datetime import datetime

from django.db import connection, models

from coordination.base.access import Scope
from coordination.worklist.sources import orders_at_risk
from labs.models import LabResult
from scheduling.models import DoseOrder, InfusionGiven
from scheduling.models.infusion import InfusionDecision
from tests.flows.courses import Care


def is_counting() -> bool:
    """Whether PostgreSQL keeps the moments of its commits."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW track_commit_timestamp")
        return bool(cursor.fetchone()[0] == "on")


def committed_at(row: models.Model) -> datetime:
    """When the transaction that wrote this row, as it is now, was committed."""
    table, key = row._meta.db_table, row._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT pg_xact_commit_timestamp(xmin) FROM "{table}" WHERE "{key.column}" = %s', [row.pk]
        )
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


def stands_wrongly(act: models.Model, facts: LabResult) -> bool:
    """Whether the act rests on the decision that `facts` had overtaken before."""
    if isinstance(act, InfusionGiven) and not _says_signed_since(act, facts):
        return False
    return committed_at(act) > committed_at(facts)


def _says_signed_since(infusion: InfusionGiven, facts: LabResult) -> bool:
    """Recorded as signed, though it started when the facts had been received; before that it was signed."""
    return infusion.decision == InfusionDecision.GIVE and infusion.started_at >= facts.received_at


def unflagged(here: Care) -> list[DoseOrder]:
    """Standing orders of a course whose decision is overtaken that Today does not show."""
    standing = list(DoseOrder.objects.standing().filter(cycle__course=here.course))
    if not standing:
        return []
    shown = set(orders_at_risk(Scope(sites=(here.patient.site,))).values_list("pk", flat=True))
    return [order for order in standing if order.pk not in shown]
