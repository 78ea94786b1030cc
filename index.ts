import { withCluster } from "./components/cluster";
import { clusterFaults } from "./components/cluster/survey";
import { Environment } from "./components/environment";
import { declareExpiry } from "./components/expiry";
import { surveyHosts } from "./components/hosts";
import { accessTo } from "./components/hosts/access";
import { labs } from "./components/labs";
import { withPlainTraces } from "./components/plain-traces";
import { planOf } from "./components/plan";
import { hostsAt } from "./components/settings/cross-checks";
import { engineFaults, readSettings, refuse } from "./components/settings";
import { declareVerification } from "./components/checks/during-update";

/** Settings → hosts → labs → outputs. Whatever can be refused is refused before the first resource. */
async function program() {
  const settings = readSettings();
  const { surveyed, declare } = await surveyHosts(settings.hosts);
  refuse(
    [
      ...clusterFaults(settings.hosts, surveyed, settings.environment),
      ...surveyed.flatMap(({ hostName, facts }) =>
        engineFaults(hostsAt(settings.topology, hostName), facts, settings.environment),
      ),
    ],
    settings,
  );

  const { topology, expectations, openings } = planOf(settings);
  const expiresAt = declareExpiry(settings.expires);
  const { hosts: machines, cloud } = declare(openings, expiresAt);
  const hosts = await withCluster(machines, settings, surveyed);
  const placed = settings.placed.map(({ lab, settings: given, host: { name: at, kind } }) => {
    // A lab is on this machine once; on servers it may be on several.
    const name = kind === "local" ? lab : `${lab}-${at}`;
    return { name, declared: labs[lab].declare(name, given, hosts.get(at)!, hosts) };
  });

  const declaration = {
    environment: settings.environment,
    hosts: [...hosts.values()].map(accessTo),
    ...{ expectations, topology, openings },
  };
  new Environment(settings.environment, { ...declaration, cloud });
  if (settings.verify.onUpdate) {
    const containers = placed.flatMap(({ declared }) => declared.containers);
    declareVerification({ ...declaration, limitSeconds: settings.verify.limitSeconds }, containers);
  }
  const outputs = placed.map(({ name, declared }) => [name, { open: declared.open, ...declared.outputs }] as const);
  return { ...Object.fromEntries(outputs), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

export = () => withPlainTraces(program);
