import { Environment } from "./components/environment";
import { surveyHosts } from "./components/hosts";
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

  const hosts = surveyed.map((host) => host.declare());
  const placed = hosts.flatMap((host) =>
    settings.labs.map(({ lab, settings: given }) => ({
      lab,
      expectations: labs[lab].expectations(given, host.os).map((stated) => ({ ...stated, lab, at: host.hostName })),
      declared: labs[lab].declare(given, host),
    })),
  );

  const declaration = {
    environment: settings.environment,
    hosts: hosts.map(({ hostName, kind, os, engine }) => ({ name: hostName, kind, os, engine })),
    expectations: placed.flatMap(({ expectations }) => expectations),
    topology: settings.topology,
  };
  new Environment(settings.environment, declaration);
  if (settings.verify.onUpdate) {
    const containers = placed.flatMap(({ declared }) => declared.containers);
    declareVerification({ ...declaration, limitSeconds: settings.verify.limitSeconds }, containers);
  }
  return Object.fromEntries(placed.map(({ lab, declared }) => [lab, { open: declared.open, ...declared.outputs }]));
}

export = () => withPlainTraces(program);
