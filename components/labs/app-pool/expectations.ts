import type { Expectation, Target } from "../../checks/expectation";
import { type ClusterPlace, clusterOf, type HostOs, type Place } from "../lab";
import { placementExpectations, provedOn } from "../placement";
import { emptied, instancesOf, poolPorts, type Instance } from "./instances";
import { entries } from "./ports";
import type { AppPoolSettings } from "./settings";
import { topology } from "./topology";

/** What must hold in the lab: each port answers as its own instance, and no other port of the pool answers at all. */
export function expectations(settings: AppPoolSettings, os: HostOs, place?: Place): Expectation[] {
  const instances = instancesOf(settings);
  const cluster = clusterOf(place);
  const { networks, containers } = topology(settings, os, cluster?.members);
  const single = containers.filter(({ pool }) => pool === undefined);
  return [
    // An instance's address shows in who answers: the front door asks by it. To have the engine tell a thousand takes long.
    ...placementExpectations({ networks, containers: single }, os, cluster !== undefined),
    ...instances.map((instance) => answered(settings, instance, cluster)),
    ...(cluster === undefined ? silence(settings, instances) : silenceOn(settings)),
    ...frontDoorExpectations(settings, instances, cluster),
  ];
}

/** A port is answered by its own instance: on a cluster on the one host that has it, or on all where these hand it on. */
function answered({ listen }: AppPoolSettings, { name, port }: Instance, cluster?: ClusterPlace): Expectation {
  const answer = {
    from: "operator",
    url: `${addressOf(listen, port)}/`,
    status: 200,
    contains: heading(name),
  } as const;
  return cluster === undefined
    ? { kind: "answer", name: `${show(listen, port)} is answered by ${name}`, ...answer }
    : {
        kind: "published",
        name: `port ${port} is answered by ${name}`,
        ...answer,
        by: cluster.publish === "ingress" ? "all" : "one",
      };
}

/** How an instance's page says which one it is. */
export function heading(name: string): string {
  return `<h1>${name}</h1>`;
}

/** The address at which this machine opens a published port. */
export function addressOf(listen: string, port: number): string {
  return `http://${show(listen, port)}`;
}

function show(listen: string, port: number): string {
  return `${target(listen, port).host}:${port}`;
}

function target(listen: string, port: number): Target {
  return { host: listen === "0.0.0.0" ? "127.0.0.1" : listen, port };
}

/** The pool's empty ports and the one behind its last, which nobody declared. */
function emptyPorts(settings: AppPoolSettings): number[] {
  const { frontDoor } = settings;
  const taken = (port: number): boolean => frontDoor.enabled && frontDoor.port === port;
  const behind = Math.max(...poolPorts(settings)) + 1;
  const empty = new Set(entries(settings.without).flatMap((entry) => emptied(settings, entry)));
  return [...empty, ...(behind > 65_535 ? [] : [behind])].filter((port) => !taken(port));
}

/** They are silent, while an instance's port answers. */
function silence(settings: AppPoolSettings, [witness]: readonly Instance[]): Expectation[] {
  if (witness === undefined) {
    return [];
  }
  const { listen } = settings;
  return emptyPorts(settings).map((port) => ({
    kind: "no-reach",
    name: `${show(listen, port)} is not answered`,
    from: "operator",
    to: target(listen, port),
    control: target(listen, witness.port),
  }));
}

/** They are refused by each host of a cluster. */
function silenceOn(settings: AppPoolSettings): Expectation[] {
  const { listen, ports } = settings;
  return (ports === "" ? [] : emptyPorts(settings)).map((port) => ({
    kind: "published",
    name: `port ${port} is answered by no host`,
    from: "operator",
    url: `${addressOf(listen, port)}/`,
    status: 200,
    contains: "",
    by: "none",
  }));
}

function frontDoorExpectations(
  { frontDoor, name }: AppPoolSettings,
  instances: readonly Instance[],
  cluster?: ClusterPlace,
): Expectation[] {
  return frontDoor.enabled && instances.length > 0
    ? [
        {
          kind: "answer",
          name: `${frontDoor.name} is answered by the pool`,
          ...provedOn(cluster?.members[0]),
          from: "operator",
          url: `${addressOf(frontDoor.listen, frontDoor.port)}/`,
          status: 200,
          contains: `<h1>${name}-`,
        },
      ]
    : [];
}
