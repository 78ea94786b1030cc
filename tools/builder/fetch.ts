import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { PassThrough, type Readable, Transform, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { located } from "../../components/hosts/located";
import {
  artefactFolder,
  type ArtefactsData,
  type ArtefactsReport,
  type BroughtFile,
} from "../../components/labs/image-builder/data";
import { UserError } from "../command";
import type { Following } from "./machine";
import { operationsOn, type Wanted } from "./operations";

/** What is known here of artefacts that were brought. */
interface Manifest {
  /** A hash of what was asked for. */
  readonly wanted: string;
  readonly files: readonly BroughtFile[];
}

/**
 * Brings artefacts here as one archive, checks each file against the checksum that it has there, and puts all of them in
 * their place at once. What is here already as it was brought is not asked for again.
 * @param images Ids of the images that they are of.
 */
export async function fetchArtefacts(
  data: ArtefactsData,
  images: readonly string[],
  following: Following,
): Promise<ArtefactsReport> {
  const folder = artefactFolder(data.stack, data.component);
  const place = located(folder);
  const wanted = createHash("sha256")
    .update(JSON.stringify([data.artefacts, images]))
    .digest("hex");
  const known = readManifest(place);
  if (known?.wanted === wanted && known.files.every((file) => isAsBrought(place, file))) {
    return { changed: false, folder, files: known.files };
  }
  const partial = `${place}.partial`;
  rmSync(partial, { recursive: true, force: true });
  try {
    const files = await bring(data, partial, following);
    rmSync(place, { recursive: true, force: true });
    renameSync(partial, place);
    writeManifest(place, { wanted, files });
    following.say(`Brought to ${folder}: ${files.map(({ file }) => file).join(", ")}`);
    return { changed: true, folder, files };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Removes what was brought, quietly where it is gone. */
export function removeArtefacts(data: ArtefactsData): void {
  const place = located(artefactFolder(data.stack, data.component));
  rmSync(place, { recursive: true, force: true });
  rmSync(manifestOf(place), { force: true });
}

async function bring(data: ArtefactsData, into: string, following: Following): Promise<BroughtFile[]> {
  const wanted = data.artefacts.map(({ image, reference, from, path }): Wanted => ({
    from,
    of: from === "image" ? reference : image,
    path,
  }));
  const archive = new PassThrough();
  const [, files] = await Promise.all([
    operationsOn(data, following).export(wanted, archive),
    unpack(
      archive,
      into,
      data.artefacts.map(({ to }) => to),
    ),
  ]);
  return files;
}

/**
 * Unpacks `sums` and `files/0`, `files/1`, … into a folder under the given names. Throws a UserError if a file is not what
 * its checksum says, or there is one without. Links are left out: what they lead to may be nothing that is here.
 */
export async function unpack(archive: Readable, into: string, names: readonly string[]): Promise<BroughtFile[]> {
  const sums = new Map<string, string>();
  const found: BroughtFile[] = [];
  const entries = extract();
  const feeding = pipeline(archive, createGunzip(), entries as unknown as Writable);
  mkdirSync(into, { recursive: true });
  const reading = (async () => {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const content = entry as unknown as Readable;
      if (name === "sums") {
        (await text(content)).split("\n").forEach((line) => sums.set(line.slice(66), line.slice(0, 64)));
      } else if (type === "file" && name.startsWith("files/")) {
        const file = fileOf(name, names);
        const brought = await write(content, join(into, file));
        if (sums.get(name) !== brought.sha256) {
          throw new UserError(`Artefact ${file} is not here what it is there: its checksum differs.`, 1);
        }
        found.push({ file, ...brought });
      } else {
        entry.resume();
      }
    }
  })();
  await Promise.all([feeding, reading]);
  if (found.length !== sums.size - 1) {
    throw new UserError(`Of ${sums.size - 1} files of the artefacts, ${found.length} arrived.`, 1);
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** `files/0/report/index.html` is `index.html` in what the first artefact is called. */
function fileOf(name: string, names: readonly string[]): string {
  const [, number, ...rest] = name.split("/");
  const file = normalize([names[Number(number)], ...rest].join("/")).replaceAll("\\", "/");
  if (names[Number(number)] === undefined || rest.includes("..")) {
    throw new UserError(`The archive of the artefacts holds ${JSON.stringify(name)}, which was not asked for.`, 1);
  }
  return file;
}

async function write(content: Readable, to: string): Promise<Pick<BroughtFile, "sha256" | "bytes">> {
  const hash = createHash("sha256");
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(undefined, chunk);
    },
  });
  mkdirSync(dirname(to), { recursive: true });
  await pipeline(content, counted, createWriteStream(to));
  return { sha256: hash.digest("hex"), bytes };
}

function isAsBrought(place: string, { file, sha256 }: BroughtFile): boolean {
  const path = join(place, file);
  return existsSync(path) && createHash("sha256").update(readFileSync(path)).digest("hex") === sha256;
}

/** Beside the folder, so that nothing in it is not an artefact. */
function manifestOf(place: string): string {
  return `${place}.json`;
}

function readManifest(place: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(manifestOf(place), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

function writeManifest(place: string, manifest: Manifest): void {
  const file = manifestOf(place);
  writeFileSync(`${file}.partial`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  renameSync(`${file}.partial`, file);
}
