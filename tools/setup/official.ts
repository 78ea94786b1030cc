import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../command";
import { run } from "../processes";
import type { Progress, StepReport } from "../terminal/progress";
import { cached, entryPath } from "./cache";
import type { Machine } from "./machine";
import { installOfficial, type Plugin } from "./plugins";
import { allEnded } from "./side-by-side";
import { CLI_VERSION } from "./stand-ins";

/** How long the official downloads have to answer before other ways are taken. */
const PROBE_MS = 4000;

const ENTRY = `pulumi-${CLI_VERSION}-official`;

const systems: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin", win32: "windows" };

/** Folder of the official CLI in the cache, there or not. Its language hosts lie beside it. */
export function officialCli(machine: Machine): string {
  return join(entryPath(machine, ENTRY), machine.platform === "win32" ? "bin" : "");
}

/** The official downloads. They are looked for at most once, when a part is first wanted from them. */
export class Official {
  private answering: Promise<boolean> | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly progress: Progress,
  ) {}

  /** Whether they answer, and quickly. */
  answer(): Promise<boolean> {
    return (this.answering ??= this.progress.step("Look for Pulumi's official downloads", async ({ outcome }) => {
      const answers = await answersQuickly(this.machine);
      outcome(answers ? "they answer" : "out of reach");
      return answers;
    }));
  }

  /** Brings the CLI into the cache. False where that cannot be done. */
  async downloadCli(): Promise<boolean> {
    return (await this.answer()) && this.tried("Pulumi CLI: download", (report) => downloadCli(this.machine, report));
  }

  /** Brings plugins into a Pulumi home. False where that cannot be done. */
  async downloadPlugins(cli: string, home: string, plugins: readonly Plugin[]): Promise<boolean> {
    if (!(await this.answer())) {
      return false;
    }
    const downloads = plugins.map((plugin) =>
      this.tried(`${plugin.name} plugin: download`, (report) =>
        installOfficial(this.machine, cli, home, plugin, report),
      ),
    );
    return (await allEnded(downloads)).every(Boolean);
  }

  /** A download that fails leaves the next way open, unless it was stopped. */
  private async tried(title: string, work: (report: StepReport) => Promise<void>): Promise<boolean> {
    try {
      await this.progress.step(title, work);
      return true;
    } catch (error) {
      this.machine.signal?.throwIfAborted();
      this.progress.line(`${title}: ${(error as Error).message.split("\n")[0]}`);
      return false;
    }
  }
}

async function answersQuickly(machine: Machine): Promise<boolean> {
  try {
    await get(machine, checksumsFile, { method: "HEAD", timeout: PROBE_MS });
    return true;
  } catch {
    machine.signal?.throwIfAborted();
    return false;
  }
}

/** Downloads the official CLI with its language hosts into the cache, checked against its published checksum. */
async function downloadCli(machine: Machine, report: StepReport): Promise<void> {
  await cached(machine, ENTRY, async (folder) => {
    const name = archiveName(machine);
    const archive = join(folder, name);
    const checksums = await (await get(machine, checksumsFile)).text();
    const wanted = checksums
      .split("\n")
      .find((line) => line.endsWith(` ${name}`))
      ?.split(" ")[0];
    await save(await get(machine, name), archive, report);
    const found = await sha256(archive);
    if (found !== wanted) {
      throw new UserError(`${name} is not what was published: its SHA-256 is ${found}, and should be ${wanted}.`);
    }
    report.detail("unpacking");
    // All is in one folder of the archive.
    const options = { log: report.log, env: machine.env, signal: machine.signal };
    await run("tar", ["-xf", archive, "-C", folder, "--strip-components=1"], options);
    await rm(archive);
  });
}

const checksumsFile = `pulumi-${CLI_VERSION}-checksums.txt`;

function archiveName({ platform, arch }: Machine): string {
  const system = systems[platform];
  if (system === undefined || !["x64", "arm64"].includes(arch)) {
    throw new UserError(`There is no official Pulumi CLI for ${platform} on ${arch}.`);
  }
  return `pulumi-v${CLI_VERSION}-${system}-${arch}.${platform === "win32" ? "zip" : "tar.gz"}`;
}

async function get({ releases, signal }: Machine, file: string, options: { method?: string; timeout?: number } = {}) {
  // Unlike Node's own, this fetch can be told to use the proxy that the environment names.
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const limits = [signal, options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout)];
  const response = await fetch(`${releases}/v${CLI_VERSION}/${file}`, {
    method: options.method ?? "GET",
    dispatcher: new EnvHttpProxyAgent(),
    signal: AbortSignal.any(limits.filter((limit) => limit !== undefined)),
  });
  if (!response.ok) {
    throw new Error(`${response.url} answered ${response.status}.`);
  }
  return response;
}

type Answer = Awaited<ReturnType<typeof get>>;

async function save(response: Answer, file: string, report: StepReport): Promise<void> {
  const total = Number(response.headers.get("content-length") ?? 0);
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      received += chunk.length;
      report.detail(`${megabytes(received)} of ${megabytes(total)}`);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body as never), count, createWriteStream(file));
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
