import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import type { Container } from "../../containers/container";
import type { ContainerHost } from "../../hosts/container-host";
import { Image } from "../../images/image";
import { toolboxOn } from "../../images/toolbox";
import { declareTopology } from "../declare";
import type { EndpointState } from "../../network/dialect";
import type { Lab } from "../lab";
import type { EndpointPoliciesSettings } from "./settings";
import { topology } from "./topology";

const lab = "endpoint-policies";

export interface EndpointPoliciesLabArgs {
  settings: EndpointPoliciesSettings;
  host: ContainerHost;
}

/**
 * The endpoint-policies lab on a host: a web server with rules on its endpoint, and two more containers that run the same
 * web server, so that every direction between them can be proved.
 */
export class EndpointPoliciesLab extends pulumi.ComponentResource implements Lab {
  /** Nothing: a lab about blocking publishes no port. `docker exec` leads into its containers. */
  readonly open = {};
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly containers: readonly Container[];

  constructor(name: string, args: EndpointPoliciesLabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:EndpointPoliciesLab", name, {}, { providers: [args.host.docker], ...opts });
    const { settings, host } = args;
    const image = new Image(
      `${name}-web-image`,
      { lab, host, repository: `${lab}-web`, folder: join(__dirname, "images", "web"), base: toolboxOn(host) },
      { parent: this },
    );
    const run = () => ({ image });
    const containers = declareTopology({ name, lab, host, topology: topology(settings, host.os), run }, this);
    this.containers = [...containers.values()];
    this.outputs = { state: settings.state, endpoints: endpointsOf(containers) };
    // The endpoints are outputs of the stack. Recorded here as well, long lists of rules would make previews slower.
    this.registerOutputs({ open: this.open, state: settings.state });
  }
}

/** The endpoints with rules as the system sees them, before they were last applied and after; by container's name. */
function endpointsOf(containers: ReadonlyMap<string, Container>): Record<string, object> {
  return Object.fromEntries(
    [...containers].flatMap(([name, { endpoints }]) =>
      Object.values(endpoints).map(({ before, after }) => [
        name,
        { before: before.apply(printed), after: after.apply(printed) },
      ]),
    ),
  );
}

/** A policy on a line, as `Get-HnsEndpoint` prints it: each field by itself would cost a preview more than all the rest. */
function printed({ policies, ...endpoint }: EndpointState): object {
  return { ...endpoint, policies: policies.map((policy) => fields(policy).join("; ")) };
}

/** HNS has an ACL's fields below `Settings`. */
function fields(policy: object): string[] {
  return Object.entries(policy).flatMap(([field, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? fields(value) : [`${field}=${String(value)}`],
  );
}
