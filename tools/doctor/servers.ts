import { engineAddressOf, readinessOf, type Step } from "../../components/hosts/readiness";
import { overSsh } from "../../components/hosts/ssh";
import { aliasOf, sshConfigPath, writeSshConfig } from "../../components/hosts/ssh-config";
import type { ClusterSettings, RemoteServer } from "../../components/settings/hosts";
import { askInfo, clock, disk, forwarding } from "./engine-info";
import { memberFindings } from "./member";
import { fail, pass, untested, type Finding, type Section } from "./finding";

/** Looks at the servers of an environment, all at the same time. */
export async function serverSections(
  servers: readonly RemoteServer[],
  environment: string,
  cluster?: ClusterSettings,
): Promise<Section[]> {
  try {
    writeSshConfig(servers, environment);
  } catch (error) {
    const finding = untested("ssh", `there is no ssh configuration: ${(error as Error).message}`);
    return servers.map(({ name }) => ({ name, findings: [finding] }));
  }
  return Promise.all(
    servers.map(async (server) => ({
      name: server.name,
      findings: await serverFindings(server, environment, cluster),
    })),
  );
}

async function serverFindings(
  server: RemoteServer,
  environment: string,
  cluster: ClusterSettings | undefined,
): Promise<Finding[]> {
  const steps = await readinessOf(server, environment);
  const passed = (name: Step["name"]): boolean => steps.some((step) => step.name === name && step.status === "pass");
  const [access, engine, member] = await Promise.all([
    passed("ssh") ? dockerAccess(server, environment) : [],
    passed("engine") ? engineFindings(server, environment) : [],
    passed("engine") && cluster !== undefined ? memberFindings(server, environment, cluster) : [],
  ]);
  return [...steps.map(findingOf), ...access, ...engine, ...member];
}

function findingOf({ name, status, detail, cure }: Step): Finding {
  return status === "fail"
    ? fail(name, detail, cure ?? "")
    : status === "pass"
      ? pass(name, detail)
      : untested(name, detail);
}

/** Commands on the server call docker as its user, whatever way this machine reaches the engine. */
async function dockerAccess({ name, os, user }: RemoteServer, environment: string): Promise<Finding[]> {
  if (os === "windows") {
    return [];
  }
  const what = "docker there";
  const asked = await on(name, environment, 'docker version --format "{{.Server.Version}}"').catch(wordsOf);
  return [
    typeof asked === "string"
      ? pass(what, `${user} may use it without sudo`)
      : /permission denied/i.test(asked.words)
        ? fail(
            what,
            `${user} may not use the engine`,
            `on the server: sudo usermod -aG docker ${user}, and a new login`,
          )
        : fail(what, asked.words, "install Docker there, with its client on the PATH of commands over ssh"),
  ];
}

async function engineFindings(server: RemoteServer, environment: string): Promise<Finding[]> {
  try {
    const asked = await askInfo(engineAddressOf(server, environment));
    return [...forwarding(asked.info), await freeDisk(server, environment, asked.info.DockerRootDir), clock(asked)];
  } catch (error) {
    return [untested("docker info", (error as Error).message)];
  }
}

async function freeDisk({ name, os }: RemoteServer, environment: string, root: string): Promise<Finding> {
  // Single quotes are the same to every POSIX shell, and a drive is one letter.
  const command =
    os === "windows"
      ? `powershell -NoProfile -Command (Get-PSDrive ${root[0]}).Free`
      : `df -Pk '${root.replaceAll("'", "'\\''")}'`;
  const asked = await on(name, environment, command).catch(wordsOf);
  if (typeof asked !== "string") {
    return untested("disk", asked.words);
  }
  // POSIX df: a heading, then file system, size, used and available in kilobytes.
  const free =
    os === "windows" ? Number(asked.trim()) : Number(asked.trim().split("\n").at(-1)!.split(/\s+/)[3]) * 1024;
  return Number.isFinite(free) ? disk("disk", free, root) : untested("disk", `df wrote ${asked.trim().slice(0, 80)}`);
}

function on(server: string, environment: string, command: string): Promise<string> {
  return overSsh({ sshConfig: sshConfigPath(environment), alias: aliasOf(server, environment) }, command);
}

function wordsOf(error: Error & { stderr?: string }): { words: string } {
  return { words: (error.stderr?.trim() || error.message).split(/\r?\n/).at(-1)! };
}
