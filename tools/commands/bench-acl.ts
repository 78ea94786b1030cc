import { labsBeside } from "../../tests/engine/labs-beside";
import { manyRules } from "../../tests/engine/many-rules";
import { type Outcome, TestEnvironment } from "../../tests/engine/support";
import type { Command } from "../command";
import { stackCommandsOf } from "../heal/stack-commands";
import { run } from "../processes";
import { setUp } from "../setup";
import type { Toolchain } from "../setup/toolchain";
import type { RecordedResource, StackState } from "../stack";

const manyCount = 500;

/** What is promised for so many rules, in seconds: to apply them, and a preview's further time over the default rules. */
const limits = { apply: 2, preview: 0.2 } as const;

/** Previews are compared with each other, and one differs from the next by more than the rules make out. */
const rounds = { apply: 5, preview: 11 } as const;

/** Medians, in seconds. */
interface Measured {
  /** Rules on the server's endpoint, with the closing pair. */
  readonly rules: number;
  /** To apply them where there are none. */
  readonly apply: number;
  /** To preview that nothing changes. */
  readonly preview: number;
}

export const command: Command = {
  summary: `Measure ${manyCount} rules on one endpoint beside the default ones; as JSON with --json`,
  options: { json: { type: "boolean", default: false } },
  examples: [["npm run bench:acl -- --json", "the figures for programs"]],
  afterInterrupt: "npm run bench:acl",
  async run({ values, progress, signal }) {
    const { toolchain, engine } = await setUp(progress);
    // Tests' environments take the engine that this process is told of.
    process.env.DOCKER_HOST = engine.dockerHost;
    const benches = [new Bench(151, toolchain), new Bench(152, toolchain, manyCount)];
    try {
      await progress.step("Two environments with the endpoint-policies lab", () =>
        inTurns(benches, (each) => each.up()),
      );
      await progress.step("Applying rules", () => repeat(rounds.apply, signal, benches, (each) => each.apply()));
      await progress.step("Previews", async () => {
        // The first ones find nothing in any cache.
        await inTurns(benches, (each) => each.preview());
        await repeat(rounds.preview, signal, benches, async (each) => each.previews.push(await each.preview()));
      });
    } finally {
      benches.forEach((each) => each.remove());
    }
    const [few, many] = benches.map((each) => each.measured());
    process.stdout.write(values.json === true ? `${JSON.stringify([few, many])}\n` : told(few, many));
    return many.apply < limits.apply && many.preview - few.preview <= limits.preview ? 0 : 1;
  },
};

/** An environment of its own with the lab, and what was measured in it. */
class Bench {
  readonly previews: number[] = [];
  private readonly applied: number[] = [];
  private readonly environment: TestEnvironment;
  private readonly env: NodeJS.ProcessEnv;
  private acl: RecordedResource | undefined;

  /** Without a number of rules, it has the default ones. */
  constructor(
    number: number,
    private readonly toolchain: Toolchain,
    count?: number,
  ) {
    this.environment = new TestEnvironment(number);
    const lab = labsBeside(number)["endpoint-policies"];
    const client = lab.network.subnet.replace("0/24", "2");
    const policies = count === undefined ? {} : { server: manyRules(count, client) };
    this.environment.settleLabs({ "endpoint-policies": { ...lab, policies } });
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = this.environment.env;
    this.env = { ...toolchain.env, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE };
  }

  async up(): Promise<void> {
    check(this.environment.run("up"));
    const state = JSON.parse(await this.pulumi("stack", "export")) as StackState;
    [this.acl] = stackCommandsOf(state);
  }

  /** Takes the list away and runs the very command that an update runs. */
  async apply(): Promise<void> {
    const { create, delete: undo, stdin } = this.acl!.inputs as Record<string, string>;
    await shell(undo, stdin);
    this.applied.push(await timed(() => shell(create, stdin)));
  }

  preview(): Promise<number> {
    return timed(() => this.pulumi("preview", "--non-interactive", "--expect-no-changes"));
  }

  measured(): Measured {
    const { tables } = JSON.parse(this.acl!.inputs!.stdin as string) as { tables: { rules: string[] }[] };
    return { rules: tables[0].rules.length, apply: median(this.applied), preview: median(this.previews) };
  }

  remove(): void {
    this.environment.remove();
  }

  private pulumi(...args: string[]): Promise<string> {
    const { folder: cwd, name } = this.environment;
    return run(this.toolchain.pulumi, [...args, "--stack", name], { cwd, env: this.env });
  }
}

/** One after the other, since they would slow each other down. */
async function inTurns(benches: readonly Bench[], work: (bench: Bench) => Promise<unknown>): Promise<void> {
  for (const bench of benches) {
    await work(bench);
  }
}

/** Rounds of turns: what else the machine does meanwhile then slows all of them alike. */
async function repeat(
  times: number,
  signal: AbortSignal,
  benches: readonly Bench[],
  work: (bench: Bench) => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < times; i++) {
    signal.throwIfAborted();
    await inTurns(benches, work);
  }
}

function shell(text: string, input: string): Promise<string> {
  return run("/bin/sh", ["-c", text], { input });
}

function check({ code, stdout, stderr }: Outcome): void {
  if (code !== 0) {
    throw new Error(`up ended with status ${code}\n${stdout}${stderr}`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function told(few: Measured, many: Measured): string {
  const rows = [few, many].map(
    ({ rules, apply, preview }) =>
      `${String(rules).padStart(5)} rules   applied in ${apply.toFixed(2)} s   preview without changes ${preview.toFixed(2)} s\n`,
  );
  const more = (many.preview - few.preview).toFixed(2);
  return `${rows.join("")}Limits: ${limits.apply} s to apply, ${limits.preview} s more to preview (${more} s).\n`;
}
