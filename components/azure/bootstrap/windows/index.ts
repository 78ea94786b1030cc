import { readFileSync } from "node:fs";
import { join } from "node:path";
import { longestLine, powershell } from "../../../network/windows/powershell";
import type { Credentials } from "../../credentials";
import { type Bootstrap, type BootstrapOptions, customDataOf, DOCKER_PORT } from "../bootstrap";
import { type RemotingPlan, remotingPlan, remotingSecrets } from "./remoting";

/** A file of a host that none but the system and administrators can read. */
export interface PrivateFile {
  readonly path: string;
  readonly text: string;
}

/** What the scripts go by. It is no secret. */
export interface Plan {
  readonly folder: string;
  readonly files: readonly PrivateFile[];
  readonly docker: { readonly url: string; readonly version: string; readonly sha256: string; readonly folder: string };
  readonly rules: readonly { readonly name: string; readonly displayName: string; readonly port: number }[];
  readonly remoting: RemotingPlan;
  readonly task: { readonly name: string; readonly arguments: string };
}

/** Where Azure puts custom data, readable by administrators. Source: https://learn.microsoft.com/azure/virtual-machines/custom-data */
const customDataFile = "C:\\AzureData\\CustomData.bin";

const folder = "C:\\ProgramData\\container-network-labs";
const ssh = "C:\\ProgramData\\ssh";
const docker = "C:\\ProgramData\\docker";
const tls = `${docker}\\certs.d`;

/**
 * The last engine that older clients can still talk to: Docker 29 refuses API versions before 1.44.
 * Hash of the archive as the Chocolatey package docker-engine 28.5.2 has it, which is checked there at every installation.
 */
const version = "28.5.2";
const dockerArchive = {
  version,
  url: `https://download.docker.com/win/static/stable/x86_64/docker-${version}.zip`,
  sha256: "be76f32e6d92f4d3c64b8eb5e0e86e9597c00eb75ee41b5cc23e7674c5514810",
  folder: "C:\\Program Files\\docker",
};

/**
 * As OpenSSH for Windows comes, but with the pinned host key alone, and keys alone to log in.
 * Source: https://learn.microsoft.com/windows-server/administration/openssh/openssh-server-configuration
 */
const sshdConfig = `HostKey __PROGRAMDATA__/ssh/ssh_host_ed25519_key
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile .ssh/authorized_keys
MaxSessions 64
MaxStartups 64
Subsystem sftp sftp-server.exe
Match Group administrators
  AuthorizedKeysFile __PROGRAMDATA__/ssh/administrators_authorized_keys
`;

/** Source: https://learn.microsoft.com/virtualization/windowscontainers/manage-docker/configure-docker-daemon */
const daemon = {
  hosts: ["npipe://", `tcp://0.0.0.0:${DOCKER_PORT}`],
  tlsverify: true,
  tlscacert: `${tls}\\ca.pem`,
  tlscert: `${tls}\\server.pem`,
  tlskey: `${tls}\\server-key.pem`,
};

/** The plan, which is the same for every host. */
export const plan: Plan = {
  folder,
  files: [
    { path: `${ssh}\\sshd_config`, text: sshdConfig },
    { path: `${docker}\\config\\daemon.json`, text: JSON.stringify(daemon, undefined, 2) },
  ],
  docker: dockerArchive,
  rules: [
    { name: "container-network-labs-ssh", displayName: "Container network labs: SSH", port: 22 },
    {
      name: "container-network-labs-docker",
      displayName: "Container network labs: Docker over TLS",
      port: DOCKER_PORT,
    },
  ],
  remoting: remotingPlan({ state: folder, tls }),
  task: {
    name: "container-network-labs-bootstrap",
    arguments: powershell(program("Complete-Bootstrap -Plan $plan")).slice(1).join(" "),
  },
};

/** The files that hold secrets, or go with them. */
export function secretFiles(credentials: Credentials, remoting = false): PrivateFile[] {
  return [
    { path: `${ssh}\\administrators_authorized_keys`, text: `${credentials.userPublicKey}\n` },
    { path: `${ssh}\\ssh_host_ed25519_key`, text: credentials.hostKey },
    { path: `${ssh}\\ssh_host_ed25519_key.pub`, text: `${credentials.hostPublicKey}\n` },
    { path: `${tls}\\ca.pem`, text: credentials.ca },
    { path: `${tls}\\server.pem`, text: credentials.serverCertificate },
    { path: `${tls}\\server-key.pem`, text: credentials.serverKey },
    ...(remoting ? [{ path: plan.remoting.file, text: remotingSecrets(credentials) }] : []),
  ];
}

/**
 * The Windows dialect: plan and script as custom data, which Windows keeps and does not run, and an extension that runs it
 * with the secrets. The extension ends before Windows restarts; what is done after that is seen when the host answers.
 */
export function windowsBootstrap({ remoting }: Pick<BootstrapOptions, "remoting">): Bootstrap {
  return {
    customData: customDataOf(windowsCustomData()),
    // Source: https://learn.microsoft.com/azure/virtual-machines/extensions/custom-script-windows
    handler: {
      publisher: "Microsoft.Compute",
      type: "CustomScriptExtension",
      typeHandlerVersion: "1.10",
      autoUpgradeMinorVersion: true,
    },
    protectedSettings: (credentials) => ({ commandToExecute: windowsCommand(credentials, remoting) }),
  };
}

/** A JSON document, of ASCII only: what Windows PowerShell would take other characters for is anybody's guess. */
export function windowsCustomData(): string {
  const scripts = ["remoting.ps1", "bootstrap.ps1"].map((file) => readFileSync(join(__dirname, file), "utf8"));
  return JSON.stringify({ plan, script: scripts.join("\n").replaceAll("\r\n", "\n") });
}

/**
 * The extension's command line. Azure has no other way for secrets onto a Windows machine than this line, short of a key
 * vault: it is encrypted on its way, and who could read it there, an administrator, can read the files as well.
 * Throws an Error if it is longer than cmd.exe takes.
 */
export function windowsCommand(credentials: Credentials, remoting = false): string {
  const files = Buffer.from(JSON.stringify(secretFiles(credentials, remoting)), "utf8").toString("base64");
  const decoded = `[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${files}'))`;
  const run = program(`Start-Bootstrap -Plan $plan -Files (${decoded} | ConvertFrom-Json)`);
  // Inside the quotes nothing means anything to cmd.exe.
  const line = `powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "${run}"`;
  if (line.length > longestLine) {
    throw new Error(`a command line of ${line.length} characters: cmd.exe takes ${longestLine}`);
  }
  return line;
}

/** What reads the custom data and calls one of the script's functions; on one line, and without double quotes. */
function program(call: string): string {
  return [
    "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';",
    `try { $document = [IO.File]::ReadAllText('${customDataFile}') | ConvertFrom-Json;`,
    ". ([ScriptBlock]::Create($document.script)); $plan = $document.plan;",
    `[Console]::Out.WriteLine((${call})) }`,
    "catch { [Console]::Error.WriteLine($_.Exception.GetBaseException().Message); exit 1 }",
  ].join(" ");
}
