import { z } from "zod";
import { words } from "../types";
import type { Refuse } from "./placement";

/** The name that placement, topology, checks and the picture know the cluster by. No host may have it beside one. */
export const CLUSTER = "cluster";

const swarm = z.strictObject({
  kind: z.literal("swarm").describe("`swarm` is Docker Swarm, which comes with the engine."),
  encrypted: z
    .boolean()
    .optional()
    .describe("Whether what containers on different hosts say to each other is encrypted.")
    .register(words, { byDefault: "where the hosts' kernels can" }),
  publish: z
    .enum(["host", "ingress"])
    .default("host")
    .describe(
      "Where a published port is reached: `host` is the host that the instance is on, `ingress` every host, which takes " +
        "IPVS in their kernels.",
    ),
});

/** What makes one of several hosts. `swarm` alone is short for `{ kind: swarm }`. */
export const cluster = z
  .union([z.literal("swarm"), swarm])
  .transform((given): ClusterSettings => (given === "swarm" ? swarm.parse({ kind: given }) : given))
  .optional()
  .describe("Makes the hosts one cluster, over which labs can be spread: `swarm`, or an object. See docs/swarm.md.")
  .register(words, {
    allowed:
      "swarm, or an object with the key kind, which is swarm, and encrypted (true or false), publish (host or ingress)",
    cure: "write swarm, for example, or { kind: swarm, publish: ingress }",
  });

export type ClusterSettings = z.infer<typeof swarm>;

/**
 * What is wrong between a cluster and its hosts. They are checked even where a setting is not of its type: hence what they
 * are given is as the user wrote it.
 */
export function clusterRules(
  given: { readonly cluster?: unknown },
  hosts: readonly { readonly os?: unknown; readonly at: (string | number)[] }[],
  refuse: Refuse,
): void {
  if (given.cluster === undefined) {
    return;
  }
  const systems = hosts.map(({ os = "linux" }) => os);
  const other = systems.findIndex((os) => os !== systems[0]);
  if (other > 0) {
    refuse([...hosts[other].at, "os"], {
      allowed: `${String(systems[0])}, as the others: a cluster's hosts have one system`,
      cure: "leave this host out, or hosts.cluster",
    });
  }
  const { encrypted, publish } = (typeof given.cluster === "object" ? given.cluster : {}) as Record<string, unknown>;
  if (systems.includes("windows") && encrypted === true) {
    // https://docs.docker.com/engine/network/drivers/overlay/#encrypt-traffic-on-an-overlay-network
    refuse(["cluster", "encrypted"], { allowed: "false on Windows, which encrypts no overlay", cure: "leave it out" });
  }
  if (systems.includes("windows") && publish === "ingress") {
    refuse(["cluster", "publish"], { allowed: "host on Windows, as the labs publish there", cure: "leave it out" });
  }
}

/** Names of servers that only the cluster can have. */
export function clusterNameRules(
  given: { readonly cluster?: unknown },
  hosts: readonly { readonly name?: unknown; readonly at: (string | number)[] }[],
  refuse: Refuse,
): void {
  for (const { name, at } of given.cluster === undefined ? [] : hosts) {
    if (typeof name === "string" && name.toLowerCase() === CLUSTER) {
      refuse([...at, "name"], {
        allowed: `a name other than ${CLUSTER}, which all hosts together have`,
        cure: "choose another",
      });
    }
  }
}
