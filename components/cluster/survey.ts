import type { EngineFacts } from "../hosts/engine-facts";
import type { MemberFacts } from "../hosts/member-facts";
import { label } from "../labels";
import type { Fault } from "../settings/fault";
import type { HostsSettings } from "../settings/hosts";

/** A host of the environment, and what its engine has already. */
export interface SurveyedMember {
  readonly hostName: string;
  readonly facts: EngineFacts;
}

/** This machine's own address, where no other host is to reach it. */
const alone = "127.0.0.1";

/** What keeps hosts from being one cluster, as far as can be told before anything is made. */
export function clusterFaults(hosts: HostsSettings, surveyed: readonly SurveyedMember[], stack: string): Fault[] {
  if (hosts.cluster === undefined) {
    return [];
  }
  const members = surveyed.flatMap(({ hostName, facts }) =>
    facts.member === undefined ? [] : [{ hostName, member: facts.member }],
  );
  return [
    ...addressFaults(hosts, surveyed),
    ...foreignFaults(members, stack),
    ...engineFaults(members),
    ...kernelFaults(hosts.cluster, members),
  ];
}

interface Member {
  readonly hostName: string;
  readonly member: MemberFacts;
}

/** A swarm that is not the stack's: nothing of it is touched. */
function foreignFaults(members: readonly Member[], stack: string): Fault[] {
  const ours = new Set(
    members.filter(({ member }) => member.labels?.[label.stack] === stack).map(({ member }) => member.node),
  );
  return members
    .filter(({ member: { state, labels, managers, leaderless } }) => {
      // One that is locked or has no leader does not tell whose it is: the swarm's own program finds out.
      if (state !== "active" || leaderless === true) {
        return false;
      }
      return labels === undefined ? !managers.some(({ id }) => ours.has(id)) : labels[label.stack] !== stack;
    })
    .map(({ hostName, member: { node, labels, managers } }) => ({
      key: "hosts.cluster",
      value: `host "${hostName}" is node ${node} of a swarm`,
      allowed:
        `engines that are in no swarm, or in that of "${stack}"; this one is ` +
        (labels?.[label.stack] === undefined
          ? `of the one at ${managers.map(({ address }) => address).join(", ")}`
          : `of "${labels[label.stack]}"`),
      cure: `if that is of no use any more, on the host: docker swarm leave --force; else leave "${hostName}" out`,
    }));
}

/** Source: moby/moby, `verifySwarmCompatible` in `daemon/config/config_linux.go`. */
function engineFaults(members: readonly Member[]): Fault[] {
  return members
    .filter(({ member }) => member.liveRestore === true)
    .map(({ hostName }) => ({
      key: "hosts.cluster",
      value: `the engine of host "${hostName}" has live-restore`,
      allowed: "engines without it: none with it can be in a swarm",
      cure: "take live-restore out of /etc/docker/daemon.json there, and restart the engine",
    }));
}

/** What was asked for by name, and a kernel cannot. */
function kernelFaults(
  { encrypted, publish }: NonNullable<HostsSettings["cluster"]>,
  members: readonly Member[],
): Fault[] {
  return members.flatMap(({ hostName, member: { cannotEncrypt, ipvs } }) => [
    ...(encrypted === true && cannotEncrypt !== undefined
      ? [
          {
            key: "hosts.cluster.encrypted",
            value: true,
            allowed: `false: host "${hostName}" cannot encrypt an overlay (${cannotEncrypt})`,
            cure: "give its kernel ESP and AES-GCM (the modules esp4 and gcm), or leave it out",
          },
        ]
      : []),
    ...(publish === "ingress" && ipvs === false
      ? [
          {
            key: "hosts.cluster.publish",
            value: publish,
            allowed: `host: the kernel of host "${hostName}" has no IPVS, by which every host would answer`,
            cure: "give it the module ip_vs, or leave it out",
          },
        ]
      : []),
  ]);
}

function addressFaults(hosts: HostsSettings, surveyed: readonly SurveyedMember[]): Fault[] {
  if (hosts.kind !== "remote") {
    return [];
  }
  return hosts.servers.flatMap(({ name, os, memberAddress }, index) => {
    const own = surveyed.find(({ hostName }) => hostName === name)?.facts.addresses;
    if (os !== "linux" || own === undefined) {
      return [];
    }
    const key = `hosts.servers[${index}].memberAddress`;
    if (memberAddress !== undefined) {
      return own.includes(memberAddress)
        ? []
        : [
            {
              key,
              value: memberAddress,
              allowed: `an address of the server: ${own.join(", ")}`,
              cure: "write one of these",
            },
          ];
    }
    return memberAddressOf(hosts, surveyed, name) === undefined
      ? [
          {
            key,
            value: own.join(", ") || "none",
            allowed: "the address at which the other servers reach it, as it has not just one",
            cure: "write which",
          },
        ]
      : [];
  });
}

/**
 * Where a host's fellow members reach it: as the settings say; else at the address that this machine reaches it by, if that
 * is its own; else at the only one it has. Undefined where its engine has to find out, as that of a cloud's machine does.
 */
export function memberAddressOf(
  hosts: HostsSettings,
  surveyed: readonly SurveyedMember[],
  name: string,
): string | undefined {
  if (hosts.kind === "local") {
    return alone;
  }
  if (hosts.kind === "scale-set") {
    return undefined;
  }
  const server = hosts.servers.find((each) => each.name === name);
  const own = surveyed.find(({ hostName }) => hostName === name)?.facts.addresses ?? [];
  const reached = server?.address ?? "";
  const only = own.length === 1 ? own[0] : undefined;
  const windows = server?.os === "windows" && /^[\d.]+$/.test(reached) ? reached : undefined;
  return server?.memberAddress ?? (own.includes(reached) ? reached : (only ?? windows));
}

/** Why overlays are not encrypted, each reason once with the hosts that have it; nothing where all can. */
export function encryptionLimits(surveyed: readonly SurveyedMember[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { hostName, facts } of surveyed) {
    const reason = facts.member?.cannotEncrypt;
    if (reason !== undefined) {
      reasons.set(reason, [...(reasons.get(reason) ?? []), hostName]);
    }
  }
  return [...reasons].map(
    ([reason, hosts]) => `${hosts.length === 1 ? "host" : "hosts"} ${hosts.join(", ")}: ${reason}`,
  );
}
