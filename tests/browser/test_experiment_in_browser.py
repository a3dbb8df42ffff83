"""What only a browser shows of an experiment: the picture that moves, typing meanwhile, a reload, a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SLUG = "replicaset-self-healing"
Opened = Callable[..., Page]


def play(page: Page) -> None:
    """Start the recording of the open experiment and wait for the picture."""
    page.locator(f".st-key-recorded-{SLUG} button").click()
    page.locator(".cluster svg g.pod").first.wait_for()


def test_asked_predicted_played_proven(opened: Opened) -> None:
    """The whole way: a question, its offer, a prediction, the recording, the verdict, and what can be taken along."""
    page = opened()
    field = page.locator('[data-testid="stChatInput"] textarea')
    field.fill("레플리카셋의 파드를 하나 지우면 어떻게 되나요?")
    field.press("Enter")
    page.locator(f'[class*="st-key-offer-open-"][class*="{SLUG}"] button').click(timeout=120_000)
    page.locator(f".st-key-predict-{SLUG}").get_by_text("3개: 이름이 다른 새 파드", exact=True).click()
    play(page)
    expect(page.locator(".st-key-demo-pane")).to_contain_text("녹화 재생")
    expect(page.locator(".st-key-demo-pane")).to_contain_text("내 예상")
    expect(page.locator('[data-testid="stAlert"]').first).to_contain_text("녹화된 실행에서 확인됨", timeout=60_000)
    expect(page.locator(".st-key-demo-pane")).to_contain_text("예상이 맞았습니다")
    with page.expect_download() as card:
        page.locator('[class*="st-key-evidence-"] button').click()
    assert "레플리카셋" in card.value.path().read_text("utf-8")
    with page.expect_download() as rows:
        page.locator('[class*="st-key-observations-"] button').click()
    assert "TrafficSeen" in rows.value.path().read_text("utf-8")


def test_the_picture_moves(opened: Opened) -> None:
    """It changes at least twice a second, is patched in place, and never blinks."""
    page = opened(f"/lab?demo={SLUG}")
    play(page)
    seen = page.evaluate(
        """async () => {
            const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot)];
            const svg = roots.find((one) => one?.querySelector('.cluster')).querySelector('.cluster svg');
            let changes = 0, empty = 0, last = '';
            const began = performance.now();
            while (performance.now() - began < 4000) {
                const text = svg.querySelector('.lane .line')?.textContent ?? '';
                if (text !== last) { changes++; last = text; }
                if (!svg.querySelector('g.pod')) empty++;
                await new Promise((done) => requestAnimationFrame(done));
            }
            return { changes, empty, there: svg.isConnected };
        }"""
    )
    assert seen["there"]
    assert seen["empty"] == 0
    assert seen["changes"] >= 6


def test_typing_during_a_run(opened: Opened) -> None:
    """What is being typed, composed Korean too, is kept while the page ticks; the question is answered meanwhile."""
    page = opened(f"/?demo={SLUG}")
    play(page)
    field = page.locator('[data-testid="stChatInput"] textarea')
    field.focus()
    composer = page.context.new_cdp_session(page)
    for stage in ("ㅍ", "파", "팓", "파드"):
        composer.send("Input.imeSetComposition", {"text": stage, "selectionStart": len(stage), "selectionEnd": len(stage)})
        page.wait_for_timeout(300)  # more than a tick lies between two keys
    composer.send("Input.insertText", {"text": "파드"})
    field.press_sequentially("란?", delay=200)
    expect(field).to_have_value("파드란?")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(page.locator('[class*="st-key-next-"]')).to_have_count(1, timeout=120_000)


def test_a_reload_during_a_run(opened: Opened) -> None:
    """The run is found again and can be stopped."""
    page = opened(f"/?demo={SLUG}")
    play(page)
    page.reload()
    page.locator(".cluster svg g.pod").first.wait_for()
    page.locator('[class*="st-key-stop-"] button').click()
    expect(page.locator('[class*="st-key-again-"] button')).to_be_visible()


def test_folded_parts_stay_open(opened: Opened) -> None:
    """A step's command that the learner opened stays open while the page ticks, and can be copied."""
    page = opened(f"/lab?demo={SLUG}")
    play(page)
    step = page.locator('[class*="st-key-step-"]').first
    step.locator("summary").click()
    expect(step.locator("code").first).to_contain_text("kubectl --context minikube")
    page.wait_for_timeout(1500)  # three ticks
    expect(step.locator("code").first).to_be_visible()


def test_a_phone(opened: Opened) -> None:
    """The experiment stands within the conversation, and nothing is wider than the screen."""
    page = opened(f"/?demo={SLUG}", width=390, height=844, dark=True)
    expect(page.locator(".st-key-demo-pane")).to_have_count(0)
    play(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_who_wants_no_motion(opened: Opened) -> None:
    """With reduced motion no dot flies; the counts change all the same."""
    page = opened(f"/lab?demo={SLUG}", still=True)
    play(page)
    count = page.locator(".cluster .lane .line").first
    before = count.text_content()
    expect(count).not_to_have_text(before or "")
    assert page.locator(".cluster .request").count() == 0
