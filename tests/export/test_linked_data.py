"""The files behind nginx stand the checks of linked data that the server stands: these are the same tests."""

import pytest

from tests.export.conftest import Static
from tests.web.test_documents import (
    NONSENSE,
)

pytestmark = pytest.mark.debian


@pytest.mark.parametrize("path", NONSENSE)
def test_nonsense_is_not_found(client: Static, path: str) -> None:
    answer = client.get(path, "text/html")
    # nginx itself refuses control characters and ways out of the folder.
    assert answer.status_code == (400 if "%00" in path or path.startswith("/doc/%2e%2e/%2e") else 404)
    assert "<script>" not in answer.text


__all__ = [name for name in dir() if name.startswith("test_")]
