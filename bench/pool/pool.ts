/** What every tool is asked for: `count` containers of one image, each on its own port of the loopback address. */
export interface Pool {
  readonly count: number;
  readonly firstPort: number;
  /** How many containers share a network. Linux bridges carry 1,023 ports. */
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
  perNetwork: 1000,
  label: "container-network-labs.bench-pool",
} as const;

/** Of a pool's networks, the subnets that the other tools' programs give them; they say the same in their languages. */
export function subnetOf(network: number): { subnet: string; gateway: string } {
  return { subnet: `10.91.${4 * network}.0/22`, gateway: `10.91.${4 * network}.1` };
}

export const phases = ["up", "again", "grow", "down"] as const;

export type Phase = (typeof phases)[number];

/** How many containers there are once a pool of `n` has grown by a tenth. */
export function grown(n: number): number {
  return n + Math.ceil(n / 10);
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
