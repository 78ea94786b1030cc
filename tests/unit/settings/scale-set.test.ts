import assert from "node:assert/strict";
import { hosts } from "../../../components/settings/hosts";
import { exampleSourceFaults } from "../../../components/settings/hosts/administration";
import { hostFileFaults } from "../../../components/settings/hosts/files";
import type { ScaleSetSettings } from "../../../components/settings/hosts/scale-set";
import { parse } from "../../../components/settings/parse";
import { faultsOf, registry } from "./support";
import { from, own, scaleSet } from "./scale-set";

describe("the settings of a scale set", () => {
  it("tell everything at once, also where a setting beside is not of its type", () => {
    const given = scaleSet({ capacity: "3", image: "windows-2022-core", zones: ["1", "1"], adminUser: "root" });
    assert.deepEqual(
      faultsOf(given).map(({ key }) => key),
      ["hosts.capacity", "hosts.image", "hosts.adminUser", "hosts.zones"],
    );
  });

  it("do not trip over networks that are none", () => {
    const given = scaleSet({ network: { addressSpace: "10.0.0.0/40" }, administration: { through: "bastion" } });
    assert.deepEqual(
      faultsOf(given).map(({ key }) => key),
      ["hosts.network.addressSpace"],
    );
  });

  for (const [what, given] of [
    ["the least that must be said", {}],
    ["Windows", { os: "windows" }],
    ["the newer Windows", { os: "windows", image: "windows-2025-core" }],
    ["Windows with WinRM", { os: "windows", administration: { ...own, winrm: true } }],
    ["zones", { zones: ["1", "3"] }],
    ["Azure Bastion as the way in", { administration: { through: "bastion" } }],
    ["ports for its tunnels", { administration: { through: "bastion", localPort: 65_336 } }],
    ["a subnet that has just enough addresses", { maximum: 11, network: { subnet: "10.0.1.0/28" } }],
    ["as many hosts as there are ports", { capacity: 20 }],
    ["an ephemeral disk that just fits", { disk: { kind: "ephemeral", sizeGb: 150 } }],
  ] as const) {
    it(`accept ${what}`, () => {
      const windows = { web: { server: { listen: "0.0.0.0" } } };
      const { hosts: scale } = scaleSet(given);
      const labs = "os" in given ? windows : {};
      const faults = faultsOf({ hosts: scale, labs: { "docker-networks": labs } });
      assert.deepEqual(
        faults.filter(({ key }) => key.startsWith("hosts.")),
        [],
      );
    });
  }

  it("have defaults for everything but whom they let in", () => {
    assert.deepEqual(hosts.parse(scaleSet().hosts), {
      kind: "scale-set",
      rehearsed: false,
      name: "labs",
      os: "linux",
      location: "westeurope",
      image: "ubuntu-24.04",
      size: "Standard_D4ds_v5",
      capacity: 1,
      maximum: 20,
      disk: {},
      network: { addressSpace: "10.0.0.0/16", subnet: "10.0.1.0/24" },
      administration: { through: "load-balancer", sources: ["8.8.8.0/24"], winrm: false },
      adminUser: "labs",
      readySeconds: 900,
      placement: "spread",
      identity: false,
    });
    assert.equal((hosts.parse(scaleSet({ os: "windows" }).hosts) as ScaleSetSettings).image, "windows-2022-core");
  });

  it("declare hosts by number, and labs are spread over them", () => {
    const { placed, topology } = parse(scaleSet({ capacity: 3, name: "vm" }), "here", registry);
    assert.deepEqual(
      topology.hosts.map(({ name, kind, os }) => [name, kind, os]),
      [1, 2, 3].map((number) => [`vm-${number}`, "scale-set", "linux"]),
    );
    assert.deepEqual(
      placed.map(({ host }) => host.name),
      ["vm-1"],
    );
  });
});

describe("an example's administration sources", () => {
  const faults = (given: Readonly<Record<string, unknown>>) => exampleSourceFaults(hosts.parse(scaleSet(given).hosts));

  it("are refused in an update, each", () => {
    const told = faults(from("192.0.2.0/25", "8.8.8.0/24", "198.51.100.7/32", "203.0.113.0/24"));
    assert.deepEqual(
      told.map(({ key, value }) => [key, value]),
      [
        ["hosts.administration.sources[0]", "192.0.2.0/25"],
        ["hosts.administration.sources[2]", "198.51.100.7/32"],
        ["hosts.administration.sources[3]", "203.0.113.0/24"],
      ],
    );
    assert.match(told[0].cure, /public address that you come from/);
  });

  it("do for a rehearsal", () => {
    assert.deepEqual(faults({ ...from("192.0.2.0/24"), rehearsed: true }), []);
  });
});

it("a scale set needs a machine with an SSH client that shares connections", () => {
  const [fault] = hostFileFaults(hosts.parse(scaleSet().hosts), "win32");
  assert.deepEqual([fault.key, fault.value], ["hosts.kind", "scale-set"]);
  assert.deepEqual(hostFileFaults(hosts.parse(scaleSet().hosts), "linux"), []);
});
