import { openTunnels } from "../../components/hosts/tunnels";
import type { ScaleSetSettings } from "../../components/settings/hosts";
import { ask } from "../processes";
import { ensureCredentials, presentServers, recordedHosts } from "../recorded-hosts";
import { thisMachine } from "../setup/machine";
import { azurePlugin, hasPlugin, neededPlugins } from "../setup/plugins";
import { usersHome } from "../setup/users-pulumi";
import { readState } from "../stack";
import { tunnelEnvironment } from "../tunnels/environment";
import { fail, pass, skipped, untested, type Finding, type Section } from "./finding";
import type { FoundPulumi } from "./pulumi";
import { serverSections } from "./servers";

/** Looks at what an environment in Azure takes, and at the machines of its last update. */
export async function cloudSections(
  { rehearsed, subscription, name: scaleSet, administration }: ScaleSetSettings,
  environment: string,
  pulumi: FoundPulumi | undefined,
): Promise<Section[]> {
  const azure = rehearsed
    ? [
        pass(`${azurePlugin} plugin`, "simulated: the environment is rehearsed"),
        skipped("Azure login", "none is needed"),
      ]
    : [
        plugin(pulumi),
        await login(subscription),
        ...(administration.through === "bastion" ? [await tunnelExtension()] : []),
      ];
  if (pulumi === undefined) {
    return [
      { name: "azure", findings: [...azure, untested(scaleSet, "it takes the Pulumi CLI", "npm run setup brings it")] },
    ];
  }
  const hosts = recordedHosts(await readState(environment, pulumi).catch(() => undefined));
  if (hosts.length === 0) {
    const cure = `npm start -- --environment ${environment} brings them`;
    return [{ name: "azure", findings: [...azure, untested(scaleSet, "no machine of it is recorded", cure)] }];
  }
  await ensureCredentials(hosts, { environment, toolchain: pulumi });
  const servers = presentServers(hosts, undefined);
  const env = tunnelEnvironment(environment, pulumi.env);
  const refused = await openTunnels(servers, environment, { env }).then(
    () => [],
    (error: Error) => [fail("tunnels", error.message, "let the ports of 127.0.0.1 be free for them")],
  );
  return [{ name: "azure", findings: [...azure, ...refused] }, ...(await serverSections(servers, environment))];
}

function plugin(pulumi: FoundPulumi | undefined): Finding {
  const machine = thisMachine();
  const wanted = neededPlugins(machine, true).find(({ name }) => name === azurePlugin)!;
  const homes = [usersHome(machine), ...(pulumi?.env.PULUMI_HOME === undefined ? [] : [pulumi.env.PULUMI_HOME])];
  const name = `${azurePlugin} plugin`;
  return homes.some((home) => hasPlugin(machine, home, wanted))
    ? pass(name, wanted.version)
    : untested(name, `${wanted.version} is not there yet`, "Pulumi downloads it at the first update");
}

/** Tunnels are opened by Azure's command line alone, whoever the provider is logged in as. */
async function tunnelExtension(): Promise<Finding> {
  const name = "az, for tunnels";
  const logged = await ask("az", ["account", "show", "--query", "user.name", "--output", "tsv"], {
    timeout: 20_000,
  }).then(
    (user) => ({ user: user.trim() }),
    (error: Error) => ({ error }),
  );
  if ("error" in logged) {
    return fail(name, logged.error.message.split("\n")[0], "install Azure's CLI and run az login");
  }
  const asked = ["extension", "show", "--name", "bastion", "--query", "version", "--output", "tsv"];
  return ask("az", asked, { timeout: 20_000 }).then(
    (version) => pass(name, `${logged.user}, extension bastion ${version.trim()}`),
    () => fail(name, "it lacks the extension bastion", "az extension add --name bastion"),
  );
}

/** In the order in which the provider looks: a service principal of the environment, else who is logged in by `az`. */
async function login(subscription: string | undefined): Promise<Finding> {
  const name = "Azure login";
  const { ARM_CLIENT_ID: client, ARM_SUBSCRIPTION_ID: chosen } = process.env;
  if (client) {
    return pass(name, `service principal ${client}, subscription ${subscription ?? chosen ?? "of its own"}`);
  }
  const query = ["--query", "join(', ', [name, id, user.name])", "--output", "tsv"];
  return ask("az", ["account", "show", ...query], { timeout: 20_000 }).then(
    (account) => pass(name, account.trim()),
    (error: Error) =>
      fail(name, error.message.split("\n")[0], "install Azure's CLI and run az login, or set ARM_CLIENT_ID"),
  );
}
