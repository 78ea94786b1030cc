import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { labs } from "../../../components/labs";
import type { LocalHost } from "../../../components/hosts/local-host";
import type { planOf } from "../../../components/plan";
import type { parse } from "../../../components/settings/parse";
import { Judge } from "../../../tools/preview/judge";
import { toMarkedMermaid } from "../../../tools/preview/picture";
import { registered } from "../components/mocks";
import { linesWritten, page, writeLab, written } from "./own-lab";

const root = join(__dirname, "..", "..", "..");

/** Modules of the copied program. */
interface Program {
  readonly labs: typeof labs;
  readonly planOf: typeof planOf;
  readonly parse: typeof parse;
  readonly LocalHost: typeof LocalHost;
}

describe("the lab that the page writes", function () {
  this.timeout(60_000);
  let folder: string;
  let program: Program;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "own-lab-"));
    cpSync(join(root, "components"), join(folder, "components"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeLab(folder);
    const modules = ["labs", "plan", "settings/parse", "hosts/local-host"];
    program = Object.assign(
      {},
      ...modules.map((name) => require(join(folder, "components", name)) as object),
    ) as Program;
  });
  after(() => rmSync(folder, { recursive: true }));

  const plan = (dmz: object = {}) =>
    program.planOf(program.parse({ hosts: { kind: "local" }, labs: { dmz } }, "dmz", program.labs));

  it("is written in under 100 lines of TypeScript, as many as the page says", () => {
    assert.ok(linesWritten() < 100, String(linesWritten()));
    assert.ok(page.includes(` ${linesWritten()} lines of TypeScript`));
  });

  it("is the example that types, lint and format are checked of", () => {
    assert.equal(written.lab, readFileSync(join(root, "examples", "labs", "dmz", "index.ts"), "utf8"));
  });

  it("has a plan by which all that it expects holds, both ways", () => {
    const planned = plan();
    const judge = new Judge(planned);
    const judged = planned.expectations.map((each) => [each.name, judge.verdict(each).holds]);
    assert.deepEqual(
      judged.filter(([, holds]) => holds !== "yes"),
      [],
    );
    assert.equal(planned.expectations.filter(({ kind }) => kind === "no-reach").length, 3);
    assert.match(toMarkedMermaid(undefined, planned)!, /dmz-gateway/);
  });

  it("follows its settings, and is refused with them", () => {
    const { topology } = plan({ prefix: "mine", back: "10.92.0.0/28" });
    const [{ networks, containers }] = topology.hosts[0].labs;
    assert.deepEqual(networks.map(({ name, subnet }) => [name, subnet])[1], ["mine-back", "10.92.0.0/28"]);
    assert.equal(containers.find(({ role }) => role === "server")?.endpoints[0].address, "10.92.0.2");
    assert.throws(() => plan({ back: "10.91.0.0/24" }), / labs\.dmz\.back\n[^]*overlaps no other network/);
    assert.throws(() => plan({ frnt: "10.91.0.0/24" }), /did you mean "front"\?/);
  });

  it("declares its networks, containers, port proxy and rules", async () => {
    const found = await registered(() => {
      const engine = { engine: "unix:///e.sock", baseImage: { BASE: "debian" }, lastStops: new Map<string, string>() };
      const host = new program.LocalHost("here", { hostName: "here", os: "linux", ...engine });
      const { settings, declare } = program.labs.dmz;
      declare("dmz", settings.parse({}), host, new Map());
    });
    const named = (type: string) => found.filter((each) => each.type.endsWith(type)).map(({ inputs }) => inputs.name);
    assert.deepEqual(named(":Network").filter(Boolean).sort(), ["dmz-back", "dmz-front"]);
    assert.equal(named("docker:index/container:Container").length, 4);
    const commands = found.filter(({ type }) => type === "command:local:Command");
    assert.deepEqual(commands.map(({ name }) => name).sort(), ["dmz-dmz-gateway-stack", "dmz-dmz-server-dmz-back-acl"]);
    const stack = commands.find(({ name }) => name.endsWith("-stack"));
    assert.match(String(stack?.inputs.stdin), /ip daddr 10\.91\.0\.1 tcp dport 80 dnat to 10\.91\.1\.2:80/);
  });
});
