import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostedInstance } from "../../../tests/azure-simulator/instances/hosts";
import type { Wanted } from "../container";
import type { Docker } from "../docker";
import { engineOptions, engineOf } from "../hosts";
import { nameOf } from "../labels";

/** How long a machine has for its first boot, in ms: cloud-init installs and runs what the custom data asks for. */
const BOOT_MS = 300_000;

const ANSWER_MS = 10_000;

export interface Placement {
  readonly environment: string;
  readonly image: string;
  /** Its address on the rehearsal's network. */
  readonly address: string;
  /** Folder for the files that it is given. */
  readonly folder: string;
}

/** The container that is an instance: as the platform's image comes up with the settings of the scale set. */
export function instanceContainer(instance: HostedInstance, placement: Placement, docker: Docker): Wanted {
  const { environment, image, address, folder } = placement;
  const name = nameOf(environment, instance.name);
  return {
    title: `instance ${instance.name}`,
    name,
    image,
    // What the scale set says later is for machines that are made later.
    identity: instance.vmId,
    command: ["sh", "/etc/rehearsal/machine"],
    data: "/var/lib/docker",
    limit: BOOT_MS,
    options: ["--hostname", instance.computerName, "--ip", address, ...engineOptions(name)],
    files: firstBoot(instance, join(folder, instance.name)),
    async ready() {
      await docker(["exec", name, "test", "-e", "/run/booted"], { timeout: ANSWER_MS });
      await engineOf(docker, name)(["version", "--format", "{{.Server.Version}}"], { timeout: ANSWER_MS });
    },
  };
}

/**
 * What cloud-init reads, as files of this folder. The user is made as Azure's provisioning makes it: with keys, without a
 * password, and free to become root.
 */
export function firstBoot(instance: HostedInstance, folder: string): Record<string, string> {
  const { vmId, computerName, adminUsername, sshPublicKeys, customData } = instance;
  const user = {
    name: adminUsername,
    // No password is this one's hash. Without PAM, sshd takes a locked account for one that may not come in at all.
    passwd: "*",
    lock_passwd: false,
    gecos: adminUsername,
    groups: ["adm", "sudo"],
    shell: "/bin/bash",
    sudo: ["ALL=(ALL) NOPASSWD:ALL"],
  };
  // JSON is YAML.
  const contents: Record<string, string> = {
    "/etc/cloud/cloud.cfg.d/99-user.cfg": JSON.stringify({ system_info: { default_user: user } }),
    "/var/lib/cloud/seed/nocloud/meta-data": JSON.stringify({
      "instance-id": vmId,
      "local-hostname": computerName,
      "public-keys": sshPublicKeys,
    }),
    "/var/lib/cloud/seed/nocloud/user-data":
      customData === undefined ? "#cloud-config\n{}\n" : Buffer.from(customData, "base64").toString(),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return Object.fromEntries(
    Object.entries(contents).map(([place, content]) => {
      const file = join(folder, place.slice(place.lastIndexOf("/") + 1));
      writeFileSync(file, content, { mode: 0o600 });
      return [place, file];
    }),
  );
}
