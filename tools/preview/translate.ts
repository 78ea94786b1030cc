import type { PlacedExpectation } from "../../components/checks/expectation";
import type { HostTopology, Topology } from "../../components/network/topology";
import { containersOf, networksOf } from "./reach";

/** Addresses, subnets and published sockets that are others in the plan, by what they were. */
export type Moved = ReadonlyMap<string, string>;

const token = /(?<![\d.])\d+\.\d+\.\d+\.\d+(?:[:/]\d+)?(?![\d.])/g;

/** What has moved on each host, by the host's name: what keeps its name and gets another address. */
export function movedOn(before: Topology, after: Topology): ReadonlyMap<string, Moved> {
  return new Map(
    before.hosts.map((host) => {
      const same = after.hosts.find(({ name }) => name === host.name);
      return [host.name, new Map(same === undefined ? [] : pairs(host, same).filter(([from, to]) => from !== to))];
    }),
  );
}

/** The expectation as it reads with the addresses of the plan. */
export function translated(expectation: PlacedExpectation, moved: ReadonlyMap<string, Moved>): PlacedExpectation {
  const map = moved.get(expectation.at) ?? new Map<string, string>();
  const text = JSON.stringify(expectation).replace(token, (found) => {
    const [address] = found.split(/[:/]/);
    return map.get(found) ?? `${map.get(address) ?? address}${found.slice(address.length)}`;
  });
  return JSON.parse(text) as PlacedExpectation;
}

function pairs(before: HostTopology, after: HostTopology): [string, string][] {
  const networks = common(networksOf(before), networksOf(after)).flatMap(([was, is]) => [
    ...[pair(was.subnet, is.subnet), pair(was.gateway, is.gateway), pair(was.ipRange, is.ipRange)],
  ]);
  const containers = common(containersOf(before), containersOf(after)).flatMap(([was, is]) => [
    ...was.endpoints.map(({ network, address }) =>
      pair(address, is.endpoints.find((each) => each.network === network)?.address),
    ),
    ...was.ports.map((port) => {
      const same = is.ports.find((each) => each.setting === port.setting && each.containerPort === port.containerPort);
      return pair(socket(port), same && socket(same));
    }),
  ]);
  // A container's address says more than a subnet's that looks the same.
  return [...networks, ...containers].flatMap((each) => (each === undefined ? [] : [each]));
}

function pair(from: string | undefined, to: string | undefined): [string, string] | undefined {
  return from === undefined || to === undefined ? undefined : [from, to];
}

/** As the host itself asks for it. */
function socket({ address, hostPort }: { address: string; hostPort: number }): string {
  return `${address === "0.0.0.0" ? "127.0.0.1" : address}:${hostPort}`;
}

function common<T extends { readonly name: string }>(before: readonly T[], after: readonly T[]): [T, T][] {
  const byName = new Map(after.map((each) => [each.name, each]));
  return before.flatMap((was): [T, T][] => {
    const is = byName.get(was.name);
    return is === undefined ? [] : [[was, is]];
  });
}
