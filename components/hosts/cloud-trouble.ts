import { resourceGroupName, scaleSetOf } from "../azure/names";
import type { Trouble } from "./trouble";
import type { TunnelledServer } from "./tunnel-routes";

/** Where the bootstrap of a Windows machine tells how it went: bootstrap.ps1 of components/azure/bootstrap/windows. */
const told = "C:\\ProgramData\\container-network-labs";

/** What SSH's trouble with a machine means where the machine was made for an environment. */
export function inCloud(trouble: Trouble, server: TunnelledServer, environment: string): Trouble {
  return trouble.otherKey === true
    ? otherKeyInCloud(trouble, server, environment)
    : trouble.passing
      ? silentInCloud(trouble, server, environment)
      : trouble;
}

/**
 * What another host key than the pinned one means on a machine that was made for an environment, which nobody runs who
 * could be asked: the program makes that key, and the machine's bootstrap puts it there.
 */
function otherKeyInCloud(trouble: Trouble, server: TunnelledServer, environment: string): Trouble {
  return {
    ...trouble,
    cure:
      "if Azure has just made this machine anew, its bootstrap puts the pinned key there within minutes, which " +
      "`npm run up` waits for. If it stays another, the key was changed on the machine, or somebody is in between: do " +
      "not go on with it. Delete the machine, and the next `npm run up` brings another: az vmss delete-instances " +
      `${machineOf(server, environment, "--instance-ids")}`,
    passing: true,
  };
}

/** What to look at where a machine of a cloud does not answer: its address is Azure's to give, and right. */
function silentInCloud(trouble: Trouble, server: TunnelledServer, environment: string): Trouble {
  return {
    ...trouble,
    cure:
      "see that you come from one of hosts.administration.sources, and that the machine runs: az vmss " +
      `get-instance-view ${machineOf(server, environment, "--instance-id")} --query "statuses[].displayStatus". ` +
      `Where Azure has taken it away: npm run up -- --environment ${environment} brings another`,
  };
}

/** How to read what the bootstrap of a machine says that does not come up; undefined where Azure itself has told it. */
export function bootstrapWords(server: TunnelledServer, environment: string): string | undefined {
  // A Windows machine restarts in the middle of its bootstrap, and Azure hears nothing of what comes after that.
  return server.os === "windows" && server.instance !== undefined
    ? `read in ${told}\\failed.txt what its bootstrap says, if it failed after the restart: az vmss run-command invoke ` +
        `${machineOf(server, environment, "--instance-id")} --command-id RunPowerShellScript ` +
        `--scripts "Get-Content ${told}\\*.txt, ${told}\\bootstrap.log"`
    : undefined;
}

function machineOf({ name, instance }: TunnelledServer, environment: string, option: string): string {
  return `--resource-group ${resourceGroupName(environment)} --name ${scaleSetOf(name)} ${option} ${instance}`;
}
