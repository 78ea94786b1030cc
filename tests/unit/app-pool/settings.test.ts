import assert from "node:assert/strict";
import { appPool } from "../../../components/labs/app-pool";
import { settings } from "../../../components/labs/app-pool/settings";
import { asRow, faultsOf } from "../settings/support";

const faults = (lab: object, os: "linux" | "windows" = "linux") =>
  faultsOf({ hosts: { kind: "local", os }, labs: { "app-pool": lab } }, { "app-pool": appPool }).map(
    asRow("labs.app-pool."),
  );
const keys = (lab: object, os?: "linux" | "windows") => faults(lab, os).map(([key]) => key);

const specification = {
  CmsPlugins: ["ActiveDirectory"],
  DomainJoinConfig: { DnsName: "contoso.com", NetBiosName: "CONTOSO", MachineAccountName: "webapp01" },
  ActiveDirectoryConfig: { GroupManagedServiceAccounts: [{ Name: "webapp01", Scope: "CONTOSO" }] },
};

describe("the settings of the app-pool lab", () => {
  it("are the document's case where nothing is said, and on Windows but for what it lacks", () => {
    assert.deepEqual(faults({}), []);
    assert.equal(settings.parse({}).ports, "8090-8094");
    assert.deepEqual(keys({}, "windows"), ["listen"]);
    assert.deepEqual(faults({ listen: "0.0.0.0", ports: "80-84" }, "windows"), []);
  });

  it("take ports in each of their forms", () => {
    const ports = (given: object) => settings.parse(given).ports;
    assert.equal(ports({ ports: 80 }), "80");
    assert.equal(ports({ ports: "80-84" }), "80-84");
    assert.equal(ports({ ports: [90, "80-84"] }), "90, 80-84");
    assert.equal(ports({ count: 3 }), "8090-8092");
    assert.equal(ports({ count: 1, firstPort: 80 }), "80");
    assert.equal(ports({ count: 0 }), "");
    for (const lab of [{ ports: [90, "80-84"] }, { count: 1000 }, { count: 0 }, { without: "8090-8094" }]) {
      assert.deepEqual(faults(lab), []);
    }
  });

  it("take the sources of openings as addresses and as subnets", () => {
    const sources = ["192.0.2.7", "10.0.0.0/8", "0.0.0.0/0"];
    const parsed = settings.parse({ openings: { enabled: true, sources } });
    assert.deepEqual(parsed.openings.sources, ["192.0.2.7/32", "10.0.0.0/8", "0.0.0.0/0"]);
  });

  const bad: Record<string, [object, string]> = {
    "a count beside ports": [{ ports: 80, count: 3 }, "count"],
    "a first port without a count": [{ firstPort: 80 }, "firstPort"],
    "more ports than there are behind the first": [{ count: 5, firstPort: 65_532 }, "firstPort"],
    "more than 1,000 by count": [{ count: 1001 }, "count"],
    "more than 1,000 ports": [{ ports: "10001-11001" }, "ports"],
    "a range that ends before it begins": [{ ports: "84-80" }, "ports"],
    "a range beyond the last port": [{ ports: "65000-66000" }, "ports"],
    "a word in the place of ports": [{ ports: "all" }, "ports"],
    "a word in a list of ports": [{ ports: [80, "all"] }, "ports[1]"],
    "a port that is listed twice": [{ ports: [80, "80-84"] }, "ports"],
    "a port that hosts are administered by": [{ ports: "2374-2375" }, "ports"],
    "a port that Linux lends": [{ ports: "32767-32768" }, "ports"],
    "a front door on a port that Linux lends": [{ frontDoor: { enabled: true, port: 40_000 } }, "frontDoor.port"],
    "a front door on an instance's port": [{ frontDoor: { enabled: true, port: 8092 } }, "frontDoor.port"],
    "a front door with an instance's name": [{ frontDoor: { enabled: true, name: "app-8092" } }, "frontDoor.name"],
    "more than the subnet carries": [{ count: 13, network: { subnet: "10.1.0.0/28" } }, "count"],
    "two ports of one place": [{ ports: [8090, 9090] }, "ports"],
    "an empty port that is not the pool's": [{ without: [8092, 8095] }, "without"],
    "an unknown instance": [{ without: "app-80" }, "without"],
    "a Windows path on Linux": [{ environment: { SSROOT: "C:\\dbase" } }, "environment.SSROOT"],
    "a path that begins nowhere": [{ environment: { SSROOTX: "data" } }, "environment.SSROOTX"],
    "a group without a user": [{ group: 99 }, "group"],
    "a user that no system has": [{ user: "Alice!" }, "user"],
    "a managed service account on Linux": [{ credentialSpec: "file://webapp01.json" }, "credentialSpec"],
    "a source with host bits": [
      { listen: "0.0.0.0", openings: { enabled: true, sources: ["10.1.2.3/8"] } },
      "openings.sources[0]",
    ],
    "openings to nobody": [{ listen: "0.0.0.0", openings: { enabled: true } }, "openings.sources"],
    "openings of loopback": [{ openings: { enabled: true, sources: ["10.0.0.0/8"] } }, "listen"],
    "a group of rules on Linux": [
      { listen: "0.0.0.0", openings: { enabled: true, sources: ["10.0.0.0/8"], group: "web" } },
      "openings.group",
    ],
    "a bridge whose twin would have a name too long": [{ network: { bridge: "fifteen-letters" } }, "network.bridge"],
  };
  for (const [what, [lab, key]] of Object.entries(bad)) {
    it(`refuse ${what}`, () => assert.deepEqual(keys(lab), [key]));
  }

  it("say whose address a port would have, and what to do about it", () => {
    assert.deepEqual(faults({ ports: [8090, 9090] }), [
      [
        "ports",
        "8090, 9090",
        "ports with different remainders when divided by 1000, the number of places in 10.90.0.0/22",
        "choose another for 9090, nearer to the others: its instance would have the address of 8090's, 10.90.0.91",
      ],
    ]);
  });

  const badOnWindows: Record<string, [object, string]> = {
    "a Linux user": [{ user: "www-data" }, "user"],
    "a Linux path": [{ environment: { SSROOT: "/opt/dbase" } }, "environment.SSROOT"],
    "a bridge": [{ network: { bridge: "pool0" } }, "network.bridge"],
    "a port that Windows lends": [{ ports: "49151-49152" }, "ports"],
  };
  for (const [what, [lab, key]] of Object.entries(badOnWindows)) {
    it(`refuse ${what} on Windows`, () => assert.deepEqual(keys({ listen: "0.0.0.0", ...lab }, "windows"), [key]));
  }
});

describe("the account that Windows instances act as", () => {
  const told = (credentialSpec: string) => faults({ listen: "0.0.0.0", credentialSpec }, "windows");

  it("is a file, a value of the registry, or the specification itself", () => {
    for (const given of ["file://webapp01.json", "registry://webapp01", `raw://${JSON.stringify(specification)}`]) {
      assert.deepEqual(told(given), [], given);
    }
  });

  const bad = {
    "no scheme": "webapp01.json",
    "another scheme": "https://webapp01.json",
    "no file": "file://",
    "a file in a folder": "file://C:\\specs\\webapp01.json",
    "a file above the folder": "file://..",
    "a key of the registry": "registry://Software\\webapp01",
    "no JSON": "raw://{",
    "JSON of something else": "raw://[]",
    "no plug-in for it": `raw://${JSON.stringify({ ...specification, CmsPlugins: [] })}`,
    "no account": `raw://${JSON.stringify({ ...specification, ActiveDirectoryConfig: { GroupManagedServiceAccounts: [] } })}`,
  };
  for (const [what, given] of Object.entries(bad)) {
    it(`is refused with ${what}`, () =>
      assert.deepEqual(
        told(given).map(([key]) => key),
        ["credentialSpec"],
      ));
  }

  it("is told what is missing in it", () => {
    const [[, , , cure]] = told(
      `raw://${JSON.stringify({ ...specification, DomainJoinConfig: { NetBiosName: "C" } })}`,
    );
    assert.match(String(cure), /DomainJoinConfig\.DnsName/);
    assert.match(String(told("raw://{")[0][3]), /mend the JSON: .*JSON/);
  });
});
