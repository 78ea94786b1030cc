import assert from "node:assert/strict";
import { hosts } from "../../../components/settings/hosts";
import { exampleSourceFaults } from "../../../components/settings/hosts/administration";
import { hostFileFaults } from "../../../components/settings/hosts/files";
import type { ScaleSetSettings } from "../../../components/settings/hosts/scale-set";
import { parse } from "../../../components/settings/parse";
import { asRow, faultsOf, registry } from "./support";

const own = { sources: ["8.8.8.0/24"] };

/** A scale set with which nothing is wrong, but for what a row says. What it says to be undefined is left out. */
function scaleSet(change: Readonly<Record<string, unknown>> = {}) {
  const given = Object.entries({ kind: "scale-set", administration: own, ...change });
  return {
    hosts: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    labs: { "docker-networks": {} },
  };
}

const from = (...sources: unknown[]) => ({ administration: { sources } });

/** What was given, and the one fault it must give: key (below `hosts.`), value, a part of what is allowed, of the cure. */
type Row = readonly [string, Readonly<Record<string, unknown>>, string, unknown, RegExp, RegExp];

const rows: readonly Row[] = [
  ["no administration", { administration: undefined }, "administration", undefined, /sources/, /come from/],
  ["no sources", { administration: {} }, "administration.sources", undefined, /your own subnets/, /come from/],
  [
    "sources where a login says who comes in",
    { administration: { ...own, through: "bastion" } },
    "administration.sources",
    own.sources,
    /a login at Azure/,
    /leave it out/,
  ],
  [
    "ports of tunnels where there are none",
    { administration: { ...own, localPort: 40_000 } },
    "administration.localPort",
    40_000,
    /through: bastion/,
    /leave it out/,
  ],
  [
    "ports of tunnels beyond the last port",
    { administration: { through: "bastion", localPort: 65_400 } },
    "administration.localPort",
    65_400,
    /65336/,
    /./,
  ],
  [
    "a way in that there is not",
    { administration: { through: "bastion-host" } },
    "administration.through",
    "bastion-host",
    /load-balancer or bastion/,
    /bastion/,
  ],
  [
    "WinRM on Linux",
    { administration: { ...own, winrm: true } },
    "administration.winrm",
    true,
    /os is windows/,
    /over SSH/,
  ],
  [
    "WinRM through Bastion",
    { os: "windows", administration: { through: "bastion", winrm: true } },
    "administration.winrm",
    true,
    /false with through: bastion/,
    /load-balancer/,
  ],
  [
    "WinRM for the world",
    { os: "windows", administration: { sources: ["0.0.0.0/0"], winrm: true } },
    "administration.sources[0]",
    "0.0.0.0/0",
    /from \/8/,
    /for example/,
  ],
  [
    "an administrator who has the name of WinRM's account",
    { os: "windows", adminUser: "labs-remoting", administration: { ...own, winrm: true } },
    "adminUser",
    "labs-remoting",
    /other than labs-remoting/,
    /choose another/,
  ],
  ["an empty list of sources", from(), "administration.sources", [], /your own subnets/, /come from/],
  ["the world", from("0.0.0.0/0"), "administration.sources[0]", "0.0.0.0/0", /from \/8/, /for example/],
  ["half of the world", from("128.0.0.0/1"), "administration.sources[0]", "128.0.0.0/1", /from \/8/, /for example/],
  ["an address without a prefix", from("8.8.8.8"), "administration.sources[0]", "8.8.8.8", /CIDR/, /a slash/],
  ["host bits", from("8.8.8.8/24"), "administration.sources[0]", "8.8.8.8/24", /host bits/, /write 8.8.8.0\/24/],
  [
    "a source within another",
    from("8.8.8.7/32", "8.8.8.0/24"),
    "administration.sources[0]",
    "8.8.8.7/32",
    /apart/,
    /sources\[1\] has its addresses/,
  ],
  [
    "a source that is there twice",
    from("8.8.8.0/24", "8.8.8.0/24"),
    "administration.sources[1]",
    "8.8.8.0/24",
    /apart/,
    /sources\[0\]/,
  ],
  ["a name of ten characters", { name: "container-" }, "name", "container-", /1 to 9/, /for example labs/],
  ["a name of digits alone", { name: "123" }, "name", "123", /not digits alone/, /for example labs/],
  ["an image that does not exist", { image: "ubuntu-24.4" }, "image", "ubuntu-24.4", /ubuntu-24.04/, /did you mean/],
  [
    "an image of another system",
    { image: "windows-2022-core" },
    "image",
    "windows-2022-core",
    /^ubuntu-24.04 or ubuntu-22.04$/,
    /or os: windows/,
  ],
  [
    "an image for Linux on Windows",
    { os: "windows", image: "ubuntu-24.04" },
    "image",
    "ubuntu-24.04",
    /^windows-2022-core or windows-2025-core$/,
    /or os: linux/,
  ],
  [
    "a size that is not known",
    { size: "Standard_D4ds_v4" },
    "size",
    "Standard_D4ds_v4",
    /Standard_B2s/,
    /did you mean "Standard_D4ds_v5"/,
  ],
  [
    "a size that is too small for Windows",
    { os: "windows", size: "Standard_B2s" },
    "size",
    "Standard_B2s",
    /more than 4 GB/,
    /Standard_D4ds_v5/,
  ],
  ["no host", { capacity: 0 }, "capacity", 0, /1 to 100/, /digits/],
  ["more hosts than there are ports", { capacity: 21 }, "capacity", 21, /at most 20/, /larger one for maximum/],
  ["more than a placement group has", { maximum: 101 }, "maximum", 101, /1 to 100/, /digits/],
  ["a zone that is a number", { zones: [1] }, "zones[0]", 1, /"1", "2" or "3"/, /in quotes/],
  ["a zone twice", { zones: ["1", "1"] }, "zones", ["1", "1"], /each zone once/, /remove/],
  ["a region with a space", { location: "West Europe" }, "location", "West Europe", /short name/, /list-locations/],
  ["a subscription's name", { subscription: "mine" }, "subscription", "mine", /the id/, /az account list/],
  [
    "an ephemeral disk where there is no room for one",
    { size: "Standard_D4s_v5", disk: { kind: "ephemeral" } },
    "disk.kind",
    "ephemeral",
    /managed: Standard_D4s_v5 has no disk/,
    /write kind: managed/,
  ],
  [
    "an ephemeral disk that is too large",
    { disk: { kind: "ephemeral", sizeGb: 151 } },
    "disk.sizeGb",
    151,
    /at most 150 GB on Standard_D4ds_v5/,
    /Standard_D8ds_v5/,
  ],
  [
    "a disk smaller than its image's",
    { os: "windows", disk: { sizeGb: 64 } },
    "disk.sizeGb",
    64,
    /at least 127, the disk of windows-2022-core/,
    /leave it out/,
  ],
  [
    "a subnet outside of its network",
    { network: { subnet: "10.1.0.0/24" } },
    "network.subnet",
    "10.1.0.0/24",
    /inside 10.0.0.0\/16/,
    /larger addressSpace/,
  ],
  [
    "a subnet without room for the hosts",
    { network: { subnet: "10.0.1.0/28" } },
    "network.subnet",
    "10.0.1.0/28",
    /with 20 addresses beside the 5 that Azure keeps; it has 11/,
    /smaller maximum/,
  ],
  [
    "Docker's own subnet",
    { network: { addressSpace: "172.16.0.0/12", subnet: "172.16.1.0/24" } },
    "network.addressSpace",
    "172.16.0.0/12",
    /outside 172.17.0.0\/16/,
    /10.0.0.0\/16/,
  ],
  [
    "a network without room for Azure Bastion",
    {
      administration: { through: "bastion" },
      network: { addressSpace: "10.0.1.0/24", subnet: "10.0.1.0/24" },
    },
    "network.addressSpace",
    "10.0.1.0/24",
    /a \/26 at its end/,
    /through: load-balancer/,
  ],
  ["an administrator that Azure refuses", { adminUser: "admin" }, "adminUser", "admin", /Azure allows/, /labs/],
  ["an administrator with a capital", { adminUser: "Labs" }, "adminUser", "Labs", /lower-case/, /labs/],
  [
    "a placement on a host beyond the capacity",
    { capacity: 2, placement: { "docker-networks": "labs-3" } },
    "placement.docker-networks",
    "labs-3",
    /labs-1, labs-2/,
    /did you mean/,
  ],
  [
    "a placement of a lab that does not exist",
    { placement: { "docker-network": "labs-1" } },
    "placement.docker-network",
    "labs-1",
    /the labs docker-networks/,
    /did you mean "docker-networks"/,
  ],
  ["an unknown key", { adminuser: "x" }, "adminuser", "x", /the keys kind/, /did you mean "adminUser"/],
];

describe("the settings of a scale set", () => {
  for (const [title, given, key, value, allowed, cure] of rows) {
    it(`refuse ${title}`, () => {
      const [fault, ...others] = faultsOf(scaleSet(given)).map(asRow("hosts."));
      assert.deepEqual([fault[0], fault[1], others], [key, value, []]);
      assert.match(fault[2] as string, allowed);
      assert.match(fault[3] as string, cure);
    });
  }

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
