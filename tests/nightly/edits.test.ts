import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { CheckStatus, Report } from "../../components/checks/expectation";
import { type Plan, planOf } from "../../components/plan";
import { parseSettings, SettingsError } from "../../components/settings";
import type { FlowChange } from "../../tools/preview/flows";
import { Judge } from "../../tools/preview/judge";
import type { Review } from "../../tools/preview/review";
import { labsBeside } from "../engine/labs-beside";
import { said, succeed, TestEnvironment } from "../engine/support";

const EDITS = Number(process.env.EDITS ?? 30);
const SEED = Number(process.env.SEED ?? 20_26);
const number = 58;

interface Tree {
  [key: string]: unknown;
}

/** A value at a path of the labs' settings. */
interface Edit {
  readonly path: readonly string[];
  readonly value: unknown;
}

const host = (n: number) => `10.211.${number}.${n}`;
const peers = fc.constantFrom(host(1), host(2), host(3), `10.211.${number}.0/24`, `10.211.${number}.2/31`);
const ports = fc.constantFrom("80", "8080", "1-79", "80-8080", "8081-65535");
const rule = fc
  .record({
    direction: fc.constantFrom("In", "Out"),
    action: fc.constantFrom("Allow", "Block"),
    priority: fc.integer({ min: 1, max: 60_000 }),
    protocol: fc.constantFrom("tcp", "tcp", "udp", "any"),
    remoteAddresses: fc.option(peers, { nil: undefined }),
    theirs: fc.option(ports, { nil: undefined }),
    // Of what hangs on the port that a client is lent, nothing is known beforehand; so it is seldom.
    lent: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, ports),
  })
  .map(({ theirs, lent, ...rest }) => {
    const [service, client] = rest.direction === "In" ? ["localPorts", "remotePorts"] : ["remotePorts", "localPorts"];
    return rest.protocol === "any" ? rest : { ...rest, [service]: theirs, [client]: lent };
  });
const rules = fc.uniqueArray(rule, { maxLength: 4, selector: ({ direction, priority }) => `${direction} ${priority}` });

const at = (path: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Edit> =>
  value.map((each) => ({ path: path.split("."), value: each }));
const edit = fc.oneof(
  { weight: 3, arbitrary: at("endpoint-policies.policies.server", rules) },
  at("endpoint-policies.policies.client", rules),
  at("endpoint-policies.policies.neighbour", rules),
  at("endpoint-policies.state", fc.constantFrom("blocked", "allowed")),
  at("endpoint-policies.closing", fc.boolean()),
  at("endpoint-policies.client.address", fc.constantFrom(host(2), host(7))),
  at("docker-networks.chat.clients.count", fc.integer({ min: 0, max: 3 })),
  at("docker-networks.chat.network.subnet", fc.constantFrom(`10.214.${number}.0/25`, `10.209.${number}.0/25`)),
  at("docker-networks.web.server.port", fc.constantFrom(18_000 + number, 18_300 + number)),
  at("app-pool.count", fc.integer({ min: 1, max: 3 })),
  at("app-pool.listen", fc.constantFrom("127.0.0.1", "127.0.0.2")),
);

function edited(labs: Tree, { path, value }: Edit): Tree {
  const result = structuredClone(labs);
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce<Tree>((tree, key) => (tree[key] ??= {}) as Tree, result);
  parent[last] = value;
  return JSON.parse(JSON.stringify(result)) as Tree;
}

/** What is asked between containers. */
interface Connection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly reach: boolean;
}

const nameOf = ({ from, to, port, reach }: Connection) => `${from} must${reach ? "" : " not"} reach ${to}:${port}`;

/** The ports that containers listen on, by their image and role. */
const listening: Readonly<Record<string, readonly number[]>> = {
  "web web-server": [80, 8080],
  "web client": [80, 8080],
  "web neighbour": [80, 8080],
  "chat chat-server": [5000],
  "chat web-shared-stack": [80],
  "app instance": [80],
};

/**
 * Everything that containers may say to each other, about half of it stated the other way. What a container says to itself
 * is stated as it is: it is what the rest is compared with. No container is on a pool's network, so that nothing but an
 * expectation that fails can be shown of its instances; and nothing is asked from an image without Python.
 */
function statedOf(plan: Plan): Connection[] {
  const containers = plan.topology.hosts.flatMap(({ labs }) => labs.flatMap((lab) => lab.containers));
  const targets = containers.flatMap(({ name, image, role, setting, pool }) => {
    // docker-networks has a web server of its own, on one port.
    const all = setting === "web.server" ? [80] : (listening[`${image} ${role}`] ?? []);
    return all.map((port) => ({ to: name, port, pooled: pool !== undefined }));
  });
  const sources = containers.filter(({ pool, setting }) => pool === undefined && setting !== "web.server");
  return sources.flatMap(({ name: from }) =>
    targets.map(({ to, port, pooled }) => {
      const sum = [...`${from}${to}${port}`].reduce((total, letter) => total + letter.charCodeAt(0), 0);
      return { from, to, port, reach: from === to || pooled || sum % 2 === 0 };
    }),
  );
}

/** The plan of labs' settings; undefined where they are refused. */
function planned(labs: Tree, expect: readonly Connection[] = []): Plan | undefined {
  try {
    return planOf(parseSettings({ hosts: { kind: "local" }, labs, expect }, `test-${number}`));
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return undefined;
  }
}

/** What `verify` found of a connection; undefined where it could not be told. */
function found(status: CheckStatus | undefined, { reach }: Connection): boolean | undefined {
  return status === "pass" ? reach : status === "fail" ? !reach : undefined;
}

/** Whether something listens at an address of this machine. */
function answers(entry: string): Promise<boolean> {
  const [address, port] = entry.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: Number(port) }, () => resolve(socket.destroy() !== undefined));
    socket.on("error", () => resolve(false));
  });
}

describe(`${EDITS} random edits, really applied`, function () {
  this.timeout(600_000);
  const edits = fc.sample(edit, { numRuns: EDITS * 10, seed: SEED });
  const total = { checks: 0, failing: 0, open: 0, flows: 0, entries: 0, seconds: [] as number[] };
  let env: TestEnvironment;
  let labs: Tree;
  let connected: ReadonlyMap<string, boolean | undefined>;

  const settle = (given: Tree, expect: readonly Connection[]) =>
    env.settleLabs(given as Record<string, object>, { "container-network-labs:expect": expect });

  function verified(stated: readonly Connection[], limitSeconds: number) {
    const { stdout } = env.run("verify", "--json", "--limit", String(limitSeconds));
    const { checks } = JSON.parse(stdout) as Report;
    const statuses = new Map(checks.map(({ name, status }) => [name, status]));
    const now = new Map(stated.map((each) => [keyOf(each), found(statuses.get(nameOf(each)), each)]));
    return { checks, now };
  }

  before(() => {
    env = new TestEnvironment(number);
    const { "docker-networks": networks, "endpoint-policies": policies, "app-pool": pool } = labsBeside(number);
    labs = { "docker-networks": networks, "endpoint-policies": policies, "app-pool": { ...pool, count: 2 } };
    const stated = statedOf(planned(labs)!);
    settle(labs, stated);
    succeed(env.run("up"));
    connected = verified(stated, 10).now;
  });
  after(() => {
    env.remove();
    const { seconds, ...counts } = total;
    const sorted = [...seconds].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]?.toFixed(1);
    process.stdout.write(`      ${JSON.stringify({ ...counts, median, longest: sorted.at(-1)?.toFixed(1) })}\n`);
  });

  for (let i = 1; i <= EDITS; i++) {
    it(`edit ${i}`, async () => {
      const start = performance.now();
      const { next, stated, plan, done } = nextEdit();
      settle(next, stated);
      const out = join(env.folder, "preview.json");
      const outcome = env.run("preview", "--format", "json", "--out", out);
      assert.equal(outcome.code, 0, said(outcome));
      const review = JSON.parse(readFileSync(out, "utf8")) as Review;
      succeed(env.run("up"));

      const judge = new Judge(plan);
      const open = plan.expectations.filter((each) => judge.verdict(each).holds === "open").map(inFull);
      const { broken, holding, open: openCount } = review.expectations;
      const failing = broken.filter(({ expected }) => expected).map(inFull);
      const notPassed = ({ checks }: ReturnType<typeof verified>): string[] =>
        checks
          .flatMap((check) => (check.status === "pass" || open.includes(inFull(check)) ? [] : [inFull(check)]))
          .sort();
      // Much of what is stated does not hold, and would be tried to the limit. Only what is not as foretold gets more time.
      const soon = verified(stated, 2);
      const proved = isDeepStrictEqual(notPassed(soon), failing.sort()) ? soon : verified(stated, 30);
      const { checks, now } = proved;
      const before = connected;
      [labs, connected] = [next, now];
      assert.deepEqual(notPassed(proved), failing, done);
      assert.equal(checks.length, holding + openCount + failing.length, done);
      assert.equal(open.length, openCount, done);

      const changes = stated
        .filter((each) => isPair(plan, each))
        .flatMap((each) => changeOf(each, before, now, review));
      for (const { told, isSo, what } of changes) {
        assert.equal(told, isSo, `${done}: ${what}`);
      }
      for (const { change, entry } of review.entries) {
        assert.equal(await answers(entry.at), change !== "closes", `${done}: ${change} ${entry.at}`);
      }
      total.checks += checks.length - open.length;
      total.failing += failing.length;
      total.open += open.length;
      total.flows += changes.filter(({ isSo }) => isSo !== undefined).length;
      total.entries += review.entries.length;
      total.seconds.push((performance.now() - start) / 1000);
    });
  }

  it("were of every kind", () => {
    assert.equal(total.seconds.length, EDITS);
    assert.ok(total.failing > EDITS && total.flows > EDITS / 3, JSON.stringify(total));
    // Few edits may all leave the published ports alone.
    assert.ok(total.entries > 0 || EDITS < 30, JSON.stringify(total));
  });

  /** The next edit that is not refused and changes something. */
  function nextEdit() {
    for (;;) {
      const each = edits.shift();
      assert.ok(each, "there are edits left");
      const next = edited(labs, each);
      const bare = planned(next);
      const same = JSON.stringify(bare) === JSON.stringify(planned(labs));
      const stated = bare === undefined || same ? [] : statedOf(bare);
      const plan = stated.length === 0 ? undefined : planned(next, stated);
      if (plan !== undefined) {
        return { next, stated, plan, done: `${each.path.join(".")} = ${JSON.stringify(each.value)}` };
      }
    }
  }
});

function keyOf({ from, to, port }: Connection): string {
  return `${from} ${to} ${port}`;
}

function inFull({ lab, name }: { readonly lab: string; readonly name: string }): string {
  return `${lab}: ${name}`;
}

/** Whether a report on connectivity names both ends: network stacks by their owners, and of pools only the pool. */
function isPair(plan: Plan, { from, to }: Connection): boolean {
  const containers = plan.topology.hosts.flatMap((host) => host.labs.flatMap((lab) => lab.containers));
  return [from, to].every((end) => {
    const { pool, sharesStackOf } = containers.find(({ name }) => name === end)!;
    return pool === undefined && sharesStackOf === undefined && from !== to;
  });
}

/** What the preview told of a connection, and what became of it. */
function changeOf(
  connection: Connection,
  before: ReadonlyMap<string, boolean | undefined>,
  now: ReadonlyMap<string, boolean | undefined>,
  { flows }: Review,
) {
  const key = keyOf(connection);
  const [was, is] = [before.has(key) ? before.get(key) : false, now.get(key)];
  const told = wordIn(flows, connection);
  const isSo = was === is ? undefined : is === true ? "opens" : "closes";
  return was === undefined || is === undefined || told === "unsure" ? [] : [{ told, isSo, what: key }];
}

function wordIn(flows: readonly FlowChange[], { from, to, port }: Connection): FlowChange["change"] | undefined {
  return flows.find(
    (flow) =>
      flow.from === from &&
      flow.to === to &&
      flow.what.some(
        ({ protocol, rows }) => protocol === "tcp" && rows.some(({ low, high }) => low <= port && port <= high),
      ),
  )?.change;
}
