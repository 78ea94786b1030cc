import type { Expectation, Target } from "../../checks/expectation";
import type { HostOs } from "../lab";
import { placementExpectations } from "../placement";
import { emptied, instancesOf, poolPorts, type Instance } from "./instances";
import { entries } from "./ports";
import type { AppPoolSettings } from "./settings";
import { topology } from "./topology";

/** What must hold in the lab: each port answers as its own instance, and no other port of the pool answers at all. */
export function expectations(settings: AppPoolSettings, os: HostOs): Expectation[] {
  const instances = instancesOf(settings);
  const { networks, containers } = topology(settings, os);
  return [
    // An instance's address shows in who answers: the front door asks by it. To have the engine tell a thousand takes long.
    ...placementExpectations({ networks, containers: containers.filter(({ pool }) => pool === undefined) }, os),
    ...instances.map(({ name, port }): Expectation => ({
      kind: "answer",
      name: `${show(settings.listen, port)} is answered by ${name}`,
      from: "operator",
      url: `${addressOf(settings.listen, port)}/`,
      status: 200,
      contains: heading(name),
    })),
    ...silence(settings, instances),
    ...frontDoorExpectations(settings, instances),
  ];
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

/** The pool's empty ports and the one behind its last, which nobody declared, while an instance's answers. */
function silence(settings: AppPoolSettings, [witness]: readonly Instance[]): Expectation[] {
  if (witness === undefined) {
    return [];
  }
  const { listen, frontDoor } = settings;
  const taken = (port: number): boolean => frontDoor.enabled && frontDoor.port === port;
  const behind = Math.max(...poolPorts(settings)) + 1;
  const empty = new Set(entries(settings.without).flatMap((entry) => emptied(settings, entry)));
  return [...empty, ...(behind > 65_535 ? [] : [behind])]
    .filter((port) => !taken(port))
    .map((port) => ({
      kind: "no-reach",
      name: `${show(listen, port)} is not answered`,
      from: "operator",
      to: target(listen, port),
      control: target(listen, witness.port),
    }));
}

function frontDoorExpectations({ frontDoor, name }: AppPoolSettings, instances: readonly Instance[]): Expectation[] {
  return frontDoor.enabled && instances.length > 0
    ? [
        {
          kind: "answer",
          name: `${frontDoor.name} is answered by the pool`,
          from: "operator",
          url: `${addressOf(frontDoor.listen, frontDoor.port)}/`,
          status: 200,
          contains: `<h1>${name}-`,
        },
      ]
    : [];
}
