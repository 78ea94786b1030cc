import { administrationPortsOf, frontendRange } from "../../azure/ports";
import type { PlacedOpening } from "../../azure/openings";
import { overlap } from "../../network/address";
import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import type { ScaleSetSettings } from "../hosts";
import { networksOf, portsOf } from "./placed";

/**
 * Rules of a load balancer that a host's network card can be behind.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
 */
const mostRules = 300;

/** What labs cannot have on the hosts of a scale set. */
export function scaleSetFaults(
  settings: ScaleSetSettings,
  hosts: readonly HostTopology[],
  openings: readonly PlacedOpening[],
): Fault[] {
  return [
    ...hosts.flatMap(listeningFaults),
    ...hosts.flatMap((host) => networkFaults(settings, host)),
    ...endpointFaults(settings, hosts, openings),
    ...limitFaults(settings, hosts, openings),
  ];
}

/** A machine's own address is Azure's to give, and no setting can know it. */
function listeningFaults(host: HostTopology): Fault[] {
  return portsOf(host)
    .filter(({ address }) => address !== "0.0.0.0" && !address.startsWith("127."))
    .map(({ key, address }) => ({
      key,
      value: address,
      allowed: "0.0.0.0 or an address of 127.0.0.0/8 on a host of a scale set",
      cure: "write 0.0.0.0: who may reach it is said by its openings",
    }));
}

/** What a lab's network takes from the virtual network's addresses, its host could no longer reach. */
function networkFaults({ network: { addressSpace } }: ScaleSetSettings, host: HostTopology): Fault[] {
  return networksOf(host)
    .filter(({ subnet }) => overlap(subnet, addressSpace))
    .map(({ key, subnet }) => ({
      key,
      value: subnet,
      allowed: `a subnet outside ${addressSpace}, the virtual network that host "${host.name}" is in`,
      cure: "choose another, or another hosts.network.addressSpace",
    }));
}

interface Endpoint {
  readonly lab: string;
  readonly port: number;
  readonly key: string;
}

/** A port of the load balancer leads to one lab; it may be on several hosts. */
function endpointFaults(
  { maximum, administration }: ScaleSetSettings,
  hosts: readonly HostTopology[],
  openings: readonly PlacedOpening[],
): Fault[] {
  const endpoints = endpointsIn(hosts, openings);
  const ranges = administrationPortsOf(administration).map((of) => frontendRange(of, maximum));
  return endpoints.flatMap(({ lab, port, key }, index) => {
    const range = ranges.find(({ first, last }) => first <= port && port <= last);
    const other = endpoints.slice(0, index).find((each) => each.port === port && each.lab !== lab);
    return [
      ...(range === undefined
        ? []
        : [
            {
              key,
              value: port,
              allowed: `a port outside ${range.first} to ${range.last}, by which the load balancer leads to hosts`,
              cure: "choose another, for example 8080",
            },
          ]),
      ...(other === undefined
        ? []
        : [
            {
              key,
              value: port,
              allowed: "a port that the load balancer opens for no other lab, whatever host it is on",
              cure: `choose another: ${other.key} has it`,
            },
          ]),
    ];
  });
}

function limitFaults(
  { administration }: ScaleSetSettings,
  hosts: readonly HostTopology[],
  openings: readonly PlacedOpening[],
): Fault[] {
  const most = mostRules - administrationPortsOf(administration).length;
  const ports = new Set(openings.flatMap((opening) => opening.ports));
  const last = endpointsIn(hosts, openings).at(-1);
  return ports.size <= most || last === undefined
    ? []
    : [
        {
          key: last.key,
          value: ports.size,
          allowed: `at most ${most} ports that a load balancer opens`,
          cure: "publish fewer ports, or open fewer of them",
        },
      ];
}

/** Every opened port, with the setting that it is published by. */
function endpointsIn(hosts: readonly HostTopology[], openings: readonly PlacedOpening[]): Endpoint[] {
  return openings.flatMap(({ lab, host, ports }) => {
    const published = hosts.filter(({ name }) => name === host).flatMap(portsOf);
    return ports.map((port) => {
      const key = published.find((each) => each.lab === lab && each.hostPort === port)?.key ?? `labs.${lab}.openings`;
      return { lab, port, key };
    });
  });
}
