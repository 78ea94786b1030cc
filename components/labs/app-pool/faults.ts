import type { Fault } from "../../settings/fault";
import { repeats } from "../../settings/cross-checks/placed";
import { networkOf } from "../../network/address";
import { type ClusterPlace, clusterOf, type HostOs, type Place } from "../lab";
import { emptied, instancesOf, mostInstances, places, placesIn, poolPorts } from "./instances";
import { entries } from "./ports";
import type { AppPoolSettings } from "./settings";

/** What is wrong beyond the schema and beyond the rules that hold for every lab. Keys are below the lab. */
export function faults(settings: AppPoolSettings, os: HostOs, place?: Place): Fault[] {
  const cluster = clusterOf(place);
  return [
    ...portFaults(settings),
    ...(cluster === undefined ? placeFaults(settings) : roomFaults(settings, cluster)),
    ...ephemeralFaults(settings, os),
    ...withoutFaults(settings),
    ...pathFaults(settings, os),
    ...identityFaults(settings, os),
    ...openingFaults(settings, os),
  ];
}

/** The setting that says which ports there are. */
export function portsSetting({ count }: Pick<AppPoolSettings, "count">): "ports" | "firstPort" {
  return count === undefined ? "ports" : "firstPort";
}

function portFaults(settings: AppPoolSettings): Fault[] {
  const ports = poolPorts(settings);
  const [twice] = repeats(ports, String);
  return [
    ...(twice === undefined
      ? []
      : [
          {
            key: "ports",
            value: settings.ports,
            allowed: "each port once",
            cure: `remove one of them: ${twice.item} is listed twice`,
          },
        ]),
    ...(ports.length <= mostInstances
      ? []
      : [
          {
            key: "ports",
            value: settings.ports,
            allowed: `at most ${mostInstances} ports; these are ${ports.length}`,
            cure: "list fewer, or place a second environment on another host",
          },
        ]),
  ];
}

/** Ports whose instances would have one address. */
function placeFaults(settings: AppPoolSettings): Fault[] {
  const { subnet } = settings.network;
  const most = placesIn(subnet);
  const placeOf = places(subnet);
  const ports = [...new Set(poolPorts(settings))].slice(0, mostInstances);
  const key = portsSetting(settings) === "ports" ? "ports" : "count";
  const value = settings[key];
  if (ports.length > most) {
    return [
      {
        key,
        value,
        allowed: `at most ${most} ports: so many places has ${subnet}; these are ${ports.length}`,
        cure: "declare fewer, or choose a larger subnet: from /22 on it has 1000 places",
      },
    ];
  }
  const [same] = repeats(ports, (port) => String(placeOf(port).place));
  return same === undefined
    ? []
    : [
        {
          key,
          value,
          allowed: `ports with different remainders when divided by ${most}, the number of places in ${subnet}`,
          cure:
            `choose another for ${same.item}, nearer to the others: its instance would have the address of ` +
            `${same.first}'s, ${placeOf(same.item).address}`,
        },
      ];
}

/** Containers of a pool that are replaced at a time, each of which has its new address beside the old one for a moment. */
const onTheirWay = 8;

/**
 * Addresses that a pool takes of a cluster's network. A swarm keeps the addresses of what ran on a host that it lost until
 * the host is back or a day has passed, so those of one host are needed once more; a service that all hosts hand on has one
 * besides; each host has one, and one of its anchor; and so have the gateway and the front door.
 */
function addressesNeeded(instances: number, { members, publish }: ClusterPlace): number {
  const elsewhere = members.length > 1 ? Math.ceil(instances / members.length) : 0;
  return (publish === "ingress" ? 2 : 1) * instances + elsewhere + onTheirWay + 2 * members.length + 2;
}

/** More instances than the cluster's network has room for, should one of its hosts be lost. */
function roomFaults(settings: AppPoolSettings, cluster: ClusterPlace): Fault[] {
  const { subnet } = settings.network;
  const [address, prefix] = subnet.split("/");
  const needed = addressesNeeded(instancesOf(settings).length, cluster);
  // Neither its own address nor the broadcast address is anybody's.
  const fitting = 32 - Math.ceil(Math.log2(needed + 2));
  return fitting >= Number(prefix)
    ? []
    : [
        {
          key: "network.subnet",
          value: subnet,
          allowed: `a subnet of /${fitting} or larger on a cluster, for ${needed} addresses: those of a host that is lost are kept`,
          cure: `choose a larger one, for example ${networkOf(`${address}/${fitting}`)}, or declare fewer instances`,
        },
      ];
}

/**
 * The first port that Linux lends to outgoing connections: one that is lent when the pool comes up can't be published. Of
 * Windows the rules for every lab speak. Source: `ip_local_port_range` in the kernel's Documentation/networking/ip-sysctl.rst.
 */
const firstLentPort = 32_768;

function ephemeralFaults(settings: AppPoolSettings, os: HostOs): Fault[] {
  if (os === "windows") {
    return [];
  }
  const { frontDoor } = settings;
  const lent = (key: string, ports: readonly number[]): Fault[] => {
    const last = Math.max(...ports);
    return ports.length === 0 || last < firstLentPort
      ? []
      : [
          {
            key,
            value: last,
            allowed: `ports below ${firstLentPort}, from which on Linux lends them to outgoing connections`,
            cure: "choose lower ones, for example from 8090 on",
          },
        ];
  };
  return [
    ...lent(portsSetting(settings), poolPorts(settings)),
    ...lent("frontDoor.port", frontDoor.enabled ? [frontDoor.port] : []),
  ];
}

function withoutFaults(settings: AppPoolSettings): Fault[] {
  const ports = new Set(poolPorts(settings));
  return entries(settings.without)
    .filter((entry) => {
      const meant = emptied(settings, entry);
      return meant.length === 0 || meant.some((port) => !ports.has(port));
    })
    .map((entry) => ({
      key: "without",
      value: entry,
      allowed: `ports of the pool, which are ${settings.ports || "none"}, or names of its instances`,
      cure: "remove it: what is no part of the pool needs no word that it is left out",
    }));
}

const absolute: Readonly<Record<HostOs, RegExp>> = {
  linux: /^(?:\/[A-Za-z0-9._-]+)+$/,
  windows: /^[A-Za-z]:(?:\\[A-Za-z0-9._-]+)+$/,
};

function pathFaults({ environment }: AppPoolSettings, os: HostOs): Fault[] {
  return (["SSROOT", "SSROOTX"] as const).flatMap((name) => {
    const value = environment[name];
    return value === undefined || absolute[os].test(value)
      ? []
      : [
          {
            key: `environment.${name}`,
            value,
            allowed: `an absolute path as ${os} has them`,
            cure: `write it like ${os === "linux" ? "/opt/dbase" : "C:\\dbase"}`,
          },
        ];
  });
}

function identityFaults({ user, group, credentialSpec }: AppPoolSettings, os: HostOs): Fault[] {
  const linuxOnly = "Windows containers have users of their own kind; credentialSpec says whom they act as";
  const windowsOnly = "group managed service accounts are Windows'; user and group say whom a Linux container runs as";
  return os === "windows"
    ? [...absent("user", user, "Windows", linuxOnly), ...absent("group", group, "Windows", linuxOnly)]
    : [
        ...absent("credentialSpec", credentialSpec, "Linux", windowsOnly),
        ...(group === undefined || user !== undefined
          ? []
          : [
              {
                key: "group",
                value: group,
                allowed: "a group beside a user",
                cure: "write the user as well, for example user: www-data",
              },
            ]),
      ];
}

function absent(key: string, value: string | undefined, system: string, reason: string): Fault[] {
  return value === undefined ? [] : [{ key, value, allowed: `nothing on ${system}`, cure: `remove it: ${reason}` }];
}

function openingFaults({ openings, listen, frontDoor }: AppPoolSettings, os: HostOs): Fault[] {
  const { enabled, sources, group } = openings;
  if (!enabled) {
    return [];
  }
  const closed = [listen, ...(frontDoor.enabled ? [frontDoor.listen] : [])].every(isLoopback);
  return [
    ...(sources.length > 0
      ? []
      : [
          {
            key: "openings.sources",
            value: sources,
            allowed: "at least one subnet, where openings are enabled",
            cure: "write who may come in, for example [192.168.1.0/24]; [0.0.0.0/0] is everybody",
          },
        ]),
    ...(closed
      ? [
          {
            key: "listen",
            value: listen,
            allowed: "an address that others reach, where openings are enabled",
            cure: "write the host's own address or 0.0.0.0, or leave openings disabled: only the host reaches loopback",
          },
        ]
      : []),
    ...(os === "linux" ? absent("openings.group", group, "Linux", "only Windows lists its rules by groups") : []),
  ];
}

/** Whether only the host itself reaches it. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.");
}
