"""The only door to the kubernetes client. Objects go in and out as the API's own JSON, in plain dicts.

Laws: one cluster, named by its entry; no proxy, no redirect, no retry behind our back, a deadline on every call. The API
server's clock comes with each reply. Watching is the client's own informer, which lists again on 410 and on a watch that ended.
"""

from __future__ import annotations

import functools
import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from assistant.lab.guard import Answer, NodeFact
from assistant.lab.kubeconfig import Entry
from assistant.lab.surface import KINDS
from knowledge.errors import StudyError

Form: TypeAlias = dict[str, Any]
Watcher: TypeAlias = Callable[[str, str, Form], None]

CONNECT = 3.0
"""Seconds to connect."""
QUIET = 20.0
"""Seconds without a word after which a watch is taken up again: its server may have gone without saying so."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the API server: `form` is {} where it was no JSON object; `date` is the server's clock, whole seconds."""

    status: int
    form: Form
    text: str
    date: datetime | None


class Cluster:
    """A client of one cluster, as the learner or, with a `token`, as the ServiceAccount of a run. Thread-safe."""

    def __init__(self, entry: Entry, *, token: str = "") -> None:
        from kubernetes.client.api_client import ApiClient
        from kubernetes.client.configuration import Configuration
        from kubernetes.config import load_kube_config_from_dict
        from urllib3.util.retry import Retry

        self.entry = entry
        config = json.loads(json.dumps(entry.config))
        if token:
            config["users"] = [{"name": "it", "user": {"token": token}}]
        configuration = Configuration()
        load_kube_config_from_dict(config, client_configuration=configuration, persist_config=False)
        configuration.proxy = None
        configuration.verify_ssl = True
        configuration.retries = Retry(total=0, redirect=0, raise_on_redirect=False)
        configuration.connection_pool_maxsize = 32
        self._api = ApiClient(configuration)
        self._api.user_agent = "kubenote"
        self._headers = {"Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
            self._api.set_default_header("Authorization", f"Bearer {token}")

    def close(self) -> None:
        self._api.close()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        patch: str = "merge",
        seconds: float = 10.0,
        allow: tuple[int, ...] = (),
    ) -> Reply:
        """One request. StudyError `cluster-unreachable`, or `api-refused` with the status unless it is in `allow`."""
        from urllib3.exceptions import HTTPError

        url = self._api.configuration.host + path + (f"?{urlencode(query)}" if query else "")
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = f"application/{patch}-patch+json" if method == "PATCH" else "application/json"
        try:
            response = self._api.call_api(method, url, headers, body, _request_timeout=(CONNECT, seconds))
            raw = bytes(response.read() or b"")
        except (HTTPError, OSError) as error:
            raise StudyError("cluster-unreachable", server=self._api.configuration.host, reason=_short(error)) from error
        text = raw.decode("utf-8", "replace")
        try:
            form = json.loads(text)
        except ValueError:
            form = None
        date = response.headers.get("Date")
        reply = Reply(
            int(response.status), form if isinstance(form, dict) else {}, text, parsedate_to_datetime(date) if date else None
        )
        if reply.status >= 300 and reply.status not in allow:
            told = str(reply.form.get("message") or text or response.reason)
            raise StudyError("api-refused", status=reply.status, call=f"{method} {path}", reason=told[:300])
        return reply

    # objects

    def get(self, kind: str, namespace: str, name: str) -> Form | None:
        """The object, or None."""
        reply = self.call("GET", KINDS[kind].path(namespace, name), allow=(404,))
        return None if reply.status == 404 else reply.form

    def list(self, kind: str, namespace: str = "", *, labels: str = "") -> list[Form]:
        """All objects of a kind; of all namespaces where none is named."""
        query = {"labelSelector": labels} if labels else None
        place = KINDS[kind].path(namespace) if namespace else KINDS[kind].path("x").replace("/namespaces/x", "")
        return list(self.call("GET", place, query=query).form.get("items") or [])

    def create(self, namespace: str, form: Form) -> Form:
        return self.call("POST", KINDS[form["kind"]].path(namespace), form).form

    def patch(self, kind: str, namespace: str, name: str, change: object, *, part: str = "", style: str = "merge") -> Form:
        """Patch an object or a part of it; `style` is merge, strategic-merge or json."""
        return self.call("PATCH", KINDS[kind].path(namespace, name, part), change, patch=style).form

    def delete(self, kind: str, namespace: str, name: str, *, grace: int | None = None, uid: str = "") -> bool:
        """Ask for the deletion; False where it was gone already. With `uid` only this very object."""
        options: Form = {"propagationPolicy": "Background"}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        if uid:
            options["preconditions"] = {"uid": uid}
        return self.call("DELETE", KINDS[kind].path(namespace, name), options, allow=(404, 409)).status < 300

    def token(self, namespace: str, account: str, seconds: int) -> str:
        """A token of this ServiceAccount, valid for these seconds."""
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": seconds}}
        reply = self.call("POST", KINDS["ServiceAccount"].path(namespace, account, "token"), request)
        return str(reply.form["status"]["token"])

    def proxy_get(self, namespace: str, service: str, path: str, *, seconds: float = 3.0) -> Reply:
        """GET through the API server's service proxy; `service` is name:port. Any status is an answer."""
        place = f"{KINDS['Service'].path(namespace, quote(service, safe=':'), 'proxy')}/{path.lstrip('/')}"
        return self.call("GET", place, seconds=seconds, allow=tuple(range(300, 600)))

    def log(self, namespace: str, pod: str, *, lines: int = 200) -> str:
        """The last lines of a pod's log; "" where it is gone."""
        reply = self.call("GET", KINDS["Pod"].path(namespace, pod, "log"), query={"tailLines": str(lines)}, allow=(400, 404))
        return reply.text if reply.status == 200 else ""

    # watching

    def watch(self, namespace: str, kinds: tuple[str, ...], on: Watcher) -> Callable[[], None]:
        """Call `on(change, kind, object)` for each change in a namespace, from threads of the informers. Gives the way to stop.

        `change` is added, modified or deleted. A watch that breaks is taken up again until it is stopped.
        """
        from kubernetes.client import AppsV1Api, CoreV1Api, DiscoveryV1Api
        from kubernetes.informer import ADDED, DELETED, ERROR, MODIFIED, SharedInformer

        logging.getLogger("kubernetes.informer").setLevel(logging.CRITICAL)
        core, apps, discovery = CoreV1Api(self._api), AppsV1Api(self._api), DiscoveryV1Api(self._api)
        listing = {
            "Pod": core.list_namespaced_pod,
            "Service": core.list_namespaced_service,
            "Event": core.list_namespaced_event,
            "Deployment": apps.list_namespaced_deployment,
            "ReplicaSet": apps.list_namespaced_replica_set,
            "EndpointSlice": discovery.list_namespaced_endpoint_slice,
        }
        stopped = threading.Event()

        def pause(_trouble: object) -> None:
            """The informer takes a broken watch up again at once and without end: it rests here, in its own thread."""
            stopped.wait(0.3)

        def hand_on(change: str, kind: str) -> Callable[[object], None]:
            def handler(model: object) -> None:
                if not stopped.is_set():
                    on(change, kind, self._api.sanitize_for_serialization(model))

            return handler

        informers = []
        for kind in kinds:
            informer = SharedInformer(_impatient(listing[kind]), namespace=namespace)
            for event, change in ((ADDED, "added"), (MODIFIED, "modified"), (DELETED, "deleted")):
                informer.add_event_handler(event, hand_on(change, kind))
            informer.add_event_handler(ERROR, pause)
            informer.start()
            informers.append(informer)

        def stop() -> None:
            stopped.set()
            for informer in informers:  # stop() joins; a watch that is just connecting ends after QUIET seconds
                threading.Thread(target=informer.stop, name="informer-stop", daemon=True).start()

        return stop


def _impatient(listing: Callable[..., Any]) -> Callable[..., Any]:
    """The list call with a deadline on each read; the informer finds its return type through the wrapper."""

    @functools.wraps(listing)
    def with_deadline(*given: Any, **named: Any) -> Any:
        return listing(*given, **named, _request_timeout=(CONNECT, QUIET))

    return with_deadline


def warm() -> None:
    """Import what watching needs, in a thread of its own: it takes a second, while the sandbox is made."""

    def load() -> None:
        from kubernetes.client import AppsV1Api, CoreV1Api, DiscoveryV1Api  # noqa: F401
        from kubernetes.informer import SharedInformer  # noqa: F401

    threading.Thread(target=load, name="warm", daemon=True).start()


def _short(error: BaseException) -> str:
    """The innermost reason, without addresses of objects in memory."""
    reason: object = getattr(error, "reason", None) or error
    while isinstance(reason, BaseException) and (inner := getattr(reason, "reason", None)) and inner is not reason:
        reason = inner
    return str(reason).split(">: ")[-1][:200]


def within(seconds: float, work: Callable[[], Answer]) -> Answer | None:
    """What `work` gives within these seconds, else None: a server may answer byte by byte for ever."""
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(work()), name="examine", daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else None


def read_answer(cluster: Cluster, *, seconds: float = 8.0) -> Answer:
    """The facts the guard judges, by reads alone and within these seconds in all."""

    def ask() -> Answer:
        try:
            version = cluster.call("GET", "/version", seconds=seconds, allow=tuple(range(300, 600)))
            if version.status in (401, 403) and version.form.get("kind") == "Status":
                return Answer("guard-not-allowed", str(version.form.get("message", ""))[:200])
            if version.status != 200 or not str(version.form.get("gitVersion", "")).startswith("v"):
                return Answer("guard-not-kubernetes", f"HTTP {version.status}")
            listed = cluster.call("GET", KINDS["Node"].path(), seconds=seconds)
            if listed.form.get("kind") != "NodeList":
                return Answer("guard-not-kubernetes", "no list of nodes")
            system = cluster.call("GET", KINDS["Namespace"].path(name="kube-system"), seconds=seconds)
            uid = str(system.form["metadata"]["uid"])
            return Answer("", "", version.form["gitVersion"], tuple(map(node_fact, listed.form.get("items") or [])), uid)
        except StudyError as error:
            code = "guard-no-answer" if error.code == "cluster-unreachable" else "guard-not-kubernetes"
            if error.facts.get("status") in (401, 403):
                code = "guard-not-allowed"
            return Answer(code, str(error.facts.get("reason", "")))
        except (KeyError, TypeError, AttributeError):
            return Answer("guard-not-kubernetes", "")

    return within(seconds, ask) or Answer("guard-no-answer", f"{seconds:.0f} s")


def node_fact(node: Form) -> NodeFact:
    """A node as the guard needs it."""
    status = node.get("status") or {}
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in status.get("conditions") or [])
    address = next((one["address"] for one in status.get("addresses") or [] if one.get("type") == "InternalIP"), "")
    meta = node["metadata"]
    return NodeFact(str(meta["name"]), dict(meta.get("labels") or {}), ready, str(address))
