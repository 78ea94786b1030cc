import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../../hosts/container-host";
import { builder, machineOf, type WorkspaceData } from "./data";
import type { Plan } from "./plan";

export interface WorkspaceCopyArgs {
  /** Name of the lab's component. */
  component: string;
  server: ContainerHost;
  /** The folder on this machine. */
  workspace: string;
  plan: Plan;
}

/**
 * A workspace on the machine that builds: one compressed archive, that travels when the machine lacks it. What no build
 * sees of the workspace stays here.
 */
export class WorkspaceCopy extends pulumi.ComponentResource {
  constructor(name: string, args: WorkspaceCopyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:WorkspaceCopy", name, {}, opts);
    const { component, server, workspace, plan } = args;
    const images = plan.images.map(({ settings, source, sees }) => ({
      image: settings.name,
      ...source,
      sees,
      // There they say what a Dockerfile starts from, which is looked at before anything is copied.
      ...(server.os === "windows" ? { arguments: settings.arguments } : {}),
    }));
    const data = { stack: pulumi.getStack(), component, workspace, hash: plan.workspace, images };
    const stdin = machineOf(server).apply((machine) => JSON.stringify({ ...data, machine } satisfies WorkspaceData));
    server.program(name, { create: builder("copy"), delete: builder("remove", "workspace"), stdin }, { parent: this });
    this.registerOutputs({ hash: plan.workspace });
  }
}
