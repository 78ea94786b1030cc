import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { toolboxOn } from "../images/toolbox";
import type { CommandLines, StackCommand, StackReport, StackTarget } from "./dialect";
import type { LinuxTarget } from "./linux/network-stack";

export interface StackCommandArgs {
  host: ContainerHost;
  /** The container whose network stack it is. */
  container: docker.Container;
}

/** What is applied, in the dialect of either system. */
export interface Dialects {
  readonly linux: () => StackCommand<LinuxTarget>;
  readonly windows: () => StackCommand;
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
  args: StackCommandArgs,
  dialects: Dialects,
): pulumi.Output<StackReport<State>> {
  const { host, container } = args;
  const { stdin, lines } = host.os === "windows" ? windows(args, dialects) : linux(args, dialects);
  const declared = host.command(
    name,
    { create: lines.create, delete: lines.delete, stdin },
    { parent, deletedWith: container, dependsOn: container },
  );
  return declared.stdout.apply((text) => JSON.parse(text) as StackReport<State>);
}

interface Declared {
  readonly stdin: string;
  readonly lines: pulumi.Output<CommandLines>;
}

function linux(args: StackCommandArgs, dialects: Dialects): Declared {
  const { stdin, lines } = dialects.linux();
  const target = pulumi.all([targetOf(args), toolboxOn(args.host).imageId]);
  return { stdin, lines: target.apply(([known, toolbox]) => lines({ ...known, toolbox })) };
}

function windows(args: StackCommandArgs, dialects: Dialects): Declared {
  const { stdin, lines } = dialects.windows();
  return { stdin, lines: targetOf(args).apply(lines) };
}

function targetOf({ host, container }: StackCommandArgs): pulumi.Output<StackTarget> {
  return container.id.apply((containerId) =>
    pulumi.output({ containerId, generation: host.generationOf(containerId) }),
  );
}
