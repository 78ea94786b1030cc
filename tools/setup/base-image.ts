import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clientEnvironment, type EngineAddress } from "../../components/hosts/engine-address";
import { BASE_IMAGE, BASE_IMAGE_STAND_IN } from "../../components/images/base-image";
import { UserError } from "../command";
import { ask, CommandError, run } from "../processes";
import type { Progress, StepReport } from "../terminal/progress";
import { cached } from "./cache";
import { installPackages } from "./debian";
import type { Engine } from "./engine";
import { type Machine, onPath, thisMachine } from "./machine";

const SUITE = "bookworm";

/** How long a registry has to begin with an answer, in ms. */
const FIRST_ANSWER_MS = 8000;

export interface BaseImageOptions {
  readonly machine?: Machine;
  /** Name of the server whose engine it is, where that is not this machine's. */
  readonly host?: string;
  /** How that engine is reached. */
  readonly address?: EngineAddress;
}

/**
 * Sees to it that the engine has an image that the labs' images can start from: the official one, pulled if a registry
 * answers quickly, else one made of Debian packages. Returns its reference. Throws a UserError that says what to do.
 */
export async function ensureBaseImage(
  progress: Progress,
  { dockerHost }: Pick<Engine, "dockerHost">,
  { machine: whole = thisMachine(), host, address }: BaseImageOptions = {},
): Promise<string> {
  const machine = { ...whole, env: { ...whole.env, ...(address && clientEnvironment(address)) } };
  const title = host === undefined ? "Base image" : `Base image of ${host}`;
  const where = host === undefined ? "the Docker engine" : `the Docker engine of ${host}`;
  const docker = (...args: string[]) => ["-H", dockerHost, ...args];
  const found = await firstThere(machine, docker);
  if (found !== undefined) {
    return found;
  }
  if (await pulled(progress, title, machine, docker("pull", BASE_IMAGE))) {
    return BASE_IMAGE;
  }
  await makeStandIn(progress, { title, where }, machine, docker);
  return BASE_IMAGE_STAND_IN;
}

/** Of both references, the one that the program would take: it prefers the stand-in, as its images are made of it. */
async function firstThere(machine: Machine, docker: (...args: string[]) => string[]): Promise<string | undefined> {
  const there = async (reference: string): Promise<string | undefined> => {
    try {
      const options = { env: machine.env, timeout: 30_000, signal: machine.signal };
      await ask("docker", docker("image", "inspect", "--format", "{{.Id}}", reference), options);
      return reference;
    } catch (error) {
      if (error instanceof CommandError && /no such image/i.test(error.message)) {
        return undefined;
      }
      throw error;
    }
  };
  const [standIn, official] = await Promise.all([BASE_IMAGE_STAND_IN, BASE_IMAGE].map(there));
  return standIn ?? official;
}

function pulled(progress: Progress, title: string, machine: Machine, args: readonly string[]): Promise<boolean> {
  return progress.step(`${title}: pull`, async (report) => {
    try {
      await pull(machine, args, report);
      return true;
    } catch {
      machine.signal?.throwIfAborted();
      report.outcome("no registry can be reached from the engine, or not quickly,");
      return false;
    }
  });
}

/** The client writes its first line once the registry has answered. From then on the pull may take its time. */
async function pull(machine: Machine, args: readonly string[], report: StepReport): Promise<void> {
  const { execa } = await import("execa");
  const silence = new AbortController();
  const signals = [silence.signal, ...(machine.signal === undefined ? [] : [machine.signal])];
  const child = execa("docker", args, { env: machine.env, all: true, cancelSignal: AbortSignal.any(signals) });
  const answered = new AbortController();
  child.stdout.once("data", () => answered.abort());
  sleep(FIRST_ANSWER_MS, undefined, { signal: answered.signal, ref: false }).then(
    () => silence.abort(),
    () => report.detail("the registry answers"),
  );
  try {
    await child;
  } finally {
    answered.abort();
  }
}

let entryUnderWay: Promise<string> | undefined;

async function makeStandIn(
  progress: Progress,
  { title, where }: { readonly title: string; readonly where: string },
  machine: Machine,
  docker: (...args: string[]) => string[],
): Promise<void> {
  if (!machine.debianRoot) {
    throw new UserError(
      `The image ${BASE_IMAGE} is not on ${where}, and no registry answers it. Bring it there, by ` +
        "`docker load` or from a mirror (registry-mirrors in the engine's daemon.json), and run the same command " +
        "again. As root on Debian or Ubuntu this program makes one of Debian packages instead.",
    );
  }
  if (onPath(machine, "debootstrap").length === 0) {
    await progress.step("debootstrap: install", (report) =>
      installPackages(machine, report, "debootstrap", "debian-archive-keyring"),
    );
  }
  // Several engines may be in need of it at the same time.
  entryUnderWay ??= cached(machine, `debian-${SUITE}-slim-${machine.arch}`, (folder) =>
    progress.step("Base image: make of Debian packages", (report) => makeRoot(machine, folder, report)),
  ).finally(() => (entryUnderWay = undefined));
  const entry = await entryUnderWay;
  await progress.step(`${title}: import`, async ({ log }) => {
    const changes = ["--change", 'CMD ["bash"]'];
    await run("docker", docker("import", ...changes, join(entry, "root.tar"), BASE_IMAGE_STAND_IN), {
      env: machine.env,
      signal: machine.signal,
      log,
    });
  });
  progress.line(`${title}: made of Debian packages, as ${BASE_IMAGE_STAND_IN}.`);
}

async function makeRoot(machine: Machine, folder: string, { log, detail }: StepReport): Promise<void> {
  const root = join(folder, "root");
  const options = { log, env: machine.env, signal: machine.signal };
  await run("debootstrap", ["--variant=minbase", SUITE, root], options);
  detail("making it small");
  slim(root);
  await run("tar", ["--numeric-owner", "-C", root, "-cf", join(folder, "root.tar"), "."], options);
  rmSync(root, { recursive: true, force: true });
}

/** What makes the official image slim, and quiet: no lists, no documents, no services that start when installed. */
const files: Readonly<Record<string, string>> = {
  "etc/apt/sources.list": [
    `deb http://deb.debian.org/debian ${SUITE} main`,
    `deb http://deb.debian.org/debian ${SUITE}-updates main`,
    `deb http://deb.debian.org/debian-security ${SUITE}-security main`,
  ].join("\n"),
  "etc/apt/apt.conf.d/90container": [
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };',
  ].join("\n"),
  "etc/dpkg/dpkg.cfg.d/90container": [
    ...["doc/*", "info/*", "locale/*", "man/*"].map((path) => `path-exclude /usr/share/${path}`),
    "path-include /usr/share/doc/*/copyright",
    "force-unsafe-io",
  ].join("\n"),
  "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101",
};

const EMPTIED = ["var/lib/apt/lists", "var/cache/apt", "usr/share/info", "usr/share/locale", "usr/share/man"];
const REMOVED = ["var/log/bootstrap.log", "var/log/dpkg.log", "var/log/alternatives.log"];

function slim(root: string): void {
  for (const path of [...EMPTIED, ...REMOVED]) {
    rmSync(join(root, path), { recursive: true, force: true });
  }
  for (const path of EMPTIED) {
    mkdirSync(join(root, path), { recursive: true });
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${content}\n`);
  }
  chmodSync(join(root, "usr/sbin/policy-rc.d"), 0o755);
}
