import * as pulumi from "@pulumi/pulumi";
import type { Lab } from "../labs/lab";
import type { EngineAccess, PlacedExpectation } from "./expectation";

/** Everything that proving takes. */
export interface Proof {
  environment: string;
  hosts: readonly { [Key in keyof EngineAccess]: pulumi.Input<EngineAccess[Key]> }[];
  expectations: readonly PlacedExpectation[];
  /** How long a check that does not hold yet is tried again, in seconds. */
  limitSeconds: number;
}

/**
 * Proves the expectations as part of the update, on the machine that runs it, once all containers are there and again
 * whenever one was made anew or the expectations changed. A check that does not hold fails the update.
 */
export function declareVerification(proof: Proof, containers: Lab["containers"]): void {
  const { environment, hosts, expectations, limitSeconds } = proof;
  // Loaded only here: environments that do not ask for it need not spend a preview's time on the module.
  const command = require("@pulumi/command") as typeof import("@pulumi/command");
  const provider = new command.Provider("operator", {});
  new command.local.Command(
    "verification",
    {
      create: "node tools/run.js verify --stdin",
      stdin: pulumi.jsonStringify({ environment, hosts, expectations, limitSeconds }),
      triggers: containers.map((each) => ("containerId" in each ? each.containerId : each.containers)),
    },
    { provider, dependsOn: [...containers] },
  );
}
