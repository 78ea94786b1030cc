import type { Fault } from "./fault";
import { valueAt } from "./schema-faults";

/**
 * Moves each fault to the very key that holds its value. A check knows that an address of `chat.server` is wrong; the
 * user is told of `chat.server.address`. A value that is written nowhere, because it was computed, stays where it is.
 * @param settings What the keys lead through: `{ labs: { "docker-networks": … } }`.
 */
export function blameExactly(faults: readonly Fault[], settings: unknown): Fault[] {
  return faults.map((fault) => {
    const path = fault.key.split(".");
    const at = valueAt(settings, path);
    // A subnet may be a setting of its own and not the part of one.
    if (at === undefined && fault.value !== undefined && valueAt(settings, path.slice(0, -1)) === fault.value) {
      return { ...fault, key: path.slice(0, -1).join(".") };
    }
    if (at === undefined || at === fault.value) {
      return fault;
    }
    const holder = typeof at === "object" ? path : path.slice(0, -1);
    const name = keyHolding(valueAt(settings, holder), fault.value);
    return name === undefined ? fault : { ...fault, key: [...holder, name].join(".") };
  });
}

function keyHolding(object: unknown, value: unknown): string | undefined {
  return Object.entries(object ?? {}).find(([, each]) => each === value)?.[0];
}
