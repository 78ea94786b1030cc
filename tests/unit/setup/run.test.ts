import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { FakeMachine } from "./support";

const root = join(__dirname, "..", "..", "..");

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function node(args: readonly string[], env: NodeJS.ProcessEnv, cwd = root): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("the way in, run.js", () => {
  let machine: FakeMachine;
  let project: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    machine = new FakeMachine();
    project = join(machine.root, "clone");
    env = { PATH: `${machine.bin}:${process.env.PATH}`, HOME: machine.home };
    cpSync(join(root, "tools", "run.js"), join(project, "tools", "run.js"));
    machine.file(join(project, "package-lock.json"), lock({ "node_modules/a": { version: "1.0.0" } }));
    // Stands for all that comes after: it says that it was reached.
    machine.file(join(project, "tools", "main.ts"), 'exports.main = (args) => console.log("main", ...args);');
    machine.file(join(machine.root, "register.js"), 'require.extensions[".ts"] = require.extensions[".js"];');
  });
  afterEach(() => machine.remove());

  const lock = (packages: object) => JSON.stringify({ packages: { "": {}, ...packages } });
  /** `npm ci` as it is: what was there goes first, its own record comes last. */
  const npmCi = (record: string, code = 0) => {
    const register = join(machine.root, "register.js");
    const packages = `mkdir -p node_modules/ts-node/register && cp ${register} node_modules/ts-node/register/transpile-only.js`;
    machine.program(join(machine.bin, "npm"), `rm -rf node_modules; ${packages}; ${record}; echo words; exit ${code}`);
  };
  const start = () => node([join(project, "tools", "run.js"), "setup", "--x"], env, machine.root);

  it("installs the packages of a fresh clone, says so on stderr only, and goes on", async () => {
    npmCi(":");
    const { code, stdout, stderr } = await start();
    assert.deepEqual([code, stdout], [0, "main setup --x\n"]);
    assert.match(stderr, /^Install npm packages: started\nInstall npm packages: done in \d+ s\n$/);
    assert.deepEqual(machine.calls(), ["npm ci --include=dev --no-progress"]);
  });

  it("installs nothing the second time, and again once package-lock.json is another", async () => {
    npmCi(":");
    await start();
    machine.calls();
    const second = await start();
    assert.deepEqual([second.stdout, second.stderr, machine.calls()], ["main setup --x\n", "", []]);
    machine.file(join(project, "package-lock.json"), lock({ "node_modules/a": { version: "1.0.1" } }));
    await start();
    assert.equal(machine.calls().length, 1);
  });

  it("takes what the user's own npm install left, if it is what package-lock.json names", async () => {
    npmCi(":");
    await start();
    machine.calls();
    machine.file(join(project, "node_modules", ".container-network-labs-install"), "of another install");
    machine.file(join(project, "node_modules", ".package-lock.json"), lock({ "node_modules/a": { version: "1.0.0" } }));
    await start();
    assert.deepEqual(machine.calls(), []);
    machine.file(join(project, "node_modules", ".container-network-labs-install"), "of another install");
    machine.file(join(project, "node_modules", ".package-lock.json"), lock({ "node_modules/a": { version: "0.9.0" } }));
    await start();
    assert.equal(machine.calls().length, 1);
  });

  it("does not empty what a link leads to", async () => {
    npmCi(":");
    const shared = join(machine.root, "shared");
    machine.file(join(shared, "kept"), "");
    symlinkSync(shared, join(project, "node_modules"));
    const { code, stderr } = await start();
    assert.deepEqual([code, machine.calls(), existsSync(join(shared, "kept"))], [2, [], true]);
    assert.match(stderr, /^node_modules is a link, .*\nRun npm ci there, or remove the link/);
  });

  it("names the log of an install that failed, shows its end, and tries again next time", async () => {
    npmCi(":", 1);
    const { code, stdout, stderr } = await start();
    const log = join(machine.home, ".local", "state", "container-network-labs", "logs", "npm-ci.log");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, new RegExp(`failed after \\d+ s\\n {4}words\\nThe whole log: ${log}\\n$`));
    assert.equal(readFileSync(log, "utf8"), "words\n");
    assert.ok(!existsSync(join(project, "node_modules", ".container-network-labs-install")));
    npmCi(":");
    assert.equal((await start()).code, 0);
  });

  it("ends with 130 when it is interrupted in the middle of an install, which the next run takes up", async () => {
    machine.program(join(machine.bin, "npm"), "exec sleep 30");
    const child = spawn(process.execPath, [join(project, "tools", "run.js"), "setup"], { env, stdio: "pipe" });
    let stderr = "";
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    await once(child.stderr, "data");
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    assert.equal(code, 130);
    assert.match(stderr, /stopped after \d+ s\nRun the same command again to go on\./);
    npmCi(":");
    assert.equal((await start()).stdout, "main setup --x\n");
  });

  it("knows which versions of Node it runs on", () => {
    const { nodeIsNewEnough } = require(join(root, "tools", "run.js")) as { nodeIsNewEnough(version: string): boolean };
    const versions = ["18.20.8", "20.18.3", "20.19.0", "20.20.2", "22.1.0"];
    assert.deepEqual(versions.map(nodeIsNewEnough), [false, false, true, true, true]);
  });
});

describe("the command line, main.ts", () => {
  let machine: FakeMachine;
  let project: string;
  beforeEach(() => {
    machine = new FakeMachine();
    project = join(machine.root, "clone");
    cpSync(join(root, "tools"), join(project, "tools"), {
      recursive: true,
      filter: (from) => !from.includes("stand-ins") && !from.includes("tools/commands/"),
    });
    for (const name of ["node_modules", "tsconfig.json", "components"]) {
      symlinkSync(join(root, name), join(project, name));
    }
    machine.file(
      join(project, "tools", "commands", "try.ts"),
      `import { runAttached } from "../processes";
       import { UserError } from "../command";
       export const command = {
         summary: "for a test",
         options: { how: { type: "string" } },
         afterInterrupt: "npm run up",
         async run({ environment, values }: any) {
           if (values.how === "refuse") throw new UserError("Not like this.", 3);
           if (values.how === "break") throw new Error("Oh");
           if (values.how === "wait") {
             const code = await runAttached("sh", ["-c", "trap 'echo told >&2; exit 7' TERM INT; echo waiting; while :; do sleep 0.05; done"]);
             console.error("child ended with", code);
             return code;
           }
           console.log(environment, values.how);
           return 0;
         },
       };`,
    );
    machine.file(
      join(project, "start.js"),
      'require("ts-node/register/transpile-only"); require("./tools/main.ts").main(process.argv.slice(2));',
    );
  });
  afterEach(() => machine.remove());

  const env = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: machine.home });
  const call = (...args: string[]) => node([join(project, "start.js"), ...args], env(), project);

  it("gives a command its options and the environment, which is local unless said otherwise", async () => {
    assert.deepEqual(await call("try", "--how", "well"), { code: 0, stdout: "local well\n", stderr: "" });
    assert.equal((await call("try", "--environment", "lab2")).stdout, "lab2 undefined\n");
  });

  it("refuses what it does not know in a line, with exit code 2", async () => {
    assert.deepEqual(await call("tri"), {
      code: 2,
      stdout: "",
      stderr: 'There is no command "tri". There are: try.\n',
    });
    assert.deepEqual(await call("try", "--hwo"), { code: 2, stdout: "", stderr: "try: Unknown option '--hwo'.\n" });
  });

  it("shows a refusal as its message, and a fault of the program with its trace", async () => {
    assert.deepEqual(await call("try", "--how", "refuse"), { code: 3, stdout: "", stderr: "Not like this.\n" });
    const { code, stderr } = await call("try", "--how", "break");
    assert.equal(code, 1);
    assert.match(stderr, /^Error: Oh\n\s+at .*try\.ts/);
  });

  it("lists its commands", async () => {
    assert.match((await call("help")).stdout, /^The labs.*\n\n {2}npm run try +for a test\n$/);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`on ${signal} tells what runs, waits for it, and says what to run next`, async () => {
      const args = [join(project, "start.js"), "try", "--how", "wait"];
      const child = spawn(process.execPath, args, { env: env(), cwd: project, stdio: ["ignore", "pipe", "pipe"] });
      let stderr = "";
      child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
      await once(child.stdout, "data");
      child.kill(signal);
      // npm passes the same signal on once more.
      child.kill(signal);
      const [code] = (await once(child, "close")) as [number];
      assert.equal(code, 130);
      assert.equal(stderr, "told\nchild ended with 7\nInterrupted. To go on: npm run up\n");
    });
  }
});
