"""The page says what its marks mean, what it cannot do, and where drafts go."""

from __future__ import annotations

from framing.taxonomy import DEVICES
from tests.app.browser import Page
from tests.app.site import Site


def test_definitions_limits_privacy_and_the_model_card_can_be_read(page: Page, site: Site) -> None:
    page.tab("About")
    about = page.find("#about").text
    for device in DEVICES:
        assert device.title in about and device.definition in about
    assert "never \"this is false\"" in about
    assert "English only" in about and "200,000 characters" in about and "50MB" in about
    assert "Nowhere." in about and str(site.house_list) in about and str(site.feedback) in about
    page.press("#model-card button")
    page.wait(lambda: page.shown("#model-card h2"), "the model card")
    card = page.find("#model-card").text
    assert "framing-small" in card and "---" not in card
