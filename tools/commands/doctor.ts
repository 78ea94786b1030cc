import type { HostsSettings, RemoteSettings } from "../../components/settings/hosts";
import type { Command } from "../command";
import { cloudSections } from "../doctor/cloud";
import { exitCode, formatFindings, untested, type Section } from "../doctor/finding";
import { pulumiFindings, type FoundPulumi } from "../doctor/pulumi";
import { serverSections } from "../doctor/servers";
import { settingsFinding } from "../doctor/settings";
import { clientFindings, node, type Needs } from "../doctor/this-machine";
import { withPasswords } from "../hosts";
import { thisMachine } from "../setup/machine";

export const command: Command = {
  summary: "Look at this machine and at an environment's hosts step by step, and say what is wrong and what to do",
  examples: [
    ["npm run doctor", "this machine, and what local needs of it"],
    ["npm run doctor -- --environment azure-linux", "its servers or its cloud as well"],
  ],
  async run({ environment, progress }) {
    const sections = await progress.step(`Looking at ${environment}`, async () => {
      const machine = thisMachine();
      const { finding, hosts } = settingsFinding(machine.project, environment);
      const [{ findings, pulumi }, clients] = await Promise.all([
        pulumiFindings(machine, environment),
        clientFindings(machine, needsOf(hosts)),
      ]);
      const here: Section = { name: "this machine", findings: [node(), ...findings, ...clients, finding] };
      return [here, ...(await elsewhere(hosts, environment, pulumi))];
    });
    process.stdout.write(`\n${formatFindings(sections, process.stdout)}\n`);
    return exitCode(sections);
  },
};

/** Where the settings say nothing that can be used, the hosts are taken to be this machine. */
function needsOf(hosts: HostsSettings | undefined): Needs {
  return hosts === undefined || hosts.kind === "local"
    ? { engine: hosts?.os ?? "linux", ssh: false }
    : { engine: hosts.rehearsed ? "linux" : undefined, ssh: true };
}

async function elsewhere(
  hosts: HostsSettings | undefined,
  environment: string,
  pulumi: FoundPulumi | undefined,
): Promise<Section[]> {
  switch (hosts?.kind) {
    case undefined:
      return [{ name: "hosts", findings: [untested("hosts", "the settings have to be right first")] }];
    case "local":
      return [];
    case "remote":
      return remote(hosts, environment, pulumi);
    case "scale-set":
      return cloudSections(hosts, environment, pulumi);
  }
}

async function remote(
  { servers: declared, cluster }: RemoteSettings,
  environment: string,
  pulumi: FoundPulumi | undefined,
): Promise<Section[]> {
  const unknown = declared.filter(({ password }) => password !== undefined && pulumi === undefined);
  const known = declared.filter((server) => !unknown.includes(server));
  const servers = pulumi === undefined ? known : await withPasswords(known, { environment, toolchain: pulumi });
  return [
    ...(await serverSections(servers, environment, cluster)),
    ...unknown.map(({ name }) => ({
      name,
      findings: [untested("ssh", "its password takes the Pulumi CLI", "npm run setup brings it")],
    })),
  ];
}
