"""Where kubernetes.io is read for what the notes do not cover: an address by the subject's words. Pure; nothing is fetched."""

from __future__ import annotations

import re

from knowledge.passages import Language

_HOME = "docs/home/"
_ENGLISH_ONLY = frozenset(
    {
        "docs/concepts/services-networking/gateway/",
        "docs/reference/access-authn-authz/rbac/",
        "docs/concepts/security/service-accounts/",
        "docs/concepts/workloads/pods/sidecar-containers/",
    }
)
"""Pages of which no Korean text is sure: named in English to a Korean reader too."""

_PAGES: tuple[tuple[str, str], ...] = (
    (r"helm|헬름|차트|\bchart", "docs/reference/tools/"),
    (r"kustomize|커스터마이즈", "docs/tasks/manage-kubernetes-objects/kustomization/"),
    (r"gateway api|게이트웨이 ?api|httproute", "docs/concepts/services-networking/gateway/"),
    (r"ingress|인그레스", "docs/concepts/services-networking/ingress/"),
    (r"network ?polic|네트워크 ?폴리시|네트워크 ?정책", "docs/concepts/services-networking/network-policies/"),
    (r"storage ?class|스토리지 ?클래스", "docs/concepts/storage/storage-classes/"),
    (r"persistent|\bpvc?s?\b|퍼시스턴트|영구 ?볼륨", "docs/concepts/storage/persistent-volumes/"),
    (r"volume|볼륨|storage|스토리지|저장소", "docs/concepts/storage/volumes/"),
    (r"config ?map|컨피그 ?맵", "docs/concepts/configuration/configmap/"),
    (r"secret|시크릿", "docs/concepts/configuration/secret/"),
    (
        r"\bhpa\b|horizontal ?pod|autoscal|오토 ?스케일|자동 ?(으로 )?(확장|스케일)",
        "docs/tasks/run-application/horizontal-pod-autoscale/",
    ),
    (r"stateful ?set|스테이트풀", "docs/concepts/workloads/controllers/statefulset/"),
    (r"daemon ?set|데몬 ?셋", "docs/concepts/workloads/controllers/daemonset/"),
    (r"cron ?job|크론 ?잡", "docs/concepts/workloads/controllers/cron-jobs/"),
    (r"\bjobs?\b|잡(을|은|이|으로| )|배치 ?작업", "docs/concepts/workloads/controllers/job/"),
    (r"\brbac\b|\brole ?binding|cluster ?role|롤 ?바인딩|권한", "docs/reference/access-authn-authz/rbac/"),
    (r"service ?account|서비스 ?어카운트", "docs/concepts/security/service-accounts/"),
    (r"affinity|어피니티|taint|toleration|테인트|톨러레이션|schedul|스케줄", "docs/concepts/scheduling-eviction/"),
    (r"\bcrds?\b|custom ?resource|커스텀 ?리소스|operator|오퍼레이터", "docs/concepts/extend-kubernetes/operator/"),
    (r"etcd", "docs/tasks/administer-cluster/configure-upgrade-etcd/"),
    (r"kubeadm|쿠베 ?어드민", "docs/setup/production-environment/tools/kubeadm/"),
    (r"\b(eks|gke|aks)\b|production|운영 ?환경", "docs/setup/production-environment/"),
    (r"monitor|모니터링|prometheus|프로메테우스|metrics|메트릭", "docs/tasks/debug/debug-cluster/resource-metrics-pipeline/"),
    (r"quota|쿼터", "docs/concepts/policy/resource-quotas/"),
    (r"\bdns\b", "docs/concepts/services-networking/dns-pod-service/"),
    (r"init ?container|초기화 ?컨테이너", "docs/concepts/workloads/pods/init-containers/"),
    (r"sidecar|사이드카", "docs/concepts/workloads/pods/sidecar-containers/"),
    (r"dashboard|대시보드", "docs/tasks/access-application-cluster/web-ui-dashboard/"),
    (r"drain|드레인|cordon|유지 ?보수", "docs/tasks/administer-cluster/safely-drain-node/"),
    (r"upgrade|업그레이드", "docs/tasks/administer-cluster/cluster-upgrade/"),
)


def page_for(question: str, language: Language) -> str:
    """The page that treats the question's subject, in this language; the documentation's first page where none is known."""
    path = next((page for pattern, page in _PAGES if re.search(pattern, question, re.IGNORECASE)), _HOME)
    korean = language == "ko" and path not in _ENGLISH_ONLY
    return f"https://kubernetes.io/{'ko/' if korean else ''}{path}"
