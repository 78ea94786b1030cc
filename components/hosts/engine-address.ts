import { delimiter, join } from "node:path";

/** How a Docker client of this machine reaches an engine. */
export interface EngineAddress {
  /** What DOCKER_HOST would be: `unix:///var/run/docker.sock`, `ssh://one.remote-test`, `tcp://192.0.2.7:2376`. */
  readonly engine: string;
  /** For `ssh://`: the OpenSSH configuration that knows the host, relative to the project. */
  readonly sshConfig?: string;
  /** For `tcp://`: the folder with `ca.pem`, `cert.pem` and `key.pem`, by which each side knows the other. */
  readonly certPath?: string;
}

/** Holds an `ssh` that reads {@link SSH_CONFIG}: the Docker client starts plain `ssh` and has no option for that. */
const shim = join(__dirname, "ssh");

const SSH_CONFIG = "CONTAINER_NETWORK_LABS_SSH_CONFIG";

/** What a Docker client needs in its environment, besides what is there, to reach an engine. */
export function clientEnvironment(address: EngineAddress): Record<string, string> {
  return {
    ...recordedEnvironment(address),
    ...(address.sshConfig === undefined ? {} : { PATH: [shim, process.env.PATH ?? ""].join(delimiter) }),
  };
}

/** The part of {@link clientEnvironment} that is the same on every machine, so that a state may hold it. */
export function recordedEnvironment({ engine, sshConfig, certPath }: EngineAddress): Record<string, string> {
  return {
    DOCKER_HOST: engine,
    ...(sshConfig === undefined ? {} : { [SSH_CONFIG]: sshConfig }),
    ...(certPath === undefined ? {} : { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath }),
  };
}

/** The engine that {@link recordedEnvironment} was told of: what a program of this project is to work with. */
export function addressIn(environment: Readonly<Record<string, string | undefined>>): EngineAddress {
  const { DOCKER_HOST: engine = "", [SSH_CONFIG]: sshConfig, DOCKER_CERT_PATH: certPath } = environment;
  return {
    engine,
    ...(engine.startsWith("ssh:") ? { sshConfig } : {}),
    ...(engine.startsWith("tcp:") ? { certPath } : {}),
  };
}
