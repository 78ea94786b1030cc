"use strict";
// The way in behind every npm script. It must run on a fresh clone, where node_modules does not exist yet: plain
// JavaScript that needs nothing but Node. It installs what package-lock.json names and hands over to main.ts.
const { spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const module_ = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

const root = join(__dirname, "..");
const OLDEST_NODE = [20, 19];
const HEARTBEAT_MS = 15_000;

/** Whether this Node can run the program: `version` as in process.versions.node. */
function nodeIsNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/** The stamp that a finished install leaves behind, and what it should hold. */
function stampOf(folder) {
  const lock = fs.readFileSync(join(folder, "package-lock.json"));
  const file = join(folder, "node_modules", ".container-network-labs-install");
  return { file, content: createHash("sha256").update(lock).digest("hex") };
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whether the user's own `npm install` left exactly what package-lock.json names: npm writes its own record last. */
function npmInstalledIt(folder) {
  const record = readIfThere(join(folder, "node_modules", ".package-lock.json"));
  if (record === undefined) {
    return false;
  }
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(fs.readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  return (
    Object.entries(installed).every(([path, { version }]) => wanted[path]?.version === version) &&
    Object.entries(wanted).every(([path, { optional }]) => path === "" || optional || path in installed)
  );
}

/** Whether an install is needed. A stamp is written where only it was missing. */
function installNeeded(folder) {
  const stamp = stampOf(folder);
  if (readIfThere(stamp.file) === stamp.content) {
    return false;
  }
  if (npmInstalledIt(folder)) {
    fs.writeFileSync(stamp.file, stamp.content);
    return false;
  }
  return true;
}

/** Whether node_modules leads elsewhere: `npm ci` would empty what others use. */
function isLinked(folder) {
  return fs.lstatSync(join(folder, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function logFile() {
  const state = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  const folder = join(state, "container-network-labs", "logs");
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "npm-ci.log");
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}

/** Shows that the install is under way, on stderr; gives back what ends it. */
function showProgress(started) {
  const terminal = process.stderr.isTTY;
  if (!terminal) {
    process.stderr.write("Install npm packages: started\n");
  }
  const show = () =>
    process.stderr.write(`${terminal ? "\r" : ""}Install npm packages: ${seconds(started)}${terminal ? "" : "\n"}`);
  const timer = setInterval(show, terminal ? 1000 : HEARTBEAT_MS);
  return (outcome) => {
    clearInterval(timer);
    process.stderr.write(`${terminal ? "\r\u001b[K" : ""}Install npm packages: ${outcome} ${seconds(started)}\n`);
  };
}

/** Runs `npm ci`. The stamp is written last, so that an interrupted install is taken up again by the next run. */
async function install(folder) {
  const stamp = stampOf(folder);
  const log = logFile();
  const started = Date.now();
  const args = ["ci", "--include=dev", "--no-progress"];
  // npm says where it is; without it (started by hand), the one on PATH.
  const npm = process.env.npm_execpath;
  const [command, commandArgs] = npm ? [process.execPath, [npm, ...args]] : ["npm", args];
  const output = fs.openSync(log, "w");
  const options = { cwd: folder, stdio: ["ignore", output, output], shell: process.platform === "win32" && !npm };
  const child = spawn(command, commandArgs, options);
  let stoppedBy;
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      stoppedBy = signal;
      child.kill(signal);
    });
  }
  const end = showProgress(started);
  const code = await new Promise((resolve) => {
    child.on("error", (error) => {
      fs.writeSync(output, `${error.message}\n`);
      resolve(1);
    });
    child.on("close", resolve);
  });
  process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
  if (stoppedBy) {
    end("stopped after");
    process.stderr.write("Run the same command again to go on.\n");
    process.exit(130);
  }
  if (code !== 0) {
    end("failed after");
    const lines = fs.readFileSync(log, "utf8").trimEnd().split("\n").slice(-15);
    process.stderr.write(`${lines.map((line) => `    ${line}`).join("\n")}\nThe whole log: ${log}\n`);
    process.exit(2);
  }
  fs.writeFileSync(stamp.file, stamp.content);
  end("done in");
}

async function main() {
  if (!nodeIsNewEnough(process.versions.node)) {
    const wanted = OLDEST_NODE.join(".");
    process.stderr.write(`This program needs Node ${wanted} or newer; this is ${process.versions.node}.\n`);
    process.exit(2);
  }
  process.chdir(root);
  if (installNeeded(root)) {
    if (isLinked(root)) {
      process.stderr.write(
        "node_modules is a link, and where it leads is not what package-lock.json names.\n" +
          "Run npm ci there, or remove the link to have packages installed here.\n",
      );
      process.exit(2);
    }
    await install(root);
  }
  // Newer versions of Node keep compiled code between runs; most of the start-up time is the TypeScript compiler's.
  module_.enableCompileCache?.();
  require("ts-node/register/transpile-only");
  require("./main.ts").main(process.argv.slice(2));
}

if (require.main === module) {
  void main();
}

module.exports = { nodeIsNewEnough, installNeeded, install };
