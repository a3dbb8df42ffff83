"""The fixed words of an answer, in both languages: what is said around the notes. Pure.

They are part of the answer (kept with it, printed as JSON), so they stand here and not in the texts of the screens.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.passages import Language

_FRAMES: Mapping[str, Mapping[Language, str]] = {
    "own": {"ko": "내 노트 {file} › {heading}", "en": "Your note {file} › {heading}"},
    "own_other_language": {
        "ko": "내 노트 {file} › {heading}(영어로 쓴 그대로)",
        "en": "Your note {file} › {heading} (as it is, in Korean)",
    },
    "ours": {"ko": "기본 노트 › {heading}", "en": "Built-in note › {heading}"},
    "ours_other_language": {
        "ko": "기본 노트 › {heading}(영어로만 있습니다)",
        "en": "Built-in note › {heading} (in Korean only)",
    },
    "rival": {"ko": "함께 보기 › {heading}", "en": "See also › {heading}"},
    "precisely": {"ko": "정확히는: {text}", "en": "Precisely: {text}"},
    "correction": {"ko": "정확히 말하면, {text}", "en": "To be precise: {text}"},
    "another_correction": {"ko": "그리고 {text}", "en": "Also: {text}"},
    "translated": {"ko": "번역: {text}", "en": "Translated: {text}"},
    "example": {"ko": "예", "en": "For example"},
    "unsupported": {"ko": "(노트에 없는 설명)", "en": "(not in the notes)"},
    "title_only": {
        "ko": "이 노트에는 제목만 있습니다: {file} › {heading}.",
        "en": "This note has only a heading: {file} › {heading}.",
    },
    "not_covered": {
        "ko": "이 질문의 답은 노트에 없습니다.",
        "en": "The notes do not cover this question.",
    },
    "nearest": {"ko": "노트에서 가장 가까운 내용은 {titles}입니다.", "en": "What comes nearest in the notes: {titles}."},
    "read_on": {"ko": "쿠버네티스 문서에서 이어 읽기: {url}", "en": "To read on in the Kubernetes documentation: {url}"},
}


def frame(name: str, language: Language, /, **facts: str) -> str:
    """The words of this name with their placeholders filled."""
    return _FRAMES[name][language].format(**facts)


def named(titles: list[str], language: Language) -> str:
    """Headings as they are named within a sentence: in quotation marks, with commas."""
    return ", ".join(f"‘{title}’" if language == "ko" else f'"{title}"' for title in titles)
