import assert from "node:assert/strict";
import { asRow, faultsOf, onWindows } from "./support";

/** What was given, and every fault that it must give: key, value, allowed, cure. */
type Row = readonly [title: string, given: object, faults: readonly (readonly [string, unknown, string, string])[]];

/** Settings and keys are below the lab. */
const rows: readonly Row[] = [
  [
    "nothing said of the address to listen on and the web containers",
    {},
    [
      [
        "web.server.listen",
        "127.0.0.1",
        "0.0.0.0 on Windows, whose nat networks publish on every address of the host",
        "write 0.0.0.0, so that it is said that every machine that reaches the host reaches the port",
      ],
      [
        "web.server.address",
        "192.168.2.1",
        'an address inside 192.168.1.0/24 (network "chat"), neither its first nor its last',
        "choose one that nothing has, for example 192.168.1.4",
      ],
      [
        "web.byAlias.address",
        "192.168.2.2",
        'an address inside 192.168.1.0/24 (network "chat"), neither its first nor its last',
        "choose one that nothing has, for example 192.168.1.5",
      ],
      [
        "web.byHostsEntry.address",
        "192.168.2.3",
        'an address inside 192.168.1.0/24 (network "chat"), neither its first nor its last',
        "choose one that nothing has, for example 192.168.1.6",
      ],
    ],
  ],
  [
    "a network of its own for the web server",
    { web: { network: {}, server: { listen: "0.0.0.0" } } },
    [
      [
        "web.network",
        { name: "web", subnet: "192.168.2.0/24" },
        'one network on host "local": WinNAT has one internal prefix per host',
        "leave it out, or place it on another host: labs.docker-networks.chat.network is there already",
      ],
    ],
  ],
  [
    "a range",
    {
      chat: { network: { ipRange: "192.168.1.0/28" } },
      web: {
        server: { address: "192.168.1.101", listen: "0.0.0.0" },
        byAlias: { address: "192.168.1.102" },
        byHostsEntry: { address: "192.168.1.103" },
      },
    },
    [["chat.network.ipRange", "192.168.1.0/28", "nothing on Windows", "remove it: Docker on Windows has no ip-range"]],
  ],
  [
    "a bridge",
    {
      chat: { network: { bridge: "chat0" } },
      web: {
        server: { address: "192.168.1.101", listen: "0.0.0.0" },
        byAlias: { address: "192.168.1.102" },
        byHostsEntry: { address: "192.168.1.103" },
      },
    },
    [["chat.network.bridge", "chat0", "nothing on Windows", "remove it: Windows has no bridge interfaces"]],
  ],
  [
    "a port that Windows lends",
    {
      web: {
        server: { address: "192.168.1.101", listen: "0.0.0.0", port: 49152 },
        byAlias: { address: "192.168.1.102" },
        byHostsEntry: { address: "192.168.1.103" },
      },
    },
    [
      [
        "web.server.port",
        49152,
        "a port from 1 to 49151 on Windows",
        "choose a lower one, for example 8080: Windows keeps the others for outgoing connections",
      ],
    ],
  ],
];

describe("settings that do not go together, on Windows", () => {
  for (const [title, given, faults] of rows) {
    it(`refuses ${title}`, () =>
      assert.deepEqual(faultsOf(onWindows(given)).map(asRow("labs.docker-networks.")), faults));
  }
});
