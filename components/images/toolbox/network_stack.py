"""Makes this network stack hold what standard input says, or takes that away again. Needs NET_ADMIN and nothing else.

    network_stack.py apply|remove

Standard input is JSON: lists of `addresses` and `routes`, and nftables `tables`, each complete. What a list does not
name and this program once added is removed; a list that is not given is left alone, as is everything that somebody
else added: addresses are told by their label, routes by their protocol, tables by their name.

    addresses  [{address, endpoint?}]               on the interface of the endpoint's address, else on loopback
    routes     [{destination, nextHop?, endpoint}]
    tables     [{family, name, ruleset, rules}]     ruleset: the transaction that makes it; rules: their comments
    endpoint   {address, network}                   `$endpoint` in a ruleset is its interface; the report is about it

The environment's ENDPOINTS is what the engine says of the container's endpoints, in JSON, by network. Standard output is
a line of JSON, {changed, before, after}. If something is refused, nothing has been changed, its words are on standard
error, and the status is 1.
"""

import json
import os
import re
import subprocess
import sys

LABEL = "lab"
# iproute2 leaves the numbers from 64 on, but for a few that routing daemons have, to whoever wants them.
PROTOCOL = "173"


class Refused(Exception):
    pass


def run(*command, text=""):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode != 0:
        raise Refused("%s: %s" % (command[0], (result.stderr or result.stdout).strip()))
    return result.stdout


def interfaces():
    return json.loads(run("ip", "-json", "-4", "address", "show"))


def interface_of(endpoint):
    """The interface that has the endpoint's address from the engine."""
    for interface in interfaces():
        for address in interface["addr_info"]:
            if address.get("local") == endpoint and not is_own(address):
                return interface["ifname"]
    raise Refused("no interface of the container has the address %s" % endpoint)


def is_own(address):
    return address.get("label", "").endswith(":" + LABEL)


def own_addresses():
    return [
        {"address": address["local"], "interface": interface["ifname"]}
        for interface in interfaces()
        for address in interface["addr_info"]
        if is_own(address)
    ]


def own_routes():
    return [
        {"destination": route["dst"], "nextHop": route.get("gateway"), "interface": route["dev"]}
        for route in json.loads(run("ip", "-json", "-4", "route", "show", "proto", PROTOCOL))
    ]


def address_command(verb, each):
    label = ["label", each["interface"] + ":" + LABEL] if verb == "add" else []
    return ["ip", "address", verb, each["address"] + "/32", "dev", each["interface"], *label]


def route_command(verb, each):
    via = ["via", each["nextHop"]] if each["nextHop"] else []
    return ["ip", "route", verb, each["destination"], *via, "dev", each["interface"], "proto", PROTOCOL]


def wanted_addresses(data):
    return [
        {"address": each["address"], "interface": interface_of(each["endpoint"]) if "endpoint" in each else "lo"}
        for each in data
    ]


def wanted_routes(data):
    return [
        {
            # As the kernel shows a route to a single address.
            "destination": re.sub("/32$", "", each["destination"]),
            "nextHop": each.get("nextHop"),
            "interface": interface_of(each["endpoint"]),
        }
        for each in data
    ]


def listed(table):
    """The table as nftables lists it, empty where there is none."""
    tables = json.loads(run("nft", "-j", "list", "tables"))["nftables"]
    names = [(each["table"]["family"], each["table"]["name"]) for each in tables if "table" in each]
    if (table["family"], table["name"]) not in names:
        return ""
    return run("nft", "--stateless", "--numeric", "list", "table", table["family"], table["name"])


def rules(listing):
    """The rules of a listing that carry a comment, with it: nftables shows it as a rule's last part."""
    return re.findall(r'^\s*(.*\S)\s+comment "([^"]*)"$', listing, re.MULTILINE)


def policies(listing):
    found = []
    for rule, comment in rules(listing):
        direction, priority = comment.split(":")
        match, verdict = rule.rpartition(" ")[::2]
        action = {"accept": "Allow", "drop": "Block"}.get(verdict, verdict)
        found.append({"Direction": direction, "Priority": int(priority), "Action": action, "Match": match or "any"})
    return found


def state(data):
    listings = [listed(table) for table in data.get("tables", [])]
    if "endpoint" in data:
        address, network = data["endpoint"]["address"], data["endpoint"]["network"]
        engine = json.loads(os.environ.get("ENDPOINTS", "{}")).get(network, {})
        shown = {
            "id": engine.get("EndpointID", ""),
            "address": address,
            "network": network,
            "policies": policies("\n".join(listings)),
        }
    else:
        proxies = [comment for listing in listings for _, comment in rules(listing)]
        shown = {"addresses": own_addresses(), "routes": own_routes(), "portProxies": list(dict.fromkeys(proxies))}
    return shown, listings


def apply_tables(data, remove):
    tables = data.get("tables", [])
    if remove:
        run("nft", "-f", "-", text="".join(dropped(table) for table in tables))
        return
    endpoint = ["-D", 'endpoint="%s"' % interface_of(data["endpoint"]["address"])] if "endpoint" in data else []
    # One transaction: there is no moment without rules, and a refusal changes nothing.
    run("nft", *endpoint, "-f", "-", text="".join(table["ruleset"] for table in tables))
    for table in tables:
        found = [comment for _, comment in rules(listed(table))]
        if found != table["rules"]:
            raise Refused("nft: table %s holds the rules %s, not %s" % (table["name"], found, table["rules"]))


def dropped(table):
    """A table can only be deleted if it is there, so it is made first."""
    return "table {family} {name}\ndelete table {family} {name}\n".format(**table)


def reconcile(data, remove):
    """Adds before the tables change and takes away after, so that a proxied address is local all the time."""
    kinds = [
        (address_command, own_addresses(), wanted_addresses(data["addresses"]) if not remove else [])
        if "addresses" in data
        else None,
        (route_command, own_routes(), wanted_routes(data["routes"]) if not remove else []) if "routes" in data else None,
    ]
    kinds = [kind for kind in kinds if kind]
    undo = []
    try:
        for command, there, wanted in kinds:
            for each in wanted:
                if each not in there:
                    run(*command("add", each))
                    undo.insert(0, command("del", each))
        apply_tables(data, remove)
    except Refused:
        for command in undo:
            subprocess.run(command, capture_output=True)
        raise
    for command, there, wanted in reversed(kinds):
        for each in there:
            if each not in wanted:
                run(*command("del", each))


def main():
    action, data = sys.argv[1], json.load(sys.stdin)
    before, listings = state(data)
    try:
        reconcile(data, remove=action == "remove")
    except Refused:
        restore(data, listings)
        raise
    after, now = state(data)
    print(json.dumps({"changed": (before, listings) != (after, now), "before": before, "after": after}))


def restore(data, listings):
    """A refused transaction changes nothing; one that was taken and does not read back as it was meant is put back."""
    for table, before in zip(data.get("tables", []), listings):
        if listed(table) != before:
            run("nft", "-f", "-", text=dropped(table) + before)


if __name__ == "__main__":
    try:
        main()
    except Refused as refusal:
        sys.exit(str(refusal))
