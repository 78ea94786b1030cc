import { once } from "node:events";
import { connect } from "node:net";
import type { Wanted } from "./container";
import type { Docker } from "./docker";
import type { KeyFiles } from "./keys";
import { nameOf } from "./labels";
import { INNER_BRIDGE_ADDRESS } from "./network";
import { registryAddress } from "./registry";
import type { RehearsedServer } from "./servers";

/**
 * What an engine needs of a container to run in it, short of `--privileged`, which machines that lack a capability
 * themselves refuse: mounts and namespaces, networks, devices, and the audit log that runc writes to.
 */
const capabilities = [
  ...["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "MKNOD", "SYS_CHROOT"],
  ...["AUDIT_WRITE", "DAC_READ_SEARCH", "SYS_MODULE"],
];
const unconfined = ["seccomp", "apparmor", "systempaths"];

/** How long sshd has to greet, and the engine to answer, in ms. */
const GREETING_MS = 3000;
const ANSWER_MS = 10_000;

/** The container that is a server: reached over SSH on its port of this machine's loopback address, with the one key. */
export function hostContainer(
  { name, port }: RehearsedServer,
  environment: string,
  image: string,
  keys: KeyFiles,
  docker: Docker,
): Wanted {
  const container = nameOf(environment, name);
  return {
    title: `host ${name}`,
    name: container,
    image,
    command: ["sh", "/etc/rehearsal/host"],
    data: "/var/lib/docker",
    options: [
      ...["--hostname", name, "--network-alias", `${name}.${environment}`],
      ...["--publish", `127.0.0.1:${port}:22`],
      ...engineOptions(container),
      ...["--env", `REGISTRY=${registryAddress(environment)}`],
    ],
    files: {
      "/etc/ssh/ssh_host_ed25519_key": keys.host(name),
      "/root/.ssh/authorized_keys": `${keys.user}.pub`,
      "/etc/rehearsal/ca.crt": keys.registry.authority,
    },
    async ready() {
      const engine = engineOf(docker, container);
      const version = engine(["version", "--format", "{{.Server.Version}}"], { timeout: ANSWER_MS });
      await Promise.all([greeting(port), version]);
    },
  };
}

/** What `docker create` takes for a container of this name that has an engine of its own. */
export function engineOptions(container: string): string[] {
  return [
    ...capabilities.flatMap((capability) => ["--cap-add", capability]),
    ...unconfined.flatMap((what) => ["--security-opt", `${what}=unconfined`]),
    // Its engine counts its containers where this machine's engine does, in a group of their own.
    ...["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup"],
    ...["--env", `CGROUP=/${container}`, "--env", `BRIDGE_ADDRESS=${INNER_BRIDGE_ADDRESS}`],
  ];
}

/** The Docker client inside a host, which takes neither key nor connection. */
export function engineOf(docker: Docker, container: string): Docker {
  return (args, options) => docker(["exec", "--interactive", container, "docker", ...args], options);
}

/** Waits for sshd's greeting, which comes before any key is shown. */
async function greeting(port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port, timeout: GREETING_MS });
  socket.on("timeout", () => socket.destroy(new Error(`nothing greets on port ${port}`)));
  try {
    const [data] = (await Promise.race([once(socket, "data"), once(socket, "end")])) as [Buffer?];
    if (data?.toString("latin1").startsWith("SSH-") !== true) {
      throw new Error(`no SSH server greets on port ${port}`);
    }
  } finally {
    socket.destroy();
  }
}
