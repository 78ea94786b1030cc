import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeSshConfig } from "../../components/hosts/ssh-config";
import { untrustedServer } from "../../components/settings/hosts";
import { RehearsedEnvironment } from "../../tests/engine/rehearsed";
import { type Figure, medians } from "../../tools/bench/figure";
import { measured } from "../../tools/bench/measure";
import type { Progress } from "../../tools/terminal/progress";
import { type Way, waysTo } from "./ways";
import { changeOne, size, writeWorkspace } from "./workspace";

/** What is measured of each way. */
export const phases = {
  first: "the server has nothing",
  again: "nothing has changed",
  changed: "one small file has changed",
} as const;

export interface WorkspaceBench {
  readonly rounds: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface WorkspaceResult {
  /** The medians of the rounds. */
  readonly figures: readonly Figure[];
  /** The ways that could not be measured, for want of their program. */
  readonly missing: readonly string[];
}

const number = 171;

/**
 * Copies the same workspace to the same server by this program and by others, one after the other in every round, and
 * counts on the server what arrived. The server is a container with sshd of its own, made for this and removed.
 */
export async function benchWorkspace({ rounds, progress, signal }: WorkspaceBench): Promise<WorkspaceResult> {
  const environment = new RehearsedEnvironment(number);
  const folder = mkdtempSync(join(tmpdir(), "bench-workspace-"));
  try {
    const server = await progress.step("A server", async () => bringServer(environment));
    await progress.step(`A workspace of ${size.files} files and ${size.mebibytes} MiB`, async () =>
      writeWorkspace(folder),
    );
    const { ways, missing } = await waysTo(server);
    const figures: Figure[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (const way of ways) {
        signal.throwIfAborted();
        await progress.step(`Round ${round}: ${way.name}`, async ({ outcome }) => {
          const all = await measureAll(way, folder, round * 100 + ways.indexOf(way));
          figures.push(...all);
          outcome(all.map(({ phase, seconds }) => `${phase} ${seconds} s`).join(", "));
        });
      }
    }
    return { figures: medians(figures), missing };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(join("out", environment.name), { recursive: true, force: true });
    environment.remove();
  }
}

async function bringServer(environment: RehearsedEnvironment) {
  environment.settleOnHosts({ "docker-networks": {} });
  const { code, stdout, stderr } = environment.run("setup");
  if (code !== 0) {
    throw new Error(stdout + stderr);
  }
  const at = (path: string): string => resolve(environment.folder, path);
  const [server] = environment.hosts.servers.map(({ privateKeyPath, hostKeyPath, ...rest }) =>
    untrustedServer.parse({ ...rest, privateKeyPath: at(privateKeyPath), hostKeyPath: at(hostKeyPath) }),
  );
  return { sshConfig: writeSshConfig([server], environment.name), alias: `${server.name}.${environment.name}` };
}

async function measureAll(way: Way, folder: string, round: number): Promise<Figure[]> {
  await way.clear();
  const measure = async (phase: keyof typeof phases): Promise<Figure> => {
    const use = await measured(() => way.copy(folder));
    const there = await way.there();
    // The Dockerfile is one more.
    if (there !== size.files + 1) {
      throw new Error(`${way.name}: ${there} files arrived`);
    }
    return { tool: way.name, n: size.files, phase, ...use };
  };
  const figures = [await measure("first"), await measure("again")];
  changeOne(folder, round);
  figures.push(await measure("changed"));
  await way.clear();
  return figures;
}
