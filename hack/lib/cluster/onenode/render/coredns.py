"""CoreDNS's configuration. Pure."""

from cluster.onenode.settings import Settings


def corefile(settings: Settings) -> str:
    """The Corefile of kind, bound to the node's address because CoreDNS is a process of the host here."""
    return f"""\
.:53 {{
    bind {settings.node_ip}
    errors
    health {settings.node_ip}:8080 {{
        lameduck 0s
    }}
    ready {settings.node_ip}:8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        kubeconfig {settings.conf}/coredns.kubeconfig
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }}
    forward . /etc/resolv.conf
    cache 30
    loop
}}
"""
