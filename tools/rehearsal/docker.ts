import { run, type RunOptions } from "../processes";
import type { Machine } from "../setup/machine";

/** The Docker client of this machine, on one engine. */
export type Docker = (
  args: readonly string[],
  options?: Pick<RunOptions, "log" | "input" | "timeout">,
) => Promise<string>;

/** Every call is stopped with the machine's signal. Throws a CommandError with the client's own words. */
export function dockerOn(dockerHost: string, { env, signal }: Machine): Docker {
  return (args, options = {}) => run("docker", ["-H", dockerHost, ...args], { env, signal, ...options });
}

/** What a listing printed, a line each. */
export function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
