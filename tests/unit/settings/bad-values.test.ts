import assert from "node:assert/strict";
import { asRow, faultsOf, onLinux } from "./support";

/** What was given, and every fault that it must give: key, value, allowed, cure. */
type Row = readonly [title: string, given: object, faults: readonly (readonly [string, unknown, string, string])[]];

const imageName = [
  "at most 128 lower-case letters and digits, with single . and _ or any number of - between them",
  "choose such a name, without a tag, for example mypython2",
] as const;
const dockerName = [
  "2 to 63 letters, digits, _ . and -, the first a letter or a digit",
  "choose such a name, for example chat-server",
] as const;
const subnet = [
  "an IPv4 subnet in CIDR form, from /8 to /30, its host bits zero",
  "write the first address, a slash and the length of the prefix, for example 192.168.1.0/24",
] as const;
const address = [
  "an IPv4 address",
  "write four numbers from 0 to 255 with dots between them, for example 192.168.1.1",
] as const;
const port = ["a whole number from 1 to 65535", "write it in digits, without quotes, and within these limits"] as const;
const count = ["a whole number from 0 to 1000", "write it in digits, without quotes, and within these limits"] as const;
const hostLabel = [
  "a host name of 1 to 63 letters, digits and -, neither first nor last a -",
  "choose such a name, without a dot, for example server",
] as const;

/** Settings and keys are below the lab. */
const rows: readonly Row[] = [
  ["an unknown part", { chats: {} }, [["chats", {}, "the keys image, chat, web", 'did you mean "chat"?']]],
  [
    "a part of another type",
    { chat: "on" },
    [
      [
        "chat",
        "on",
        "an object with the keys network, server, clients",
        "write its keys below it, or {} for the defaults",
      ],
    ],
  ],
  [
    "a misspelt key, far below",
    { chat: { network: { subnett: "10.0.0.0/24" } } },
    [
      [
        "chat.network.subnett",
        "10.0.0.0/24",
        "the keys name, subnet, gateway, ipRange, bridge",
        'did you mean "subnet"?',
      ],
    ],
  ],
  [
    "a key that is like none",
    { web: { server: { certificate: "x" } } },
    [["web.server.certificate", "x", "the keys name, address, alias, listen, port", "remove it"]],
  ],
  [
    "a key in other letters",
    { web: { byalias: {} } },
    [["web.byalias", {}, "the keys network, server, byAlias, sharedStack, byHostsEntry", 'did you mean "byAlias"?']],
  ],
  ["an image's name with a tag", { image: { name: "mypython2:1" } }, [["image.name", "mypython2:1", ...imageName]]],
  ["an image's name in capitals", { image: { name: "MyPython2" } }, [["image.name", "MyPython2", ...imageName]]],
  [
    "an empty description",
    { image: { description: "" } },
    [
      [
        "image.description",
        "",
        "one line of 1 to 200 characters, without space at its ends",
        "write a short text on one line",
      ],
    ],
  ],
  ["a name of one character", { chat: { network: { name: "c" } } }, [["chat.network.name", "c", ...dockerName]]],
  [
    "a name that begins with a dash",
    { chat: { server: { name: "-server" } } },
    [["chat.server.name", "-server", ...dockerName]],
  ],
  [
    "a name that is too long",
    { web: { byAlias: { name: "x".repeat(90) } } },
    [["web.byAlias.name", "x".repeat(90), ...dockerName]],
  ],
  ["a number for a name", { web: { sharedStack: { name: 2 } } }, [["web.sharedStack.name", 2, ...dockerName]]],
  [
    "a subnet without a prefix",
    { chat: { network: { subnet: "192.168.1.0" } } },
    [["chat.network.subnet", "192.168.1.0", ...subnet]],
  ],
  [
    "a subnet with host bits",
    { chat: { network: { subnet: "192.168.1.7/24" } } },
    [
      [
        "chat.network.subnet",
        "192.168.1.7/24",
        "an IPv4 subnet in CIDR form, from /8 to /30, its host bits zero",
        "write 192.168.1.0/24, the subnet that 192.168.1.7/24 lies in",
      ],
    ],
  ],
  [
    "a subnet that is too small",
    { chat: { network: { subnet: "192.168.1.0/31" } } },
    [["chat.network.subnet", "192.168.1.0/31", ...subnet]],
  ],
  [
    "a subnet that is too large",
    { chat: { network: { subnet: "10.0.0.0/7" } } },
    [["chat.network.subnet", "10.0.0.0/7", ...subnet]],
  ],
  [
    "a subnet of IPv6",
    { chat: { network: { subnet: "fd00::/64" } } },
    [["chat.network.subnet", "fd00::/64", ...subnet]],
  ],
  [
    "an address with a number too large",
    { chat: { network: { gateway: "192.168.1.256" } } },
    [["chat.network.gateway", "192.168.1.256", ...address]],
  ],
  [
    "an address with a leading zero",
    { chat: { server: { address: "192.168.1.01" } } },
    [["chat.server.address", "192.168.1.01", ...address]],
  ],
  [
    "an address with a prefix",
    { chat: { server: { address: "192.168.1.1/24" } } },
    [["chat.server.address", "192.168.1.1/24", ...address]],
  ],
  [
    "a range with host bits",
    { chat: { network: { ipRange: "192.168.1.8/28" } } },
    [
      [
        "chat.network.ipRange",
        "192.168.1.8/28",
        "an IPv4 range in CIDR form, from /8 to /32, its host bits zero",
        "write 192.168.1.0/28, the range that 192.168.1.8/28 lies in",
      ],
    ],
  ],
  [
    "a bridge's name of 16 characters",
    { chat: { network: { bridge: "chat-bridge-0123" } } },
    [
      [
        "chat.network.bridge",
        "chat-bridge-0123",
        "1 to 15 letters, digits, _ . and -, the first a letter or a digit",
        "choose such a name, for example chat0: Linux allows an interface's no more characters",
      ],
    ],
  ],
  ["port 0", { chat: { server: { port: 0 } } }, [["chat.server.port", 0, ...port]]],
  ["port 65536", { web: { server: { port: 65536 } } }, [["web.server.port", 65536, ...port]]],
  ["a port as text", { web: { server: { port: "8080" } } }, [["web.server.port", "8080", ...port]]],
  ["fewer than no clients", { chat: { clients: { count: -1 } } }, [["chat.clients.count", -1, ...count]]],
  [
    "more clients than a bridge carries",
    { chat: { clients: { count: 1001 } } },
    [["chat.clients.count", 1001, ...count]],
  ],
  [
    "names as text",
    { chat: { clients: { names: "Alice, Bob" } } },
    [["chat.clients.names", "Alice, Bob", "a list of names", "write a list, for example [Alice, Bob]"]],
  ],
  [
    "a name with a space in a list",
    { chat: { clients: { names: ["Alice", "Bob the Builder"] } } },
    [
      [
        "chat.clients.names[1]",
        "Bob the Builder",
        "1 to 40 letters, digits, _ . and -, the first a letter or a digit",
        "choose such a name, for example Alice",
      ],
    ],
  ],
  [
    "an alias with a dot",
    { web: { server: { alias: "server.lab" } } },
    [["web.server.alias", "server.lab", ...hostLabel]],
  ],
  [
    "a hosts entry with an underscore",
    { web: { byHostsEntry: { entry: "linked_server" } } },
    [["web.byHostsEntry.entry", "linked_server", ...hostLabel]],
  ],
  [
    "a host's name to listen on",
    { web: { server: { listen: "localhost" } } },
    [["web.server.listen", "localhost", ...address]],
  ],
];

describe("a lab's settings that are not of their type", () => {
  for (const [title, given, faults] of rows) {
    it(`refuses ${title}`, () =>
      assert.deepEqual(faultsOf(onLinux(given)).map(asRow("labs.docker-networks.")), faults));
  }
});
