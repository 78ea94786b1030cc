import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Check, EngineAccess, Expectation, PlacedExpectation } from "../../../components/checks/expectation";
import { prove, type ProveOptions } from "../../../components/checks/prove";

/** How the stand-in for the Docker client answers one call. */
export interface Reply {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
  /** Milliseconds until it ends. */
  readonly sleep?: number;
  /** What its prober sees, by target, URL, name or port. */
  readonly outcomes?: Readonly<Record<string, object>>;
  /** What it copies to this machine: content by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Answers by the beginning of a call; a later call takes a later reply, the last one again and again. */
export type Scenario = Readonly<Record<string, Reply | readonly Reply[]>>;

/** A stand-in for the Docker client that is first on the PATH until it is removed. */
export class FakeDocker {
  readonly folder = mkdtempSync(join(tmpdir(), "container-network-labs-docker-"));
  private readonly path = process.env.PATH;

  constructor() {
    const program = join(this.folder, "docker");
    const script = join(__dirname, "fake-docker.js");
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
    chmodSync(program, 0o755);
    process.env.PATH = `${this.folder}${delimiter}${this.path}`;
    process.env.FAKE_DOCKER = this.folder;
    this.play({});
  }

  play(scenario: Scenario): void {
    const rules = Object.entries(scenario).map(([when, replies]) => ({ when, replies: [replies].flat() }));
    writeFileSync(join(this.folder, "scenario.json"), JSON.stringify({ rules }));
    writeFileSync(join(this.folder, "calls.jsonl"), "");
  }

  /** The calls so far. */
  calls(): { call: string; host: string }[] {
    const lines = readFileSync(join(this.folder, "calls.jsonl"), "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as { call: string; host: string });
  }

  remove(): void {
    process.env.PATH = this.path;
    delete process.env.FAKE_DOCKER;
    rmSync(this.folder, { recursive: true });
  }
}

export const engine: EngineAccess = { name: "here", kind: "local", os: "linux", engine: "unix:///nowhere.sock" };

export function placed(expectation: Expectation, place: Partial<PlacedExpectation> = {}): PlacedExpectation {
  return { ...expectation, lab: "lab", at: "here", ...place } as PlacedExpectation;
}

/** Proves with a single try, unless the options say otherwise. */
export async function proved(
  expectations: readonly PlacedExpectation[],
  options: Partial<ProveOptions> = {},
): Promise<readonly Check[]> {
  return (await prove(expectations, [engine], { environment: "test", limitSeconds: 0, ...options })).checks;
}

/** The one check of a single try. */
export async function judged(expectation: Expectation): Promise<Pick<Check, "status" | "detail">> {
  const [{ status, detail }] = (await proved([placed(expectation)])) as [Check];
  return { status, detail };
}

export const connected = { outcome: "connected" };
export const timeout = { outcome: "timeout", detail: "no answer" };
export const refused = { outcome: "refused", detail: "connection refused" };
