import { Environment } from "./components/environment";
import { surveyHosts } from "./components/hosts";
import { accessTo } from "./components/hosts/access";
import { labs } from "./components/labs";
import { withPlainTraces } from "./components/plain-traces";
import { engineFaults, readSettings, refuse } from "./components/settings";
import { declareVerification } from "./components/checks/during-update";

/** Settings → hosts → labs → outputs. Whatever can be refused is refused before the first resource. */
async function program() {
  const settings = readSettings();
  const surveyed = await surveyHosts(settings.hosts);
  refuse(
    surveyed.flatMap(({ hostName, facts }) =>
      engineFaults(
        settings.topology.hosts.filter(({ name }) => name === hostName),
        facts,
        settings.environment,
      ),
    ),
    settings,
  );

  const hosts = new Map(surveyed.map((host) => [host.hostName, host.declare()]));
  const declaredHosts = settings.topology.hosts;
  const placed = settings.placed.map(({ lab, settings: given, host: { name: at, os, kind } }) => {
    // A lab is on this machine once; on servers it may be on several.
    const name = kind === "local" ? lab : `${lab}-${at}`;
    const expectations = labs[lab].expectations(given, os, { host: at, hosts: declaredHosts });
    return {
      name,
      expectations: expectations.map((stated) => ({ lab, at, ...stated })),
      declared: labs[lab].declare(name, given, hosts.get(at)!, hosts),
    };
  });

  const declaration = {
    environment: settings.environment,
    hosts: [...hosts.values()].map(accessTo),
    expectations: placed.flatMap(({ expectations }) => expectations),
    topology: settings.topology,
  };
  new Environment(settings.environment, declaration);
  if (settings.verify.onUpdate) {
    const containers = placed.flatMap(({ declared }) => declared.containers);
    declareVerification({ ...declaration, limitSeconds: settings.verify.limitSeconds }, containers);
  }
  return Object.fromEntries(placed.map(({ name, declared }) => [name, { open: declared.open, ...declared.outputs }]));
}

export = () => withPlainTraces(program);
