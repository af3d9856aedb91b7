from collections.abc import Iterator
from typing import Any

import pytest

from tests.reminders.house import House
from tests.reminders.post_office import PostOffice, Running


@pytest.fixture
def running(settings: Any) -> Iterator[Running]:
    """A real SMTP server, and the settings that lead to it."""
    running = Running(PostOffice())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.office.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.PUBLIC_URL = "https://care.example.org"
    running.open()
    yield running
    running.close()


@pytest.fixture
def office(running: Running) -> PostOffice:
    return running.office


@pytest.fixture
def house(db: None) -> House:
    return House()
