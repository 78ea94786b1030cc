/** What is read of a line of Pulumi's event log. */
interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** The inputs for which it is replaced. */
  readonly keys?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, { readonly diffKind: string }>> | null;
}

/** A resource that is made anew. */
export interface Replaced {
  readonly type: string;
  readonly name: string;
  /** The inputs that cannot be changed in place. None where it follows another resource. */
  readonly because: readonly string[];
  /** What is lost with the old one. */
  readonly loses?: string;
}

/** What an update would do to the resources. */
export interface ResourceChanges {
  /** By Pulumi's word for it: `create`, `update`, `replace`, `delete`, `same`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replaced: readonly Replaced[];
  /** Names and types of what is deleted for good. */
  readonly deleted: readonly Pick<Replaced, "type" | "name" | "loses">[];
}

/** What goes with a resource of a type, by how the type's token ends. */
const losses: readonly (readonly [RegExp, string])[] = [
  [/:Container$/, "its processes, their connections and what was written in it"],
  [/docker:.*:Network$/, "the connections of every container on it"],
  [/:VirtualMachineScaleSet$/, "every host, with all images, containers and files on it"],
  [/:ResourceGroup$/, "everything in it"],
  [/network:PublicIPAddress$/, "the address: whoever was told it has to be told another"],
  [/network:LoadBalancer$/, "connections that are open through it"],
  [/network:NatGateway$/, "connections that are open through it"],
  [/:HostCredentials$/, "the keys that administer the hosts"],
];

/** Reads what Pulumi wrote to its event log: one event in JSON a line. Only names and keys are taken, never a value. */
export function resourceChanges(log: string): ResourceChanges {
  const events = log
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
  const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
  const distinct = (op: string) => [
    ...new Map(steps.filter((step) => step.op === op).map((step) => [step.urn, step])).values(),
  ];
  return {
    counts: events.find(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {},
    replaced: distinct("replace").map((step) => ({ ...gone(step), because: reasons(step) })),
    deleted: distinct("delete").map(gone),
  };
}

function gone({ urn, type }: StepMetadata): Pick<Replaced, "type" | "name" | "loses"> {
  return {
    type,
    name: urn.split("::").at(-1)!,
    loses: losses.find(([ending]) => ending.test(type))?.[1],
  };
}

function reasons({ keys, detailedDiff }: StepMetadata): string[] {
  const detailed = Object.entries(detailedDiff ?? {}).filter(([, { diffKind }]) => diffKind.endsWith("-replace"));
  return [...new Set([...detailed.map(([key]) => key), ...(detailed.length > 0 ? [] : (keys ?? []))])];
}
