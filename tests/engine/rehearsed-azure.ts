import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../components/checks/expectation";
import { simulatedAzure } from "../../tools/rehearsal/azure/simulated-azure";
import { thisMachine } from "../../tools/setup/machine";
import { labsBeside } from "./labs-beside";
import { rehearsalLeft, removeRehearsalLeft } from "./rehearsed";
import { docker, said, succeed, TestEnvironment } from "./support";

/** What Azure has of a host: its number in the scale set, and the container that it is. */
export interface Machine {
  readonly number: string;
  readonly container: string;
}

/** An environment in a simulated Azure of its own, whose machines are containers, with one lab on every host. */
export class AzureEnvironment extends TestEnvironment {
  private readonly azure = simulatedAzure(thisMachine(), this.name);

  constructor(private readonly labsNumber: number) {
    super(labsNumber);
  }

  /** Writes the stack file for so many machines; on a cluster, the lab has to be another one. */
  settleMachines(
    capacity: number,
    more: object = {},
    lab: object = labsBeside(this.labsNumber)["docker-networks"],
  ): void {
    const hosts = {
      kind: "scale-set",
      rehearsed: true,
      capacity,
      maximum: 3,
      placement: "all",
      administration: { sources: ["198.51.100.0/24"] },
      ...more,
    };
    // With an end of its own it would be another update whenever that is told.
    const withoutEnd = { off: true, reason: "the test takes it down itself" };
    this.settleLabs(
      { "docker-networks": lab },
      { "container-network-labs:hosts": hosts, "container-network-labs:policies": { expires: withoutEnd } },
    );
  }

  /** Brings it up, and returns what that said. */
  up(): string {
    const outcome = this.run("up");
    assert.equal(outcome.code, 0, said(outcome));
    return outcome.stdout + outcome.stderr;
  }

  /** Every check holds, on so many hosts, and each of them has containers. */
  proved(hosts: number): void {
    const outcome = this.run("verify", "--json");
    const { checks } = JSON.parse(outcome.stdout) as Report;
    assert.deepEqual([outcome.code, checks.filter(({ status }) => status !== "pass")], [0, []]);
    const all = Array.from({ length: hosts }, (_, i) => `labs-${i + 1}`);
    assert.deepEqual(this.hosts(), all);
    assert.deepEqual(
      this.machines().map((machine) => this.containersOn(machine).length > 0),
      all.map(() => true),
    );
  }

  /** Orders how Azure is to behave from here on: tests/azure-simulator/orders/settings.ts. */
  order(orders: object): void {
    const settings = JSON.parse(readFileSync(this.azure.settings, "utf8")) as object;
    writeFileSync(this.azure.settings, JSON.stringify({ ...settings, ...orders }));
  }

  /** Does what somebody with a login does behind the program's back. */
  behindItsBack(...words: string[]): string {
    const command = join("tests", "azure-simulator", "command.ts");
    return execFileSync("node", ["--require", "ts-node/register/transpile-only", command, ...words], {
      cwd: this.folder,
      env: { ...this.env, ...this.azure.env },
      encoding: "utf8",
    });
  }

  /** The scale set's machines, in the order of their numbers. */
  machines(): Machine[] {
    return this.behindItsBack("instance", "list", "labs")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t"))
      .map(([number, name]) => ({ number, container: `rehearsal-${name}.${this.name}` }))
      .sort((a, b) => Number(a.number) - Number(b.number));
  }

  /** The ids of the containers that run on a machine, past SSH and TLS. */
  containersOn({ container }: Machine): string[] {
    return docker("exec", container, "docker", "ps", "--quiet", "--no-trunc").split("\n").filter(Boolean).sort();
  }

  /** The names of the hosts that the program knows a machine of. */
  hosts(): string[] {
    const state = JSON.parse(succeed(this.pulumi("stack", "export", "--stack", this.name))) as {
      deployment: { resources: { type: string; urn: string }[] };
    };
    return state.deployment.resources
      .filter(({ type }) => type === "container-network-labs:hosts:ScaleSetHost")
      .map(({ urn }) => urn.split("::").at(-1)!)
      .sort();
  }

  /** What is left of the simulated Azure and of its machines. */
  override left(): string[] {
    return [...rehearsalLeft(this.name), ...(existsSync(this.azure.folder) ? [this.azure.folder] : [])];
  }

  override remove(): void {
    super.remove();
    removeRehearsalLeft(this.name);
    rmSync(this.azure.folder, { recursive: true, force: true });
  }
}
