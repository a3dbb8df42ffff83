"""What a first live run will do, before it does anything: the cluster, the objects, the commands, the time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.lab import grounds
from assistant.lab.demo import Demo
from assistant.lab.guard import Examination

NAMESPACE = "kubenote-RUN"


@dataclass(frozen=True, slots=True)
class Preview:
    """`makes` are objects as KIND/NAME, all in (or of) one new namespace; `yaml` the manifests; `commands` kubectl lines.

    `context`, `server` and `minikube` name the cluster, `uid` is what consent is given for.
    """

    context: str
    server: str
    minikube: str
    uid: str
    makes: tuple[str, ...]
    yaml: str
    commands: tuple[str, ...]
    seconds: float


def preview(demo: Demo, context: str, examination: Examination, image: str) -> Preview:
    """The preview of this demo on the cluster that was examined."""
    import yaml

    around = grounds.manifests(NAMESPACE, "RUN", demo.slug, "HOME", datetime.now(UTC))
    inside = [form for step in demo.steps for form in step.manifests()]
    forms = [_with_image(form, image) for form in (*around, *inside)]
    facts = {name: str(value) for check in examination.checks for name, value in check.facts.items()}
    answer = examination.answer
    lines = [
        " ".join(("kubectl", "--context", context, "-n", NAMESPACE, *step.arguments()))
        for step in demo.steps
        if step.arguments()
    ]
    return Preview(
        context=context,
        server=facts.get("server", ""),
        minikube=answer.minikube if answer else "",
        uid=answer.uid if answer else "",
        makes=tuple(f"{form['kind']}/{form['metadata']['name']}" for form in forms),
        yaml="---\n".join(yaml.safe_dump(form, sort_keys=False, allow_unicode=True) for form in forms),
        commands=tuple(lines),
        seconds=demo.budget_seconds,
    )


def _with_image(form: Any, image: str) -> Any:
    from assistant.lab.sandbox import IMAGE

    if isinstance(form, Mapping):
        return {key: _with_image(value, image) for key, value in form.items()}
    if isinstance(form, (list, tuple)):
        return [_with_image(value, image) for value in form]
    return image if form == IMAGE else form
