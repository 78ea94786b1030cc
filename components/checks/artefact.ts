import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { label } from "../labels";
import { docker } from "./docker";
import type { Asked, Looking } from "./evidence";
import type { ArtefactExpectation, EngineAccess } from "./expectation";

/** Milliseconds that an image may take to give a file away: it may be long, and the way far. */
const PATIENCE = 120_000;

/** How files here compare with those in an image. */
export interface Compared {
  /** How many the image has. */
  readonly files: number;
  /** Those that are not here, by their path. */
  readonly missing: readonly string[];
  /** Those that hold something else here. */
  readonly different: readonly string[];
}

/**
 * Compares an artefact with what the image holds, file by file. Nothing of the image is run: a container is made, and
 * removed whatever happens.
 */
export async function compare(
  host: EngineAccess,
  { image, path, file }: ArtefactExpectation,
  { environment, signal }: Looking,
): Promise<Asked<Compared>> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const own = ["--label", `${label.stack}=${environment}`];
  // An image may have no command of its own, and without any no container is made.
  const made = await docker(host, ["create", ...own, image, "none"], { signal });
  if (made.problem !== undefined) {
    return { problem: made.problem, ms: elapsed() };
  }
  const container = made.stdout.trim();
  const folder = mkdtempSync(join(tmpdir(), "container-network-labs-artefact-"));
  try {
    const there = join(folder, "there");
    const copied = await docker(host, ["cp", `${container}:${path}`, there], {
      signal,
      timeout: PATIENCE,
      waits: true,
    });
    if (copied.problem !== undefined) {
      return { problem: copied.problem, ms: elapsed() };
    }
    return { found: await comparison(there, resolve("out", environment, "artefacts", file)), ms: elapsed() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    // Without the signal: what was made is removed even after Ctrl-C.
    await docker(host, ["rm", "--force", "--volumes", container]);
  }
}

/** Links are left out: what they lead to is not the image's on this side. */
async function comparison(there: string, here: string): Promise<Compared> {
  const paths = statSync(there).isDirectory() ? filesIn(there) : [""];
  const missing = paths.filter((path) => !isFile(join(here, path)));
  const both = paths.filter((path) => !missing.includes(path));
  const same = await Promise.all(
    both.map(async (path) => (await hashOf(join(there, path))) === (await hashOf(join(here, path)))),
  );
  return { files: paths.length, missing, different: both.filter((_, i) => !same[i]) };
}

function filesIn(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return all.filter((path) => isFile(join(folder, path))).sort();
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
