import { label } from "../../components/labels";
import { type DeclaredResource, fieldsOf, isAzure, isDocker, objectsIn, UNKNOWN } from "../resource";
import type { Rule } from "../rule";

/** Types of Azure that take tags. What is a part of something else takes none. */
const tagged = [
  "resources:ResourceGroup",
  "network:VirtualNetwork",
  "network:NetworkSecurityGroup",
  "network:NatGateway",
  "network:PublicIPAddress",
  "network:PublicIPPrefix",
  "network:LoadBalancer",
  "network:NetworkInterface",
  "network:BastionHost",
  "compute:VirtualMachine",
  "compute:VirtualMachineScaleSet",
  "compute:Disk",
  "managedidentity:UserAssignedIdentity",
  "storage:StorageAccount",
  "containerregistry:Registry",
] as const;

/** Tags that say whose a thing of Azure is. */
const owner = { project: "project", stack: "stack" } as const;

export const labelled: Rule = {
  description: "What is made carries labels or tags by which it is found again, whatever becomes of the state.",
  level: "mandatory",
  cure: "Give it the labels of components/labels.ts; in Azure, the tags project and stack.",
  broken(resource) {
    const labels = labelsOf(resource);
    if (labels === undefined) {
      return [];
    }
    const [stack, other] = isAzure(resource, ...tagged) ? [owner.stack, owner.project] : [label.stack, label.lab];
    const missing = [stack, other].filter((name) => !isSaid(labels[name]));
    if (missing.length > 0) {
      return [`it has no ${missing.join(" and no ")}`];
    }
    return [resource.stack, UNKNOWN].includes(labels[stack] as string) ? [] : [`its ${stack} is not ${resource.stack}`];
  },
};

/** The labels of a resource; undefined where it can have none, or where only the update will tell them. */
function labelsOf(resource: DeclaredResource): Readonly<Record<string, unknown>> | undefined {
  const { labels, tags, build } = resource.properties;
  if (isDocker(resource, "Container", "Network", "Volume", "Service")) {
    const listed = objectsIn(labels).map(({ label: name, value }) => [String(name), value]);
    return labels === UNKNOWN ? undefined : (Object.fromEntries(listed) as Record<string, unknown>);
  }
  // An image that is pulled has the labels that its maker gave it.
  if (isDocker(resource, "RemoteImage") && build !== undefined && build !== UNKNOWN) {
    const { label: legacy, labels: own } = fieldsOf(build);
    return { ...fieldsOf(legacy), ...fieldsOf(own) };
  }
  return isAzure(resource, ...tagged) && tags !== UNKNOWN ? fieldsOf(tags) : undefined;
}

function isSaid(value: unknown): boolean {
  return value === UNKNOWN || (typeof value === "string" && value !== "");
}
