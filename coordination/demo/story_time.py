"""The moment that a story tells: what changes then is dated then in its history."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simple_history.signals import pre_create_historical_record


@dataclass
class StoryTime:
    now: datetime

    def date_history(self, **signal: Any) -> None:
        signal["history_instance"].history_date = self.now


@contextmanager
def told_at(time: StoryTime) -> Iterator[None]:
    pre_create_historical_record.connect(time.date_history)
    try:
        yield
    finally:
        pre_create_historical_record.disconnect(time.date_history)
