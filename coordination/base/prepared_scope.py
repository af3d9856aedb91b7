"""Row-level scope for prepared queries: the sites of whoever asks are an argument of the statement."""

from dataclasses import dataclass

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Q

from coordination.base.access import Scope
from coordination.base.prepared_queries import argument


class PreparedRow(msgspec.Struct, frozen=True, gc=False):
    """A row of an answer."""


@dataclass(slots=True)
class _ScopeToCome(Scope):
    """The reach of whoever will ask: their sites are the argument `sites`."""

    def _at_sites(self, path: str) -> Q:
        return Q(**{f"{path}__any_of": argument("sites", ArrayField(BigIntegerField()))})


SCOPE = _ScopeToCome()


def sites_of(scope: Scope) -> list[int]:
    return [site.pk for site in scope.sites]
