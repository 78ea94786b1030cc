import { z } from "zod";
import { lastUsable } from "../network/address";
import { bridgeName, dockerName, ipv4Address, type ipv4Subnet, words } from "./types";

/** What the network of a lab is by default. */
export interface NetworkDefaults {
  readonly name: string;
  /** The type of its subnet: the lab may need room for more than two containers. */
  readonly type: typeof ipv4Subnet;
  readonly subnet: string;
  /** Name of its bridge interface, which the lab itself gives where none is set. */
  readonly bridge: string;
  /** What it is for, in a sentence. */
  readonly description: string;
}

/** The network of a lab that has one: its name, and its addressing said in full. */
export function labNetwork({ name, type, subnet, bridge, description }: NetworkDefaults) {
  return z
    .strictObject({
      name: dockerName.default(name).describe("Docker's name of the network."),
      subnet: type.default(subnet).describe("Subnet of the network. Addresses that are left out follow it."),
      gateway: ipv4Address
        .optional()
        .describe("The host's own address on the network.")
        .register(words, { byDefault: `\`${lastUsable(subnet)}\`, the last of the subnet` }),
      bridge: bridgeName
        .optional()
        .describe("Name of the bridge interface on the host. Linux only.")
        .register(words, { byDefault: `\`${bridge}\`; none on Windows` }),
    })
    .transform((given) => ({ ...given, gateway: given.gateway ?? lastUsable(given.subnet) }))
    .prefault({})
    .describe(description);
}
