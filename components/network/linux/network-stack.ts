import { linuxAclRuleset, linuxAclTable } from "./acl";
import type { EndpointSpec, PortProxy, StackSpec } from "../topology";
import { checkedId, type StackCommand, type StackTarget } from "../dialect";
import { helper } from "./helper";
import { replacedTable } from "./nftables";

const portProxyTable = "lab_port_proxy";

/** What the Linux dialect needs besides: the image of the helper container that does it. */
export interface LinuxTarget extends StackTarget {
  /** The engine's id of the toolbox image. */
  readonly toolbox: string;
}

/** A network stack's addresses, routes and port proxies, in the Linux dialect. */
export function linuxStackCommand({ addresses, routes, portProxies }: StackSpec): StackCommand<LinuxTarget> {
  const texts = portProxies.map(comment);
  const table = {
    family: "ip",
    name: portProxyTable,
    ruleset: portProxyRuleset(portProxies),
    rules: ["prerouting", "output", "postrouting"].flatMap(() => texts),
  };
  return helperCommand({ addresses, routes, tables: [table] });
}

/** An endpoint's ACL, in the Linux dialect. */
export function linuxAclCommand({ address, network, acl = [] }: EndpointSpec): StackCommand<LinuxTarget> {
  const inOrder = (direction: "In" | "Out") =>
    acl
      .filter((rule) => rule.direction === direction)
      .sort((a, b) => a.priority - b.priority)
      .map(({ priority }) => `${direction}:${priority}`);
  const table = {
    family: "inet",
    name: linuxAclTable(address),
    ruleset: linuxAclRuleset(address, acl),
    rules: [...inOrder("In"), ...inOrder("Out")],
  };
  return helperCommand({ endpoint: { address, network }, tables: [table] });
}

/**
 * The port proxies of a stack as one nftables transaction: destination NAT for the stack's own connections and for those
 * that come to it. The source is the stack's own address afterwards, else a reply would go past it; only connections that
 * were sent on are touched.
 */
export function portProxyRuleset(proxies: readonly PortProxy[]): string {
  const sentOn = proxies.map(
    (proxy) =>
      `ip daddr ${proxy.listen.address} tcp dport ${proxy.listen.port} ` +
      `dnat to ${proxy.connect.address}:${proxy.connect.port} comment "${comment(proxy)}"`,
  );
  const asOwn = proxies.map(
    (proxy) =>
      `meta l4proto tcp ct status dnat ct original ip daddr ${proxy.listen.address} ` +
      `ct original proto-dst ${proxy.listen.port} masquerade comment "${comment(proxy)}"`,
  );
  const chains = [
    ...chain("prerouting priority -100", sentOn),
    ...chain("output priority -100", sentOn),
    ...chain("postrouting priority 100", asOwn),
  ];
  return replacedTable(`ip ${portProxyTable}`, proxies.length === 0 ? [] : chains);
}

function chain(hook: string, rules: readonly string[]): string[] {
  const [name] = hook.split(" ");
  const type = `    type nat hook ${hook}; policy accept;`;
  return [`  chain ${name} {`, type, ...rules.map((rule) => `    ${rule}`), "  }"];
}

function comment({ listen, connect }: PortProxy): string {
  return `${listen.address}:${listen.port} -> ${connect.address}:${connect.port}`;
}

/**
 * A helper container in the network stack. What the engine says of the container's endpoints goes along; a container that
 * is gone or stopped has nothing left to take away.
 */
function helperCommand(data: object): StackCommand<LinuxTarget> {
  return {
    stdin: JSON.stringify(data),
    lines: ({ containerId, generation, toolbox }) => {
      const id = checkedId(containerId);
      const inspect = `docker container inspect --format '{{json .NetworkSettings.Networks}}' ${id}`;
      const run = helper(toolbox, `container:${id}`, '--env ENDPOINTS="$endpoints"');
      return {
        create: `: stopped ${generation}; endpoints=$(${inspect}) && ${run("apply")}`,
        delete:
          `running=$(docker container inspect --format '{{.State.Running}}' ${id} 2>&1) || ` +
          `case "$running" in *"No such container"*) exit 0;; *) echo "$running" >&2; exit 1;; esac\n` +
          `[ "$running" = false ] || { endpoints=$(${inspect}) && ${run("remove")}; }`,
      };
    },
  };
}
