import { askMember, askRemoteMember, type MemberFacts } from "../../components/hosts/member-facts";
import { engineAddressOf } from "../../components/hosts/readiness";
import { aliasOf, sshConfigPath } from "../../components/hosts/ssh-config";
import type { ClusterSettings, RemoteServer } from "../../components/settings/hosts";
import { fail, pass, untested, type Finding } from "./finding";

/** What a server is to the cluster, and what its kernel can for it. */
export async function memberFindings(
  server: RemoteServer,
  environment: string,
  cluster: ClusterSettings,
): Promise<Finding[]> {
  const engine = engineAddressOf(server, environment);
  const target = { sshConfig: sshConfigPath(environment), alias: aliasOf(server.name, environment) };
  try {
    const facts = await (server.os === "linux" ? askRemoteMember(engine, target) : askMember(engine));
    return [partOf(facts), ...(server.os === "linux" ? kernelFindings(facts, cluster) : [])];
  } catch (error) {
    return [untested("swarm", (error as Error).message)];
  }
}

function partOf({ state, node, leaderless }: MemberFacts): Finding {
  const name = "swarm";
  switch (state) {
    case "inactive":
      return pass(name, "in none yet");
    case "active":
      return leaderless === true
        ? fail(
            name,
            `node ${node} of one that has no leader`,
            "bring back its other managers: more than half are needed",
          )
        : pass(name, `node ${node}`);
    case "locked":
      return fail(name, "locked, as its engine was restarted", "npm run up unlocks it");
    default:
      return fail(name, `${state}: the engine can't take its part`, "npm run up has it join anew");
  }
}

function kernelFindings({ cannotEncrypt, ipvs }: MemberFacts, { encrypted, publish }: ClusterSettings): Finding[] {
  const overlays =
    cannotEncrypt === undefined
      ? pass("overlays", "can be encrypted")
      : encrypted === true
        ? fail(
            "overlays",
            `can't be encrypted: ${cannotEncrypt}`,
            "leave out hosts.cluster.encrypted, or mend the kernel",
          )
        : pass("overlays", `not encrypted: ${cannotEncrypt}`);
  const balanced =
    ipvs === false ? fail("IPVS", "not in its kernel", "load ip_vs, or leave out publish: ingress") : undefined;
  return [overlays, ...(publish === "ingress" ? [balanced ?? pass("IPVS", "in its kernel")] : [])];
}
