"""What only a browser shows of the chat: citations, the switch, keyboard, narrow and dark windows, nothing from elsewhere."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

QUESTION = "레플리카셋의 파드를 하나 지우면 어떻게 되나요?"
Opened = Callable[..., Page]


def ask(page: Page, question: str, *, answers: int = 1) -> None:
    """Ask, and wait until so many answers stand."""
    field = page.locator('[data-testid="stChatInput"] textarea')
    field.fill(question)
    field.press("Enter")
    expect(page.locator('[class*="st-key-next-"]')).to_have_count(answers, timeout=120_000)


def test_a_question_is_answered_and_its_source_opened(opened: Opened) -> None:
    """A click on a mark opens the exact lines with file and line numbers."""
    page = opened()
    ask(page, QUESTION)
    page.locator('[class*="st-key-cite-"] button').first.click()
    source = page.locator('[data-testid="stPopoverBody"]')
    expect(source).to_contain_text("replicaset/ko.md")
    expect(source).to_contain_text("행")
    expect(source.locator("code")).to_contain_text("레플리카셋")


def test_the_switch_turns_everything(opened: Opened) -> None:
    """Korean, English, side by side: earlier answers and the page's words turn at once."""
    page = opened()
    ask(page, QUESTION)
    page.get_by_role("radio", name="English").click()
    expect(page.locator('[class*="st-key-told-"]').first).to_contain_text("ReplicaSet")
    expect(page.get_by_placeholder("Type your question")).to_be_visible()
    page.get_by_role("radio", name="Side by side").click()
    expect(page.locator('[class*="st-key-told-"]')).to_have_count(2)
    page.reload()
    expect(page.locator('[class*="st-key-told-"]')).to_have_count(2)


def test_the_conversation_is_found_again(opened: Opened) -> None:
    """The same address in another browser shows the same questions; a new conversation is empty."""
    page = opened()
    ask(page, QUESTION)
    again = opened(page.url.partition("localhost")[2].partition("/")[2].join(("/", "")))
    expect(again.locator('[class*="st-key-next-"]')).to_have_count(1)
    again.locator(".st-key-new button").click()
    expect(again.locator('[class*="st-key-next-"]')).to_have_count(0)


def test_the_keyboard_alone(opened: Opened) -> None:
    """A citation is reached, opened and closed without a mouse."""
    page = opened()
    ask(page, QUESTION)
    page.locator('[class*="st-key-cite-"] button').first.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-testid="stPopoverBody"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator('[data-testid="stPopoverBody"]')).to_be_hidden()


@pytest.mark.parametrize("screen", ["/", "/lab", "/notes", "/review", "/cluster"])
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_every_screen_fits(opened: Opened, screen: str, width: int, dark: bool) -> None:
    """Nothing is wider than the window, every button has a name, text and ground differ."""
    page = opened(screen, width=width, dark=dark)
    page.wait_for_timeout(1500)  # what is loaded lazily; only its absence would go unseen
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMain"] button, [data-testid="stSidebar"] button')]
            .filter((one) => one.offsetParent && !(one.textContent || one.ariaLabel || one.title).trim()).length"""
    )
    assert nameless == 0
    colours = page.evaluate(
        "[getComputedStyle(document.querySelector('.stApp'))].map((one) => [one.color, one.backgroundColor])[0]"
    )
    assert colours[0] != colours[1]


def test_korean_breaks_between_words(opened: Opened) -> None:
    """A Korean word is never broken in the middle."""
    page = opened(width=390)
    ask(page, QUESTION)
    assert page.evaluate("getComputedStyle(document.querySelector('[class*=\"st-key-told-\"] p')).wordBreak") == "keep-all"


def test_one_enter_is_one_question(opened: Opened) -> None:
    """However the page is being redrawn, a question is asked once."""
    page = opened()
    for number in range(1, 5):
        ask(page, f"파드란 무엇인가요? {number}", answers=number)
    expect(page.locator('[data-testid="stChatMessage"]')).to_have_count(8)


def test_text_that_would_like_to_be_more(opened: Opened) -> None:
    """Markup in a question stays text: no picture, no link, no script, and no request to anywhere else."""
    page = opened()
    site = "http://203.0.113.9"
    nasty = f'![x]({site}/x.png) <img src="{site}/y.png" onerror="document.title=1"> [파드]({site}) $x^2$'
    ask(page, nasty)
    expect(page.locator('[data-testid="stChatMessage"]').first).to_contain_text(f"![x]({site}/x.png)")
    assert page.locator('[data-testid="stMain"] img, [data-testid="stMain"] a[href*="203.0"], .katex').count() == 0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80"])
def test_another_name_for_this_computer(server: Any, host: str) -> None:
    """A site that points its name at this computer gets no answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.putrequest("GET", "/_stcore/host-config", skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        assert connection.getresponse().status == 421


def test_the_headers(server: Any) -> None:
    """The page may fetch nothing but itself and stand in no frame."""
    with closing(http.client.HTTPConnection("localhost", server.port, timeout=10)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
    policy = str(answer.getheader("content-security-policy"))
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.getheader("x-content-type-options") == "nosniff"
