"""The node's address, routes and masquerading. Changes the machine's network; `remove` takes all of it back."""

import ipaddress
import json
from collections.abc import Iterable

from cluster.onenode.settings import Settings
from machine.errors import HackError
from machine.run import run, succeeds

PROXY_TABLES = (("ip", "kube-proxy"), ("ip6", "kube-proxy"))


def ensure(settings: Settings) -> None:
    """Make the link with the node's address, the routes and the masquerading table. Safe to repeat."""
    _refuse_overlap(settings)
    if forwarding_dropped(run("nft", "list", "ruleset")):
        raise HackError(
            "this machine's firewall drops forwarded packets, so pods could not reach each other; "
            "allow them (iptables -P FORWARD ACCEPT), or use kind"
        )
    if not _link_exists(settings):
        # A bridge that nothing joins: a link that is always up and that every kernel with containers has.
        run("ip", "link", "add", settings.link, "type", "bridge")
    run("ip", "address", "replace", f"{settings.node_ip}/32", "dev", settings.link)
    run("ip", "link", "set", settings.link, "up")
    # A Service's address needs a route for a request to be sent at all; nftables then redirects it.
    run("ip", "route", "replace", settings.service_cidr, "dev", settings.link, "src", settings.node_ip)
    # The address of a pod that is gone must fail at once here, not leave through the default route.
    run("ip", "route", "replace", "unreachable", settings.pod_cidr)
    run("nft", "-f", "-", stdin=masquerading(settings))


def remove(settings: Settings) -> None:
    """Take everything back that `ensure` and kube-proxy made."""
    if _link_exists(settings):
        run("ip", "link", "delete", settings.link)
    if run("ip", "route", "show", "type", "unreachable", settings.pod_cidr).strip():
        run("ip", "route", "delete", "unreachable", settings.pod_cidr)
    for family, table in (("ip", settings.table), *PROXY_TABLES):
        if succeeds("nft", "list", "table", family, table):
            run("nft", "delete", "table", family, table)


def masquerading(settings: Settings) -> str:
    """The table that lets pods reach what lies outside, as kind's do. Pure."""
    inside = f"{{ {settings.pod_cidr}, {settings.service_cidr} }}"
    return f"""\
table ip {settings.table} {{}}
delete table ip {settings.table}
table ip {settings.table} {{
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    ip saddr {settings.pod_cidr} ip daddr != {inside} masquerade
  }}
}}
"""


def overlaps(destinations: Iterable[str], settings: Settings) -> list[str]:
    """Routes of the machine that claim addresses which the cluster is about to take. Pure."""
    ours = [ipaddress.ip_network(cidr) for cidr in (settings.pod_cidr, settings.service_cidr)]
    found = [text for text in destinations if text != "default"]
    return [text for text in found if any(ipaddress.ip_network(text).overlaps(net) for net in ours)]


def forwarding_dropped(ruleset: str) -> bool:
    """Say whether a chain on the way between two pods has a policy that drops. Pure."""
    return any("hook forward" in line and "policy drop" in line for line in ruleset.splitlines())


def _refuse_overlap(settings: Settings) -> None:
    routes = json.loads(run("ip", "-4", "-json", "route", "show"))
    foreign = [r["dst"] for r in routes if r.get("dev") != settings.link and not _of_a_pod(r, settings)]
    clash = overlaps(foreign, settings)
    if clash:
        raise HackError(
            f"this machine already routes {', '.join(clash)}, which the cluster would take; "
            "choose the first two numbers of other private addresses: WEIR_ONENODE_NETWORK=10.77 hack/cluster up"
        )


def _of_a_pod(route: dict[str, object], settings: Settings) -> bool:
    """A route that ptp or we ourselves made for this cluster before."""
    return (
        route.get("type") == "unreachable" or route.get("prefsrc") == settings.node_ip or "/" not in str(route["dst"])
    )


def _link_exists(settings: Settings) -> bool:
    return succeeds("ip", "link", "show", settings.link)
