import type * as pulumi from "@pulumi/pulumi";
import { durationOf } from "./settings/expires";

/** Name of the resource that knows when an environment ends. */
export const expiryName = "expiry";

/**
 * When an environment ends, as ISO 8601 has it in UTC; undefined where it has no end. A command says it once, at the first
 * update and again when the setting changes: in between it is the state that knows, so that a second update changes
 * nothing, and `npm run extend` can move it.
 */
export function declareExpiry(expires: string | undefined): pulumi.Output<string> | undefined {
  if (expires === undefined) {
    return undefined;
  }
  // Loaded only here: an environment without an end need not spend a preview's time on the module.
  const { local, Provider } = require("@pulumi/command") as typeof import("@pulumi/command");
  const length = durationOf(expires);
  const time = length === undefined ? `'${new Date(expires).toISOString()}'` : `Date.now() + ${length}`;
  return new local.Command(
    expiryName,
    { create: `node -p "new Date(${time}).toISOString()"`, triggers: [expires], logging: "none" },
    { provider: new Provider(expiryName, {}) },
  ).stdout;
}
