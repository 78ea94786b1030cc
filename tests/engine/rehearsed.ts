import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { docker, TestEnvironment } from "./support";

/**
 * The `hosts` settings of servers that the set-up makes: containers with sshd and an engine of their own, by name, on
 * these ports of the loopback address.
 */
export function rehearsedHosts(environment: string, ports: Readonly<Record<string, number>>) {
  const keys = `out/${environment}/keys`;
  return {
    kind: "remote",
    rehearsed: true,
    servers: Object.entries(ports).map(([name, port]) => ({
      name,
      address: "127.0.0.1",
      port,
      user: "root",
      privateKeyPath: `${keys}/user`,
      hostKeyPath: `${keys}/host-${name}.pub`,
    })),
  };
}

const withPulumi = ["-c", 'eval "$(node tools/run.js env)" && exec pulumi "$@"', "bash"];

type Hosts = ReturnType<typeof rehearsedHosts>;

/** An environment on two servers of its own, which its first command makes and `remove` takes away. */
export class RehearsedEnvironment extends TestEnvironment {
  readonly ports: { readonly one: number; readonly two: number };
  readonly names = ["one", "two"] as const;
  /** The hosts' settings as they are without a change. */
  readonly hosts: Hosts;

  constructor(number: number) {
    super(number);
    this.ports = { one: 24_000 + 2 * number, two: 24_001 + 2 * number };
    this.hosts = rehearsedHosts(this.name, this.ports);
  }

  /** Writes the stack file with these labs, on the two hosts as `change` has them. */
  settleOnHosts(labs: Record<string, object>, change: object = {}, more: object = {}): void {
    this.settleLabs(labs, { "container-network-labs:hosts": { ...this.hosts, ...change }, ...more });
  }

  /** Docker's name of a host. */
  container(host: string): string {
    return `rehearsal-${host}.${this.name}`;
  }

  /** Runs a shell's text on a host, past SSH, and returns what it printed. */
  on(host: string, text: string): string {
    const args = ["exec", this.container(host), "sh", "-c", text];
    // What it says beside its answer is in the error, if there is one, and nowhere else.
    return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** Has sshd of a host read one more line of settings, before all others. It goes on with the connections that it has. */
  configureSshd(host: string, settings: string): void {
    execFileSync(
      "docker",
      ["exec", "-i", this.container(host), "sh", "-c", "cat > /etc/ssh/sshd_config.d/0-test.conf"],
      {
        input: settings,
      },
    );
    this.on(host, "kill -HUP $(cat /run/sshd.pid)");
  }

  /** Gives root of a host a password. Whether sshd takes one is a matter of its settings. */
  setPassword(host: string, password: string): void {
    execFileSync("docker", ["exec", "-i", this.container(host), "chpasswd"], { input: `root:${password}\n` });
  }

  /** What a host's services have logged since it was made. */
  logOf(host: string): string {
    const { stdout, stderr } = spawnSync("docker", ["logs", this.container(host)], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  }

  /** Writes a secret into the stack file, as a user does by `pulumi config set`. */
  configSecret(path: string, value: string): void {
    execFileSync("bash", [...withPulumi, "config", "set", "--stack", this.name, "--secret", "--path", path], {
      cwd: this.folder,
      env: this.env,
      input: value,
    });
  }

  /** Starts the Pulumi CLI as a user does by hand; all that it writes goes into a file. */
  startPulumi(log: string, ...args: string[]): ChildProcess {
    const file = openSync(log, "w");
    const stdio = ["ignore", file, file] as const;
    return spawn("bash", [...withPulumi, ...args], { cwd: this.folder, env: this.env, stdio: [...stdio] });
  }

  /** Everything on the hosts' engines that carries this stack's label. */
  override left(): string[] {
    return this.names.flatMap((host) => this.leftOn(host));
  }

  /** Everything on a host's engine that carries this stack's label. */
  leftOn(host: string): string[] {
    const filter = `--filter label=container-network-labs.stack=${this.name}`;
    const listings = [
      `docker container ls --all ${filter} --format 'container {{.Names}}'`,
      `docker network ls ${filter} --format 'network {{.Name}}'`,
      `docker image ls ${filter} --format 'image {{.Repository}}'`,
    ].join("; ");
    return this.on(host, listings).split("\n").filter(Boolean);
  }

  /** What this machine's engine has of the rehearsal. */
  rehearsalLeft(): string[] {
    return rehearsalLeft(this.name);
  }

  override remove(): void {
    super.remove();
    removeRehearsalLeft(this.name);
  }
}

/** What this machine's engine has of an environment's rehearsal. */
export function rehearsalLeft(environment: string): string[] {
  const filter = ["--filter", `label=container-network-labs.rehearsal=${environment}`];
  return [
    ...docker("container", "ls", "--all", ...filter, "--format", "container {{.Names}}").split("\n"),
    ...docker("volume", "ls", ...filter, "--format", "volume {{.Name}}").split("\n"),
    ...docker("network", "ls", ...filter, "--format", "network {{.Name}}").split("\n"),
  ].filter(Boolean);
}

/** Removes whatever a failed test left of it. */
export function removeRehearsalLeft(environment: string): void {
  const [containers, volumes, networks] = ["container", "volume", "network"].map((kind) =>
    rehearsalLeft(environment).flatMap((left) => (left.startsWith(kind) ? left.slice(kind.length + 1) : [])),
  );
  spawnSync("docker", ["container", "rm", "--force", ...containers]);
  spawnSync("docker", ["volume", "rm", ...volumes]);
  spawnSync("docker", ["network", "rm", ...networks]);
}
