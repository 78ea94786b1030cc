import assert from "node:assert/strict";
import { expectations } from "../../../components/labs/imds-proxy/expectations";
import { faults, settings } from "../../../components/labs/imds-proxy/settings";
import { instanceDocument } from "../../../components/labs/imds-proxy/metadata";
import { topology } from "../../../components/labs/imds-proxy/topology";
import { asRow, faultsOf } from "../settings/support";

const registry = { "imds-proxy": { settings, faults, topology, expectations, systems: ["linux", "windows"] as const } };
const wrong = (lab: object, os?: string) =>
  faultsOf({ hosts: { kind: "local", ...(os === undefined ? {} : { os }) }, labs: { "imds-proxy": lab } }, registry);
const rows = (lab: object, os?: string) => wrong(lab, os).map(asRow("labs.imds-proxy."));

describe("the settings of the imds-proxy lab", () => {
  it("are the document's case when nothing is said, and nothing is wrong with it on either system", () => {
    assert.deepEqual(wrong({}), []);
    assert.deepEqual(wrong({}, "windows"), []);
    const { network, standIn, proxy, outsider, clients } = settings.parse({});
    assert.deepEqual(
      [network.gateway, standIn.address, proxy.address, outsider.address, clients.firstAddress],
      ["10.169.0.254", "10.169.0.1", "10.169.0.2", "10.169.0.3", "10.169.0.4"],
    );
  });

  it("follow the subnet where addresses are left out", () => {
    const { network, standIn, proxy, outsider, clients } = settings.parse({ network: { subnet: "172.20.8.0/28" } });
    assert.deepEqual(
      [network.gateway, standIn.address, proxy.address, outsider.address, clients.firstAddress],
      ["172.20.8.14", "172.20.8.1", "172.20.8.2", "172.20.8.3", "172.20.8.4"],
    );
    assert.deepEqual(wrong({ network: { subnet: "172.20.8.0/28" } }), []);
  });

  const bad: [string, object, unknown[]][] = [
    [
      "a proxy that would be the service that it asks",
      { service: "azure", mode: "proxy-owns-address" },
      [
        "mode",
        "proxy-owns-address",
        "port-proxy where service is azure",
        "write port-proxy: a proxy that has 169.254.169.254 itself can't reach the service, which has it, too",
      ],
    ],
    [
      "tokens for a client that there is not",
      { identity: { clients: ["client2", "client3"] } },
      ["identity.clients[1]", "client3", "a client: client1, client2", "remove it, or name a client that there is"],
    ],
    [
      "tokens where there are no clients",
      { clients: { count: 0 }, identity: { clients: ["client1"] } },
      ["identity.clients[0]", "client1", "nothing: there are no clients", "remove it, or name a client that there is"],
    ],
    [
      "more clients than addresses",
      { network: { subnet: "10.169.0.0/28" }, clients: { count: 10 } },
      [
        "clients.count",
        10,
        "at most 9: so many addresses in a row are free in 10.169.0.0/28 from 10.169.0.4 on",
        "declare fewer clients, let them begin at another address, or choose a larger subnet",
      ],
    ],
    [
      "a first client at the proxy's address",
      { clients: { firstAddress: "10.169.0.2" } },
      [
        "clients.firstAddress",
        "10.169.0.2",
        "an address inside 10.169.0.0/24 that nothing else of the lab has",
        "choose one with enough free addresses after it for the other clients",
      ],
    ],
    [
      "the metadata address in the subnet",
      { network: { subnet: "169.254.0.0/16" } },
      [
        "network.subnet",
        "169.254.0.0/16",
        "a subnet without the metadata address 169.254.169.254",
        "choose a private one, for example 10.169.0.0/24",
      ],
    ],
    [
      "a subnet without room",
      { network: { subnet: "10.169.0.0/29" } },
      [
        "network.subnet",
        "10.169.0.0/29",
        "an IPv4 subnet in CIDR form, from /8 to /28, its host bits zero",
        "write the first address, a slash and the length of the prefix, for example 10.169.0.0/24",
      ],
    ],
    [
      "a machine outside its own subnet",
      { metadata: { privateIpAddress: "10.1.0.5" } },
      [
        "metadata.privateIpAddress",
        "10.1.0.5",
        "an address inside 10.0.0.0/16, the machine's subnet",
        "choose one of it, or say another metadata.subnet",
      ],
    ],
    [
      "an id that is none",
      { metadata: { vmId: "wp35723900" } },
      [
        "metadata.vmId",
        "wp35723900",
        "a UUID",
        "write 32 hexadecimal digits in five groups, for example a7c7a8a7-7cdb-4c49-a3a5-d67dc6aa2050",
      ],
    ],
  ];
  for (const [what, lab, row] of bad) {
    it(`refuse ${what}`, () => assert.deepEqual(rows(lab), [row]));
  }

  it("keep the address free that nobody is to have", () => {
    const [fault, ...others] = rows({ outsider: { address: "10.169.0.253" } });
    assert.deepEqual([fault[0], fault[1], others], ["outsider.address", "10.169.0.253", []]);
    assert.match(String(fault[3]), /keeps it free as its containers' default gateway, and nobody has it$/);
  });

  it("need no address for a stand-in that there is not", () => {
    assert.deepEqual(wrong({ service: "azure", clients: { firstAddress: "10.169.0.1", count: 1 } }), []);
    assert.equal(wrong({ clients: { firstAddress: "10.169.0.1", count: 1 } }).length, 1);
  });
});

describe("what the stand-in says of its machine", () => {
  const documentOf = (metadata: object) => instanceDocument(settings.parse({ metadata }).metadata);

  it("has the document's values", () => {
    const { compute, network } = documentOf({});
    assert.deepEqual(
      [compute.location, compute.name, compute.vmSize, compute.vmId],
      ["westus2", "wp35723900-vmss_1", "Standard_D2s_v3", "a7c7a8a7-7cdb-4c49-a3a5-d67dc6aa2050"],
    );
    assert.deepEqual(network.interface, [
      {
        ipv4: {
          ipAddress: [{ privateIpAddress: "10.0.0.5", publicIpAddress: "" }],
          subnet: [{ address: "10.0.0.0", prefix: "16" }],
        },
        ipv6: { ipAddress: [] },
        macAddress: "000D3AF9AECA",
      },
    ]);
    assert.match(compute.resourceId, /\/virtualMachineScaleSets\/wp35723900-vmss\/virtualMachines\/1$/);
  });

  it("can be any machine's", () => {
    const { compute } = documentOf({ vmScaleSetName: "", name: "alone", tags: "team:net;note:a:b;empty:" });
    assert.match(compute.resourceId, /\/providers\/Microsoft\.Compute\/virtualMachines\/alone$/);
    assert.deepEqual(compute.tagsList, [
      { name: "team", value: "net" },
      { name: "note", value: "a:b" },
      { name: "empty", value: "" },
    ]);
    assert.equal("subnet" in compute, false);
  });
});
