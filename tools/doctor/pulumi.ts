import { join } from "node:path";
import { ask } from "../processes";
import { builtProgram } from "../setup/go";
import { findLogin } from "../setup/login";
import { isProgram, type Machine, programFile } from "../setup/machine";
import { officialCli } from "../setup/official";
import { hasPlugin, neededPlugins } from "../setup/plugins";
import { cli as builtCli, CLI_VERSION } from "../setup/stand-ins";
import { OLDEST_CLI, usersCli, usersHome } from "../setup/users-pulumi";
import { fail, pass, untested, type Finding } from "./finding";

/** A Pulumi CLI that is there, and how to run it. */
export interface FoundPulumi {
  readonly pulumi: string;
  readonly env: Readonly<Record<string, string>>;
}

const BRING = "npm run setup brings it";

/** Milliseconds that the CLI may take for an answer: a backend may be far away. */
const PATIENCE = 20_000;

/** Looks at Pulumi as the set-up would, and brings nothing. */
export async function pulumiFindings(
  machine: Machine,
  environment: string,
): Promise<{ findings: Finding[]; pulumi: FoundPulumi | undefined }> {
  const found = await findCli(machine);
  if ("finding" in found) {
    const needsCli = (name: string): Finding => untested(name, "it takes the Pulumi CLI");
    return { findings: [found.finding, ...plugins(machine), needsCli("Pulumi state")], pulumi: undefined };
  }
  const { path, says, home } = found;
  const login = await findLogin(machine, environment, home !== usersHome(machine));
  const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true", ...login.env };
  const state = await ask(path, ["whoami", "--non-interactive"], { env, timeout: PATIENCE }).then(
    (who) => pass("Pulumi state", `${login.says}, as ${who.trim()}`),
    (error: Error) =>
      fail(
        "Pulumi state",
        `${login.says}: ${error.message.split("\n")[0]}`,
        "run pulumi login, or unset PULUMI_BACKEND_URL",
      ),
  );
  return { findings: [pass("Pulumi CLI", says), ...plugins(machine), state], pulumi: { pulumi: path, env } };
}

type Found = { readonly path: string; readonly says: string; readonly home: string } | { readonly finding: Finding };

async function findCli(machine: Machine): Promise<Found> {
  const theirs = await usersCli(machine);
  if (theirs?.newEnough === true) {
    const { path, version } = theirs;
    const home = hasAll(machine, usersHome(machine)) ? usersHome(machine) : ownHome(machine);
    return { path, says: `${version}, yours: ${path}`, home };
  }
  const own = [join(officialCli(machine), programFile(machine, "pulumi")), builtProgram(machine, builtCli)];
  const path = own.find(isProgram);
  if (path !== undefined) {
    return { path, says: `${CLI_VERSION}, brought by the set-up: ${path}`, home: ownHome(machine) };
  }
  const detail =
    theirs === undefined ? "it is not there yet" : `yours is ${theirs.version}, older than ${OLDEST_CLI.join(".")}`;
  return { finding: untested("Pulumi CLI", detail, BRING) };
}

function ownHome({ cache }: Machine): string {
  return join(cache, "home");
}

function hasAll(machine: Machine, home: string): boolean {
  return neededPlugins(machine).every((plugin) => hasPlugin(machine, home, plugin));
}

function plugins(machine: Machine): Finding[] {
  const homes = [usersHome(machine), ownHome(machine)];
  return neededPlugins(machine).map((plugin) => {
    const name = `${plugin.name} plugin`;
    const home = homes.find((each) => hasPlugin(machine, each, plugin));
    return home === undefined
      ? untested(name, `${plugin.version} is not there yet`, BRING)
      : pass(name, `${plugin.version}, in ${join(home, "plugins")}`);
  });
}
