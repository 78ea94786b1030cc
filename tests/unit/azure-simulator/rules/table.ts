import assert from "node:assert/strict";
import type { ArmError } from "../../../azure-simulator/arm/errors";
import type { Body, State } from "../../../azure-simulator/arm/resource";
import type { Rule } from "../../../azure-simulator/rules/rule";
import { Azure, bodies, ids, type Made, type Name, refusal } from "../environment";

/** Something asked of a subscription. */
export type Attempt = (azure: Azure) => Promise<unknown>;

/** What one rule refuses, and the nearest thing to it that passes. */
export interface Row {
  /** The resource after which both are asked; all of the environment where it is not said. */
  readonly after?: Made;
  readonly trips: Attempt;
  readonly passes: Attempt;
}

/** Values by path, to be put into a body: { "sku.name": "Basic" }. Numbers in a path are places in a list. */
export type Values = Readonly<Record<string, unknown>>;

/** A copy of a body with other values; undefined takes a property away. */
export function changed(body: Body, values: Values): Body {
  const copy = structuredClone(body) as Record<string, unknown>;
  for (const [path, value] of Object.entries(values)) {
    const steps = path.split(".");
    const last = steps.pop()!;
    const holder = steps.reduce((inner, step) => (inner[step] ??= {}) as Record<string, unknown>, copy);
    if (value === undefined) {
      delete holder[last];
    } else {
      holder[last] = value;
    }
  }
  return copy;
}

/** Puts a resource of the environment with other values. */
export function putting(name: Made, values: Values): Attempt {
  return (azure) => azure.put(name, changed(azure.bodyOf(name), values));
}

/** Puts a resource of the environment's shape under another id. */
export function puttingAt(id: string, name: Made, values: Values = {}): Attempt {
  return (azure) => azure.arm.put(id, changed(azure.bodyOf(name), values));
}

export function deleting(...names: Name[]): Attempt {
  return async (azure) => {
    for (const name of names) {
      await azure.arm.delete(ids[name]);
    }
  };
}

/** One thing after another; the last one counts. */
export function inTurn(...attempts: Attempt[]): Attempt {
  return async (azure) => {
    for (const attempt of attempts) {
      await attempt(azure);
    }
  };
}

/** A row on making a resource: the environment is made up to it, and it is asked for with other values. */
export function making(name: Made, trips: Values, passes: Values = {}): Row {
  const names = Object.keys(bodies) as Made[];
  const before = names[names.indexOf(name) - 1];
  return { after: before, trips: putting(name, trips), passes: putting(name, passes) };
}

/** A row on changing a resource that is there, with everything else. */
export function changing(name: Made, trips: Values, passes: Values = {}): Row {
  return { trips: putting(name, trips), passes: putting(name, passes) };
}

/** A sibling's id: another resource of the same kind. */
export function beside(name: Name, other: string): string {
  return ids[name].replace(/[^/]+$/, other);
}

/** A test for each rule of an area: what trips it, and a near miss that passes. A rule without a row fails, too. */
export function describeRules(area: string, rules: readonly Rule[], rows: Readonly<Record<string, Row>>): void {
  describe(`Azure refuses: ${area}`, () => {
    const states = new Map<Made | undefined, State>();
    let azure: Azure;

    before(async () => {
      azure = new Azure();
      for (const name of Object.keys(bodies) as Made[]) {
        await azure.put(name, azure.bodyOf(name));
        states.set(name, azure.store.read());
      }
      states.set(undefined, azure.store.read());
    });
    after(() => azure.remove());

    it("has a row for every rule, and no other", () => {
      assert.deepEqual(Object.keys(rows).sort(), rules.map(({ name }) => name).sort());
    });

    for (const [name, row] of Object.entries(rows)) {
      const rule = rules.find((each) => each.name === name)!;
      it(`${rule?.refuses ?? name}: ${rule?.code}`, async () => {
        await azure.restore(states.get(row.after)!);
        const error: ArmError = await refusal(row.trips(azure));
        assert.equal(error.rule, name, error.message);
        assert.deepEqual([error.status, error.code], [rule.status, rule.code]);
        assert.equal(error.message, `Status=${rule.status} Code="${rule.code}" Message="${error.reason}"`);
        await azure.restore(states.get(row.after)!);
        await row.passes(azure);
      });
    }
  });
}
