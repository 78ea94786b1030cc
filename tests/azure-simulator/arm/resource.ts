/**
 * What a resource holds, in the shape that azure-native gives to programs (ARM's `properties` level is flattened).
 * Never read-only properties: those are worked out when the resource is looked at.
 */
export type Body = Readonly<Record<string, unknown>>;

export type ProvisioningState = "Succeeded" | "Updating" | "Failed";

/** A resource as the store keeps it. */
export interface Resource {
  readonly id: string;
  /** ARM type. */
  readonly type: string;
  readonly name: string;
  body: Body;
  state: ProvisioningState;
  etag: string;
  /** A guid of its own: `resourceGuid`, `uniqueId` or `principalId`, by type. */
  readonly guid: string;
  readonly createdAt: string;
  operation?: Operation;
}

/** A write that was accepted and goes on. */
export interface Operation {
  /** The process that is at work: while it lives, other writes are refused; once it was killed, another one goes on. */
  readonly pid: number;
  /** What was written: the resource itself, or a child of it. */
  readonly id: string;
  /** Machines that the write takes away. */
  readonly leaving: readonly Leaving[];
}

/** A machine that is to go. */
export interface Leaving {
  readonly scaleSetId: string;
  readonly instance: Instance;
}

/** A reference to another resource. */
export interface Reference {
  readonly id: string;
}

/** One address that a network card of an instance has. */
export interface IpConfiguration {
  /** Full id, below the instance's network card. */
  readonly id: string;
  readonly name: string;
  readonly subnet: string;
  readonly privateIPAddress: string;
  /** Ids of the load balancer's pools that it is in. */
  readonly pools: readonly string[];
}

/** How an extension went on one instance. */
export interface ExtensionStatus {
  readonly state: "Succeeded" | "Failed";
  readonly message: string;
  /** Digest of what it was run with; run again only when this changes or it failed. */
  readonly settings: string;
}

/** One virtual machine of a scale set. */
export interface Instance {
  /** A number for Uniform, the machine's name for Flexible. */
  readonly instanceId: string;
  readonly id: string;
  readonly name: string;
  readonly computerName: string;
  readonly vmId: string;
  readonly zone?: string;
  /** Which version of the scale set's model it runs. */
  model: number;
  readonly ipConfigurations: readonly IpConfiguration[];
  extensions: Record<string, ExtensionStatus>;
  /** Whether the machine behind it has been made. */
  hosted: boolean;
  /** The frontend ports that the machine was last told of, as JSON. */
  published?: string;
  /** Why the machine behind it could not be made. */
  failure?: string;
}

/** What a scale set has besides its body. */
export interface ScaleSetState {
  /** The next number for an instance: never one that was used before. */
  next: number;
  /** Version of the model: one up with each change of the virtual machine profile. */
  model: number;
  instances: Instance[];
}

/** Everything in a subscription. */
export interface State {
  readonly subscriptionId: string;
  /** By id in lower case. */
  readonly resources: Record<string, Resource>;
  /** By the scale set's id in lower case. */
  readonly scaleSets: Record<string, ScaleSetState>;
  /** Frontend ports given out: inbound NAT rule's id → ip configuration's id → port. */
  readonly ports: Record<string, Record<string, number>>;
  /** Public addresses given out so far. */
  addresses: number;
  /** Writes so far; every change gets an etag of its own from it. */
  writes: number;
}

export function emptyState(subscriptionId: string): State {
  return { subscriptionId, resources: {}, scaleSets: {}, ports: {}, addresses: 0, writes: 0 };
}
