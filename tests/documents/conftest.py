from collections.abc import Iterator

import pytest

from coordination.documents import pdf_process


@pytest.fixture(autouse=True, scope="session")
def _fonts_are_put_away() -> Iterator[None]:
    """Pages laid out in this process: their fonts lie in a folder that WeasyPrint removes with them."""
    yield
    pdf_process._setting.cache_clear()
