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
    assert "English only" in about and "200,000 characters" in about and "50 MB" in about and "500 pages" in about
    # Which files of the server they are is nobody's business.
    assert "Nowhere but to the machine" in about and site.house_list.name not in about and str(site.house_list.parent) not in about
    assert page.script("return document.querySelector('#about .glance').getBoundingClientRect().bottom") <= 900
    page.press("#model-card button")
    page.wait(lambda: page.shown("#model-card h2"), "the model card")
    card = page.find("#model-card").text
    assert "framing-small" in card and "---" not in card


def test_each_device_has_an_example_in_each_voice_drawn_as_in_a_draft(page: Page) -> None:
    for device in DEVICES:
        rows = page.script(
            "const s = Array.from(document.querySelectorAll('#about .devices section')).find(s => s.textContent.includes(arguments[0]));"
            "return Array.from(s.querySelectorAll('dt'), t => [t.textContent, t.nextElementSibling.querySelector('.u')?.className ?? ''])",
            device.title,
        )
        drawn = {name: classes.split()[1:2] for name, classes in rows}
        assert drawn == {"Own voice": ["own"], "Reported": ["reported"], "Plainer": []}
