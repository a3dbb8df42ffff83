"""A chat model as composer: it chooses the words, the notes keep the truth.

What it writes is verified as it streams (verifying.py); corrections are said by us, before it. It may name a demo, and can
start nothing. Every failure is a StudyError with a code, and the answer is then composed from the notes alone.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers import prompt, vendors
from assistant.answers.answer import ModelUse
from assistant.answers.composing import Composer, DemoNamed, Piece, corrected, set_right
from assistant.answers.evidence import Evidence
from assistant.answers.failing import failure, status_of
from assistant.answers.offering import catalogue, proving
from assistant.answers.pumping import Patience, pumped
from assistant.answers.translating import Translations
from assistant.answers.verifying import Policy, Verification
from knowledge.errors import StudyError
from knowledge.passages import Language

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

    from assistant.settings import Settings

RECENT = 2
"""How many earlier questions are always told word for word."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one question to the model came to: `code` is why it failed (None where it spoke), with the facts of its text."""

    model: str
    ok: bool
    code: str | None
    facts: Mapping[str, str | int | float]
    seconds: float


def providers() -> Mapping[str, bool]:
    """The providers that can be chosen, and whether the extra of each is installed."""
    return {name: vendor.installed for name, vendor in vendors.VENDORS.items()}


def composer(settings: Settings, *, patience: Patience | None = None) -> ChatModel | None:
    """The composer for the chat model of the settings, None where none is chosen; made anew only when settings change.

    Nothing is contacted yet; what is wrong with the model is found when it is asked.
    """
    if not settings.model:
        return None
    return _made(settings, patience or Patience())


@lru_cache(maxsize=2)
def _made(settings: Settings, patience: Patience) -> ChatModel:
    return ChatModel(
        settings.model,
        url=settings.model_url,
        unsupported=settings.unsupported,
        tracing=settings.tracing,
        translations=settings.home / "translations",
        patience=patience,
    )


def check(settings: Settings, *, patience: Patience | None = None) -> CheckResult:
    """Ask the model of the settings one question and say what came of it."""
    asked = composer(settings, patience=patience or Patience(first=30, between=15, whole=45))
    started = time.perf_counter()
    if asked is None:
        return CheckResult("", False, "model-none", {}, 0.0)
    try:
        asked.ask_once("Answer with the single word: ready")
    except StudyError as error:
        return CheckResult(settings.model, False, error.code, error.facts, time.perf_counter() - started)
    finally:
        asked.close()
    return CheckResult(settings.model, True, None, {"model": settings.model}, time.perf_counter() - started)


class ChatModel(Composer):
    """Composes by a chat model of any vendor."""

    def __init__(
        self,
        model: str,
        *,
        url: str = "",
        unsupported: Policy = "mark",
        tracing: bool = False,
        translations: Path | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.model = model
        self._url = url
        self._unsupported: Policy = unsupported
        self._tracing = tracing
        self._patience = patience or Patience()
        self._client: BaseChatModel | None = None
        self._summaries: dict[tuple[str, ...], str] = {}
        self._translations = Translations(translations, model, self._translate) if translations else None

    def pieces(self, evidence: Evidence) -> Generator[Piece]:
        """Corrections, then the model's verified sentences, then what was used; demos as they are named."""
        started = time.perf_counter()
        said = "\n\n".join(corrected(evidence))
        if said:
            yield said
        use = ModelUse(self.model, 0, 0, 0.0)
        for piece in self._spoken(evidence):
            if isinstance(piece, str):
                yield "\n\n" + piece if said else piece
                said = ""
            elif isinstance(piece, ModelUse):
                use = replace(piece, seconds=time.perf_counter() - started)
            else:
                yield piece
        for part in set_right(evidence):
            yield "\n\n" + part
        yield use

    def _spoken(self, evidence: Evidence) -> Iterator[Piece]:
        """The model's sentences as far as they hold, the demos it names, and the tokens it took.

        A model that first only names a demo is asked once more, for the text.
        """
        demos = _demos(evidence)
        excerpts = {excerpt.number: excerpt for excerpt in prompt.told(evidence)}
        checked = Verification(excerpts, evidence.language, self._unsupported)
        asked = prompt.messages(evidence, demos, self._conversation(evidence.earlier))
        tokens = (0, 0)
        for offered in (demos, {}):
            whole: AIMessageChunk | None = None
            with contextlib.closing(self._streamed(asked, offered)) as stream:
                for chunk in stream:
                    whole = chunk if whole is None else whole + chunk
                    yield from checked.feed(chunk.text)
                    if checked.full:
                        break
            if whole is None:
                break
            tokens = (tokens[0] + _tokens(whole)[0], tokens[1] + _tokens(whole)[1])
            yield from _named(whole, offered)
            if whole.text.strip() or not whole.tool_calls:
                break
            asked = [*asked, *_heard(whole)]
        try:
            yield from checked.finish()
        except StudyError as error:
            raise StudyError(error.code, model=self.model) from None
        yield ModelUse(self.model, *tokens, 0.0)

    def ask_once(self, question: str) -> str:
        """The model's words to a question without notes: the doctor's."""
        from langchain_core.messages import HumanMessage

        return self._said([HumanMessage(question)])

    def translated(self, texts: Sequence[str], language: Language) -> list[str | None]:
        """The texts in this language, from what is kept or by the model; None where it failed or was not faithful."""
        if self._translations is None or not texts:
            return [None] * len(texts)
        try:
            return self._translations.of(texts, language)
        except StudyError:
            return [None] * len(texts)

    def close(self) -> None:
        """Let the connections go; the next question opens new ones."""
        made, self._client = self._client, None
        if made is not None:
            vendors.closed(made)

    # the model

    def _streamed(self, asked: Sequence[BaseMessage], demos: Mapping[str, str]) -> Generator[AIMessageChunk]:
        """The model's chunks; StudyError for whatever goes wrong. A model that knows no tools is asked without them."""
        for tools in (True, False) if demos else (False,):
            begun = False
            try:
                with contextlib.closing(pumped(partial(self._open, asked, demos if tools else {}), self._patience)) as stream:
                    for chunk in stream:
                        begun = True
                        yield chunk
                return
            except Exception as error:
                if tools and not begun and status_of(error) == 400:
                    continue
                told = failure(error, self.model)
                if told.code == "model-key-wrong":
                    self.close()
                raise StudyError(told.code, **{"model": self.model, **told.facts}) from None

    def _open(self, asked: Sequence[BaseMessage], demos: Mapping[str, str]) -> Iterator[AIMessageChunk]:
        """The vendor's stream, opened in the thread that reads it; without tracing unless it was asked for."""
        from langsmith.run_helpers import tracing_context

        if self._client is None:
            self._client = vendors.client(self.model, self._url, self._patience)
        speaking = self._client.bind_tools([prompt.demo_tool(demos)]) if demos else self._client
        with contextlib.nullcontext() if self._tracing else tracing_context(enabled=False):
            yield from speaking.stream(list(asked))  # type: ignore[misc]

    def _said(self, asked: Sequence[BaseMessage]) -> str:
        with contextlib.closing(self._streamed(asked, {})) as stream:
            said = "".join(chunk.text for chunk in stream)
        if not said.strip():
            raise StudyError("model-empty", model=self.model)
        return said

    def _conversation(self, earlier: Sequence[str]) -> str:
        """Earlier questions, word for word as far as there is room, the older ones as a summary."""
        recent = list(earlier[-RECENT:])
        older = list(earlier[:-RECENT])
        while older and sum(map(len, recent)) + len(older[-1]) <= prompt.CONVERSATION:
            recent.insert(0, older.pop())
        told = "\n".join(question[: prompt.CONVERSATION // 2] for question in recent)
        if not older:
            return told
        key = tuple(older)
        if key not in self._summaries:
            with contextlib.suppress(StudyError):
                self._summaries = {key: self._said(prompt.summary_messages(older))[: prompt.CONVERSATION // 2]}
        summary = self._summaries.get(key, "")
        return f"(before that: {summary})\n{told}" if summary else told

    def _translate(self, texts: Sequence[str], language: Language) -> list[str]:
        lines = self._said(prompt.translation_messages(texts, language)).strip().splitlines()
        made: list[str] = []
        for line in lines:
            try:
                line_said = json.loads(line.strip().rstrip(","))
            except ValueError:
                continue
            if isinstance(line_said, str):
                made.append(line_said)
        return made if len(made) == len(texts) else []


def _demos(evidence: Evidence) -> Mapping[str, str]:
    """Titles of the demos that prove a section of the evidence, by slug."""
    sections = [excerpt.passage.section for section in evidence.ours for excerpt in section[:1]]
    known = catalogue()
    return {slug: known[slug].title.in_language(evidence.language) for slug in proving(sections)}


def _named(whole: AIMessageChunk, demos: Mapping[str, str]) -> Iterator[Piece]:
    """The demos that the model names; a name that is not in the catalogue is dropped."""
    for call in whole.tool_calls:
        slug = call["args"].get("slug")
        if call["name"] == prompt.DEMO_TOOL and isinstance(slug, str) and slug in demos:
            yield DemoNamed(slug)


def _tokens(chunk: AIMessageChunk) -> tuple[int, int]:
    used = chunk.usage_metadata
    return (used["input_tokens"], used["output_tokens"]) if used else (0, 0)


def _heard(whole: AIMessageChunk) -> list[BaseMessage]:
    """What the model said with its tool calls, and that they are heard: it is then asked for the text."""
    from langchain_core.messages import AIMessage, ToolMessage

    calls = [call for call in whole.tool_calls if call.get("id")]
    heard = [ToolMessage("The button is shown. Now write the answer.", tool_call_id=str(call["id"])) for call in calls]
    return [AIMessage(content="", tool_calls=calls), *heard]
