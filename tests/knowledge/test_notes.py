"""Our notes hold together: both languages aligned, every name that is mentioned exists, every section short and asked about."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from assistant.demos.catalogue import DEMOS

NOTES = Path(__file__).parents[2] / "knowledge" / "notes"
CONCEPTS = sorted(folder.name for folder in NOTES.iterdir() if (folder / "ko.md").is_file())
EXPECTED = {
    "cluster",
    "control-plane",
    "worker-node",
    "api-server",
    "minikube",
    "container",
    "pod",
    "label",
    "replicaset",
    "deployment",
    "rolling-update",
    "rollback",
    "service",
    "cluster-ip",
    "node-port",
    "load-balancer",
    "overlay-network",
    "kube-proxy",
    "api-proxy",
    "port-forward",
    "proxy-vs-port-forward",
    "external-load-balancer",
    "readiness",
    "liveness",
    "namespace",
    "pod-status",
}
FIRST = {"external-load-balancer": "why", "proxy-vs-port-forward": "main-difference"}
"""What these two are about is a reason and a difference; the others begin with a definition."""
LONGEST = 600
ASKED_AT_LEAST = 8
HEADING = re.compile(r"^## (?P<heading>.+?) \{#(?P<anchor>[a-z0-9-]+)\}$", re.M)
COMPARISONS = (
    "service/types",
    "replicaset/vs-deployment",
    "pod/vs-container",
    "proxy-vs-port-forward/main-difference",
    "readiness/vs-liveness",
    "label/vs-namespace",
)


def note(concept: str, language: str) -> tuple[dict[str, object], str]:
    """Front matter and body."""
    _, head, body = (NOTES / concept / f"{language}.md").read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(head), body


def sections(concept: str, language: str) -> dict[str, str]:
    """The text under each heading, by anchor, in order."""
    _, body = note(concept, language)
    found = list(HEADING.finditer(body))
    ends = [one.start() for one in found[1:]] + [len(body)]
    return {one["anchor"]: body[one.end() : end].strip() for one, end in zip(found, ends, strict=True)}


ALL_SECTIONS = {f"{concept}/{anchor}" for concept in CONCEPTS for anchor in sections(concept, "ko")}


def test_all_concepts_are_there() -> None:
    """The 26 concepts and no other folder."""
    assert set(CONCEPTS) == EXPECTED


@pytest.mark.parametrize("concept", CONCEPTS)
def test_languages_are_aligned(concept: str) -> None:
    """Same anchors in the same order, same neighbours, the definition first."""
    korean, english = sections(concept, "ko"), sections(concept, "en")
    assert list(korean) == list(english)
    assert next(iter(korean)) == FIRST.get(concept, "what")
    heads = [note(concept, language)[0] for language in ("ko", "en")]
    assert [head["concept"] for head in heads] == [concept, concept]
    assert heads[0]["related"] == heads[1]["related"]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_what_a_note_names_exists(concept: str) -> None:
    """Neighbours are concepts, the page to read on is an official one, and no other link or picture is in the text."""
    for language in ("ko", "en"):
        head, body = note(concept, language)
        related = head["related"]
        assert isinstance(related, list)
        assert set(related) <= set(CONCEPTS) - {concept}
        assert re.match(r"https://(kubernetes\.io|minikube\.sigs\.k8s\.io)/", str(head["read_on"]))
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", body, flags=re.S)
        assert not re.search(r"\]\(|!\[|<[a-zA-Z/!]", prose)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_sections_are_short_and_say_something(concept: str) -> None:
    """No empty section, none over 600 characters, no stray heading, the picture above the first of them."""
    for language in ("ko", "en"):
        _, body = note(concept, language)
        for anchor, text in sections(concept, language).items():
            assert 0 < len(text) <= LONGEST, f"{concept}/{anchor} ({language}): {len(text)}"
            assert "```mermaid" not in text
        prose = re.sub(r"```.*?```", "", body, flags=re.S)
        assert [line for line in prose.splitlines() if line.startswith("#") and not HEADING.match(line)] == [
            next(line for line in prose.splitlines() if line.startswith("# "))
        ]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_section_is_asked_about(concept: str) -> None:
    """At least eight questions a language and section, none twice, none for a section that is not there."""
    asked = tomllib.loads((NOTES / concept / "asked.toml").read_text("utf-8"))
    assert set(asked) == set(sections(concept, "ko"))
    for anchor, languages in asked.items():
        for language in ("ko", "en"):
            questions = languages[language]
            assert len(questions) >= ASKED_AT_LEAST, f"{concept}/{anchor} ({language})"
            assert len(set(questions)) == len(questions), f"{concept}/{anchor} ({language})"


def test_no_question_leads_to_two_sections() -> None:
    """A question that stands in two places would teach finding that both are right and neither first."""
    seen: dict[str, str] = {}
    for concept in CONCEPTS:
        for anchor, languages in tomllib.loads((NOTES / concept / "asked.toml").read_text("utf-8")).items():
            for question in (*languages["ko"], *languages["en"]):
                key = re.sub(r"\W+", "", question.lower())
                assert seen.setdefault(key, f"{concept}/{anchor}") == f"{concept}/{anchor}", question


def test_comparisons_have_sections_of_their_own() -> None:
    """What learners mix up is answered in one place."""
    assert set(COMPARISONS) <= ALL_SECTIONS


@pytest.mark.parametrize("slug", DEMOS)
def test_demo_proves_sections_that_exist(slug: str) -> None:
    """A verdict is stamped on a section of the notes."""
    assert DEMOS[slug].proves
    assert set(DEMOS[slug].proves) <= ALL_SECTIONS
