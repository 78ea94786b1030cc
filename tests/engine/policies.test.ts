import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RuleName, ruleNames } from "../../components/settings/policies";
import { policyArguments } from "../../policies/arguments";
import { rules } from "../../policies/rules";
import { packConfig, type PolicySwitches } from "../../policies/switches";
import { type Violation, violationsIn } from "../../policies/violations";
import { ensureToolchain, type Toolchain } from "../../tools/setup/toolchain";
import { createProgress } from "../../tools/terminal/progress";
import { labsBeside } from "./labs-beside";
import { TestEnvironment } from "./support";
import { cases } from "../unit/policies/cases";
import { STACK } from "../unit/policies/declared";

const root = join(__dirname, "..", "..");

/** Declares whatever it is given: as components, so that no plugin is asked what it thinks of it. */
const program = `
const { ComponentResource } = require("@pulumi/pulumi");
for (const { type, name, properties } of require("./resources.json")) {
  new ComponentResource(type, name, properties);
}
`;

interface Previewed {
  readonly code: number | null;
  readonly said: string;
  readonly violations: readonly Violation[];
}

describe("the rules of the house, by the Pulumi CLI", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "policies-"));
  let toolchain: Toolchain;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    toolchain = await ensureToolchain(createProgress());
    env = {
      ...process.env,
      ...toolchain.env,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_DEBUG_COMMANDS: "1",
      NO_COLOR: "1",
    };
    mkdirSync(join(folder, "state"));
    mkdirSync(join(folder, "stacks"));
    const project = { name: "policies", main: "index.js", runtime: { name: "nodejs", options: { typescript: false } } };
    writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
    writeFileSync(join(folder, "index.js"), program);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "policies", version: "1.0.0" }));
    writeFileSync(join(folder, "stacks", `Pulumi.${STACK}.yaml`), "config: {}\n");
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    symlinkSync(join(root, "policies"), join(folder, "policies"));
    assert.equal(pulumi("stack", "init", STACK).status, 0);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const pulumi = (...args: string[]) =>
    spawnSync(toolchain.pulumi, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });

  /** Previews cases of rules under the names of these, with rules switched off. */
  const preview = (resources: readonly object[], switches: PolicySwitches = {}): Previewed => {
    const log = join(folder, "events.json");
    rmSync(log, { force: true });
    writeFileSync(join(folder, "resources.json"), JSON.stringify(resources));
    const args = policyArguments(STACK, toolchain, folder);
    writeFileSync(args.at(-1)!, JSON.stringify(packConfig(switches)));
    const { status, stdout, stderr } = pulumi("preview", "--stack", STACK, "--event-log", log, ...args);
    return { code: status, said: stdout + stderr, violations: violationsIn(readFileSync(log, "utf8")) };
  };

  const all = ruleNames.flatMap((rule) =>
    cases[rule].map(({ what, ...resource }) => ({ ...resource, rule, name: `${rule}: ${what}` })),
  );
  const breaking = all.filter(({ broken }) => broken.length > 0);

  it("refuse a preview for what breaks them, and complain of nothing that only comes near", () => {
    const { code, said, violations } = preview(all);
    assert.notEqual(code, 0, said);
    for (const { rule, name, broken } of all) {
      const found = violations.filter((each) => each.rule === rule && each.resource === name);
      assert.equal(found.length, broken.length, `${name}\n${said}`);
      assert.ok(
        found.every(({ message, mandatory }) => message.endsWith(rules[rule].cure) && mandatory === isMandatory(rule)),
        name,
      );
    }
  });

  it("refuse nothing where they are advice, or switched off with a reason, which the preview shows", () => {
    const advised = breaking.filter(({ rule }) => !isMandatory(rule));
    const [switchedOff] = breaking.filter(({ rule }) => rule === "no-privileged-containers");
    const reason = "an exercise in what not to do";
    const { code, said } = preview([...advised, switchedOff], { "no-privileged-containers": { reason } });
    assert.equal(code, 0, said);
    assert.match(said, /\[advisory\] +machine-images-pinned/);
    assert.match(said, /\[advisory\] +no-privileged-containers[^]*Switched off here: An exercise in what not to do\./);
  });

  /** What is found in a preview of the program itself, with a simulated Azure where it needs one. */
  const ofProgram = (labs: Record<string, object>, more: object = {}): Previewed => {
    const own = new TestEnvironment(16);
    try {
      own.settleLabs(labs, more);
      const log = join(own.folder, "events.json");
      const [option, pack, ...config] = policyArguments(own.name, toolchain, own.folder);
      const args = [option, pack.replace(own.folder, root), ...config, "--event-log", log];
      const script =
        'eval "$(node tools/run.js env --environment "$0" --simulated-azure)" && ' +
        'pulumi stack init "$0" >&2 && exec pulumi preview --stack "$0" "$@"';
      const { status, stdout, stderr } = spawnSync("bash", ["-c", script, own.name, ...args], {
        cwd: own.folder,
        env: { ...own.env, PULUMI_DEBUG_COMMANDS: "1", XDG_STATE_HOME: join(own.folder, "state-home") },
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
      const said = stdout + stderr;
      assert.match(said, /Policies:\s+\S+ container-network-labs@/);
      return { code: status, said, violations: violationsIn(readFileSync(log, "utf8")) };
    } finally {
      rmSync(own.folder, { recursive: true, force: true });
    }
  };

  it("have nothing to say of an environment of this machine, of which much is known only after the update", () => {
    const { "docker-networks": networks, "imds-proxy": imds, "app-pool": pool } = labsBeside(16);
    const { code, said, violations } = ofProgram({ "docker-networks": networks, "imds-proxy": imds, "app-pool": pool });
    assert.deepEqual(violations, []);
    assert.equal(code, 0, said);
  });

  it("refuse an environment in Azure that has no end, and find nothing else in it to refuse", () => {
    const administration = { sources: ["198.51.100.0/24"] };
    const hosts = { kind: "scale-set", os: "linux", location: "westeurope", administration };
    const { "imds-proxy": imds } = labsBeside(16);
    const { code, said, violations } = ofProgram({ "imds-proxy": imds }, { "container-network-labs:hosts": hosts });
    assert.notEqual(code, 0, said);
    assert.deepEqual(
      violations.filter(({ mandatory }) => mandatory).map(({ rule }) => rule),
      ["expires"],
    );
  });

  it("end an update by CI before anything is made, with the rule, the resource and what to do", () => {
    const own = new TestEnvironment(16);
    try {
      const { "imds-proxy": imds } = labsBeside(16);
      const reason = "an exercise";
      own.settleLabs(
        { "imds-proxy": { ...imds, identity: { clients: [`${own.prefix}client1`] } } },
        { "container-network-labs:policies": { "no-plain-docker": { off: true, reason } } },
      );
      const { status, stdout, stderr } = spawnSync("node", ["tools/run.js", "up", "--environment", own.name], {
        cwd: own.folder,
        env: { ...own.env, CI: "true" },
        encoding: "utf8",
      });
      assert.equal(status, 1, stdout + stderr);
      assert.match(stdout, /\[mandatory\] +metadata-tokens-closed +\(docker:index:Container: \S+-proxy\)/);
      assert.match(stdout, /requests for tokens on from 10\.\S+\. Write hosts\.identity: false/);
      assert.match(stderr, /The rule no-plain-docker is switched off in this environment: an exercise/);
      assert.deepEqual(own.left(), []);
    } finally {
      own.remove();
    }
  });

  it("start from their folder, too, as Pulumi's own language host starts them", async () => {
    const start = join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack", "index.js");
    const pack = join(root, "policies");
    const child = spawn("node", [start, "127.0.0.1:1", pack], { cwd: pack, stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    child.kill();
    assert.match(port.toString(), /^\d+\n$/);
  });
});

function isMandatory(rule: RuleName): boolean {
  return rules[rule].level === "mandatory";
}
