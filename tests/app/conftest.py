"""One server and one browser for all tests here; each module begins with a page of its own, no house list and no verdicts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.browser import Page, chromium, programs
from tests.app.site import Site, served


@pytest.fixture(scope="session")
def browser_programs() -> tuple[str, str]:
    return programs()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def visitor(browser_programs: tuple[str, str], site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("browser")
    with chromium(folder) as driver:
        yield Page(driver, site.address, folder / "downloads")


@pytest.fixture(scope="module")
def page(visitor: Page, site: Site) -> Page:
    site.house_list.unlink(missing_ok=True)
    site.feedback.unlink(missing_ok=True)
    visitor.size(1280, 900)
    return visitor.open()

