import assert from "node:assert/strict";
import { asRow, faultsOf, onLinux } from "./support";

/** What was given, and every fault that it must give: key, value, allowed, cure. */
type Row = readonly [title: string, given: object, faults: readonly (readonly [string, unknown, string, string])[]];

/** Settings and keys are below the lab. */
const rows: readonly Row[] = [
  [
    "a gateway outside the subnet",
    { chat: { network: { gateway: "192.168.9.254" } } },
    [
      [
        "chat.network.gateway",
        "192.168.9.254",
        "an address inside 192.168.1.0/24, neither its first nor its last",
        "choose one that no container has, for example 192.168.1.254",
      ],
    ],
  ],
  [
    "a range outside the subnet",
    { chat: { network: { ipRange: "192.168.9.0/28" } } },
    [
      [
        "chat.network.ipRange",
        "192.168.9.0/28",
        "a part of the subnet 192.168.1.0/24",
        "choose a range inside it, for example 192.168.1.0/28",
      ],
    ],
  ],
  [
    "two subnets that overlap",
    { chat: { network: { subnet: "192.168.2.0/25" } } },
    [
      [
        "web.network.subnet",
        "192.168.2.0/24",
        'a subnet that overlaps no other network of host "local"',
        "choose another, for example 192.168.3.0/24: labs.docker-networks.chat.network.subnet has 192.168.2.0/25",
      ],
    ],
  ],
  [
    "a server outside the subnet",
    { chat: { server: { address: "192.168.9.1" } } },
    [
      [
        "chat.server.address",
        "192.168.9.1",
        'an address inside 192.168.1.0/24 (network "chat"), neither its first nor its last',
        "choose one that nothing has, for example 192.168.1.1",
      ],
    ],
  ],
  [
    "a server at the gateway's address",
    { chat: { server: { address: "192.168.1.254" } } },
    [
      [
        "chat.server.address",
        "192.168.1.254",
        'an address that nothing else on network "chat" has',
        "choose another, for example 192.168.1.1: the gateway has it",
      ],
    ],
  ],
  [
    "a server at a client's address",
    { chat: { server: { address: "192.168.1.3" } } },
    [
      [
        "chat.clients.count",
        2,
        "at most 1: so many addresses in a row are free in 192.168.1.0/24 from 192.168.1.2 on",
        "declare fewer clients, let them begin at another address, or choose a larger subnet",
      ],
    ],
  ],
  [
    "two neighbours at one address",
    { web: { byHostsEntry: { address: "192.168.2.2" } } },
    [
      [
        "web.byHostsEntry.address",
        "192.168.2.2",
        'an address that nothing else on network "web" has',
        'choose another, for example 192.168.2.3: container "container1" has it',
      ],
    ],
  ],
  [
    "two containers of one name",
    { web: { sharedStack: { name: "container1" } } },
    [
      [
        "web.sharedStack.name",
        "container1",
        'a name that no other container of host "local" has',
        "choose another: labs.docker-networks.web.byAlias has it",
      ],
    ],
  ],
  [
    "a client whose container is called as the server",
    { chat: { clients: { names: ["Server"] } } },
    [
      [
        "chat.clients",
        "chat-server",
        'a name that no other container of host "local" has',
        "choose another: labs.docker-networks.chat.server has it",
      ],
    ],
  ],
  [
    "two networks of one name",
    { web: { network: { name: "chat" } } },
    [
      [
        "web.network.name",
        "chat",
        'a name that no other network of host "local" has',
        "choose another: labs.docker-networks.chat.network.name has it",
      ],
    ],
  ],
  [
    "two networks on one bridge",
    { web: { network: { bridge: "chat0" } } },
    [
      [
        "web.network.bridge",
        "chat0",
        'a name that no other bridge of host "local" has',
        "choose another: labs.docker-networks.chat.network.bridge has it",
      ],
    ],
  ],
  [
    "the port of SSH",
    { web: { server: { port: 22 } } },
    [
      [
        "web.server.port",
        22,
        "a port other than 22, 2375, 2376, 2377, 3389, 5985, 5986, by which hosts are administered",
        "choose another, for example 8080: 22 is for SSH",
      ],
    ],
  ],
  [
    "the port of the Docker API",
    { web: { server: { port: 2376 } } },
    [
      [
        "web.server.port",
        2376,
        "a port other than 22, 2375, 2376, 2377, 3389, 5985, 5986, by which hosts are administered",
        "choose another, for example 8080: 2376 is for the Docker API",
      ],
    ],
  ],
  [
    "a first client at the server's address",
    { chat: { clients: { firstAddress: "192.168.1.1" } } },
    [
      [
        "chat.clients.firstAddress",
        "192.168.1.1",
        "an address inside 192.168.1.0/24 that neither the gateway nor the server has",
        "choose one with enough free addresses after it for the other clients",
      ],
    ],
  ],
  [
    "more clients than addresses before the gateway",
    { chat: { clients: { count: 253 } } },
    [
      [
        "chat.clients.count",
        253,
        "at most 252: so many addresses in a row are free in 192.168.1.0/24 from 192.168.1.2 on",
        "declare fewer clients, let them begin at another address, or choose a larger subnet",
      ],
    ],
  ],
  [
    "more clients than addresses in a small subnet",
    { chat: { network: { subnet: "192.168.1.0/29" }, clients: { count: 5 } } },
    [
      [
        "chat.clients.count",
        5,
        "at most 4: so many addresses in a row are free in 192.168.1.0/29 from 192.168.1.2 on",
        "declare fewer clients, let them begin at another address, or choose a larger subnet",
      ],
    ],
  ],
  [
    "a client's name twice, in other letters",
    { chat: { clients: { names: ["Alice", "ALICE"] } } },
    [
      [
        "chat.clients.names[1]",
        "ALICE",
        "a name that no other client has, in upper or lower case",
        "choose another: client 1 is called Alice",
      ],
    ],
  ],
  [
    "a client called as one without a name",
    { chat: { clients: { names: ["client2"] } } },
    [
      [
        "chat.clients.names[0]",
        "client2",
        "a name that no other client has, in upper or lower case",
        "choose another: client 2 is called Client2",
      ],
    ],
  ],
  [
    "a bridge filled to the last endpoint and beyond",
    { chat: { network: { subnet: "10.0.0.0/16" }, clients: { count: 1000 } } },
    [
      [
        "chat.clients.count",
        1000,
        'at most 1,000 endpoints on a bridge; network "chat" would have 1001',
        "declare 1 fewer, or put some on another network",
      ],
    ],
  ],
];

describe("settings that do not go together, on Linux", () => {
  for (const [title, given, faults] of rows) {
    it(`refuses ${title}`, () =>
      assert.deepEqual(faultsOf(onLinux(given)).map(asRow("labs.docker-networks.")), faults));
  }
});
