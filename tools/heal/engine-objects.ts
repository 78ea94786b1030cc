import { label } from "../../components/labels";
import { run } from "../processes";

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
  readonly engine: string;
  readonly kind: ObjectKind;
  readonly id: string;
  readonly name: string;
  readonly container?: InspectedContainer;
  /** The pool that a container belongs to, with its lab before it: `app-pool/instances`. */
  readonly pool?: string;
}

/** Where a container belongs to no pool, the label is empty. */
const poolFormat = `{{.Label "${label.lab}"}}/{{.Label "${label.pool}"}}`;

const listings: Readonly<Record<ObjectKind, { command: string[]; format: string }>> = {
  container: { command: ["container", "ls", "--all"], format: `{{.ID}} {{.Names}} ${poolFormat}` },
  network: { command: ["network", "ls"], format: "{{.ID}} {{.Name}}" },
  image: { command: ["image", "ls"], format: "{{.ID}} {{.Repository}}:{{.Tag}}" },
};

/** Everything on an engine that carries the label of this stack; nothing else is ever looked at or touched. */
export async function objectsOf(stack: string, engine: string): Promise<EngineObject[]> {
  const kinds = ["container", "network", "image"] as const;
  const found = await Promise.all(kinds.map((kind) => list(kind, stack, engine)));
  const [containers] = found;
  const inspected = await inspect(
    // A pool looks after its own.
    containers.filter(({ pool }) => pool === undefined).map(({ id }) => id),
    engine,
  );
  return found.flat().map((object) => ({ ...object, container: inspected.get(object.id) }));
}

async function list(kind: ObjectKind, stack: string, engine: string): Promise<EngineObject[]> {
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

async function inspect(ids: readonly string[], engine: string): Promise<Map<string, InspectedContainer>> {
  if (ids.length === 0) {
    return new Map();
  }
  const all = JSON.parse(await docker(engine, ["container", "inspect", ...ids])) as InspectedContainer[];
  return new Map(all.map((container) => [container.Id, container]));
}

/** Removes things from their engine: containers first, since they hold on to networks and images. */
export async function remove(objects: readonly EngineObject[]): Promise<void> {
  for (const [kind, command] of [
    ["container", ["container", "rm", "--force", "--volumes"]],
    ["network", ["network", "rm"]],
    ["image", ["image", "rm", "--force"]],
  ] as const) {
    const ofKind = objects.filter((object) => object.kind === kind);
    await Promise.all(ofKind.map(({ engine, id }) => docker(engine, [...command, id]).catch(unlessGone)));
  }
}

/** Between the look and the removal something may have gone by itself. */
function unlessGone(error: unknown): void {
  if (!/No such (container|network|image)|not found|is already in progress/i.test(String(error))) {
    throw error;
  }
}

function docker(engine: string, args: readonly string[]): Promise<string> {
  return run("docker", ["--host", engine, ...args]);
}
