"""Texts of others in Streamlit's own Markdown, in a real browser, without a content security policy to help."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

TEXTS = 400
PIECES = (
    *("![a](http://203.0.113.9/a.png)", "[b](http://203.0.113.9)", "<img src=http://203.0.113.9/b.png>", "<script>", "</div>"),
    *(
        "http://203.0.113.9/z",
        "www.example.com",
        "a@example.com",
        ":red[x]",
        ":material/home:",
        "<http://203.0.113.9>",
        "$x^2$",
    ),
    *("$$", "[ref]: http://203.0.113.9/c.png", "[ref]", "![ref]", "[1]", "&lt;b&gt;", "`", "``", "```", "```mermaid\n", "~~~"),
    *(
        "\\",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "# ",
        "|",
        "| a | b |\n|---|---|\n",
        "    ",
        "\t",
        "*",
        "**",
        "_",
        "[",
        "]",
        "(",
        ")",
    ),
    *("!", "~~", "---\n", "파드", " ", ":", "-> ", "<", ">", "\u202e"),
)
LIVELY = ", ".join(f'[data-testid="stMarkdown"] {one}' for one in ("img", "a", "script", "iframe", "object", ".katex", "svg"))
SCRIPT = """
import json, sys
from pathlib import Path
import streamlit as st
from ui.components.prose import literal, readable
for text in json.loads(Path({path!r}).read_text("utf-8")):
    st.markdown(readable(text, frozenset({{1}})))
    st.caption(literal(text))
st.text("the end")
"""


def test_fuzzed_texts(chromium: Browser, served: Callable[..., tuple[Popen[bytes], int]], tmp_path: Path) -> None:
    """No picture, link, script, frame, formula or diagram comes of any of them, and nothing is asked of another host."""
    dice = random.Random(20)
    texts = ["".join(dice.choices(PIECES, k=dice.randrange(2, 24))) for _ in range(TEXTS)]
    (tmp_path / "texts.json").write_text(json.dumps(texts), "utf-8")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(path=str(tmp_path / "texts.json")), "utf-8")
    _, port = served(script, tmp_path, "--browser.gatherUsageStats=false")
    page = chromium.new_page()
    strangers: list[str] = []
    page.on("request", lambda request: strangers.append(request.url) if f"localhost:{port}" not in request.url else None)
    page.goto(f"http://localhost:{port}")
    page.get_by_text("the end", exact=True).wait_for(timeout=120_000)
    # The icons of Streamlit's own toolbar come late, or not at all.
    found = page.evaluate(
        """(lively) => [...document.querySelectorAll(lively)]
            .filter((one) => !(one.dataset.testid ?? '').startsWith('stElementToolbar'))
            .map((one) => one.outerHTML.slice(0, 200))""",
        LIVELY,
    )
    page.close()
    assert found == []
    assert [url for url in strangers if not url.startswith(("data:", "blob:"))] == []
