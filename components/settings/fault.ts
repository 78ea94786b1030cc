/** One thing wrong with the settings, in the terms a user needs to mend it. */
export interface Fault {
  /** Path of the setting: `labs.docker-networks.chat.network.gateway`. */
  readonly key: string;
  /** What the setting holds now; undefined where it is missing. */
  readonly value: unknown;
  /** What it may hold: "an address inside 192.168.1.0/24". */
  readonly allowed: string;
  /** What to do: "choose an address of the subnet that no container has, for example 192.168.1.254". */
  readonly cure: string;
}
