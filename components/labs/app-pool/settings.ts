import { z } from "zod";
import { networkOf } from "../../network/address";
import {
  dockerName,
  ipv4Address,
  ipv4Subnet,
  line,
  matching,
  port,
  wholeNumber,
  words,
  type CheckWords,
} from "../../settings/types";
import { credentialSpec } from "./credential-spec";
import { mostInstances } from "./instances";
import { portList, portOrInstanceList } from "./ports";

export { faults } from "./faults";

const standard = { ports: "8090-8094", firstPort: 8090 } as const;

const onAddresses = "Address of the host that it listens on; 0.0.0.0 is all of them. Windows: 0.0.0.0.";

const network = z
  .strictObject({
    name: dockerName
      .default("pool")
      .describe("Docker's name of the network. A second one, for half of the places, is called so with a 2 behind it."),
    subnet: ipv4Subnet
      .default("10.90.0.0/22")
      .describe(
        "Subnet of the instances. From /22 on it has 1,000 places, and on Linux two networks have half of it each. An " +
          "instance's place is the remainder of its port divided by the number of places.",
      ),
    bridge: matching(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 14, {
      allowed: "1 to 14 letters, digits, _ . and -, the first a letter or a digit",
      cure: "choose such a name, for example pool0: Linux allows an interface's 15 characters, and a 2 may come behind it",
    })
      .optional()
      .describe("Name of the bridge interface on the host; the second network's has a 2 behind it. Linux only.")
      .register(words, { byDefault: "`pool0`; none on Windows" }),
  })
  .prefault({})
  .describe("The network of the instances and of the front door.");

function path(byDefault: string, what: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9._:/\\-]{2,200}$/)
    .optional()
    .describe(what)
    .register(words, {
      allowed: "an absolute path of 2 to 200 letters, digits, . _ and - between its separators",
      cure: "write it like /opt/dbase or, on Windows, C:\\dbase",
      byDefault,
    });
}

const environment = z
  .strictObject({
    SSROOT: path("`/opt/dbase`; `C:\\dbase` on Windows", "Where the product is installed in the image."),
    SSROOTX: path("`/var/lib/dbase`; `C:\\dbase-data` on Windows", "Where an instance keeps what it writes."),
  })
  .prefault({})
  .describe("The product's variables, for the installer and for every instance.");

/** Names as `useradd` takes them by default, or a number. */
const account = z
  .union([wholeNumber(0, 4_294_967_294), z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/)])
  .transform(String)
  .register(words, {
    allowed: "a number from 0 to 4294967294, or a name of lower-case letters, digits, _ and -",
    cure: "write a number, which needs no entry in the image, or a name that the image knows, for example www-data",
  });

/** A subnet of any size, or a single address; both become a subnet. */
const source = z
  .string()
  .regex(new RegExp(`${z.regexes.ipv4.source}|${z.regexes.cidrv4.source}`))
  .transform((given) => (given.includes("/") ? given : `${given}/32`))
  .check(({ value, issues }) => {
    if (issues.length === 0 && networkOf(value) !== value) {
      const cure = `write ${networkOf(value)}, the subnet that ${value} lies in`;
      issues.push({ code: "custom", input: value, params: { cure } satisfies CheckWords });
    }
  })
  .register(words, {
    allowed: "an IPv4 address, or a subnet in CIDR form, its host bits zero",
    cure: "write it like 192.168.1.0/24; 0.0.0.0/0 is everybody",
  });

const openings = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe("Whether the host's firewall gets rules for the published ports: these sources, and nobody else."),
    sources: z
      .array(source)
      .default([])
      .describe("Addresses and subnets that may reach the ports. The host itself always may.")
      .register(words, { allowed: "a list of subnets", cure: "write a list, for example [192.168.1.0/24]" }),
    group: line
      .optional()
      .describe("What Windows lists the rules under. Not a group that has other rules. Windows only.")
      .register(words, { byDefault: "`app-pool` and the stack's name" }),
  })
  .prefault({})
  .describe("Who may reach the published ports.");

const frontDoor = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Whether there is one."),
    name: dockerName.default("front-door").describe("Name of its container."),
    listen: ipv4Address.default("127.0.0.1").describe(onAddresses),
    port: port.default(8089).describe("Port of the host that it listens on."),
  })
  .prefault({})
  .describe("A reverse proxy before the whole pool, which asks each instance for its health.");

/** The lab's settings; `{}` is the document's own case, on ports that need no rights. */
export const settings = z
  .strictObject({
    ports: portList
      .optional()
      .describe("Ports of the host, one instance each: ports, ranges, or a list of them.")
      .register(words, { byDefault: `\`${standard.ports}\`` }),
    count: wholeNumber(0, mostInstances)
      .optional()
      .describe("In place of `ports`: how many ports the pool has, from `firstPort` on.")
      .register(words, { byDefault: "as many as `ports`" }),
    firstPort: port
      .optional()
      .describe("The first port, where `count` says how many there are.")
      .register(words, { byDefault: `\`${standard.firstPort}\`` }),
    without: portOrInstanceList
      .default("")
      .describe("Ports of the pool that stay empty, by number or by their instance's name: free to be used again.")
      .register(words, { byDefault: "none" }),
    listen: ipv4Address.default("127.0.0.1").describe(onAddresses.replace("it listens", "the ports listen")),
    name: matching(/^[A-Za-z][A-Za-z0-9_.-]*$/, 40, {
      allowed: "1 to 40 letters, digits, _ . and -, the first a letter",
      cure: "choose such a name, for example app",
    })
      .default("app")
      .describe("What the instances' names begin with; - and the port follow."),
    network,
    environment,
    user: account
      .optional()
      .describe("User that the instances run as, by number or name. Linux only.")
      .register(words, { byDefault: "`www-data`" }),
    group: account
      .optional()
      .describe("Group that they run as, by number or name; it needs a `user`. Linux only.")
      .register(words, { byDefault: "the user's own" }),
    credentialSpec: credentialSpec
      .optional()
      .describe("The group managed service account that the instances act as. Windows only.")
      .register(words, { byDefault: "none" }),
    openings,
    frontDoor,
  })
  .check(({ value, issues }) => {
    const { ports, count, firstPort = standard.firstPort } = value;
    const refuse = (key: string, given: unknown, told: Required<CheckWords>) =>
      issues.push({ code: "custom", input: given, path: [key], params: told });
    if (ports !== undefined && count !== undefined) {
      const allowed = "nothing beside ports, which says how many there are";
      refuse("count", count, { allowed, cure: "remove it, or remove ports" });
    }
    if (value.firstPort !== undefined && count === undefined) {
      const allowed = "nothing without count";
      refuse("firstPort", firstPort, { allowed, cure: "add count, or remove it and write ports" });
    }
    if (count !== undefined && firstPort + count - 1 > 65_535) {
      const allowed = `a port with ${count} ports from it on, the last of them at most 65535`;
      refuse("firstPort", firstPort, { allowed, cure: `write at most ${65_536 - count}, or a smaller count` });
    }
  })
  .transform(({ count, firstPort = standard.firstPort, ...given }) => ({
    ...given,
    count,
    firstPort,
    ports: given.ports ?? (count === undefined ? standard.ports : row(firstPort, count)),
  }))
  .describe("One web application in many instances, each on a port of its own.");

export type AppPoolSettings = z.infer<typeof settings>;

/** As the setting `ports` would say it. */
function row(first: number, count: number): string {
  return count === 0 ? "" : count === 1 ? String(first) : `${first}-${first + count - 1}`;
}
