import { join } from "node:path";
import { type Command, UserError } from "../command";
import { setUp } from "../setup";
import { colours } from "../terminal/colours";

interface Suite {
  readonly name: string;
  readonly run: readonly string[];
  readonly cwd?: string;
}

const root = join(__dirname, "..", "..");

function mocha(name: string, folder: string): Suite {
  return { name, run: ["mocha", "--recursive", `tests/${folder}`] };
}

/** From the quick to the long. */
const suites: readonly Suite[] = [
  { name: "format", run: ["prettier", "--check", "."] },
  { name: "types", run: ["tsc", "--noEmit", "--project", "."] },
  { name: "lint", run: ["eslint", "."] },
  mocha("unit", "unit"),
  { name: "command-plugin", run: ["go", "test", "./..."], cwd: join(root, "tools", "stand-ins", "command") },
  mocha("windows", "windows"),
  mocha("browser", "browser"),
  mocha("engine", "engine"),
];

export const command: Command = {
  summary: "Run all tests, or some: --suite unit,engine",
  options: { suite: { type: "string" } },
  afterInterrupt: "npm test",
  async run({ values, progress, signal }) {
    const chosen = choose(values.suite as string | undefined);
    const { toolchain, engine } = await setUp(progress);
    const env = { ...toolchain.env, DOCKER_HOST: engine.dockerHost };
    const { bold, red } = colours(process.stdout);
    let passed = 0;
    let failed = 0;
    for (const { name, run, cwd } of chosen) {
      if (signal.aborted) {
        break;
      }
      process.stdout.write(bold(`\n── ${name}: ${run.join(" ")}\n`));
      const counted = await runCounted(run, cwd ?? root, env);
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
  const wanted = names?.split(",") ?? suites.map(({ name }) => name);
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

/**
 * Runs a suite on this terminal and counts its tests: mocha's by its closing lines, any other suite as one. A mocha run
 * that executed no test has failed: it was asked for some.
 */
async function runCounted(
  [program, ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ passed: number; failed: number }> {
  const { execa } = await import("execa");
  const result = await execa(program, args, {
    cwd,
    env,
    reject: false,
    preferLocal: true,
    localDir: root,
    stdin: "ignore",
    stdout: ["inherit", "pipe"],
    stderr: "inherit",
  });
  const closing = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(result.stdout)?.[1] ?? 0);
  const [passed, failed] = program === "mocha" ? [closing("passing"), closing("failing")] : [1, 0];
  const broken = result.exitCode !== 0 || passed + failed === 0;
  return broken ? { passed: program === "mocha" ? passed : 0, failed: Math.max(1, failed) } : { passed, failed };
}
