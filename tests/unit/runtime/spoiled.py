"""What is said of a policy folder that was spoiled."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.runtime.book import BadBook, read_book

Edit = Callable[[str, str, str], Path]


def said(folder: Path) -> list[str]:
    with pytest.raises(BadBook) as bad:
        read_book(folder)
    return [str(finding) for finding in bad.value.findings]
