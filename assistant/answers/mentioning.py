"""Which subjects a text names, and where. Pure, over the term table.

A subject is what a question can be about by itself; a word such as port, connection or delete is not: whoever says no more than
that has left the subject to the question before.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge import terms

_WORDS = """
addon adoption apply back-off browser client-ip command connect connection context cpu create curl delete describe
drain driver encapsulation error event exec expose forbidden http image image-tag install keep-alive kubectl
kubernetes localhost local-port logs manifest memory not-found not-ready patch pause pending pod port profile
recreate registry replica request resource rest-api restart running scale schedule spec target-port template
terminating timeout traffic tunnel udp uid watch websocket
"""
_NO_SUBJECT = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject's canonical term, the words that name it, and their place in the text."""

    term: str
    text: str
    start: int
    end: int


def mentions(text: str) -> tuple[Mention, ...]:
    """The subjects that the text names, in order."""
    return tuple(mention for mention in terms_in(text) if mention.term not in _NO_SUBJECT)


def terms_in(text: str) -> tuple[Mention, ...]:
    """All terms of the text, in order. None where the text is not as it is looked up in (full-width letters)."""
    if len(terms.normalize(text)) != len(text):
        return ()
    return tuple(Mention(term.name, text[term.start : term.end], term.start, term.end) for term in terms.find(text))
