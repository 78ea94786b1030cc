import { mostInstances } from "../../components/labs/app-pool/instances";

/** What every tool is asked for: `count` containers of one image, each on its own port of the loopback address. */
export interface Pool {
  readonly count: number;
  readonly firstPort: number;
  /** How many containers share a network, as in the lab: Linux bridges carry 1,023 ports. */
  readonly perNetwork: number;
  readonly image: string;
  /** `NAME=value` */
  readonly environment: readonly string[];
  readonly command: readonly string[];
  /** Label by which the benchmark finds the containers and networks of the other tools again. */
  readonly label: string;
}

/** The part that is the same in every run. */
export const place = {
  firstPort: 20_000,
  perNetwork: 500,
  label: "container-network-labs.bench-pool",
} as const;

const networks = [
  { name: "bench-pool-0", subnet: "10.91.0.0/23", gateway: "10.91.0.1" },
  { name: "bench-pool-1", subnet: "10.91.2.0/23", gateway: "10.91.2.1" },
] as const;

/** The networks that a pool needs, as the other tools' programs make them, too, in their languages. */
export function networksOf({ count, perNetwork }: Pick<Pool, "count" | "perNetwork">): (typeof networks)[number][] {
  return networks.slice(0, Math.ceil(count / perNetwork));
}

export const phases = ["up", "again", "grow", "down"] as const;

export type Phase = (typeof phases)[number];

/**
 * Between which sizes a pool of `n` grows by a tenth: to more than `n`, unless a host carries no more. Then a tenth has to
 * be taken away first.
 */
export function growth(n: number): { readonly from: number; readonly to: number } {
  const tenth = Math.ceil(n / 10);
  return n + tenth <= mostInstances ? { from: n, to: n + tenth } : { from: n - tenth, to: n };
}

/** A tool that can make a pool, ready to run in a folder of its own. */
export interface PoolTool {
  readonly name: string;
  /** Versions, and where they are from. */
  readonly says: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes what the tool reads: the pool as it should be. */
  declare(pool: Pool): void;
  /** Program and arguments that bring a declared pool up, or let it grow. */
  readonly up: readonly [string, ...string[]];
  /** The same for looking at a pool that is as declared: a preview, a plan. Fails if there is anything to change. */
  readonly again: readonly [string, ...string[]];
  readonly down: readonly [string, ...string[]];
}
