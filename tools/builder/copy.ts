import { located } from "../../components/hosts/located";
import type { BuildData, CopyReport, WorkspaceData } from "../../components/labs/image-builder/data";
import { hashOf, Workspace, type WorkspaceEntry } from "../../components/labs/image-builder/workspace";
import { UserError } from "../command";
import { changedMeanwhile, manifestLine, writeArchive } from "./archive";
import { refuseWindowsBase } from "./base-images";
import { type Following, MachineError } from "./machine";
import { operationsOn } from "./operations";

/** Milliseconds between two lines about how far a transfer is. */
const HEARTBEAT_MS = 2000;

const MIB = 1024 * 1024;

/**
 * Sees to it that the machine has the workspace: as one archive, and only if it lacks it. Throws a UserError if the
 * workspace is not what was declared, and a MachineError, with nothing left there, if the machine could not take it.
 */
export async function copyWorkspace(data: WorkspaceData, following: Following): Promise<CopyReport> {
  const { workspace, images, hash } = data;
  const folder = new Workspace(located(workspace));
  const entries = folder.seenByAny(images);
  if (hashOf(entries) !== hash) {
    throw changedMeanwhile(workspace);
  }
  await refuseWindowsBase(folder.folder, data, images, following);
  return send(data, { hash, index: images.map(lineOf), folder: folder.folder, entries }, following);
}

/** Has the machine take what a single image sees: its folder was removed there behind the program's back. */
export async function copyForImage(data: BuildData, following: Following): Promise<void> {
  const folder = new Workspace(located(data.workspace));
  const entries = folder.seenBy(data);
  if (hashOf(entries) !== data.sees) {
    throw changedMeanwhile(data.workspace);
  }
  await send(data, { hash: data.sees, index: [lineOf(data)], folder: folder.folder, entries }, following);
}

/** How a machine remembers what an image sees of a workspace. */
export function lineOf({ image, sees }: Pick<BuildData, "image" | "sees">): string {
  return `${image} ${sees}`;
}

interface Contents {
  readonly hash: string;
  readonly index: readonly string[];
  readonly folder: string;
  readonly entries: readonly WorkspaceEntry[];
}

async function send(
  data: WorkspaceData | BuildData,
  { hash, index, folder, entries }: Contents,
  following: Following,
): Promise<CopyReport> {
  const files = entries.filter(({ type }) => type === "file");
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { host } = data.machine;
  const what = `${files.length} files, ${(bytes / MIB).toFixed(1)} MiB`;
  let sent = 0;
  try {
    const changed = await operationsOn(data, following).receive(hash, index, (archive, there) => {
      const kept = new Set(files.filter((entry) => there.has(manifestLine(entry))));
      sent = files.filter((entry) => !kept.has(entry)).reduce((sum, { size }) => sum + size, 0);
      const less = kept.size === 0 ? "" : `, of which it has ${kept.size} files`;
      following.say(`Copying the workspace to "${host}": ${what}${less}`);
      const tell = teller((done) => following.say(`Copying to "${host}": ${mib(done)} of ${mib(sent)} MiB`));
      return writeArchive({ folder, entries, kept }, archive, tell);
    });
    following.say(changed ? `Copied to "${host}": ${what}` : `"${host}" has the workspace already`);
    return { changed, files: files.length, bytes, sent };
  } catch (error) {
    throw explained(error, host, what);
  }
}

function explained(error: unknown, host: string, what: string): unknown {
  const full =
    error instanceof MachineError &&
    error.lines.some((line) => /no space left|disk quota|not enough space/i.test(line));
  return full
    ? new UserError(
        `Host "${host}" has no room for the workspace (${what}). Nothing of it is left there. Free some, and run the same ` +
          `command again.\n${error.message}`,
        1,
        { cause: error },
      )
    : error;
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

/** Tells from time to time how much is done. */
function teller(say: (done: number) => void): (bytes: number) => void {
  let done = 0;
  let said = Date.now();
  return (bytes) => {
    done += bytes;
    if (Date.now() - said >= HEARTBEAT_MS) {
      said = Date.now();
      say(done);
    }
  };
}
