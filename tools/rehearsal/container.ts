import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../command";
import { CommandError } from "../processes";
import type { Progress, StepReport } from "../terminal/progress";
import { type Docker, lines } from "./docker";
import { nameOf, ofRehearsal, rehearsalLabel } from "./labels";

/** Where a rehearsal's containers are made, and how it is told of. */
export interface Stage {
  readonly environment: string;
  readonly docker: Docker;
  readonly progress: Progress;
  /** Stops what is waited for. */
  readonly signal?: AbortSignal;
}

/** A container that a rehearsal needs. */
export interface Wanted {
  /** Its part in the rehearsal: `host one`, `registry`. */
  readonly title: string;
  /** Docker's name of it and of its volume. */
  readonly name: string;
  /** What `docker create` takes besides name, labels and network. */
  readonly options: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
  /** Where the one volume is mounted, which outlives the container; none where there is nothing to keep. */
  readonly data?: string;
  /** Docker's name of its network, where that is not the rehearsal's. */
  readonly network?: string;
  /** Files of this machine by their place in the container, where they are root's. They never get into an image. */
  readonly files: Readonly<Record<string, string>>;
  /** What it is known by, where it is not made anew for being described in another way. */
  readonly identity?: string;
  /** How long it has from its start until it is ready, in ms; three minutes unless said otherwise. */
  readonly limit?: number;
  /** Throws as long as what it is for does not work. */
  ready(): Promise<void>;
}

/** What is there of a rehearsal, by name. */
export type Found = ReadonlyMap<string, { readonly state: string; readonly spec: string }>;

/** An engine that was killed with 300 containers takes 90 s to forget the endpoints that they had. */
const LIMIT_MS = 180_000;

const PAUSE_MS = 250;

/** All containers of an environment's rehearsal, with one question. */
export async function findContainers(docker: Docker, environment: string): Promise<Found> {
  const format = `{{.Names}} {{.State}} {{.Label "${rehearsalLabel.spec}"}}`;
  const listed = await docker(["container", "ls", "--all", "--filter", ofRehearsal(environment), "--format", format]);
  return new Map(
    lines(listed).map((line) => {
      const [name = "", state = "", spec = ""] = line.split(" ");
      // One that was never started may lack files: its making was cut short.
      return [name, { state, spec: state === "created" ? "" : spec }] as const;
    }),
  );
}

/** Whether a container is there as it should be, running and at work: then there is nothing to do. */
export async function isRight(wanted: Wanted, found: Found): Promise<boolean> {
  const { state, spec } = found.get(wanted.name) ?? {};
  if (state !== "running" || spec !== specOf(wanted)) {
    return false;
  }
  return wanted.ready().then(
    () => true,
    () => false,
  );
}

/**
 * Sees to it that a container runs and is ready: one that stopped is started, one that is not as it should be is made
 * anew on its old volume. One that is at work is left alone.
 */
export async function ensureContainer(stage: Stage, wanted: Wanted, found: Found): Promise<void> {
  const { title, name } = wanted;
  if (await isRight(wanted, found)) {
    return;
  }
  await stage.progress.step(`Rehearsal: ${title}`, async (report) => {
    const there = found.get(name);
    if (there?.spec !== specOf(wanted)) {
      await make(stage, wanted, there !== undefined);
    }
    report.detail("starting");
    await start(stage, wanted);
    await untilReady(stage, wanted, report);
    report.outcome(there === undefined ? "made" : there.spec === specOf(wanted) ? "started again" : "made anew");
  });
}

/** What the container is labelled with: its identity, or a hash of all that it is made from. */
function specOf({ options, image, command, data, files, identity }: Wanted): string {
  if (identity !== undefined) {
    return identity;
  }
  const contents = Object.entries(files).map(([place, file]) => [place, readFileSync(file, "utf8")]);
  return createHash("sha256")
    .update(JSON.stringify([options, image, command, data, contents]))
    .digest("hex");
}

async function make({ docker, environment }: Stage, wanted: Wanted, replace: boolean): Promise<void> {
  const { name, image, command, data, options, files, network = nameOf(environment) } = wanted;
  if (replace) {
    await docker(["container", "rm", "--force", name]);
  }
  const label = `${rehearsalLabel.environment}=${environment}`;
  if (data !== undefined) {
    await docker(["volume", "create", "--label", label, name]);
  }
  const own = ["--name", name, "--label", label, "--label", `${rehearsalLabel.spec}=${specOf(wanted)}`];
  const where = ["--network", network, ...(data === undefined ? [] : ["--volume", `${name}:${data}`])];
  await docker(["container", "create", ...own, ...where, ...options, image, ...command]);
  for (const [place, file] of Object.entries(files)) {
    await docker(["cp", file, `${name}:${place}`]);
  }
}

async function start({ docker }: Stage, { title, name }: Wanted): Promise<void> {
  try {
    await docker(["container", "start", name]);
  } catch (error) {
    if (error instanceof CommandError && /port is already allocated|address already in use/i.test(error.message)) {
      throw new UserError(
        `The port of the rehearsal's ${title} is taken on this machine: ${error.message.trim()}\n` +
          "Let another port be the server's in the environment's stack file, and run the same command again.",
      );
    }
    throw error;
  }
}

async function untilReady(
  { docker, signal }: Stage,
  { title, name, ready, limit = LIMIT_MS }: Wanted,
  { log, detail }: StepReport,
): Promise<void> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await ready();
    } catch (error) {
      signal?.throwIfAborted();
      detail("waiting until it answers");
      if (Date.now() > deadline) {
        await docker(["container", "logs", "--tail", "50", name], { log });
        throw new UserError(
          `The rehearsal's ${title} (container ${name}) was not ready within ${limit / 1000} s: ${(error as Error).message}\n` +
            `Remove it to have it made anew: docker rm --force ${name}`,
        );
      }
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
