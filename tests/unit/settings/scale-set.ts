/** Who may administer it, where nothing else is said. */
export const own = { sources: ["8.8.8.0/24"] };

/** A scale set with which nothing is wrong, but for what is changed. What is changed to undefined is left out. */
export function scaleSet(change: Readonly<Record<string, unknown>> = {}) {
  const given = Object.entries({ kind: "scale-set", administration: own, ...change });
  return {
    hosts: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    labs: { "docker-networks": {} },
  };
}

/** Settings by which it is administered from these subnets. */
export const from = (...sources: unknown[]) => ({ administration: { sources } });
