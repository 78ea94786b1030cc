import type { RecordedResource, StackState } from "../stack";
import { hostOf, hostOfProvider } from "./engines";

/** A state without a host, and what it no longer has. */
export interface Forgotten {
  readonly state: StackState;
  readonly resources: readonly RecordedResource[];
}

/**
 * Forgets all that is on a host: the host's providers, what was made through them, and the components that have nothing
 * left below them. What is elsewhere and refers to any of these stays, without the reference. Pure.
 */
export function withoutHost(state: StackState, host: string): Forgotten {
  return without(state, (each) => isOn(host, each));
}

/** Forgets the networks that a cluster's hosts have together, which go with the cluster. Pure. */
export function withoutOverlays(state: StackState, clusters: readonly string[]): Forgotten {
  const isOverlay = (each: RecordedResource): boolean =>
    each.type === "docker:index/network:Network" && clusters.some((host) => isOn(host, each));
  return without(state, isOverlay);
}

function without(state: StackState, goes: (resource: RecordedResource) => boolean): Forgotten {
  const all = state.deployment.resources ?? [];
  const gone = new Set(all.filter(goes));
  // The state has parents before their children, so one pass from its end sees a component after all that is below it.
  for (const component of [...all].reverse().filter(isComponent)) {
    const below = all.filter(({ parent }) => parent === component.urn);
    if (below.length > 0 && below.every((child) => gone.has(child))) {
      gone.add(component);
    }
  }
  const kept = all.filter((each) => !gone.has(each));
  const known = new Set(kept.map(({ urn }) => urn));
  const parents = new Map(all.map(({ urn, parent }) => [urn, parent]));
  const pending = state.deployment.pending_operations?.filter(({ resource }) => !goes(resource));
  return {
    state: {
      ...state,
      deployment: {
        ...state.deployment,
        resources: kept.map((each) => withoutReferences(each, known, parents)),
        ...(pending === undefined ? {} : { pending_operations: pending }),
      },
    },
    resources: all.filter((each) => gone.has(each)),
  };
}

function isOn(host: string, resource: RecordedResource): boolean {
  return hostOf(resource) === host || hostOfProvider(resource.urn) === host;
}

function isComponent({ custom, type }: RecordedResource): boolean {
  return custom !== true && type !== "pulumi:pulumi:Stack";
}

function withoutReferences(
  resource: RecordedResource,
  known: ReadonlySet<string>,
  parents: ReadonlyMap<string, string | undefined>,
): RecordedResource {
  const among = (urns: readonly string[] | null | undefined) => urns?.filter((urn) => known.has(urn));
  let { parent } = resource;
  while (parent !== undefined && !known.has(parent)) {
    parent = parents.get(parent);
  }
  const { dependencies, propertyDependencies, deletedWith, replaceWith } = resource;
  return {
    ...resource,
    ...(parent === undefined ? {} : { parent }),
    ...(dependencies && { dependencies: among(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, urns]) => [property, among(urns) ?? []]),
      ),
    }),
    ...(deletedWith !== undefined && !known.has(deletedWith) ? { deletedWith: undefined } : {}),
    ...(replaceWith && { replaceWith: among(replaceWith) }),
  };
}
