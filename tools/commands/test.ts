import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Command, UserError } from "../command";
import { setUp } from "../setup";
import { ensureClients } from "../setup/clients";
import { thisMachine } from "../setup/machine";
import { colours } from "../terminal/colours";

interface Suite {
  readonly name: string;
  /** Commands that each run a part of it: one after another, or side by side. */
  readonly runs: readonly (readonly string[])[];
  readonly sideBySide?: boolean;
  readonly cwd?: string;
  /** Whether it takes so long that it is only run when it is named. */
  readonly whenNamed?: boolean;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const root = join(__dirname, "..", "..");

/** Files of the engine suite at a time. Each mostly waits for its engine. */
const AT_A_TIME = 2;

function mocha(name: string): Suite {
  return { name, runs: [["mocha", "--recursive", `tests/${name}`]] };
}

/**
 * Tests that each have names, subnets and ports of their own, so that a file is no other's business. The long ones come
 * first, or the last of them would run alone; how much is in a file tells that well enough.
 */
function mochaSideBySide(name: string): Suite {
  const folder = join(root, "tests", name);
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
  const size = (file: string): number => statSync(join(folder, file)).size;
  const longestFirst = files.sort((a, b) => size(b) - size(a));
  return { name, runs: longestFirst.map((file) => ["mocha", `tests/${name}/${file}`]), sideBySide: true };
}

/** From the quick to the long. */
const suites: readonly Suite[] = [
  { name: "format", runs: [["prettier", "--check", "."]] },
  { name: "types", runs: [["tsc", "--noEmit", "--project", "."]] },
  { name: "lint", runs: [["eslint", "."]] },
  mocha("unit"),
  {
    name: "command-plugin",
    runs: [["go", "test", "./..."]],
    cwd: join(root, "tools", "stand-ins", "command"),
  },
  mocha("windows"),
  mocha("browser"),
  mochaSideBySide("engine"),
  // What waits for limits to run out, or makes machines for each of its cases.
  { ...mocha("nightly"), whenNamed: true },
];

export const command: Command = {
  summary: "Run the tests, or some: --suite unit,engine; what takes long only so: --suite nightly",
  options: { suite: { type: "string" } },
  examples: [
    ["npm test", "all that takes less than half an hour"],
    ["npm test -- --suite unit,engine", "only these"],
    ["npm test -- --suite nightly", "what takes long"],
  ],
  afterInterrupt: "npm test",
  async run({ values, progress, signal }) {
    const chosen = choose(values.suite as string | undefined);
    const { toolchain, engine } = await setUp(progress);
    await ensureClients(progress, thisMachine());
    const env = { ...toolchain.env, DOCKER_HOST: engine.dockerHost };
    const { bold, red } = colours(process.stdout);
    let passed = 0;
    let failed = 0;
    const { default: pLimit } = await import("p-limit");
    for (const { name, runs, sideBySide = false, cwd = root } of chosen) {
      const limit = pLimit(sideBySide ? AT_A_TIME : 1);
      const counts = runs.map((run) =>
        limit(async () => (signal.aborted ? nothing : runCounted(run, { cwd, env, live: !sideBySide, title: bold }))),
      );
      const counted = (await Promise.all(counts)).reduce(sum);
      passed += counted.passed;
      failed += counted.failed;
      if (counted.failed > 0) {
        process.stdout.write(red(`${name}: ${counted.failed} failed\n`));
      }
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
    return failed === 0 && passed > 0 && !signal.aborted ? 0 : 1;
  },
};

function choose(names: string | undefined): readonly Suite[] {
  const wanted = names?.split(",") ?? suites.filter(({ whenNamed = false }) => !whenNamed).map(({ name }) => name);
  return wanted.map((wantedName) => {
    const suite = suites.find(({ name }) => name === wantedName);
    if (suite === undefined) {
      throw new UserError(
        `There is no suite "${wantedName}". There are: ${suites.map(({ name }) => name).join(", ")}.`,
      );
    }
    return suite;
  });
}

const nothing: Count = { passed: 0, failed: 0 };

function sum(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether it writes on this terminal as it goes; else all at once when it is over. */
  readonly live: boolean;
  readonly title: (text: string) => string;
}

/**
 * Runs a part of a suite and counts its tests: mocha's by its closing lines, anything else as one. A mocha run that
 * executed no test has failed: it was asked for some.
 */
async function runCounted([program, ...args]: readonly string[], options: RunOptions): Promise<Count> {
  const { cwd, env, live, title } = options;
  const { execa } = await import("execa");
  const heading = title(`\n── ${[program, ...args].join(" ")}\n`);
  if (live) {
    process.stdout.write(heading);
  }
  const result = await execa(program, args, {
    cwd,
    env,
    reject: false,
    preferLocal: true,
    localDir: root,
    stdin: "ignore",
    stdout: live ? ["inherit", "pipe"] : "pipe",
    stderr: live ? "inherit" : "pipe",
    all: !live,
  });
  if (!live) {
    process.stdout.write(`${heading}${result.all ?? ""}\n`);
  }
  const closing = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(result.stdout)?.[1] ?? 0);
  const [passed, failed] = program === "mocha" ? [closing("passing"), closing("failing")] : [1, 0];
  const broken = result.exitCode !== 0 || passed + failed === 0;
  return broken ? { passed: program === "mocha" ? passed : 0, failed: Math.max(1, failed) } : { passed, failed };
}
