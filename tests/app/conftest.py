"""One server and one browser for all tests of a process; each module begins with no house list, no verdicts and a page of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.browser import Page, chromium, programs
from tests.app.site import Site, served


@pytest.fixture(scope="session")
def browser_programs() -> tuple[str, str]:
    return programs()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def site(server: Site) -> Site:
    # What another module left there would otherwise depend on which modules a process was given before.
    server.house_list.unlink(missing_ok=True)
    server.feedback.unlink(missing_ok=True)
    return server


@pytest.fixture(scope="session")
def visitor(browser_programs: tuple[str, str], server: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("browser")
    with chromium(folder) as driver:
        yield Page(driver, server.address, folder / "downloads")


@pytest.fixture(scope="module")
def page(visitor: Page, site: Site) -> Page:
    visitor.size(1280, 900)
    return visitor.open()

