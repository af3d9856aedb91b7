"""SQL functions of our own, made by the first migration, for searching names and numbers."""

from django.db.models import Func, TextField


class Searchable(Func):
    """Lower case without accents; `unaccent` itself is not immutable and cannot serve an index."""

    function = "searchable"
    arity = 1
    output_field = TextField()


class Digits(Func):
    """The digits of a phone number, however it was written."""

    function = "digits"
    arity = 1
    output_field = TextField()
