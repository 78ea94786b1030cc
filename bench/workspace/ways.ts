import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { hashOf, Workspace } from "../../components/labs/image-builder/workspace";
import type { WorkspaceData } from "../../components/labs/image-builder/data";
import { ask, run } from "../../tools/processes";

/** A server, as OpenSSH's configuration knows it. */
export interface Server {
  readonly sshConfig: string;
  readonly alias: string;
}

/** A program that copies a folder to a server. */
export interface Way {
  readonly name: string;
  /** Has the server have what the folder has. */
  copy(folder: string): Promise<void>;
  /** How many files the server has of it. */
  there(): Promise<number>;
  /** Has the server have nothing of it. */
  clear(): Promise<void>;
}

/** The ways there are, all over the same connection; those that this machine or the server lacks are named in `missing`. */
export async function waysTo(
  server: Server,
): Promise<{ readonly ways: readonly Way[]; readonly missing: readonly string[] }> {
  const on = (command: string) => ask("ssh", ["-F", server.sshConfig, server.alias, command]);
  const count = async (place: string) => Number(await on(`find ${place} -type f 2>/dev/null | wc -l`));
  const folderFor = (name: string): string => `/root/bench-${name}`;
  const way = (name: string, place: string, copy: Way["copy"], tree = place): Way => ({
    name,
    copy,
    there: () => count(tree),
    clear: async () => void (await on(`rm -rf ${place}`)),
  });
  const ourPlace = '"$HOME"/.cache/container-network-labs/workspaces/bench';
  const { sshConfig, alias } = server;
  const all: readonly Way[] = [
    way("ours", ourPlace, (folder) => ours(server, folder), `${ourPlace}/bench/workspaces/*/tree`),
    way("rsync", folderFor("rsync"), async (folder) => {
      await run("rsync", [
        "-a",
        "--delete",
        "-e",
        `ssh -F ${sshConfig}`,
        `${folder}/`,
        `${alias}:${folderFor("rsync")}/`,
      ]);
    }),
    way("rsync -z", folderFor("rsync-z"), async (folder) => {
      await run("rsync", [
        "-az",
        "--delete",
        "-e",
        `ssh -F ${sshConfig}`,
        `${folder}/`,
        `${alias}:${folderFor("rsync-z")}/`,
      ]);
    }),
    way("scp -r", folderFor("scp"), async (folder) => {
      await on(`rm -rf ${folderFor("scp")}`);
      await run("scp", ["-q", "-r", "-F", sshConfig, folder, `${alias}:${folderFor("scp")}`]);
    }),
  ];
  const needed = (name: string): string => name.split(" ")[0];
  const here = new Set(["ours", ...["rsync", "scp"].filter(isOnPath)]);
  const hasRsync = await on("command -v rsync").then(
    () => true,
    () => false,
  );
  const able = ({ name }: Way): boolean => here.has(needed(name)) && (needed(name) !== "rsync" || hasRsync);
  return { ways: all.filter(able), missing: all.filter((each) => !able(each)).map(({ name }) => name) };
}

/** As an update does it: a process of its own, which reads the workspace and its hash first. */
async function ours({ sshConfig, alias }: Server, workspace: string): Promise<void> {
  const source = { image: "bench", context: ".", dockerfile: "Dockerfile" };
  const sees = hashOf(new Workspace(workspace).seenBy(source));
  const data: WorkspaceData = {
    stack: "bench",
    component: "bench",
    machine: { host: alias, os: "linux", engine: `ssh://${alias}`, sshConfig, alias },
    workspace,
    hash: sees,
    images: [{ ...source, sees }],
  };
  const root = join(__dirname, "..", "..");
  await run("node", ["tools/run.js", "builder", "copy"], { cwd: root, input: JSON.stringify(data) });
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
