import type { HostOs } from "../../labs/lab";
import type { Bootstrap, BootstrapOptions } from "./bootstrap";
import { linuxBootstrap } from "./linux";
import { windowsBootstrap } from "./windows";

export { type Bootstrap, type BootstrapOptions, DOCKER_PORT } from "./bootstrap";

/**
 * How machines with this system become container hosts: SSH with the user's key and the host's pinned one, and a Docker
 * engine that listens with mutual TLS. Throws an Error if what it makes is longer than Azure or the system takes.
 */
export function bootstrapFor(os: HostOs, options: BootstrapOptions): Bootstrap {
  return os === "windows" ? windowsBootstrap(options) : linuxBootstrap(options);
}
