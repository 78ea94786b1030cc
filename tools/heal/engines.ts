import type { EngineAddress } from "../../components/hosts/engine-address";
import { resourcesOf, type StackState } from "../stack";

/** An engine, and the host that it is on. */
export interface HostEngine extends EngineAddress {
  /** The name that settings know the host by. */
  readonly host: string;
  /** Whether it is there as a manager of the cluster, and what is meant is what all of its hosts have together. */
  readonly cluster?: boolean;
}

/** What a host's name has behind it in the names of its providers. */
const providers = { docker: "-docker", command: "-command" } as const;

/** The engines that a state has things on, each once. */
export function recordedEngines(state: StackState | undefined): HostEngine[] {
  const engines = resourcesOf(state).flatMap(({ type, urn, inputs }) => {
    const host = type === "pulumi:providers:docker" ? hostOfProvider(urn) : undefined;
    return host === undefined || typeof inputs?.host !== "string"
      ? []
      : [{ host, ...recordedAddress(inputs), ...(isClusters(urn) ? { cluster: true } : {}) }];
  });
  return [...new Map(engines.map((each) => [identityOf(each), each])).values()];
}

/** What two descriptions of an engine have in common if they are of the same one, and mean the same by it. */
export function identityOf({ engine, cluster = false }: HostEngine): string {
  return `${engine}${cluster ? " cluster" : ""}`;
}

/** Whether a provider, by its URN, is a cluster's. */
function isClusters(urn: string): boolean {
  return urn.includes(":cluster:Swarm$pulumi:providers:");
}

/** How a Docker client reaches the engine that a recorded docker provider is for. */
export function recordedAddress(inputs: Readonly<Record<string, unknown>>): EngineAddress {
  const { host, certPath, sshOpts } = inputs;
  const options = listIn(sshOpts);
  const config = options[options.indexOf("-F") + 1];
  return {
    engine: host as string,
    ...(options.includes("-F") ? { sshConfig: config } : {}),
    ...(typeof certPath === "string" ? { certPath } : {}),
  };
}

/** A provider's inputs are texts: what is more than that is there in JSON. */
function listIn(value: unknown): string[] {
  return (typeof value === "string" ? JSON.parse(value) : (value ?? [])) as string[];
}

/** The host that a provider is for, by its URN; undefined for one that is no host's. */
export function hostOfProvider(urn: string): string | undefined {
  const { type, name } = partsOf(urn);
  const [, kind] = /^pulumi:providers:(docker|command)$/.exec(type) ?? [];
  const suffix = providers[kind as keyof typeof providers] as string | undefined;
  return suffix !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
}

/** The host that a resource is on, by its provider; undefined for a component, and for what is on none. */
export function hostOf({ provider = "" }: { readonly provider?: string }): string | undefined {
  // A reference to a provider is its URN with its id behind it.
  return hostOfProvider(provider.slice(0, provider.lastIndexOf("::")));
}

/** `urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME`. */
function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1)!, name: name.join("::") };
}
