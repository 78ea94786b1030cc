import type { HostTopology } from "../../components/network/topology";
import type { Plan } from "../../components/plan";
import type { Before } from "./review";

/** What is up, with each lab that is on one host and will be on another as if it were there already. */
export function relocated(before: Before, after: Pick<Plan, "topology">): Before {
  const now = placesOf(before.topology.hosts);
  const moves = new Map(
    [...placesOf(after.topology.hosts)].flatMap(([lab, [to, ...others]]): [string, string][] => {
      const from = now.get(lab) ?? [];
      const moved = others.length === 0 && from.length === 1 && from[0] !== to;
      return moved ? [[lab, to]] : [];
    }),
  );
  const all = before.topology.hosts.flatMap(({ labs }) => labs);
  const known = new Map(before.topology.hosts.map((host) => [host.name, host]));
  const hosts = [...before.topology.hosts, ...after.topology.hosts.filter(({ name }) => !known.has(name))];
  const placed = (host: HostTopology): HostTopology => ({
    ...host,
    labs: [
      ...(known.get(host.name)?.labs ?? []).filter(({ lab }) => !moves.has(lab)),
      ...all.filter(({ lab }) => moves.get(lab) === host.name),
    ],
  });
  return {
    ...before,
    topology: { ...before.topology, hosts: hosts.map(placed) },
    expectations: before.expectations.map((each) => ({ ...each, at: moves.get(each.lab) ?? each.at })),
    openings: before.openings?.map((each) => ({ ...each, host: moves.get(each.lab) ?? each.host })),
  };
}

/** The hosts that each lab is on. */
function placesOf(hosts: readonly HostTopology[]): ReadonlyMap<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { name, labs } of hosts) {
    labs.forEach(({ lab }) => places.set(lab, [...(places.get(lab) ?? []), name]));
  }
  return places;
}
