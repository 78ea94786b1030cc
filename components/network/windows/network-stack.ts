import type { StackCommand } from "../dialect";
import type { StackSpec } from "../topology";
import { bootstrap, hostCommand, inputDocument, powershell } from "./powershell";

/**
 * A network stack's addresses, routes and port proxies, in the Windows dialect: a script that runs inside the container,
 * as its administrator. What it has to make is said here with nothing left out.
 */
export function windowsStackCommand(spec: StackSpec): StackCommand {
  const data = {
    addresses: spec.addresses.map(({ address, endpoint = null }) => ({ address, endpoint })),
    routes: spec.routes.map(({ destination, nextHop, endpoint }) => ({
      destination,
      // Windows writes a route to the interface's own network with this next hop.
      nextHop: nextHop ?? "0.0.0.0",
      endpoint,
    })),
    portProxies: spec.portProxies.map(({ listen, connect }) => ({ listen, connect })),
  };
  return hostCommand({
    function: "Invoke-InContainer",
    scripts: ["docker", "in-container"],
    data: {
      command: powershell(bootstrap("Sync-NetworkStack -Action $env:ACTION")),
      document: inputDocument(["network-stack"], data),
    },
  });
}
