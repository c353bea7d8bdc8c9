"""The report as people see it: in a real browser, on a desk, on a phone and on paper."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from netcellar.demo.devices import Lab
from netcellar.pages import html
from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.covered import GONE, NEVER, STALE, UNSUPPORTED, covered, devices
from tests.waiting import HANG_SECONDS

CHROMIUM = Path("/usr/bin/chromium")
# Root has no sandbox, and a browser that phones home waits for a network that is not there.
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HOSTILE = '<script>document.title="owned"</script><img src=x onerror=alert(1)>'

# One worker runs all of them, so that there is one laboratory and one browser.
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real, headless Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("NO REAL BROWSER LOOKS AT THE REPORT HERE: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET), timeout=HANG_SECONDS * 1000)
        yield found
        found.close()


@pytest.fixture(scope="module")
def lab_report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of a laboratory with four devices that are not covered, as the command writes it."""
    folder = tmp_path_factory.mktemp("lab")
    with Lab(devices()) as lab:
        bench = covered(folder, lab)
    ran = bench.run("report", "--format", "json", "--file", str(folder / "report.json"))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert bench.run("report", "--file", str(folder / "report.html")).code == 0
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert (folder / "report.html").read_text().startswith("<!doctype html>")
    return found


@pytest.fixture
def look(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """``look(report, viewport)`` opens the page; whatever it asks of a network or says on the console is a fault."""
    pages, faults = [], []

    def opened(report: dict[str, Any], viewport: Any = DESK) -> Page:
        file = tmp_path / f"report{len(pages)}.html"
        file.write_text(html(report), encoding="utf-8")
        page = browser.new_page(viewport=viewport)
        pages.append(page)
        page.set_default_timeout(HANG_SECONDS * 1000)
        page.on("console", lambda message: faults.append(message.text))
        page.on("request", lambda asked: faults.append(asked.url) if asked.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    yield opened
    for page in pages:
        page.close()
    assert faults == []


def cells(page: Page, table: str) -> dict[str, str]:
    """The first column of a table, and the text of the second."""
    rows = page.locator(f"{table} tbody tr").all()
    return {row.locator("td").nth(0).inner_text(): row.locator("td").nth(1).inner_text() for row in rows}


def test_the_four_devices_are_named(look: Callable[..., Page], lab_report: dict[str, Any]) -> None:
    page = look(lab_report)
    expected = {NEVER: "never", GONE: "orphaned", STALE: "stale", UNSUPPORTED: "unsupported"}
    assert cells(page, "#uncovered") == expected
    assert page.locator("#verdict").inner_text().startswith("1 target not met")
    assert set(cells(page, "#failing")) == {NEVER, UNSUPPORTED}
    assert "Stored for the first time" in page.locator("#changes").inner_text()


def test_what_is_drawn_is_seen(look: Callable[..., Page], lab_report: dict[str, Any]) -> None:
    page = look(lab_report)
    widths = [span.bounding_box() for span in page.locator(".stack span").all()]
    assert len(widths) == 5
    assert all(box and box["width"] >= 3 and box["height"] > 10 for box in widths)
    colours = {
        span.evaluate("one => getComputedStyle(one).backgroundColor") for span in page.locator(".stack span").all()
    }
    assert len(colours) == 4
    assert len(page.screenshot(full_page=True)) > 20_000


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_is_never_wider_than_its_screen(
    look: Callable[..., Page], lab_report: dict[str, Any], viewport: dict[str, int]
) -> None:
    page = look(lab_report, viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.locator("#uncovered").is_visible()


def test_on_paper_nothing_is_cut_off(look: Callable[..., Page], lab_report: dict[str, Any]) -> None:
    page = look(lab_report, {"width": 720, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate("[...document.querySelectorAll('.wide')].every(one => one.scrollWidth <= one.clientWidth + 1)")
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_what_devices_say_is_shown_and_never_obeyed(look: Callable[..., Page], lab_report: dict[str, Any]) -> None:
    hostile = deepcopy(lab_report)
    hostile["coverage"]["devices"][0] |= {"device_name": HOSTILE, "why": HOSTILE, "location": HOSTILE}
    hostile["failures"]["devices"][0] |= {"device": HOSTILE, "message": HOSTILE}
    hostile["project"] = HOSTILE
    change = {"class": "other", "devices": [HOSTILE], "parents": [HOSTILE], "lines": [f"+ {HOSTILE}"]}
    hostile["changes"][0]["changes"] = [{**change, "compared_as_text": None}]
    page = look(hostile)
    assert page.title().startswith("Backup report: <script>")
    assert page.locator("script, img").count() == 0
    assert page.locator("#uncovered tbody td").first.inner_text() == HOSTILE
    assert HOSTILE in page.locator("pre").first.inner_text()


def test_nothing_known_and_nothing_run_is_said_in_red(look: Callable[..., Page], lab_report: dict[str, Any]) -> None:
    empty = {"by_class": [], "by_place": [], "devices": []}
    bare = lab_report | {"runs": [], "changes": [], "failures": empty, "coverage": None}
    page = look(bare | {"coverage_unknown": "the coverage is not known: Nautobot is down"})
    assert "Nautobot is down" in page.locator("#verdict.bad").inner_text()
    assert "No run began" in page.locator("#runs .bad").inner_text()
