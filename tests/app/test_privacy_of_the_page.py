"""Nothing leaves the machine, nothing is kept, and nothing that a draft holds is run."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.app.browser import Page, chromium
from tests.app.drafts import BLOC, DRAFT, PLAIN
from tests.app.site import Site

HOSTILE = (
    "<script>window.hit = 1</script> <img src=x onerror='window.hit = 2'> said the obedient stooges.\n\n"
    '"><svg onload="window.hit=3"> For the globalists <b onmouseover=hit=4>who dream</b> of every drop, our valley is the next trophy.'
)


def test_no_tab_asks_anything_of_any_other_host(page: Page, tmp_path: Path) -> None:
    page.requests()
    page.open().screen(DRAFT)
    page.press("#take-html")
    page.downloaded("pasted-draft-framing.html")
    page.tab("Compare")
    page.paste("#compare-before textarea", BLOC)
    page.paste("#compare-after textarea", PLAIN)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")
    page.tab("Batch")
    rows = tmp_path / "drafts.csv"
    rows.write_text(f'id,body\na1,"{BLOC}"\n', encoding="utf-8")
    page.attach("#batch-file", rows)
    page.press("#batch-go")
    page.status("Done: 1 article scored", "#batch-status")
    page.press("#batch-download")
    page.downloaded("drafts-framing.jsonl")
    page.tab("About")
    page.press("#model-card button")
    page.wait(lambda: page.shown("#model-card h2"), "the model card")
    asked = page.requests()
    own = urlsplit(page.address).netloc
    assert any(urlsplit(address).netloc == own for address in asked)
    assert [address for address in asked if urlsplit(address).scheme not in ("data", "blob") and urlsplit(address).netloc != own] == []


ASKING = """
window.refused = [];
document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.blockedURI));
fetch('https://elsewhere.example/a').catch(() => null);
try { new WebSocket('wss://elsewhere.example/b'); } catch {}
"""


def test_the_page_cannot_ask_anything_of_other_hosts_and_it_would_be_seen(page: Page) -> None:
    page.open().script(ASKING)
    page.wait(lambda: {urlsplit(uri).scheme for uri in page.script("return window.refused")} == {"https", "wss"}, "both to be refused")
    page.driver.get("about:blank")
    page.requests()
    page.script(ASKING)
    both, seen = {"https://elsewhere.example/a", "wss://elsewhere.example/b"}, set()
    page.wait(lambda: seen.update(page.requests()) or both <= seen, "both to be seen")


def test_markup_in_a_draft_is_text(page: Page) -> None:
    page.open().screen(HOSTILE)
    assert page.rejoined() == HOSTILE
    assert page.marks()
    assert not page.all("#marks script, #marks img, #marks svg, #findings img, #findings script")
    assert page.script("return window.hit") is None


def test_markup_in_a_files_name_is_text(page: Page, tmp_path: Path) -> None:
    name = "<img src=x onerror=hit=5>"
    locked = tmp_path / f"{name}.pdf"
    locked.write_bytes(b"%PDF-1.4 broken")
    page.open().drop("#draft-file", locked)
    page.wait(lambda: page.text("#screen-status [role=alert]"), "the refusal")
    draft = tmp_path / f"{name}.txt"
    draft.write_text(HOSTILE, encoding="utf-8")
    page.open().drop("#draft-file", draft)
    page.screened()
    assert page.script("return window.hit") is None
    page.tab("Compare")
    page.attach("#compare-after-file", draft)
    page.paste("#compare-before textarea", HOSTILE)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")
    assert page.script("return window.hit") is None
    assert not page.all("#compared img, #compared script, #compared svg, #compare-after-file img[src=x]")


def test_another_visitor_sees_nothing_of_a_draft(page: Page, site: Site, tmp_path: Path) -> None:
    secret = "Zwetschgenbaum, the obedient stooges wrote."
    page.open().screen(secret)
    with chromium(tmp_path) as driver:
        other = Page(driver, site.address, tmp_path / "downloads").open()
        assert "Zwetschgenbaum" not in driver.page_source
        other.screen(BLOC)
        assert "Zwetschgenbaum" not in driver.page_source
        # Nor does one who knows how the page asks for a file get at a draft that was never asked for.
        for kind in ("csv", "json"):
            other.press(f"#take-{kind}")
            assert "Zwetschgenbaum" not in other.downloaded(f"pasted-draft-framing.{kind}").read_text("utf-8-sig")
    assert page.rejoined() == secret
    page.open()
    assert "Zwetschgenbaum" not in page.driver.page_source


@pytest.mark.parametrize("header", ["content-security-policy", "referrer-policy", "x-content-type-options"])
def test_the_headers_that_forbid_asking_others_come_with_the_page(page: Page, header: str) -> None:
    code = "const done = arguments[1]; fetch('/').then(answer => done(answer.headers.get(arguments[0])))"
    assert page.driver.execute_async_script(code, header)
