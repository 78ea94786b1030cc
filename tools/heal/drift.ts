import { GATEWAY_BRIDGE } from "../../components/cluster/data";
import type { PoolIdentity } from "../../components/containers/container-pool";
import type { RecordedResource } from "../stack";
import type { EngineObject, InspectedContainer } from "./engine-objects";

/** How what runs differs from what the state records. */
export interface Drift {
  /** Recorded and no longer there. */
  readonly missing: readonly RecordedResource[];
  /** There and not as recorded, with the reason. */
  readonly wrong: readonly { readonly object: EngineObject; readonly reason: string }[];
  /** There under the stack's label and not recorded. */
  readonly unrecorded: readonly EngineObject[];
  /** Containers that some command or check runs at this moment, or that was killed while it ran one. */
  readonly helpers: readonly EngineObject[];
  /** Commands that made an image which is gone: a refresh does not see that, so they have to be run anew. */
  readonly outdated: readonly RecordedResource[];
}

const types: Readonly<Record<string, EngineObject["kind"]>> = {
  "docker:index/container:Container": "container",
  "docker:index/network:Network": "network",
  "docker:index/remoteImage:RemoteImage": "image",
};

/** The engine's id of a recorded resource: an image's `id` has its name appended. */
function engineId({ type, id, outputs }: RecordedResource): string | undefined {
  return types[type] === "image" ? (outputs?.imageId as string | undefined) : id;
}

/** Compares the records with what the engines show. Pure. */
export function drift(recorded: readonly RecordedResource[], objects: readonly EngineObject[]): Drift {
  const resources = recorded.filter(({ type, id }) => type in types && id !== undefined && id !== "");
  const byId = new Map(objects.map((object) => [object.id, object]));
  const known = new Set(resources.map(engineId));
  const pools = new Set(recorded.flatMap((resource) => poolOf(resource) ?? []));
  // A host that is to be a member is recorded before it has the bridge, and takes it away itself.
  const inSwarm = recorded.some(({ urn }) => /:cluster:Swarm\$command:/.test(urn));
  const made = recorded.flatMap((resource) => imageOf(resource) ?? []);
  const images = new Set(made.map(({ name }) => name));
  return {
    missing: resources.filter((resource) => !byId.has(engineId(resource)!)),
    wrong: resources.flatMap((resource) => {
      const object = byId.get(engineId(resource)!);
      const reason = object?.container && wrongWith(resource, object.container, byId);
      return reason === undefined ? [] : [{ object: object!, reason }];
    }),
    // The state knows a pool's containers as one: which of them there should be, its own command finds out. So it is with
    // images that a command made: it removes the older ones itself.
    unrecorded: objects.filter(
      ({ id, kind, name, pool, image, helper = false, idle = false }) =>
        !known.has(id) &&
        !helper &&
        // What an engine would not let go of; the next cluster there has it again.
        !idle &&
        !(inSwarm && kind === "network" && name === GATEWAY_BRIDGE) &&
        (pool === undefined || !pools.has(pool)) &&
        (image === undefined || !images.has(image)),
    ),
    helpers: objects.filter(({ helper = false }) => helper),
    outdated: made.filter(({ id }) => !byId.has(id)).map(({ resource }) => resource),
  };
}

/** The image that a recorded command built or pulled, by its label and by the engine's id. */
function imageOf(resource: RecordedResource): { name: string; id: string; resource: RecordedResource } | undefined {
  const { urn, inputs, outputs } = resource;
  if (!/:labs:Image(Build|Pull)\$command:/.test(urn) || typeof outputs?.stdout !== "string") {
    return undefined;
  }
  const { component, image } = JSON.parse(inputs?.stdin as string) as { component: string; image: string };
  const { imageId } = JSON.parse(outputs.stdout) as { imageId: string };
  return { name: `${component}/${image}`, id: imageId, resource };
}

/** The pool that a recorded command of a ContainerPool is for; it is recorded before the first container is made. */
function poolOf({ urn, inputs }: RecordedResource): string | undefined {
  if (!/:containers:ContainerPool\$command:/.test(urn)) {
    return undefined;
  }
  const { lab, pool } = JSON.parse(inputs?.stdin as string) as PoolIdentity;
  return `${lab}/${pool}`;
}

function wrongWith(
  resource: RecordedResource,
  container: InspectedContainer,
  objects: ReadonlyMap<string, EngineObject>,
): string | undefined {
  if ((resource.initErrors ?? []).length > 0) {
    return "was only half made";
  }
  const { Status: status } = container.State;
  if (status !== "running") {
    return status === "created" ? "was never started" : `is ${status}`;
  }
  return container.HostConfig.NetworkMode.startsWith("container:")
    ? wrongStack(container, objects)
    : wrongWiring(resource, container);
}

/** A container that shares another's network stack keeps the old one when the other is started anew. */
function wrongStack(container: InspectedContainer, objects: ReadonlyMap<string, EngineObject>): string | undefined {
  const owner = objects.get(container.HostConfig.NetworkMode.slice("container:".length))?.container;
  if (owner === undefined) {
    return "shares the network stack of a container that is gone";
  }
  return Date.parse(owner.State.StartedAt) > Date.parse(container.State.StartedAt)
    ? `shares the network stack that ${owner.Name.slice(1)} had before it was restarted`
    : undefined;
}

interface RecordedEndpoint {
  readonly name: string;
  readonly ipv4Address?: string;
}

/** The provider does not read a container's endpoints back, so a refresh would not see these. */
function wrongWiring(resource: RecordedResource, container: InspectedContainer): string | undefined {
  const declared = (resource.inputs?.networksAdvanced ?? []) as RecordedEndpoint[];
  const actual = Object.entries(container.NetworkSettings.Networks);
  for (const { name: id, ipv4Address } of declared) {
    const found = actual.find(([, { NetworkID }]) => NetworkID === id);
    if (found === undefined) {
      return "is cut off from one of its networks";
    }
    if (ipv4Address !== undefined && found[1].IPAddress !== ipv4Address) {
      return `has another address on ${found[0]} than ${ipv4Address}`;
    }
  }
  const extra = actual.find(([, { NetworkID }]) => !declared.some(({ name }) => name === NetworkID));
  return extra === undefined ? undefined : `is connected to ${extra[0]} as well`;
}
