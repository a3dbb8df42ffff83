"""All demos by slug. Adding one: its file, its line here, its recording."""

from __future__ import annotations

import difflib

from assistant.demos import (
    api_proxy_balancing,
    api_watch,
    cluster_anatomy,
    connection_not_request,
    deployment_scale,
    labels_and_selectors,
    liveness_restarts,
    overlay_network,
    pod_lifecycle,
    pod_status,
    port_forward_sticky,
    proxy_vs_port_forward,
    readiness_gates_traffic,
    replicaset_adoption,
    replicaset_self_healing,
    rollback,
    rolling_update,
    service_cluster_ip,
    service_load_balancer,
    service_node_port,
    session_affinity,
)
from assistant.lab.demo import Demo
from knowledge.errors import StudyError

DEMOS: dict[str, Demo] = {
    demo.slug: demo
    for demo in (
        cluster_anatomy.DEMO,
        api_watch.DEMO,
        pod_status.DEMO,
        liveness_restarts.DEMO,
        pod_lifecycle.DEMO,
        labels_and_selectors.DEMO,
        replicaset_self_healing.DEMO,
        replicaset_adoption.DEMO,
        deployment_scale.DEMO,
        rolling_update.DEMO,
        readiness_gates_traffic.DEMO,
        rollback.DEMO,
        service_cluster_ip.DEMO,
        connection_not_request.DEMO,
        session_affinity.DEMO,
        api_proxy_balancing.DEMO,
        port_forward_sticky.DEMO,
        proxy_vs_port_forward.DEMO,
        service_node_port.DEMO,
        service_load_balancer.DEMO,
        overlay_network.DEMO,
    )
}


def get(slug: str) -> Demo:
    """The demo of this name; StudyError `demo-unknown` names the nearest."""
    if slug not in DEMOS:
        near = difflib.get_close_matches(slug, DEMOS, n=1, cutoff=0.0)
        raise StudyError("demo-unknown", slug=slug, nearest=near[0])
    return DEMOS[slug]
