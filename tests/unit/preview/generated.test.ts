import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlacedExpectation } from "../../../components/checks/expectation";
import type { Plan } from "../../../components/plan";
import { SettingsError } from "../../../components/settings";
import { compareFlows, type FlowChange } from "../../../tools/preview/flows";
import { Judge } from "../../../tools/preview/judge";
import { containersOf, Reach } from "../../../tools/preview/reach";
import { markdown, plan, review } from "./support";

const RUNS = 200;
const SEED = 20_26;

const addresses = ["10.80.0.1", "10.80.0.2", "10.80.0.3", "10.80.0.0/24", "10.80.0.2/31"];
const ports = ["80", "8080", "1-79", "80-8080", "8081-65535"];

const rule = fc.record({
  direction: fc.constantFrom("In", "Out"),
  action: fc.constantFrom("Allow", "Block"),
  priority: fc.integer({ min: 1, max: 60_000 }),
  protocol: fc.constantFrom("tcp", "udp", "any"),
  remoteAddresses: fc.option(fc.constantFrom(...addresses), { nil: undefined }),
  localPorts: fc.option(fc.constantFrom(...ports), { nil: undefined }),
  remotePorts: fc.option(fc.constantFrom(...ports), { nil: undefined }),
});

const rules = fc
  .uniqueArray(rule, { maxLength: 5, selector: ({ direction, priority }) => `${direction} ${priority}` })
  .map((list) =>
    // Only tcp and udp have ports.
    list.map(({ localPorts, remotePorts, ...rest }) => ({
      ...rest,
      ...(rest.protocol === "any" || localPorts === undefined ? {} : { localPorts }),
      ...(rest.protocol === "any" || remotePorts === undefined ? {} : { remotePorts }),
    })),
  );

/** Settings of an environment: the rules of its endpoints, its subnets, its pool, how its proxy is reached. */
const settings = fc.record({
  "docker-networks": fc.record({
    chat: fc.record({
      network: fc.record({ subnet: fc.constantFrom("192.168.1.0/24", "192.168.7.0/24") }),
      clients: fc.record({ count: fc.integer({ min: 0, max: 5 }) }),
    }),
  }),
  "imds-proxy": fc.record({
    mode: fc.constantFrom("port-proxy", "proxy-owns-address"),
    clients: fc.record({ count: fc.integer({ min: 0, max: 4 }) }),
  }),
  "endpoint-policies": fc.record({
    state: fc.constantFrom("blocked", "allowed"),
    closing: fc.boolean(),
    policies: fc.record({ server: rules, client: rules, neighbour: rules }),
  }),
  "app-pool": fc.record({
    ports: fc.constantFrom("8090-8094", "8090-8096", "8092"),
    listen: fc.constantFrom("127.0.0.1", "0.0.0.0"),
  }),
});

/** What the settings come to; some that are made here are refused, and then there is nothing to preview. */
function planned(labs: Record<string, unknown>): Plan {
  try {
    return plan({ hosts: { kind: "local" }, labs });
  } catch (error) {
    fc.pre(!(error instanceof SettingsError));
    throw error;
  }
}

/** The same connection, expected to fare the other way. */
function opposite(expectation: PlacedExpectation): PlacedExpectation | undefined {
  const { lab, at, name } = expectation;
  if (expectation.kind === "no-reach") {
    const { from, to } = expectation;
    return { kind: "reach", lab, at, name, from, to };
  }
  if (expectation.kind === "reach") {
    const { from, to } = expectation;
    return { kind: "no-reach", lab, at, name, from, to, control: to };
  }
  return undefined;
}

describe("preview of 200 random edits", function () {
  this.timeout(180_000);

  it("finds of each connection what the labs themselves expect, and never the opposite", () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(settings, (labs) => {
        const after = planned(labs);
        const judge = new Judge(after);
        for (const expectation of after.expectations) {
          const verdict = judge.verdict(expectation);
          assert.notEqual(verdict.holds, "no", `${expectation.name}: ${verdict.why}`);
          seen.yes += verdict.holds === "yes" ? 1 : 0;
          const other = opposite(expectation);
          if (other !== undefined) {
            // What a container says to itself, and the outsider to its own address, is a matter of what listens.
            const { holds } = judge.verdict(other);
            const within = new Reach(after.topology).of({ ...asked(other) }).within === true;
            assert.ok(within || holds === "no", `the opposite of ${expectation.name}`);
            seen.no += holds === "no" ? 1 : 0;
          }
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    assert.ok(seen.yes > RUNS && seen.no > RUNS, JSON.stringify(seen));
  });

  it("tells of each connection between containers that it opens or closes, and of no other", () => {
    let changed = 0;
    const connection = fc.record({
      from: fc.nat(),
      to: fc.nat(),
      port: fc.constantFrom(1, 79, 80, 81, 5000, 8079, 8080, 8081, 65_535),
      protocol: fc.constantFrom("tcp", "udp"),
    });
    fc.assert(
      fc.property(settings, settings, fc.array(connection, { minLength: 20, maxLength: 20 }), (a, b, connections) => {
        const [before, after] = [planned(a), planned(b)];
        const told = compareFlows(before, after);
        const names = namesIn(before, after);
        for (const { from, to, port, protocol } of connections) {
          const ends = { from: names[from % names.length], to: names[to % names.length] };
          if (ends.from !== ends.to) {
            const passed = [before, after].map((side) => passes(side, ends, port, protocol));
            const expected = passed[0] === passed[1] ? undefined : wordFor(passed[1]);
            assert.equal(wordIn(told, ends, port, protocol), expected, `${ends.from} → ${ends.to} ${protocol} ${port}`);
            changed += expected === undefined ? 0 : 1;
          }
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    assert.ok(changed > RUNS, `${changed} changes`);
  });

  it("has a report below the size of a comment, that says nothing where nothing changes", () => {
    fc.assert(
      fc.property(settings, settings, (a, b) => {
        const [before, after] = [planned(a), planned(b)];
        assert.ok(markdown(review(before, after)).length <= 64_000);
        const { risks, flows, entries, places, expectations, mermaid } = review(after, after);
        assert.deepEqual(
          [risks, flows, entries, places, expectations.broken, mermaid],
          [[], [], [], [], [], undefined],
        );
      }),
      { numRuns: 15, seed: SEED },
    );
  });
});

function asked(expectation: PlacedExpectation) {
  assert.ok(expectation.kind === "reach" || expectation.kind === "no-reach");
  const { at: host, from, to } = expectation;
  return { host, from, to: to.host, port: to.port };
}

function wordFor(passes: boolean | undefined): FlowChange["change"] {
  return passes === undefined ? "unsure" : passes ? "opens" : "closes";
}

/** Containers with a network stack of their own, of no pool. */
function namesIn(...plans: readonly Plan[]): string[] {
  const all = plans.flatMap(({ topology: { hosts } }) => hosts.flatMap(containersOf));
  return [...new Set(all.filter(({ pool, sharesStackOf }) => pool ?? !sharesStackOf).map(({ name }) => name))].filter(
    (name) => !name.startsWith("app-"),
  );
}

/** By one question, port and address at a time. */
function passes(side: Plan, { from, to }: { from: string; to: string }, port: number, protocol: string) {
  const containers = side.topology.hosts.flatMap(containersOf);
  const target = containers.find(({ name }) => name === to);
  if (target === undefined || !containers.some(({ name }) => name === from)) {
    return false;
  }
  const outcomes = target.endpoints.map(
    ({ address }) =>
      new Reach(side.topology, side.openings).of({
        ...{ host: "local", from, to: address, port },
        protocol: protocol === "tcp" ? 6 : 17,
      }).passes,
  );
  return outcomes.includes(true) ? true : outcomes.includes(undefined) ? undefined : false;
}

function wordIn(
  told: readonly FlowChange[],
  { from, to }: { from: string; to: string },
  port: number,
  protocol: string,
) {
  return told.find(
    (flow) =>
      flow.from === from &&
      flow.to === to &&
      flow.what.some(
        (part) => part.protocol === protocol && part.rows.some(({ low, high }) => low <= port && port <= high),
      ),
  )?.change;
}
