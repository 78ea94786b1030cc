/** A request that Azure Resource Manager refuses. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly reason: string,
    /** Seconds after which the caller may try again. */
    readonly retryAfter?: number,
    /** Name of the rule that refused it. */
    readonly rule?: string,
  ) {
    // As azure-native 3.x prints it (provider/pkg/azure/client_azcore.go); up to 2.x it ended in Target="…", too.
    super(`Status=${status} Code="${code}" Message="${reason}"`);
    this.name = "ArmError";
  }
}

/** An operation that was accepted and then failed: the resource is there, its provisioning state is `Failed`. */
export class ProvisioningError extends ArmError {
  constructor(
    readonly id: string,
    status: number,
    code: string,
    reason: string,
  ) {
    super(status, code, reason);
    this.name = "ProvisioningError";
  }
}

/** A resource that is not there. */
export function notFound(id: string, type: string, name: string, group: string): ArmError {
  const reason =
    `The Resource '${type}/${name}' under resource group '${group}' was not found. ` +
    "For more details please go to https://aka.ms/ARMResourceNotFoundFix";
  return new ArmError(404, id === "" ? "NotFound" : "ResourceNotFound", reason);
}
