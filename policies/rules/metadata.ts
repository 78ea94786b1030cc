import { clientsIn, lets, waysThrough } from "../caddyfile";
import { type DeclaredResource, fieldsOf, isAzure, isDocker, objectsIn, textsIn, UNKNOWN } from "../resource";
import type { Rule } from "../rule";

/** A request for a token of the machine's identity. */
const tokenRequest = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";

export const metadataTokensClosed: Rule = {
  description: "Containers get no tokens of their machine's identity: whoever has one is the machine.",
  level: "mandatory",
  cure:
    "Write hosts.identity: false, and leave identity.clients of imds-proxy empty. Where a container is meant to be the " +
    "machine, switch the rule off for the environment, and say why.",
  broken(resource) {
    return [...withIdentity(resource), ...proxying(resource)];
  },
};

/** Any container with a way out of its network reaches the service of the machine that it is on. */
function withIdentity(resource: DeclaredResource): string[] {
  const { identity } = resource.properties;
  const has =
    isAzure(resource, "compute:VirtualMachineScaleSet", "compute:VirtualMachine") &&
    identity !== undefined &&
    identity !== UNKNOWN &&
    fieldsOf(identity).type !== "None";
  return has ? ["its machines have an identity, whose tokens any container on them can ask for"] : [];
}

/** A stand-in's tokens are of no use to anybody, but what a lab does on a laptop it does in Azure, too. */
function proxying(resource: DeclaredResource): string[] {
  const files = isDocker(resource, "Container") ? objectsIn(resource.properties.uploads) : [];
  return files
    .flatMap(({ content }) => textsIn(content))
    .flatMap((text) => waysThrough(text).filter(({ upstream }) => isService(upstream, text)))
    .filter(({ conditions }) => lets(conditions, tokenRequest))
    .map(({ conditions }) => {
      const clients = clientsIn(conditions);
      return `the proxy passes requests for tokens on ${clients.length === 0 ? "from everybody" : `from ${clients.join(", ")}`}`;
    });
}

/** A stand-in may have another address; then it is by its paths that its proxy is known. */
function isService(upstream: string, caddyfile: string): boolean {
  return upstream.includes("169.254.169.254") || caddyfile.includes("/metadata/");
}
