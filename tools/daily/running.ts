import { docker } from "../../components/checks/docker";
import type { EngineAccess } from "../../components/checks/expectation";
import { UserError } from "../command";
import type { Found } from "./find";

/** A container as an engine knows it. */
export interface Running {
  readonly host: EngineAccess;
  /** Its name or id there. */
  readonly name: string;
}

/** By what an engine finds the containers of a service. Source: moby/moby, daemon/cluster/executor/container. */
const serviceLabel = "com.docker.swarm.service.name";

/**
 * Where a container is and by what name: on a cluster an instance of a pool is a service, whose container is wherever the
 * cluster has put it, under a name of the cluster's own. Throws a UserError where no host that answers has it.
 */
export async function running({ host, container }: Found, hosts: readonly EngineAccess[]): Promise<Running> {
  const { name, pool } = container;
  if (host.members === undefined || pool === undefined) {
    return { host, name };
  }
  const members = hosts.filter((each) => host.members!.includes(each.name));
  const args = ["container", "ls", "--quiet", "--filter", `label=${serviceLabel}=${name}`];
  const found = await Promise.all(
    members.map(async (member) => ({ host: member, name: (await docker(member, args)).stdout.split("\n")[0] })),
  );
  const there = found.find((each) => each.name !== "");
  if (there === undefined) {
    const asked = members.map((each) => each.name).join(", ");
    throw new UserError(`No container of ${name} runs on a host of the cluster that answers: ${asked} were asked.`, 1);
  }
  return there;
}
