import pytest
from factory.django import DjangoModelFactory

from tests import factories

FACTORIES = [
    found
    for found in vars(factories).values()
    if isinstance(found, type) and issubclass(found, DjangoModelFactory) and found is not DjangoModelFactory
]


@pytest.mark.django_db
@pytest.mark.parametrize("make", FACTORIES, ids=lambda make: make.__name__)
def test_every_factory_makes_two_valid_things(make: type[DjangoModelFactory]) -> None:
    one, other = make(), make()

    assert one.pk != other.pk
    one.full_clean()
    assert str(one)
