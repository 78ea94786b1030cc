import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { toolboxOn } from "../images/toolbox";
import type { StackCommand, StackReport, StackTarget } from "./dialect";
import type { LinuxTarget } from "./linux/network-stack";

export interface StackCommandArgs {
  host: ContainerHost;
  /** The container whose network stack it is. */
  container: docker.Container;
}

/** The same for both systems. */
export interface Dialects {
  linux(target: LinuxTarget): StackCommand;
  windows(target: StackTarget): StackCommand;
}

/**
 * Declares the command that applies something to a container's network stack, in the dialect of the host's system, and
 * gives back what it reports.
 *
 * It is updated and never replaced, as a replacement would take the old away before it applies the new; and it is not
 * deleted along with the container, whose network stack ends with it.
 */
export function declareStackCommand<State>(
  name: string,
  parent: pulumi.Resource,
  { host, container }: StackCommandArgs,
  dialects: Dialects,
): pulumi.Output<StackReport<State>> {
  const target = container.id.apply((containerId) => ({ containerId, generation: host.generationOf(containerId) }));
  const command =
    host.os === "windows"
      ? target.apply((known) => dialects.windows(known))
      : pulumi
          .all([target, toolboxOn(host).imageId])
          .apply(([known, toolbox]) => dialects.linux({ ...known, toolbox }));
  const stdin = dialectData(host, dialects);
  const declared = host.command(
    name,
    { create: command.create, delete: command.delete, stdin },
    { parent, deletedWith: container, dependsOn: container },
  );
  return declared.stdout.apply((text) => JSON.parse(text) as StackReport<State>);
}

/** The data does not hang on the container, so a preview shows it before there is one. */
function dialectData(host: ContainerHost, dialects: Dialects): string {
  const any = { containerId: "0".repeat(64), generation: "never", toolbox: "" };
  return host.os === "windows" ? dialects.windows(any).stdin : dialects.linux(any).stdin;
}
