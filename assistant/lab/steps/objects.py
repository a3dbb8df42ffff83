"""The objects that demos declare: small agnhost pods that restricted Pod Security accepts, and Services. Pure.

`netexec` answers its pod's name at /hostname; its /shell is a remote shell, so it never stands behind a NodePort or a load
balancer: there `serve-hostname` stands, which answers the name to anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from assistant.lab.sandbox import IMAGE

Form: TypeAlias = dict[str, Any]

PORT = 8080
NETEXEC = ("netexec", f"--http-port={PORT}")
SERVE_HOSTNAME = ("serve-hostname", f"--port={PORT}")
PAUSE = ("pause",)


def probe(port: int = PORT, *, delay: int = 0, period: int = 1, failures: int = 3) -> Form:
    """An HTTP probe."""
    asked: Form = {"httpGet": {"path": "/hostname", "port": port}, "periodSeconds": period, "failureThreshold": failures}
    return {**asked, "initialDelaySeconds": delay} if delay else asked


def tcp_probe(port: int = PORT, *, period: int = 1) -> Form:
    """A probe that only connects: it leaves no line in the log of `serve-hostname`."""
    return {"tcpSocket": {"port": port}, "periodSeconds": period}


def pod_spec(
    arguments: tuple[str, ...] = NETEXEC,
    *,
    command: tuple[str, ...] = (),
    image: str = IMAGE,
    version: str = "",
    readiness: Form | None = None,
    liveness: Form | None = None,
    pre_stop: int = 0,
    grace: int | None = None,
    **container: Any,
) -> Form:
    """The spec of a pod with one container named `main`; further keywords go into the container."""
    main: Form = {
        "name": "main",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        **({"command": list(command)} if command else {"args": list(arguments)}),
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **container,
    }
    if version:
        main["env"] = [{"name": "VERSION", "value": version}]
    if readiness:
        main["readinessProbe"] = readiness
    if liveness:
        main["livenessProbe"] = liveness
    if pre_stop:
        main["lifecycle"] = {"preStop": {"sleep": {"seconds": pre_stop}}}
    spec: Form = {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [main],
    }
    return spec if grace is None else {**spec, "terminationGracePeriodSeconds": grace}


def pod(name: str, spec: Form | None = None, *, labels: Mapping[str, str] | None = None) -> Form:
    """A bare pod; its label app is its name unless `labels` say otherwise."""
    meta = {"name": name, "labels": dict(labels) if labels is not None else {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec or pod_spec()}


def deployment(name: str, spec: Form | None = None, *, replicas: int = 3, **more: Any) -> Form:
    """A Deployment whose pods carry the label app=`name`; further keywords go into its spec."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": spec or pod_spec(readiness=probe())},
            **more,
        },
    }


def service(name: str, *, selector: Mapping[str, str] | None = None, **more: Any) -> Form:
    """A Service on port 80 for the pods with label app=`name`; further keywords go into its spec."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "selector": dict(selector or {"app": name}),
            "ports": [{"name": "http", "port": 80, "targetPort": PORT}],
            **more,
        },
    }
