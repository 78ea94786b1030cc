import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { isAlive } from "../azure-simulator/arm/lock";
import type { State } from "../azure-simulator/arm/resource";
import { openSimulator } from "../azure-simulator/simulator";
import type { Outcome } from "./support";

const root = join(__dirname, "..", "..");
const example = join(root, "tests", "azure-simulator", "example");
const plugin = join(root, "tests", "azure-simulator", "bin");
const group = "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/labs";
const scaleSet = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/hosts`;

describe("a program of azure-native against the simulated Azure", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "azure-simulator-engine-"));
  const settings = join(folder, "settings.json");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    AZURE_SIMULATOR_STORE: join(folder, "store"),
    AZURE_SIMULATOR_SETTINGS: settings,
    NO_COLOR: "1",
  };

  const pulumi = (...args: string[]): Outcome => {
    const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  };
  const succeeds = (...args: string[]): string => {
    const { code, stdout, stderr } = pulumi(...args);
    assert.equal(code, 0, `pulumi ${args.join(" ")}\n${stdout}${stderr}`);
    return stdout;
  };
  const upWith = (...args: string[]) => pulumi("up", "--yes", "--skip-preview", ...args);
  const up = (...args: string[]) => succeeds("up", "--yes", "--skip-preview", ...args);
  const capacity = (machines: number) => ["--config", `capacity=${machines}`];
  const order = (ordered: object) => writeFileSync(settings, JSON.stringify(ordered));
  const ports = () => JSON.parse(succeeds("stack", "output", "ports")) as Record<string, number>;
  const stored = (): State => {
    const [file] = readdirSync(join(folder, "store")).filter((name) => name.endsWith(".json"));
    return JSON.parse(readFileSync(join(folder, "store", file), "utf8")) as State;
  };

  before(() => {
    cpSync(example, folder, { recursive: true });
    for (const file of ["package.json", "tsconfig.json"]) {
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "state"));
    const options = { typescript: false, nodeargs: "--require ts-node/register/transpile-only" };
    const project = {
      name: "azure-simulator-example",
      runtime: { name: "nodejs", options },
      plugins: { providers: [{ name: "azure-native", path: plugin }] },
    };
    writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
    succeeds("stack", "init", "test");
    succeeds("config", "set", "capacity", "1");
    succeeds("config", "set", "--secret", "command", "sh boot.sh --token hush");
  });
  after(() => {
    pulumi("destroy", "--yes", "--skip-preview");
    rmSync(folder, { recursive: true, force: true });
  });

  it("is previewed without Azure being touched", () => {
    assert.match(succeeds("preview"), /\+ 12 to create/);
    assert.deepEqual(openSimulator(undefined, env).store.read().resources, {});
  });

  it("comes up, throttled on the way", () => {
    order({ retryDelayMilliseconds: 20, throttle: { writes: 3, retryAfterSeconds: 0.1 } });
    const told = up();
    assert.doesNotMatch(told, /Too|throttl|warning/);
    assert.deepEqual(ports(), { 0: 50000 });
  });

  it("changes nothing at the second preview, nor after a refresh", () => {
    succeeds("preview", "--expect-no-changes");
    succeeds("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    succeeds("preview", "--expect-no-changes");
  });

  it("keeps secrets out of its state", () => {
    assert.doesNotMatch(succeeds("stack", "export"), /hush/);
  });

  it("scales from 1 to 3 and to 2, and the first host keeps its port", () => {
    up(...capacity(3));
    assert.deepEqual(ports(), { 0: 50000, 1: 50001, 2: 50002 });
    up(...capacity(2));
    assert.deepEqual(ports(), { 0: 50000, 1: 50001 });
  });

  it("finds by a refresh that somebody took a machine away, and brings another", async () => {
    await openSimulator(undefined, env).arm.deleteMachine(scaleSet, "0", false);
    assert.match(up("--refresh"), /~ {1,2}azure-native:compute:VirtualMachineScaleSet/);
    assert.deepEqual(ports(), { 1: 50001, 3: 50000 });
  });

  it("tells of an extension that fails, keeps the scale set, and mends it at the next up", () => {
    order({ extensionFailures: [{ instance: "4", message: "no network", times: 1 }] });
    const { code, stdout } = upWith(...capacity(3));
    assert.notEqual(code, 0);
    assert.match(stdout, /Status=409 Code="VMExtensionProvisioningError" Message=".*'bootstrap'.*'no network'/);
    up();
    assert.deepEqual(Object.keys(ports()), ["1", "3", "4"]);
  });

  it("has what Azure accepted even if it is killed in the middle, and no plugin is left behind", async () => {
    const token = "azure-native:compute:VirtualMachineScaleSet";
    order({ provisioningMilliseconds: { [token]: 4000 } });
    const found = () => stored().resources[scaleSet.toLowerCase()];
    const killed = spawn("pulumi", ["up", "--yes", "--skip-preview", ...capacity(4)], { cwd: folder, env });
    await until(() => found().state === "Updating");
    const plugin = found().operation!.pid;
    killed.kill("SIGKILL");
    await until(() => found().state === "Succeeded");
    await until(() => !isAlive(plugin));
    order({});
    succeeds("cancel", "--yes");
    up("--refresh", ...capacity(4));
    assert.equal(Object.keys(ports()).length, 4);
  });

  it("is told what Azure refuses", () => {
    const { stdout } = upWith(...capacity(11));
    assert.match(stdout, /error: Status=400 Code="InboundNatRuleFrontendPortRangeSmallerThanRequestedPorts"/);
  });

  it("imports what is there", async () => {
    const adopted = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/adopted`;
    await openSimulator(undefined, env).arm.put(adopted, { location: "westeurope" });
    assert.match(
      up(...capacity(3), "--config", `adopt=${adopted}`),
      /= {1,2}azure-native:managedidentity:UserAssignedIdentity adopted imported/,
    );
    succeeds("preview", "--expect-no-changes");
  });

  it("leaves an empty subscription after destroy", () => {
    succeeds("destroy", "--yes", "--skip-preview");
    const { resources, scaleSets } = stored();
    assert.deepEqual([resources, scaleSets], [{}, {}]);
  });
});

/** Waits for something that comes about by itself. Throws where it does not within a minute. */
async function until(holds: () => boolean): Promise<void> {
  for (let left = 600; !holds(); left--) {
    assert.ok(left > 0, `waited in vain until ${holds.toString()}`);
    await sleep(100);
  }
}
