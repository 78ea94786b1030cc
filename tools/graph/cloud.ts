import { dollars } from "../../components/azure/costs";
import type { PlacedOpening } from "../../components/azure/openings";
import type { DeclaredCloud } from "../../components/declaration";
import { type PlacedPort, span } from "./placing";

/** What stands around the hosts of a cloud. */
export interface CloudBox {
  readonly id: string;
  readonly name: string;
  readonly says: readonly string[];
  readonly balancer: { readonly id: string; readonly address: string; readonly endpoints: readonly EndpointBox[] };
}

/** What the load balancer has of a port that hosts publish, or of many that are drawn as one. */
export interface EndpointBox {
  readonly id: string;
  /** `tcp 8090 … 8094` */
  readonly name: string;
  /** `HTTP from 192.0.2.0/24` */
  readonly says: string;
  /** The host's port that it leads to. */
  readonly port: string;
}

/** Draws a cloud with an endpoint for each published port that it lets in. */
export function placeCloud(cloud: DeclaredCloud, ports: readonly PlacedPort[]): CloudBox {
  const { region, resourceGroup, scaleSet, size, capacity, rehearsed, hourly, address } = cloud;
  const cost = hourly === undefined ? [] : [`about ${dollars(hourly)} an hour, an estimate`];
  return {
    id: "c",
    name: `Azure, ${region}${rehearsed ? ", rehearsed on this machine" : ""}`,
    says: [`resource group ${resourceGroup}`, `scale set ${scaleSet}: ${capacity} × ${size}`, ...cost],
    balancer: { id: "cb", address, endpoints: cloud.openings.flatMap((opening) => endpointsOf(opening, ports)) },
  };
}

/** What is said of a host besides what it is: how the cloud lets the program in. */
export function wayIn({ instances, administration }: DeclaredCloud, host: string): string | undefined {
  const instance = instances.find((each) => each.host === host);
  const remoting = instance?.winrm === undefined ? "" : `, WinRM ${instance.winrm}`;
  const through = administration.through === "bastion" ? "Azure Bastion, from 127.0.0.1" : "load balancer";
  return instance && `${through}: SSH ${instance.ssh}, Docker ${instance.docker}${remoting}`;
}

function endpointsOf({ host, service, ports: opened, sources }: PlacedOpening, ports: readonly PlacedPort[]) {
  const boxes = new Map<string, number[]>();
  for (const { id, hostPort, protocol } of ports.filter((port) => port.host === host)) {
    if (protocol === "tcp" && opened.includes(hostPort)) {
      boxes.set(id, [...(boxes.get(id) ?? []), hostPort]);
    }
  }
  return [...boxes].map(([port, numbers]): EndpointBox => ({
    id: `${port}e`,
    name: `tcp ${span(String(numbers[0]), String(numbers.at(-1)))}`,
    says: `${service} from ${sources.join(", ")}`,
    port,
  }));
}
