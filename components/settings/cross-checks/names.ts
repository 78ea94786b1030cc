import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { containersOf, networksOf, repeats } from "./placed";

interface Named {
  readonly name: string;
  readonly key: string;
}

/** Names that two containers, two networks or two bridges of one host have, whichever labs they are of. */
export function nameFaults(host: HostTopology): Fault[] {
  const networks = networksOf(host);
  const bridges = networks.flatMap(({ bridge, key }) =>
    bridge === undefined ? [] : [{ name: bridge, key: `${key}.bridge` }],
  );
  return [
    ...repeated(
      "network",
      networks.map(({ name, key }) => ({ name, key: `${key}.name` })),
      host,
    ),
    ...repeated("bridge", bridges, host),
    ...repeated("container", containersOf(host), host),
  ];
}

function repeated(kind: string, items: readonly Named[], host: HostTopology): Fault[] {
  return repeats(items, ({ name }) => name).map(({ item, first }) => ({
    key: item.key,
    value: item.name,
    allowed: `a name that no other ${kind} of host "${host.name}" has`,
    cure: `choose another: ${first.key} has it`,
  }));
}
