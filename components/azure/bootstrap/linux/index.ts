import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Credentials } from "../../credentials";
import { type Bootstrap, type BootstrapOptions, customDataOf, DOCKER_PORT } from "../bootstrap";

/** What a host needs of its distribution. The base images of Ubuntu and Debian have most of it already. */
const packages = ["docker.io", "nftables", "openssh-server", "openssl"];

/** Only the host key that is pinned, only keys to log in, and room for all that an update does on a host at a time. */
const sshdConfig = `HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxSessions 64
MaxStartups 64
`;

const tls = "/etc/docker/tls";

/** See https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
const daemon = (swarm: boolean) => ({
  hosts: ["unix:///var/run/docker.sock", `tcp://0.0.0.0:${DOCKER_PORT}`],
  tlsverify: true,
  tlscacert: `${tls}/ca.pem`,
  tlscert: `${tls}/server.pem`,
  tlskey: `${tls}/server-key.pem`,
  // So that new certificates do not cost the containers their lives. An engine in a swarm refuses it.
  "live-restore": !swarm,
});

/**
 * Azure's own service of each machine, from which whoever asks gets the settings of its extensions, secrets among them. What
 * is forwarded comes from containers; the machine's own agent, and everybody's name resolution, go on.
 * Source: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const wireServer = `table ip container_network_labs_wireserver
delete table ip container_network_labs_wireserver
table ip container_network_labs_wireserver {
  chain forward {
    type filter hook forward priority -10; policy accept;
    ip daddr 168.63.129.16 tcp dport { 80, 32526 } reject with tcp reset
  }
}
`;

/**
 * Distributions have the engine's hosts on its command line, where it does not take them from its configuration, too. No
 * container runs before the rules are there.
 */
const dockerUnit = `[Service]
ExecStartPre=nft --file /etc/docker/wireserver.nft
ExecStart=
ExecStart=dockerd
`;

/** The Linux dialect: packages by cloud-init, the rest by one script, which may run again at any time. */
export function linuxBootstrap(options: BootstrapOptions): Bootstrap {
  return {
    customData: customDataOf(`#cloud-config\n${stringify({ package_update: true, packages })}`),
    // Source: https://learn.microsoft.com/azure/virtual-machines/extensions/custom-script-linux
    handler: {
      publisher: "Microsoft.Azure.Extensions",
      type: "CustomScript",
      typeHandlerVersion: "2.1",
      autoUpgradeMinorVersion: true,
    },
    protectedSettings: (credentials) => ({
      script: Buffer.from(linuxScript(options, credentials), "utf8").toString("base64"),
    }),
  };
}

/** The script's text. It carries all that it needs, as Azure gives it neither arguments nor standard input. */
export function linuxScript({ user, swarm = false }: BootstrapOptions, credentials: Credentials): string {
  const given = {
    user,
    packages: packages.join("\n"),
    "host-key": credentials.hostKey,
    "host-key.pub": credentials.hostPublicKey,
    "sshd.conf": sshdConfig,
    "ca.pem": credentials.ca,
    "server.pem": credentials.serverCertificate,
    "server-key.pem": credentials.serverKey,
    "daemon.json": JSON.stringify(daemon(swarm), undefined, 2),
    "docker.conf": dockerUnit,
    "wireserver.nft": wireServer,
  };
  return [
    "#!/bin/sh",
    "set -eu",
    "umask 077",
    "given=$(mktemp -d)",
    ...Object.entries(given).map(([name, content]) => hereDocument(name, content)),
    readFileSync(join(__dirname, "bootstrap.sh"), "utf8").replaceAll("\r\n", "\n"),
  ].join("\n");
}

const END = "END-OF-WHAT-IS-GIVEN";

/** Writes a file, whatever it holds: in a quoted here-document the shell expands nothing. */
function hereDocument(name: string, content: string): string {
  const text = content.trimEnd();
  if (text.split("\n").includes(END)) {
    throw new Error(`what is given as ${name} has a line ${END}`);
  }
  return `cat >"$given/${name}" <<'${END}'\n${text}\n${END}`;
}
