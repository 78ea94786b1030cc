import type { Wanted } from "./container";
import type { Docker } from "./docker";
import type { KeyFiles } from "./keys";
import { nameOf } from "./labels";

const PORT = 5000;

/** The registry's part in its rehearsal. No server can have this name. */
export const registryPart = "registry";

/** The registry's name on the hosts' network: `registry.remote-test`. */
export function registryName(environment: string): string {
  return `${registryPart}.${environment}`;
}

/** What stands before an image's name to have it from the registry: `registry.remote-test:5000`. */
export function registryAddress(environment: string): string {
  return `${registryName(environment)}:${PORT}`;
}

/** The registry that the hosts of a rehearsal share: Debian's, over TLS, with a password. This machine does not see it. */
export function registryContainer(
  environment: string,
  image: string,
  keys: KeyFiles["registry"],
  docker: Docker,
): Wanted {
  const container = nameOf(environment, registryPart);
  const folder = "/etc/rehearsal/registry";
  const probe = ["openssl", "s_client", "-verify_return_error", "-CAfile", `${folder}/ca.pem`];
  return {
    title: "registry",
    name: container,
    image,
    command: ["docker-registry", "serve", "/etc/rehearsal/registry.yml"],
    data: "/var/lib/docker-registry",
    options: ["--hostname", registryName(environment), "--network-alias", registryName(environment)],
    files: {
      [`${folder}/ca.pem`]: keys.authority,
      [`${folder}/certificate.pem`]: keys.certificate,
      [`${folder}/key.pem`]: keys.key,
      [`${folder}/htpasswd`]: keys.htpasswd,
    },
    async ready() {
      await docker(["exec", container, ...probe, "-connect", `localhost:${PORT}`], { timeout: 10_000 });
    },
  };
}
