/** Name of an environment's resource group, which holds all that there is of it: the project's, as in Pulumi.yaml, first. */
export function resourceGroupName(environment: string): string {
  return `container-network-labs-${environment}`;
}

/** The names of the hosts that a scale set has, in their order. */
export function hostNames({ name, capacity }: { readonly name: string; readonly capacity: number }): string[] {
  return Array.from({ length: capacity }, (_, i) => `${name}-${i + 1}`);
}

/** Name of the scale set that a host is one of. */
export function scaleSetOf(host: string): string {
  return host.replace(/-\d+$/, "");
}
