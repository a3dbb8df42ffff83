"""Makes router.npz of the notes and of what learners ask: `python -m knowledge.training`, or `--held-out` for figures alone.

Development only (scikit-learn), a few minutes on two cores, the same each time. The fingerprint of everything that goes
in is kept in the file; a test says when it is stale.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import builtin, context_encoder, encoder, features
from knowledge.context_encoder import ContextEncoder
from knowledge.corpus import NOT_COVERED, Vectors
from knowledge.encoder import Encoder
from knowledge.routing import (
    NET_SCALE,
    PACKAGED,
    Bag,
    Buckets,
    Doubt,
    Matrix,
    Near,
    Net,
    Router,
    centred,
    group_numbers,
    packed,
)
from knowledge.terms import forms, ordinary, particles

RANK = 28
NEAR_DIMENSIONS = 128
HIDDEN = 512
DOUBT_HIDDEN = 64
COPIES = 2
ENCODER = "use"
LIMIT_BYTES = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Examples:
    """What is learned from: texts in canonical terms and as written, the number of each one's section.

    The first `asked` of them are what learners ask, the others headings and passages of the notes.
    """

    sections: tuple[str, ...]
    texts: tuple[str, ...]
    raw: tuple[str, ...]
    labels: NDArray[np.int64]
    asked: int


def examples(folder: Path = builtin.PACKAGED) -> Examples:
    """Asked questions first, then headings and passages of the notes."""
    notes = builtin.read_notes(folder)
    rows = [(one.text, one.section) for one in notes.asked]
    count = len(rows)
    rows += [(place.heading, section.id) for section in notes.sections for place in section.places.values()]
    rows += [(one.passage.text, one.passage.section) for one in notes.passages if one.passage.kind != "code"]
    sections = tuple(sorted({section for _, section in rows}))
    number = {section: at for at, section in enumerate(sections)}
    texts = tuple(features.reduced(text) for text, _ in rows)
    raw = tuple(text for text, _ in rows)
    return Examples(sections, texts, raw, np.array([number[section] for _, section in rows], dtype=np.int64), count)


def fingerprint(folder: Path = builtin.PACKAGED) -> str:
    """Of all that the router is made from: asked questions, notes, terms, features, encoder."""
    notes = builtin.read_notes(folder)
    told = hashlib.sha256(
        f"{features.VERSION} {RANK} {NEAR_DIMENSIONS} {HIDDEN} {DOUBT_HIDDEN} {COPIES} {encoder.encoder_name(ENCODER)} "
        f"{context_encoder.NAME}".encode()
    )
    for one in notes.asked:
        told.update(f"{one.section}\t{one.text}\n".encode())
    for read in notes.passages:
        told.update(f"{read.passage.section}\t{read.passage.text}\n".encode())
    for name, others in forms().items():
        told.update(f"{name} {others}\n".encode())
    told.update(" ".join(sorted(particles() | ordinary())).encode())
    return told.hexdigest()[:32]


def train(found: Examples, vectors: Vectors, context: Vectors, mark: str) -> Router:
    """The router of these examples; a row of `vectors` is that of a text in canonical terms and then of the text itself, one of
    `context` is that of the text itself by the encoder that reads in context."""
    labels = found.labels
    asked = np.arange(len(labels)) < found.asked
    centre = context.mean(axis=0)
    context = centred(context, centre)
    uncovered = np.array([name.startswith(f"{NOT_COVERED}/") for name in found.sections])[labels]
    groups = group_numbers(found.sections)
    of_words = [features.hashed(features.words(text), features.WORD_BITS) for text in found.texts]
    of_runs = [features.hashed(features.runs(text), features.RUN_BITS) for text in found.texts]
    return Router(
        sections=found.sections,
        encoder=encoder.encoder_name(ENCODER),
        fingerprint=mark,
        runs=_log_linear(of_runs, labels, features.RUN_BITS),
        words_groups=_log_linear(of_words, groups[labels], features.WORD_BITS),
        runs_groups=_log_linear(of_runs, groups[labels], features.RUN_BITS),
        net=_net(vectors, labels, HIDDEN, 10),
        near=_near(vectors[asked, : vectors.shape[1] // 2], labels[asked]),
        centre=centre,
        context_net=_net(context, labels, HIDDEN, 10),
        context_near=_near(context[asked], labels[asked]),
        doubt=_doubt(of_words, of_runs, vectors, context, uncovered),
    )


def save(made: Router, path: Path = PACKAGED) -> int:
    """Write the router; its size in bytes."""
    parts: dict[str, Any] = {
        "sections": np.array(made.sections),
        "encoder": np.array(made.encoder),
        "fingerprint": np.array(made.fingerprint),
        "labels": made.near.labels.astype(np.int16),
        "centre": made.centre,
        "doubt_words": made.doubt.words.astype(np.float16),
        "doubt_runs": made.doubt.runs.astype(np.float16),
        "doubt_lexical_bias": np.float32(made.doubt.lexical_bias),
    }
    for name, near in {"near": made.near, "context_near": made.context_near}.items():
        parts |= {f"{name}_turn": near.turn.astype(np.float16), f"{name}_asked": packed(near.asked)}
    nets = {
        "net": made.net,
        "context_net": made.context_net,
        "doubt": made.doubt.net,
        "context_doubt": made.doubt.context_net,
    }
    for name, net in nets.items():
        small, scales = _bytes(net.inner)
        parts |= {f"{name}_inner": small, f"{name}_scales": scales, f"{name}_inner_bias": net.inner_bias}
        parts |= {f"{name}_outer": net.outer.astype(np.float16), f"{name}_outer_bias": net.outer_bias}
    members = {"runs": made.runs, "words_groups": made.words_groups, "runs_groups": made.runs_groups}
    for name, member in members.items():
        parts |= {
            f"{name}_rows": member.rows,
            f"{name}_scales": member.scales.astype(np.float16),
            f"{name}_mix": member.mix.astype(np.float16),
            f"{name}_bias": member.bias,
        }
    np.savez_compressed(path, **parts)
    return path.stat().st_size


def _log_linear(rows: Sequence[Bag], labels: NDArray[np.int64], bits: int) -> Buckets:
    """One classifier a label against the rest; the weights of all in RANK directions, as bytes."""
    from sklearn.linear_model import SGDClassifier

    matrix = _matrix(rows, bits)
    model = SGDClassifier(loss="log_loss", alpha=1e-5, average=True, random_state=0, max_iter=8, tol=None, n_jobs=2)
    model.fit(matrix, labels)
    weights = np.asarray(model.coef_, dtype=np.float64)
    _, directions = np.linalg.eigh(weights @ weights.T)
    mix = directions[:, ::-1][:, :RANK]
    small, scales = _bytes((weights.T @ mix).astype(np.float32))
    return Buckets(small, scales, mix.T.astype(np.float32), model.intercept_.astype(np.float32))


def _matrix(rows: Sequence[Bag], bits: int) -> Any:
    from scipy import sparse

    starts = np.concatenate([[0], np.cumsum([len(numbers) for numbers, _ in rows])])
    weights, numbers = np.concatenate([weights for _, weights in rows]), np.concatenate([numbers for numbers, _ in rows])
    return sparse.csr_matrix((weights, numbers, starts), shape=(len(rows), 1 << bits))


def _doubt(
    of_words: Sequence[Bag], of_runs: Sequence[Bag], vectors: Vectors, context: Vectors, uncovered: NDArray[np.bool_]
) -> Doubt:
    """Covered or not: nets over the vectors; words and runs each in a model of its own, added up with runs counting double."""
    from sklearn.linear_model import LogisticRegression

    words = LogisticRegression(C=3, max_iter=200, class_weight="balanced").fit(_matrix(of_words, features.WORD_BITS), uncovered)
    runs = LogisticRegression(C=3, max_iter=200, class_weight="balanced").fit(_matrix(of_runs, features.RUN_BITS), uncovered)
    return Doubt(
        _net(vectors, uncovered, DOUBT_HIDDEN, 12),
        _net(context, uncovered, DOUBT_HIDDEN, 12),
        0.5 * words.coef_[0].astype(np.float32),
        runs.coef_[0].astype(np.float32),
        0.5 * float(words.intercept_[0]) + float(runs.intercept_[0]),
    )


def _net(vectors: Vectors, labels: NDArray[Any], hidden: int, rounds: int) -> Net:
    """COPIES nets from different beginnings, side by side in one: its scores are the mean of theirs."""
    from sklearn.neural_network import MLPClassifier

    inners, biases, outers, outer_bias = [], [], [], 0.0
    for beginning in range(COPIES):
        model = MLPClassifier(
            (hidden,), alpha=1e-3, batch_size=128, max_iter=rounds, tol=0, n_iter_no_change=99, random_state=beginning
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is stopped after these rounds on purpose
            model.fit(NET_SCALE * vectors, labels)
        inners.append(model.coefs_[0])
        outers.append(model.coefs_[1] / COPIES)
        biases.append(model.intercepts_[0])
        outer_bias = outer_bias + model.intercepts_[1] / COPIES
    parts = (np.hstack(inners), np.hstack(biases), np.vstack(outers), outer_bias)
    return Net(*(np.asarray(part, dtype=np.float32) for part in parts))


def _near(vectors: Vectors, labels: NDArray[np.int64]) -> Near:
    """The asked questions along the directions in which they differ most."""
    _, directions = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    turn = directions[:, ::-1][:, :NEAR_DIMENSIONS].astype(np.float32)
    asked = vectors @ turn
    return Near(turn, asked / np.linalg.norm(asked, axis=1, keepdims=True), labels)


def _bytes(values: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """Rows as bytes, and one scale a row."""
    scales = np.abs(values).max(axis=1) / 127
    safe = np.where(scales > 0, scales, 1)
    return np.round(values / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def embed(texts: Sequence[str], loaded: Encoder | ContextEncoder | None) -> Vectors:
    """A row a text."""
    if loaded is None:
        raise SystemExit("the router needs both encoders: train it on Linux, or on macOS on Arm")
    return np.vstack([loaded.vectors(texts[at : at + 64]) for at in range(0, len(texts), 64)])


def held_out(found: Examples, vectors: Vectors, context: Vectors, share: int = 5) -> None:
    """Train on all but every fifth asked question of each section and print how the rest is read."""
    hidden = np.zeros(len(found.labels), dtype=bool)
    chance = np.random.default_rng(0)
    for label in range(len(found.sections)):
        of_label = chance.permutation(np.flatnonzero(found.labels[: found.asked] == label))
        hidden[of_label[: len(of_label) // share]] = True
    kept = np.flatnonzero(~hidden)
    count = int((kept < found.asked).sum())
    seen = Examples(
        found.sections, tuple(found.texts[at] for at in kept), tuple(found.raw[at] for at in kept), found.labels[kept], count
    )
    made = train(seen, vectors[kept], context[kept], "")
    tested = np.flatnonzero(hidden)
    half = vectors.shape[1] // 2
    read = [
        made.probabilities(made.features(found.texts[at], vectors[at, :half], vectors[at, half:], context[at])) for at in tested
    ]
    report(
        found.sections, np.stack([shares for shares, _ in read]), np.array([doubt for _, doubt in read]), found.labels[tested]
    )


def report(sections: Sequence[str], shares: Matrix, doubts: NDArray[np.float64], labels: NDArray[np.int64]) -> None:
    """First concept, section and refusal of questions that were not learned."""
    concept_of = np.array([section.partition("/")[0] for section in sections])
    ours = concept_of != NOT_COVERED
    names = sorted(set(concept_of[ours]))
    by_concept = np.stack([shares[:, concept_of == name].sum(axis=1) for name in names], axis=1)
    right = ours[labels]
    order = np.argsort(-by_concept, axis=1)
    place = np.array([names.index(concept_of[label]) if ours[label] else -1 for label in labels])
    first = (order[:, 0] == place)[right].mean()
    third = (order[:, :3] == place[:, None]).any(axis=1)[right].mean()
    best = np.argsort(-np.where(ours, shares, -1), axis=1)
    of_section = (best[:, 0] == labels)[right].mean(), (best[:, :3] == labels[:, None]).any(axis=1)[right].mean()
    print(f"{right.sum()} covered: first concept {first:.1%}, in the first three {third:.1%}")
    print(f"section first {of_section[0]:.1%}, in the first three {of_section[1]:.1%}")
    for kept in (0.95, 0.97, 0.98, 0.99):
        limit = np.quantile(doubts[right], kept)
        told = {
            sections[int(at)]: (doubts[labels == at] > limit).mean() for at in np.flatnonzero(~ours) if (labels == at).any()
        }
        said = ", ".join(f"{name.partition('/')[2]} refused {rate:.0%}" for name, rate in told.items())
        print(f"{1 - kept:.0%} false refusals, from log odds {limit:.2f}: {said}")


def main(arguments: Sequence[str]) -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--held-out", action="store_true", help="print figures on questions left out, write nothing")
    chosen = wanted.parse_args(arguments)
    begun = time.monotonic()
    mark = fingerprint()  # before the texts are read: an edit during the training leaves a stale router, never a false one
    found = examples()
    meaning = encoder.load(ENCODER)
    vectors = np.hstack([embed(found.texts, meaning), embed(found.raw, meaning)])
    context = embed(found.raw, context_encoder.load(os.cpu_count() or 1))
    print(
        f"{found.asked} asked questions, {len(found.texts) - found.asked} texts of the notes, {len(found.sections)} sections; "
        f"embedded after {time.monotonic() - begun:.0f} s"
    )
    if chosen.held_out:
        held_out(found, vectors, context)
    else:
        size = save(train(found, vectors, context, mark))
        print(f"{PACKAGED.name}: {size / 1e6:.2f} MB")
        if size > LIMIT_BYTES:
            raise SystemExit("router.npz is over its limit: lower RANK or NEAR_DIMENSIONS")
    print(f"{time.monotonic() - begun:.0f} s in all")


if __name__ == "__main__":
    main(sys.argv[1:])
