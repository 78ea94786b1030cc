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

export type ObjectKind = "container" | "network" | "image";

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
}

/** Milliseconds after which an engine counts as one that does not answer. */
const PATIENCE = 30_000;

/** The same while it removes something: it gives a container ten seconds to end. */
const PATIENCE_FOR_REMOVAL = 120_000;

/** Where a container belongs to no pool, the label is empty. */
const poolFormat = `{{.Label "${label.lab}"}}/{{.Label "${label.pool}"}}`;

const listings: Readonly<Record<ObjectKind, { command: string[]; format: string }>> = {
  container: { command: ["container", "ls", "--all"], format: `{{.ID}} {{.Names}} ${poolFormat}` },
  network: { command: ["network", "ls"], format: "{{.ID}} {{.Name}}" },
  image: { command: ["image", "ls"], format: "{{.ID}} {{.Repository}}:{{.Tag}}" },
};

/** Everything on an engine that carries the label of this stack; nothing else is ever looked at or touched. */
export async function objectsOf(stack: string, engine: HostEngine): Promise<EngineObject[]> {
  const kinds = ["container", "network", "image"] as const;
  const found = await Promise.all(kinds.map((kind) => list(kind, stack, engine)));
  const [containers, , images] = found;
  const inspected = await inspect(
    // A pool looks after its own.
    [...containers.filter(({ pool }) => pool === undefined), ...images].map(({ id }) => id),
    engine,
  );
  return found.flat().map((object) => ({ ...object, ...shown(object, inspected.get(object.id)) }));
}

async function list(kind: ObjectKind, stack: string, engine: HostEngine): Promise<EngineObject[]> {
  const { command, format } = listings[kind];
  const filter = `label=${label.stack}=${stack}`;
  const text = await docker(engine, [...command, "--no-trunc", "--filter", filter, "--format", format]);
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [id = "", name = "", pool] = line.split(" ");
      return { engine, kind, id, name, ...(pool === undefined || pool.endsWith("/") ? {} : { pool }) };
    });
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
  for (const [kind, command] of [
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

/** Between the look and the removal something may have gone by itself. */
function unlessGone(error: unknown): void {
  if (!/No such (container|network|image)|not found|is already in progress/i.test(String(error))) {
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
