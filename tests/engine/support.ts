import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { labsBeside } from "./labs-beside";

const root = join(__dirname, "..", "..");
const program = [
  ...["Pulumi.yaml", "index.ts", "package.json", "package-lock.json", "tsconfig.json"],
  ...["components", "examples", "policies", "tools", "stacks", join("tests", "azure-simulator")],
];

type DockerNetworks = ReturnType<typeof labsBeside>["docker-networks"];

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A copy of the program with a state and an environment of its own, so that these tests neither see nor touch what is
 * up on this machine, nor the checkout. `number` (1 to 200) keeps the names, subnets and ports of tests apart.
 */
export class TestEnvironment {
  readonly folder = mkdtempSync(join(tmpdir(), "container-network-labs-"));
  readonly name: string;
  readonly prefix: string;
  readonly port: number;

  constructor(private readonly number: number) {
    this.name = `test-${number}`;
    this.prefix = `t${number}-`;
    this.port = 18_000 + number;
    for (const part of program) {
      cpSync(join(root, part), join(this.folder, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    mkdirSync(join(this.folder, "state"));
    this.settle();
  }

  /** Writes the stack file: the docker-networks lab beside whatever else is up, changed by `override`. */
  settle(override: (lab: DockerNetworks) => void = () => undefined, more: object = {}): void {
    const lab = labsBeside(this.number)["docker-networks"];
    override(lab);
    this.settleLabs({ "docker-networks": lab }, more);
  }

  /** Writes the stack file with these labs. */
  settleLabs(labs: Record<string, object>, more: object = {}): void {
    const config = {
      "pulumi:disable-default-providers": ["*"],
      "container-network-labs:hosts": { kind: "local" },
      "container-network-labs:labs": labs,
      ...more,
    };
    writeFileSync(join(this.folder, "stacks", `Pulumi.${this.name}.yaml`), stringify({ config }));
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      // An update is held to the rules of the house there, and takes a preview longer.
      CI: "",
      NO_COLOR: "1",
    };
  }

  /** Runs one of the program's commands to its end. */
  run(command: string, ...args: string[]): Outcome {
    return this.spawnSync("node", ["tools/run.js", command, "--environment", this.name, ...args]);
  }

  /** Runs the Pulumi CLI as a user does by hand. */
  pulumi(...args: string[]): Outcome {
    const text = 'eval "$(node tools/run.js env --environment "$0")" && exec pulumi "$@"';
    return this.spawnSync("bash", ["-c", text, this.name, ...args]);
  }

  /** Starts a command in a process group of its own, to be killed as a whole. */
  start(command: string): ChildProcess {
    return spawn("node", ["tools/run.js", command, "--environment", this.name], {
      cwd: this.folder,
      env: this.env,
      detached: true,
      stdio: "ignore",
    });
  }

  /** Everything on the engine that carries this stack's label. */
  left(): string[] {
    const filter = ["--filter", `label=container-network-labs.stack=${this.name}`];
    return [
      ...docker("container", "ls", "--all", ...filter, "--format", "container {{.Names}}").split("\n"),
      ...docker("network", "ls", ...filter, "--format", "network {{.Name}}").split("\n"),
      ...docker("image", "ls", ...filter, "--format", "image {{.Repository}}").split("\n"),
    ].filter(Boolean);
  }

  /** Takes the environment down, and whatever a failed test left of it. */
  remove(): void {
    this.run("destroy", "--take-over");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private spawnSync(command: string, args: string[]): Outcome {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      env: this.env,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: status, stdout, stderr };
  }
}

/** What a command printed that has to succeed. */
export function succeed({ code, stdout, stderr }: Outcome): string {
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** What a command said, both ways, that has to fail. */
export function fail(outcome: Outcome): string {
  assert.notEqual(outcome.code, 0, said(outcome));
  return outcome.stdout + outcome.stderr;
}

/** What a command said, both ways, and how it ended. */
export function said({ code, stdout, stderr }: Outcome): string {
  return `${stdout}${stderr}\nexit code ${code}`;
}

/** Runs the Docker client and returns what it printed. */
export function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}
