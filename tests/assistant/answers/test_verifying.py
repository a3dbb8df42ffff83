"""A model's text, checked sentence by sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.citing import marks
from assistant.answers.evidence import Excerpt
from assistant.answers.supporting import support
from assistant.answers.verifying import Verification
from knowledge.errors import StudyError
from knowledge.passages import Language, Passage

TEXTS = {
    1: "서비스를 대상으로 한 포트포워딩은 시작할 때 파드 하나를 고르고, 끝날 때까지 그 파드로만 보냅니다.",
    2: "파드가 세 개여도 60번 요청하면 60번 모두 같은 파드가 답합니다. `kubectl port-forward svc/web 8080:80`",
    3: "NodePort는 모든 노드에 30000-32767 범위의 포트를 엽니다.",
}


def excerpt(number: int, text: str) -> Excerpt:
    passage = Passage(f"p{number}", "a/b", "a", "builtin", "ko", "paragraph", ("제목",), text, Path("/n"), 1, 1)
    return Excerpt(number, passage, "제목")


def excerpts() -> dict[int, Excerpt]:
    return {number: excerpt(number, text) for number, text in TEXTS.items()}


def verified(text: str, language: Language = "ko", size: int = 5, withhold: bool = False) -> str:
    """The text as it is shown when it streams in pieces of this size."""
    checked = Verification(excerpts(), language, "withhold" if withhold else "mark")
    shown = [piece for place in range(0, len(text), size) for piece in checked.feed(text[place : place + size])]
    return "".join([*shown, *checked.finish()])


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("파드 하나를 고릅니다. [1] 60번 모두 답합니다.[2] 끝", "파드 하나를 고릅니다 [1]. 60번 모두 답합니다 [2]."),
        ("파드 하나를 시작할 때 고릅니다 [1, 2].", "파드 하나를 시작할 때 고릅니다 [1] [2]."),
        ("파드 하나를 시작할 때 고릅니다【1】.", "파드 하나를 시작할 때 고릅니다 [1]."),
        ("- 파드 하나를 고릅니다 [1]\n- 끝날 때까지 보냅니다 [1]", "- 파드 하나를 고릅니다 [1]\n- 끝날 때까지 보냅니다 [1]"),
        ("**파드 하나**를 시작할 때 고릅니다 [1].", "파드 하나를 시작할 때 고릅니다 [1]."),
        ("## 답\n파드 하나를 시작할 때 고릅니다 [1].", "파드 하나를 시작할 때 고릅니다 [1]."),
    ],
)
def test_however_marks_are_written(written: str, shown: str, size: int) -> None:
    """However they are written and torn apart, they come out the same."""
    assert verified(written, size=size, withhold=True) == shown


@pytest.mark.parametrize(
    "wrong",
    [
        "파드가 다섯 개여도 모두 같은 파드가 답합니다 [2].",
        "90번 요청하면 모두 같은 파드가 답합니다 [2].",
        "ClusterIP는 시작할 때 파드 하나를 고릅니다 [1].",
        "`--address`로 파드 하나를 고릅니다 [1].",
        "포트 9090을 열고 파드 하나를 고릅니다 [1].",
        "고양이는 밤마다 지붕 위에서 노래합니다 [1].",
        "노드에 30000-32768 범위의 포트를 엽니다 [3].",
    ],
)
def test_what_the_cited_passage_does_not_say(wrong: str) -> None:
    """Counts, numbers, names, flags, ports and foreign matter are unsupported, though the mark exists."""
    good = "파드 하나를 시작할 때 고릅니다 [1]. "
    assert verified(good + wrong, withhold=True) == good.strip()
    assert verified(good + wrong) == f"{good}{wrong.rsplit(' [', 1)[0]}. (노트에 없는 설명)"


def test_another_word_for_the_same_term() -> None:
    """포드, Pod and 파드 are one term: that is support."""
    assert support("port forwarding은 Pod 하나를 고르고 보냅니다", [TEXTS[1]]).missing == ()


def test_a_quotation_that_is_not_verbatim() -> None:
    """Quotation marks claim the words."""
    assert support('"끝날 때까지 그 파드로만 보냅니다"라고 합니다', [TEXTS[1]]).missing == ()
    assert support('"영원히 그 파드로만 보내게 됩니다"라고 합니다', [TEXTS[1]]).missing == ("영원히 그 파드로만 보내게 됩니다",)


def test_a_block_of_code() -> None:
    """It is shown where a passage holds it, under that passage's mark, and else withheld."""
    block = "파드 하나를 고릅니다 [1].\n\n```bash\n{}\n```\n끝날 때까지 그 파드로만 보냅니다 [1]."
    assert "[2]:\n```text\nkubectl port-forward svc/web 8080:80\n```" in verified(
        block.format("kubectl port-forward svc/web 8080:80")
    )
    assert "```" not in verified(block.format("rm -rf /"))


def test_nothing_before_the_first_supported_sentence() -> None:
    """What is held back comes with it."""
    checked = Verification(excerpts(), "ko", "mark")
    assert checked.feed("파드는 즐겁습니다. 파드 하나를 ") == []
    shown = [*checked.feed("시작할 때 고릅니다 [1]. 네"), *checked.finish()]
    assert "".join(shown).startswith("파드는 즐겁습니다. (노트에 없는 설명) 파드 하나를 시작할 때 고릅니다 [1].")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "model-empty"),
        ("[1] [2]", "model-empty"),
        ("NONE", "model-abstained"),
        ("파드는 즐겁습니다.", "model-unsupported"),
        ("The pod is chosen once and stays the same [1]. It goes on.", "model-language"),
        ("端口转发在启动时选择一个容器组并一直使用它 [1]。", "model-language"),
        ("<think>파드 하나를 시작할 때 고릅니다 [1].", "model-empty"),
    ],
)
def test_a_text_that_cannot_be_shown(text: str, code: str) -> None:
    """Each has its code."""
    with pytest.raises(StudyError) as told:
        verified(text)
    assert told.value.code == code


@given(st.text(alphabet=st.sampled_from("파드 하나를 고릅니다.[]123 \n`-*【】<>!?abc"), max_size=200), st.integers(1, 30))
def test_any_text(text: str, size: int) -> None:
    """Whatever comes in whatever pieces: only marks that exist come out, or a code."""
    try:
        shown = verified(text, size=size)
    except StudyError:
        return
    assert set(marks(shown)) <= set(TEXTS)
    assert shown == verified(text, size=10_000)
