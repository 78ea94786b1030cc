import type { EngineAccess } from "../../components/checks/expectation";
import type { ContainerSpec, Topology } from "../../components/network/topology";
import { nearest } from "../../components/settings/nearest";
import { UserError } from "../command";
import type { StackDeclaration } from "../stack";

/** A container of an environment, with its place. */
export interface Found {
  readonly lab: string;
  readonly host: EngineAccess;
  readonly container: ContainerSpec;
}

type Declared = Pick<StackDeclaration, "topology" | "hosts">;

/** All containers that are declared. */
export function containersOf({ topology, hosts }: Declared): Found[] {
  return topology.hosts.flatMap(({ name, labs }) =>
    labs.flatMap(({ lab, containers }) =>
      containers.map((container) => {
        const { member = name } = container;
        return { lab, host: hosts.find((each) => each.name === member)!, container };
      }),
    ),
  );
}

/** A lab by its name. Throws a UserError with those that there are. */
export function labNamed(name: string | undefined, topology: Topology): string {
  const labs = [...new Set(topology.hosts.flatMap((host) => host.labs.map(({ lab }) => lab)))];
  if (name !== undefined && labs.includes(name)) {
    return name;
  }
  throw new UserError(unknown("lab", name, labs));
}

/**
 * The container that somebody means: by its name, or by an alias or an address of an endpoint of it.
 * @param where `server@labs-2`: with the host, where several have one of that name.
 */
export function endpointNamed(where: string | undefined, declared: Declared): Found {
  const all = containersOf(declared);
  const [name, at] = where?.split("@") ?? [];
  const onHost = all.filter(({ host }) => at === undefined || host.name === at);
  const named = onHost.filter(({ container }) => container.name === name);
  const others = onHost.filter(({ container: { endpoints } }) =>
    endpoints.some(({ address, aliases }) => address === name || aliases.includes(name ?? "")),
  );
  const [found, another] = named.length > 0 ? named : others;
  if (found === undefined) {
    const known = all.map(({ container, host }) =>
      at === undefined ? container.name : `${container.name}@${host.name}`,
    );
    throw new UserError(unknown("endpoint", where, [...new Set(known)]));
  }
  if (another !== undefined) {
    const choices = (named.length > 0 ? named : others).map(({ container, host }) => `${container.name}@${host.name}`);
    throw new UserError(`"${where}" is several endpoints. Say which: ${choices.join(", ")}.`);
  }
  return found;
}

function unknown(kind: string, name: string | undefined, known: readonly string[]): string {
  const meant = name === undefined ? undefined : nearest(name, known);
  const said = name === undefined ? `Say which ${kind}.` : `There is no ${kind} "${name}" here.`;
  const some = known.length > 20 ? [...known.slice(0, 20), `and ${known.length - 20} more`] : known;
  return `${said}${meant === undefined ? "" : ` Did you mean "${meant}"?`} There are: ${some.join(", ")}.`;
}
