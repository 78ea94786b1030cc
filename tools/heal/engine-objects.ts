import { GATEWAY_BRIDGE } from "../../components/cluster/data";
import { clientEnvironment } from "../../components/hosts/engine-address";
import { imageRole, label } from "../../components/labels";
import { CommandError, run } from "../processes";
import type { HostEngine } from "./engines";

/** A container as `docker container inspect` shows it, as far as healing looks. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly StartedAt: string };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string; readonly IPAddress: string }>>;
  };
}

export type ObjectKind = "service" | "container" | "network" | "image";

/** Something on an engine that carries the stack's label. */
export interface EngineObject {
  readonly engine: HostEngine;
  readonly kind: ObjectKind;
  readonly id: string;
  readonly name: string;
  readonly container?: InspectedContainer;
  /** The pool that a container belongs to, with its lab before it: `app-pool/instances`. */
  readonly pool?: string;
  /** What an image was built as, where a command and not a provider made it: component and image, `builder/app`. */
  readonly image?: string;
  /**
   * Whether it is a container that a command or a check runs for a moment: it has its labels from the image, and no role
   * of its own.
   */
  readonly helper?: boolean;
  /** Whether it is Swarm's own bridge on an engine that is in no swarm, with nothing on it. */
  readonly idle?: boolean;
}

/** Milliseconds after which an engine counts as one that does not answer. */
const PATIENCE = 30_000;

/** The same while it removes something: it gives a container ten seconds to end. */
const PATIENCE_FOR_REMOVAL = 120_000;

/** Where a container belongs to no pool, the label is empty. */
const poolFormat = `{{.Label "${label.lab}"}}/{{.Label "${label.pool}"}}`;

/** What tells the containers of a swarm's services, which Swarm looks after. */
const taskLabel = "com.docker.swarm.task.id";

interface Listing {
  readonly command: readonly string[];
  readonly format: string;
}

const listings: Readonly<Record<Exclude<ObjectKind, "service">, Listing>> = {
  container: {
    command: ["container", "ls", "--all", "--no-trunc"],
    format: `{{.ID}} {{.Names}} ${poolFormat} {{.Label "${taskLabel}"}}`,
  },
  network: { command: ["network", "ls", "--no-trunc"], format: "{{.ID}} {{.Name}}" },
  image: { command: ["image", "ls", "--no-trunc"], format: "{{.ID}} {{.Repository}}:{{.Tag}}" },
};

/**
 * Everything on an engine that carries the label of this stack; nothing else is ever looked at or touched.
 * @param inCluster Whether the engine is in a cluster that is looked at, too: what all of its hosts have is told there only.
 */
export async function objectsOf(stack: string, engine: HostEngine, inCluster = false): Promise<EngineObject[]> {
  if (engine.cluster === true) {
    return clusterObjects(stack, engine);
  }
  const found = await Promise.all([
    list("container", stack, engine),
    list("network", stack, engine, inCluster ? ["--filter", "scope=local"] : []),
    list("image", stack, engine),
  ]);
  const [containers, , images] = found;
  const inspected = await inspect(
    // A pool looks after its own.
    [...containers.filter(({ pool }) => pool === undefined), ...images].map(({ id }) => id),
    engine,
  );
  return Promise.all(
    found.flat().map(async (object) => ({
      ...object,
      ...shown(object, inspected.get(object.id)),
      ...(isBridge(object) && (await isIdle(object)) ? { idle: true } : {}),
    })),
  );
}

function isBridge({ kind, name }: EngineObject): boolean {
  return kind === "network" && name === GATEWAY_BRIDGE;
}

async function isIdle({ engine, id }: EngineObject): Promise<boolean> {
  const [part, endpoints] = await Promise.all([
    docker(engine, ["info", "--format", "{{.Swarm.LocalNodeState}}"]),
    docker(engine, ["network", "inspect", "--format", "{{len .Containers}}", id]),
  ]);
  return part.trim() === "inactive" && endpoints.trim() === "0";
}

/** What a cluster's hosts have together; nothing where there is no cluster any more. */
async function clusterObjects(stack: string, engine: HostEngine): Promise<EngineObject[]> {
  const format = `{{.ID}} {{.Spec.Name}} {{index .Spec.Labels "${label.lab}"}}/{{index .Spec.Labels "${label.pool}"}}`;
  try {
    const filter = `label=${label.stack}=${stack}`;
    const ids = (await docker(engine, ["service", "ls", "--quiet", "--filter", filter])).split("\n").filter(Boolean);
    const told = ids.length === 0 ? "" : await docker(engine, ["service", "inspect", "--format", format, ...ids]);
    const services = told.split("\n").filter(Boolean);
    const networks = await list("network", stack, engine, ["--filter", "scope=swarm"]);
    return [...services.map((line) => objectIn(line, "service", engine)), ...networks];
  } catch (error) {
    if (/not a swarm manager/i.test(String(error))) {
      return [];
    }
    throw error;
  }
}

async function list(
  kind: keyof typeof listings,
  stack: string,
  engine: HostEngine,
  further: readonly string[] = [],
): Promise<EngineObject[]> {
  const { command, format } = listings[kind];
  const filter = `label=${label.stack}=${stack}`;
  const text = await docker(engine, [...command, "--filter", filter, ...further, "--format", format]);
  return text
    .split("\n")
    .filter(Boolean)
    .filter((line) => (line.split(" ")[3] ?? "") === "")
    .map((line) => objectIn(line, kind, engine));
}

function objectIn(line: string, kind: ObjectKind, engine: HostEngine): EngineObject {
  const [id = "", name = "", pool] = line.split(" ");
  return { engine, kind, id, name, ...(pool === undefined || pool.endsWith("/") ? {} : { pool }) };
}

/** A container or an image as `docker inspect` shows it. */
type Inspected = InspectedContainer & {
  readonly Config?: { readonly Labels?: Readonly<Record<string, string | undefined>> | null };
};

/** Containers and images in one call, for each is a process. */
async function inspect(ids: readonly string[], engine: HostEngine): Promise<Map<string, Inspected>> {
  if (ids.length === 0) {
    return new Map();
  }
  const all = JSON.parse(await docker(engine, ["inspect", ...new Set(ids)])) as Inspected[];
  return new Map(all.map((each) => [each.Id, each]));
}

function shown({ kind }: EngineObject, inspected?: Inspected): Pick<EngineObject, "container" | "image" | "helper"> {
  const labels = inspected?.Config?.Labels ?? {};
  const image = kind === "image" ? labels[label.image] : undefined;
  return {
    ...(kind === "container" && labels[label.role] === imageRole ? { helper: true } : {}),
    ...(kind === "container" && inspected !== undefined ? { container: inspected } : {}),
    ...(image === undefined ? {} : { image }),
  };
}

/** Removes things from their engine: containers first, since they hold on to networks and images. */
export async function remove(objects: readonly EngineObject[]): Promise<void> {
  for (const { engine } of objects.filter(isBridge)) {
    // It is a swarm's, which is left first.
    await docker(engine, ["swarm", "leave", "--force"], PATIENCE_FOR_REMOVAL).catch(unlessGone);
  }
  for (const [kind, command] of [
    ["service", ["service", "rm"]],
    ["container", ["container", "rm", "--force", "--volumes"]],
    ["network", ["network", "rm"]],
    ["image", ["image", "rm", "--force"]],
  ] as const) {
    const ofKind = objects.filter((object) => object.kind === kind);
    await Promise.all(
      ofKind.map(({ engine, id }) => docker(engine, [...command, id], PATIENCE_FOR_REMOVAL).catch(unlessGone)),
    );
  }
}

/**
 * Removes Swarm's idle bridges, as far as their engines let go of them.
 * @returns those that an engine keeps, as it counts endpoints that are not there: it counts anew once it is restarted.
 *   Source: https://github.com/moby/moby/issues/42119
 */
export async function removeIdle(objects: readonly EngineObject[]): Promise<EngineObject[]> {
  const kept = await Promise.all(
    objects
      .filter(({ idle }) => idle)
      .map(async (bridge) => {
        try {
          await docker(bridge.engine, ["network", "rm", bridge.id], PATIENCE_FOR_REMOVAL).catch(unlessGone);
          return [];
        } catch (error) {
          if (!/has active endpoints/.test(String(error))) {
            throw error;
          }
          return [bridge];
        }
      }),
  );
  return kept.flat();
}

/** Between the look and the removal something may have gone by itself. */
function unlessGone(error: unknown): void {
  if (
    !/No such (container|network|image|service)|not found|is already in progress|not part of a swarm/i.test(
      String(error),
    )
  ) {
    throw error;
  }
}

/** @throws Error with the engine's or ssh's own words, in a line. */
async function docker(engine: HostEngine, args: readonly string[], timeout = PATIENCE): Promise<string> {
  try {
    return await run("docker", args, { env: clientEnvironment(engine), timeout });
  } catch (error) {
    if (error instanceof CommandError && error.commandExitCode === undefined) {
      throw new Error(`no answer within ${timeout / 1000} s`, { cause: error });
    }
    throw error;
  }
}
