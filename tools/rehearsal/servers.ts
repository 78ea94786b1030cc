import { UserError } from "../command";
import { keysFolder } from "./keys";
import { registryPart } from "./registry";

/** A server as the environment's settings describe it, as far as a rehearsal takes part in it. */
export interface RehearsedServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly os: string;
  readonly docker: string;
  readonly privateKeyPath?: string;
  readonly hostKeyPath?: string;
}

/**
 * Refuses servers that no rehearsal could bring: its hosts are on this machine, and their keys are where it keeps them,
 * never a user's own. @throws UserError with every setting that is not so, and what it has to be.
 */
export function refuseUnlikeRehearsal(servers: readonly RehearsedServer[], environment: string): void {
  const faults = servers.flatMap((server, i) => {
    const wanted = {
      address: "127.0.0.1",
      user: "root",
      os: "linux",
      docker: "ssh",
      privateKeyPath: `${keysFolder(environment)}/user`,
      hostKeyPath: `${keysFolder(environment)}/host-${server.name}.pub`,
    };
    const wrong = Object.entries(wanted).filter(([key, value]) => server[key as keyof typeof wanted] !== value);
    const faultsOfOne = wrong.map(([key, value]) => `  hosts.servers[${i}].${key} has to be ${value}`);
    return server.name === registryPart
      ? [`  hosts.servers[${i}].name has to be another: "${registryPart}" is the registry's`, ...faultsOfOne]
      : faultsOfOne;
  });
  if (faults.length > 0) {
    throw new UserError(
      `Environment "${environment}" is rehearsed, and these settings are not those of a rehearsal's hosts:\n` +
        `${faults.join("\n")}\nFor servers of your own, take \`rehearsed\` out of stacks/Pulumi.${environment}.yaml.`,
    );
  }
}
