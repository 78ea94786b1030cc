import type { Writable } from "node:stream";
import type { BuilderData, RegistryData } from "../../components/labs/image-builder/data";
import type { Source } from "../../components/labs/image-builder/workspace";
import { UserError } from "../command";
import type { Following } from "./machine";

/** A part of an image's labels, by which it is found again. */
export interface Labels {
  readonly stack: string;
  readonly image: string;
}

/** What is built, from what, and under which name. */
export interface Build extends Source {
  /** What the image sees of the workspace, as {@link Operations.receive} was told. */
  readonly sees: string;
  readonly name: string;
  /** For `docker build`. */
  readonly options: readonly string[];
}

/** An artefact on the machine. */
export interface Wanted {
  readonly from: "image" | "workspace";
  /** An image's id or reference, or its name in the lab. */
  readonly of: string;
  readonly path: string;
}

/** A login, with the password. */
export type Login = Required<Pick<RegistryData, "address" | "username" | "password">>;

/** There is no workspace on the machine of which the image sees what it should. */
export class MissingWorkspace extends Error {}

/** Writes what the machine lacks as an archive. `there` has the lines of the entries that it has of another workspace. */
export type Sender = (archive: Writable, there: ReadonlySet<string>) => Promise<void>;

/** What is done on the machine that builds, or runs, whatever its system. Each is one piece of work over one connection. */
export interface Operations {
  /** Takes a workspace with this hash, unless it is there: then the archive is not asked for, and it returns false. */
  receive(hash: string, index: readonly string[], sendTo: Sender): Promise<boolean>;
  /** Builds an image and returns its id. Throws MissingWorkspace. */
  build(build: Build): Promise<string>;
  /** Runs an image's check with a copy of what it sees of the workspace, and keeps these paths of what that left there. */
  check(args: {
    readonly sees: string;
    readonly image: string;
    readonly id: string;
    readonly words: readonly string[];
    readonly keep: readonly string[];
  }): Promise<void>;
  /** Gives an image its own name in place of the one that it was built under, and removes those that it replaces. */
  keep(name: string, reference: string, labels: Labels): Promise<void>;
  /** Removes images that a failed build left, by name or id, quietly where there are none. */
  discard(names: readonly string[]): Promise<void>;
  /** Pushes an image under a name, and returns the digests under which registries have it. */
  push(id: string, remote: string, login: Login): Promise<readonly string[]>;
  /** Pulls an image by its digest, returns its id, and removes those that it replaces. */
  pull(reference: string, login: Login, labels: Labels): Promise<string>;
  /** Writes artefacts, in their order as files/0, files/1, …, and `sums`, as a tar archive compressed with gzip. */
  export(artefacts: readonly Wanted[], to: Writable): Promise<void>;
  removeWorkspace(): Promise<void>;
  /** Removes all images of these labels, and what their checks left. */
  removeImages(image: string, labels: Labels): Promise<void>;
  /** The build of Windows that the engine's host runs; undefined on Linux. */
  windowsBuild(): Promise<number | undefined>;
}

/**
 * How a transfer ended, of which both sides tell. What is wrong with the workspace is known here; of all else the machine
 * says why, and that it took no more is only what followed.
 */
export async function received(sent: Promise<boolean>, ended: Promise<void>): Promise<boolean> {
  const [sending, receiving] = await Promise.allSettled([sent, ended]);
  if (sending.status === "rejected" && (sending.reason instanceof UserError || receiving.status === "fulfilled")) {
    throw sending.reason;
  }
  if (receiving.status === "rejected") {
    throw receiving.reason;
  }
  return sending.status === "fulfilled" && sending.value;
}

/** The operations on the machine that the data names. */
export function operationsOn(data: BuilderData, following: Following): Operations {
  const folder = ["container-network-labs", "workspaces", data.stack, data.component].join("/");
  if (data.machine.os === "windows") {
    const { windowsOperations } = require("./windows") as typeof import("./windows");
    return windowsOperations(data.machine, folder, data.stack, following);
  }
  const { linuxOperations } = require("./linux") as typeof import("./linux");
  return linuxOperations(data.machine, folder, data.stack, following);
}
