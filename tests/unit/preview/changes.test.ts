import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Plan } from "../../../components/plan";
import { settingsAt, whatIsUp } from "../../../tools/preview/before";
import { compareEntries, entriesOf } from "../../../tools/preview/entries";
import { compareFlows, whatInWords } from "../../../tools/preview/flows";
import { portRows, portsInWords } from "../../../tools/preview/ports";
import { resourceChanges } from "../../../tools/preview/resources";
import { reviewOf } from "../../../tools/preview/review";
import { touchedBy } from "../../../tools/preview/touched";
import { at, host, network, publishing } from "../settings/support";
import { plan, review, stackSettings, up } from "./support";

const local = (labs: Record<string, unknown>): Plan => plan({ hosts: { kind: "local" }, labs });
const risksOf = (before: Plan, after: Plan) => review(before, after).risks.map(({ risk }) => risk);

/** A plan of one host, by hand. */
function planned(containers: Parameters<typeof host>[0][number]["containers"], kind = "remote"): Plan {
  const placed = { ...host([{ networks: [network()], containers }]), kind };
  return { topology: { environment: "test", hosts: [placed] }, expectations: [], openings: [] };
}

describe("what a preview compares", () => {
  it("tells what a new port lets in, and what another one does no longer", () => {
    const before = planned([publishing("web", 8080, "0.0.0.0")]);
    const after = planned([publishing("web", 8081)]);
    assert.deepEqual(
      compareEntries(entriesOf(before), entriesOf(after)).map(({ change, entry }) => [change, entry.at, entry.sources]),
      [
        ["opens", "127.0.0.1:8081", ["the host itself"]],
        ["closes", "0.0.0.0:8080", ["anyone who reaches the host"]],
      ],
    );
  });

  it("tells sources that an opening gains and loses, and says nothing where those before are not known", () => {
    const opened = (sources: string[]): Plan => ({
      ...planned([publishing("web", 8080, "0.0.0.0")]),
      openings: [{ service: "HTTP", listen: "0.0.0.0", ports: [8080], sources, host: "local", lab: "a" }],
    });
    const [change] = compareEntries(entriesOf(opened(["10.0.0.0/24"])), entriesOf(opened(["10.0.1.0/24"])));
    assert.ok(change.change === "changes");
    assert.deepEqual([change.gained, change.lost], [["10.0.1.0/24"], ["10.0.0.0/24"]]);
    const { topology } = opened([]);
    assert.deepEqual(compareEntries(entriesOf({ topology }), entriesOf(opened(["10.0.1.0/24"]))), []);
  });

  it("marks a container's administration port that everybody reaches", () => {
    const ssh = (address: string) => {
      const { ports, ...rest } = publishing("jump", 2222, address);
      return planned([{ ...rest, ports: [{ ...ports[0], containerPort: 22 }] }]);
    };
    assert.deepEqual(risksOf(ssh("127.0.0.1"), ssh("0.0.0.0")), ["open-administration"]);
    assert.deepEqual(risksOf(ssh("0.0.0.0"), ssh("0.0.0.0")), []);
    assert.deepEqual(risksOf(planned([]), ssh("127.0.0.1")), []);
  });

  it("marks that every host would be another one", () => {
    const [before, after] = ["azure-linux", "azure-windows"].map((name) => plan(stackSettings(name), name));
    const other = (risks: string[]) => risks.includes("all-hosts-replaced");
    assert.ok(other(risksOf(before, after)));
    assert.ok(!other(risksOf(before, before)));
    const resources = { counts: {}, deleted: [], replaced: [] };
    const remade = { name: "s", type: "azure-native:compute:VirtualMachineScaleSet", because: ["zones"] };
    const with_ = (replaced: (typeof remade)[]) =>
      reviewOf({
        ...{ environment: "azure-linux", comparedWith: "what is up", before: up(before), after: before },
        resources: { ...resources, replaced },
      }).risks.map(({ risk }) => risk);
    assert.ok(other(with_([remade])));
    assert.ok(!other(with_([])));
  });

  it("names what is expected and would fail, even where nobody's rules say so", () => {
    const before = local({ "endpoint-policies": {} });
    const { expectations } = before;
    // As if somebody had stated it by hand: the rules change, and it does not.
    const after = { ...local({ "endpoint-policies": { state: "allowed" } }), expectations };
    const { broken } = review(before, after).expectations;
    assert.ok(broken.length > 0);
    assert.ok(broken.every(({ expected, heldBefore, why }) => expected && heldBefore && why === "it would be reached"));
  });

  it("finds nothing changed in what is built, and tells by name what a new build answers", () => {
    const built = (more: object = {}) => local({ "image-builder": more });
    const changesOf = (before: Plan, after: Plan) => {
      const { added, altered, dropped } = review(before, after).expectations;
      return [added, altered, dropped].map((some) => some.map(({ name }) => name));
    };
    assert.deepEqual(changesOf(built(), built()), [[], [], []]);
    const [before, after] = [built(), built({ run: { contains: "another text" } })];
    assert.deepEqual(changesOf(before, after), [[], ["built-web answers, as it was built"], []]);
  });

  it("tells what opens by ports, in the fewest words", () => {
    const acl = [
      { direction: "In", action: "Block", priority: 1, protocol: 6, localPorts: ["80"] },
      { direction: "In", action: "Allow", priority: 2, protocol: 256, localPorts: [] },
    ].map((rule) => ({ localAddresses: [], remoteAddresses: [], remotePorts: [], ...rule }));
    const ruled = at("b", "10.0.0.2");
    const closed = planned([
      at("a", "10.0.0.1"),
      { ...ruled, endpoints: [{ ...ruled.endpoints[0], acl: acl as never }] },
    ]);
    const open = planned([at("a", "10.0.0.1"), ruled]);
    const said = (before: Plan, after: Plan) =>
      compareFlows(before, after).map(({ change, from, to, what }) => `${change} ${from} ${to} ${whatInWords(what)}`);
    assert.deepEqual(said(closed, open), ["opens a b tcp 80", "opens b a everything"]);
    assert.deepEqual(said(open, open), []);
    assert.deepEqual(portRows(closed.topology.hosts[0].labs[0].containers[1].endpoints), [
      { low: 1, high: 79 },
      { low: 80, high: 80 },
      { low: 81, high: 65_535 },
    ]);
    assert.equal(portsInWords("tcp", [{ low: 81, high: 65_535 }]), "every tcp port but 1-80");
  });

  it("reads what Pulumi would make anew and why, and no value", () => {
    const urn = (name: string) => `urn:pulumi:test::project::docker:index/container:Container::${name}`;
    const metadata = (op: string, more: object = {}) => ({
      ...{ op, urn: urn("web"), type: "docker:index/container:Container", new: { inputs: { env: ["SECRET=1"] } } },
      ...more,
    });
    const detailedDiff = {
      "networksAdvanced[0].ipv4Address": { diffKind: "update-replace" },
      labels: { diffKind: "update" },
    };
    const events = [
      { resourcePreEvent: { metadata: metadata("create-replacement") } },
      { resourcePreEvent: { metadata: metadata("replace", { detailedDiff, keys: ["networksAdvanced"] }) } },
      { resourcePreEvent: { metadata: metadata("delete", { urn: urn("old") }) } },
      { summaryEvent: { resourceChanges: { replace: 1, delete: 1, same: 4 } } },
    ];
    const changes = resourceChanges(events.map((event) => JSON.stringify(event)).join("\n"));
    assert.deepEqual(changes.counts, { replace: 1, delete: 1, same: 4 });
    assert.deepEqual(
      changes.replaced.map(({ name, because }) => [name, because]),
      [["web", ["networksAdvanced[0].ipv4Address"]]],
    );
    assert.deepEqual(
      changes.deleted.map(({ name }) => name),
      ["old"],
    );
    assert.ok(!JSON.stringify(changes).includes("SECRET"));
    assert.deepEqual(resourceChanges(""), { counts: {}, replaced: [], deleted: [] });
  });

  it("takes a state without an environment for nothing that is up", () => {
    const { before, comparedWith } = whatIsUp({ version: 3, deployment: { resources: [] } });
    assert.deepEqual([before, comparedWith], [undefined, "nothing, as it is not up"]);
  });
});

describe("what a change touches", () => {
  const environments = ["azure-linux", "local", "rehearsal"];
  for (const [changed, touched] of [
    [["stacks/Pulumi.local.yaml", "README.md"], ["local"]],
    [["components/labs/index.ts"], environments],
    [["package-lock.json"], environments],
    [["docs/ci.md", "tests/unit/x.test.ts", "stacks/Pulumi.gone.yaml"], []],
  ] as const) {
    it(changed.join(", "), () => assert.deepEqual(touchedBy(changed, environments), touched));
  }
});

describe("the settings of another revision", () => {
  let project: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: project });
  const settle = (config: object) => writeFileSync(join(project, "stacks", "Pulumi.local.yaml"), stringify({ config }));
  const hosts = { "container-network-labs:hosts": { kind: "local" } };

  before(() => {
    project = mkdtempSync(join(tmpdir(), "preview-project-"));
    mkdirSync(join(project, "stacks"));
    git("init", "--quiet");
    settle({ ...hosts, "container-network-labs:labs": { "endpoint-policies": {} } });
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    git("tag", "first");
    settle({ ...hosts, "container-network-labs:labs": { unknown: {} } });
    git("commit", "--quiet", "--all", "--message", "second");
  });
  after(() => rmSync(project, { recursive: true }));

  it("are what a branch is compared with", async () => {
    const { before, comparedWith } = await settingsAt(project, "local", "first");
    assert.equal(comparedWith, "first");
    assert.deepEqual(
      before?.topology.hosts[0].labs.map(({ lab }) => lab),
      ["endpoint-policies"],
    );
  });

  it("may have no such environment", async () => {
    const { before, comparedWith } = await settingsAt(project, "other", "first");
    assert.deepEqual([before, comparedWith], [undefined, "first, which has no such environment"]);
  });

  it("may be refused, or be no revision at all", async () => {
    await assert.rejects(
      settingsAt(project, "local", "HEAD"),
      /What HEAD has of "local" can't be compared with: [^]*unknown/,
    );
    await assert.rejects(settingsAt(project, "local", "--output=x"), /There is no revision "--output=x"/);
  });
});
