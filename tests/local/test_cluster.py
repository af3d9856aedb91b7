import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_a_postgresql_of_their_own():
    with connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
