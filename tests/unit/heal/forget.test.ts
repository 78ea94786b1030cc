import assert from "node:assert/strict";
import * as fc from "fast-check";
import { withoutHost, withoutOverlays } from "../../../tools/heal/forget";
import type { RecordedResource, StackState } from "../../../tools/stack";

const stack: RecordedResource = { urn: "urn:pulumi:t::p::pulumi:pulumi:Stack::p-t", type: "pulumi:pulumi:Stack" };

function component(name: string, parent = stack.urn): RecordedResource {
  return { urn: `urn:pulumi:t::p::some:Component::${name}`, type: "some:Component", custom: false, parent };
}

function provider(host: string, kind: "docker" | "command", parent: string): RecordedResource {
  const type = `pulumi:providers:${kind}`;
  return { urn: `urn:pulumi:t::p::${type}::${host}-${kind}`, type, custom: true, id: "1", parent };
}

function thing(name: string, by: RecordedResource, more: Partial<RecordedResource> = {}): RecordedResource {
  const type = "docker:index/container:Container";
  return { urn: `urn:pulumi:t::p::${type}::${name}`, type, custom: true, id: name, provider: `${by.urn}::1`, ...more };
}

const [one, two] = ["one", "two"].map((host) => component(host));
const [dockerOne, dockerTwo] = [provider("one", "docker", one.urn), provider("two", "docker", two.urn)];
const commandTwo = provider("two", "command", two.urn);
const lab = component("lab");
const network = component("network", lab.urn);
const [here, there] = [
  thing("here", dockerOne, { parent: lab.urn }),
  thing("there", dockerTwo, { parent: network.urn }),
];
const rules = thing("rules", commandTwo, { parent: network.urn, dependencies: [there.urn], deletedWith: there.urn });
const pulled = thing("pulled", dockerOne, {
  parent: lab.urn,
  dependencies: [there.urn, here.urn],
  propertyDependencies: { image: [there.urn], network: [here.urn], other: null },
  deletedWith: there.urn,
  replaceWith: [there.urn, here.urn],
});
const environment = component("environment");
const resources = [
  stack,
  one,
  dockerOne,
  two,
  dockerTwo,
  commandTwo,
  lab,
  network,
  here,
  there,
  rules,
  pulled,
  environment,
];
const state = (of: readonly RecordedResource[]): StackState => ({ version: 3, deployment: { resources: of } });
const names = (of: readonly RecordedResource[] | undefined) => of?.map(({ urn }) => urn.split("::").at(-1));

describe("forgetting a host", () => {
  it("forgets its providers, what is on it, and components that have nothing left", () => {
    const { state: rest, resources: forgotten } = withoutHost(state(resources), "two");
    assert.deepEqual(names(forgotten), ["two", "two-docker", "two-command", "network", "there", "rules"]);
    assert.deepEqual(names(rest.deployment.resources), [
      "p-t",
      "one",
      "one-docker",
      "lab",
      "here",
      "pulled",
      // It had nothing below it before, either.
      "environment",
    ]);
  });

  it("leaves what is elsewhere without references to what is forgotten", () => {
    const { state: rest } = withoutHost(state(resources), "two");
    const kept = rest.deployment.resources?.find(({ urn }) => urn === pulled.urn);
    const { dependencies, propertyDependencies, deletedWith, replaceWith } = kept!;
    assert.deepEqual(
      { dependencies, propertyDependencies, deletedWith, replaceWith },
      {
        dependencies: [here.urn],
        propertyDependencies: { image: [], network: [here.urn], other: [] },
        deletedWith: undefined,
        replaceWith: [here.urn],
      },
    );
  });

  it("forgets a cluster's networks alone, where those are asked for", () => {
    const overlay = (by: RecordedResource): RecordedResource => {
      const type = "docker:index/network:Network";
      return { ...thing("overlay", by, { parent: network.urn }), type, urn: `urn:pulumi:t::p::${type}::of-${by.urn}` };
    };
    const [ofOne, ofTwo] = [dockerOne, dockerTwo].map(overlay);
    const { state: rest, resources: forgotten } = withoutOverlays(state([...resources, ofOne, ofTwo]), ["two"]);
    assert.deepEqual(forgotten, [ofTwo]);
    assert.deepEqual(names(rest.deployment.resources), names([...resources, ofOne]));
  });

  it("moves what is elsewhere up to a parent that is still there", () => {
    const below = thing("below", dockerOne, { parent: there.urn });
    const { state: rest } = withoutHost(state([...resources, below]), "two");
    const kept = rest.deployment.resources?.find(({ urn }) => urn === below.urn);
    assert.equal(kept?.parent, lab.urn);
  });

  it("forgets what was under way on it", () => {
    const pending = [there, here].map((resource) => ({ type: "creating", resource }));
    const before = { version: 3, deployment: { resources, pending_operations: pending } };
    assert.deepEqual(
      withoutHost(before, "two").state.deployment.pending_operations?.map(({ resource }) => resource.urn),
      [here.urn],
    );
  });

  it("changes nothing for a host that has nothing", () => {
    const { state: rest, resources: forgotten } = withoutHost(state(resources), "three");
    assert.deepEqual(forgotten, []);
    assert.deepEqual(names(rest.deployment.resources), names(resources));
  });

  it("never leaves a reference to what is not there", () => {
    const hosts = ["one", "two", "three"].map((host) => provider(host, "docker", stack.urn));
    const references = fc.array(fc.nat({ max: 19 }), { maxLength: 4 });
    const made = fc.array(fc.record({ on: fc.nat({ max: 3 }), parent: fc.nat({ max: 19 }), references }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(made, (all) => {
        const known: RecordedResource[] = [stack, ...hosts];
        all.forEach(({ on, parent, references: to }, i) => {
          const urns = to.map((n) => known[n % known.length].urn);
          const above = known[parent % known.length].urn;
          const more = { parent: above, dependencies: urns, propertyDependencies: { a: urns }, deletedWith: urns[0] };
          known.push(on === 3 ? { ...component(`c${i}`, above), ...more } : thing(`t${i}`, hosts[on], more));
        });
        const { state: rest } = withoutHost(state(known), "two");
        const urns = new Set(rest.deployment.resources!.map(({ urn }) => urn));
        for (const each of rest.deployment.resources!) {
          const direct = [each.parent, each.deletedWith, ...(each.dependencies ?? [])];
          const byProperty = Object.values(each.propertyDependencies ?? {}).flatMap((some) => some ?? []);
          for (const urn of [...direct, ...byProperty].filter((some) => some !== undefined)) {
            assert.ok(urns.has(urn), `${each.urn} refers to ${urn}`);
          }
        }
        assert.ok(rest.deployment.resources!.every(({ provider: by = "" }) => !by.includes("::two-docker::")));
      }),
    );
  });
});
