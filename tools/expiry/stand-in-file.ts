import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { declarationIn, type StackState } from "../stack";

/**
 * Does work on a stack that takes its file of settings. Where that is gone, one is there for the time, with what the state
 * tells: how secrets are encrypted, and which cloud the hosts are in.
 */
export async function withStackFile<T>(
  project: string,
  { name, state }: { readonly name: string; readonly state: StackState | undefined },
  work: (isGone: boolean) => Promise<T>,
): Promise<T> {
  const file = join(project, "stacks", `Pulumi.${name}.yaml`);
  if (existsSync(file)) {
    return work(false);
  }
  writeFileSync(file, standIn(state));
  try {
    return await work(true);
  } finally {
    rmSync(file, { force: true });
  }
}

function standIn(state: StackState | undefined): string {
  const { stringify } = require("yaml") as typeof import("yaml");
  const { salt, url, encryptedkey } = state?.deployment.secrets_providers?.state ?? {};
  return stringify({ config: configIn(state), encryptionsalt: salt, secretsprovider: url, encryptedkey });
}

/** Nothing of a cloud is asked for that the settings of its hosts would not need to be read. */
function configIn(state: StackState | undefined): object | undefined {
  const { cloud, hosts = [] } = declarationIn(state) ?? {};
  if (cloud === undefined) {
    return undefined;
  }
  const { region, scaleSet, rehearsed, capacity } = cloud;
  const administration = { sources: ["127.0.0.0/8"] };
  const os = hosts[0]?.os;
  return {
    "container-network-labs:hosts": {
      ...{ kind: "scale-set", name: scaleSet, location: region, rehearsed, os, capacity, administration },
    },
  };
}
