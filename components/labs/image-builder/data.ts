import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../../hosts/container-host";
import type { EngineAddress } from "../../hosts/engine-address";
import type { HostOs } from "../lab";
import type { Source } from "./workspace";

/** How the programs behind the lab's resources reach a machine: its engine, and its shell where it is another machine. */
export interface MachineData extends EngineAddress {
  /** The host's name in the settings. */
  readonly host: string;
  readonly os: HostOs;
  /** What the OpenSSH configuration calls it; none for this machine. */
  readonly alias?: string;
}

/** What all of the lab's programs read, as JSON on standard input. */
export interface BuilderData {
  readonly stack: string;
  /** Name of the lab's component: one for each host that the lab is on. */
  readonly component: string;
  readonly machine: MachineData;
}

/** For `builder copy`. */
export interface WorkspaceData extends BuilderData {
  /** The workspace on this machine, as the settings have it. */
  readonly workspace: string;
  /** A hash of all that is copied. */
  readonly hash: string;
  readonly images: readonly (Source & Pick<BuildData, "image" | "sees"> & Partial<Pick<BuildData, "arguments">>)[];
}

/** What `builder copy` prints. */
export interface CopyReport {
  /** Whether anything was copied: the machine had none with this hash. */
  readonly changed: boolean;
  /** Of the whole workspace. */
  readonly files: number;
  readonly bytes: number;
  /** Of the files that the machine lacked, before they were compressed. */
  readonly sent: number;
}

/** For `builder build`. Nothing of other images is in it, so that a change of theirs is none of this one. */
export interface BuildData extends BuilderData, Source {
  readonly workspace: string;
  readonly image: string;
  /** A hash of what the build sees of the workspace. */
  readonly sees: string;
  /** Name and tag that the image gets. */
  readonly reference: string;
  readonly target?: string;
  /** Given only where the Dockerfile declares them: what the program itself has to say. */
  readonly givenArguments: Readonly<Record<string, string>>;
  readonly arguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly cacheFrom: readonly string[];
  readonly check: readonly string[];
  /** What the check leaves in the workspace and is an artefact. */
  readonly keep: readonly string[];
}

/** What `builder build` prints. */
export interface BuildReport {
  /** The engine's id of the image, `sha256:…`. */
  readonly imageId: string;
}

/** A registry and who logs in. The password is there, or where it is read from. */
export interface RegistryData {
  readonly address: string;
  readonly username: string;
  readonly password?: string;
  readonly passwordPath?: string;
}

/** For `builder push`. */
export interface PushData extends BuilderData {
  readonly image: string;
  readonly reference: string;
  readonly registry: RegistryData;
  /** The name that it gets there, with the registry's address and a tag. */
  readonly remote: string;
}

/** What `builder push` prints. */
export interface PushReport {
  /** Of the manifest that the registry made of it: `sha256:…`. */
  readonly digest: string;
  /** The image by that digest: `registry.example:5000/image-builder-web@sha256:…`. */
  readonly reference: string;
}

/** For `builder pull`; which image is an argument, as only a push tells its digest. */
export interface PullData extends BuilderData {
  readonly image: string;
  readonly registry: RegistryData;
}

export interface ArtefactData {
  readonly image: string;
  readonly reference: string;
  readonly from: "image" | "workspace";
  readonly path: string;
  /** What it is called here. */
  readonly to: string;
}

/** For `builder fetch`. */
export interface ArtefactsData extends BuilderData {
  readonly artefacts: readonly ArtefactData[];
}

/** A file that was brought here. */
export interface BroughtFile {
  /** Below the folder of the component's artefacts. */
  readonly file: string;
  /** The same on both sides. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What `builder fetch` prints. */
export interface ArtefactsReport {
  /** Whether anything had to be brought. */
  readonly changed: boolean;
  /** The folder, below the project. */
  readonly folder: string;
  readonly files: readonly BroughtFile[];
}

/** Folder of a component's artefacts, below the project. */
export function artefactFolder(stack: string, component: string): string {
  return ["out", stack, "artefacts", component].join("/");
}

/** How a program gets at a host. */
export function machineOf(host: ContainerHost): pulumi.Output<MachineData> {
  const { hostName, os, sshConfig, certPath, sshAlias } = host;
  return pulumi
    .output(host.engine)
    .apply((engine) => ({ host: hostName, os, engine, sshConfig, certPath, alias: sshAlias }));
}

/** A command of this program that reads its data on standard input. */
export function builder(...words: string[]): string {
  return ["node", "tools/run.js", "builder", ...words].join(" ");
}
