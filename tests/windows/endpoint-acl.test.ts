import assert from "node:assert/strict";
import { anyRule, closed, type AclRule } from "../../components/network/acl/rule";
import { hnsPolicies } from "../../components/network/windows/acl";
import { ensureMono } from "../../tools/setup/mono";
import { createProgress } from "../../tools/terminal/progress";
import { address, Hcn, id, inspected, network, type Outcome, type Policy } from "./hcn";

/** An installation may be part of it. */
const startMs = 300_000;

const onPort = (action: AclRule["action"], port: string, priority = 100): AclRule => ({
  ...anyRule("In", action, priority),
  protocol: 6,
  localAddresses: [address],
  localPorts: [port],
});
const rules = closed([onPort("Block", "80")]);
const others = closed([onPort("Block", "8080"), onPort("Allow", "81", 101)]);

const mapping: Policy = {
  Type: "PortMapping",
  Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080, VIP: null, Flags: 0 },
};
const outbound: Policy = { Type: "OutBoundNAT", Settings: { Exceptions: ["10.0.0.0/8"] } };
const nat: Policy = { Type: "NAT", Settings: { ExternalPortReserved: true, ExternalPort: 8081 } };
const acl = (settings: Record<string, unknown>): Policy => ({
  Type: "ACL",
  Settings: { Protocols: "256", Action: "Allow", Direction: "In", RuleType: "Host", Priority: 7, ...settings },
});
const foreign = acl({ RemoteAddresses: "10.9.9.9", Scope: 0, Id: "somebody-else" });

describe("the ACL of an endpoint in HCN", function () {
  this.timeout(60_000);
  let hcn: Hcn;

  before(async function () {
    this.timeout(startMs);
    hcn = new Hcn(await ensureMono(createProgress()));
  });
  after(() => hcn?.dispose());
  beforeEach(() => hcn.reset([mapping, outbound]));

  const applied = (list: readonly AclRule[]): NonNullable<Outcome["report"]> => {
    const { status, words, report } = hcn.run("apply", list);
    assert.equal(status, 0, words);
    return report!;
  };
  const removed = (): Outcome["report"] => {
    const { status, words, report } = hcn.run("remove", rules);
    assert.equal(status, 0, words);
    return report;
  };
  const refused = (action: "apply" | "remove", words: RegExp, list = rules, container = inspected()): string => {
    const outcome = hcn.run(action, list, container);
    assert.equal(outcome.status, 1);
    assert.equal(outcome.report, undefined);
    assert.match(outcome.words, words);
    return outcome.words;
  };
  /** In the order of their texts, as a list of HNS has none of its own. */
  const texts = (...policies: Policy[]): string[] => policies.map((policy) => JSON.stringify(policy)).sort();
  const inHcn = (guid = id): string[] => texts(...hcn.policies(guid));
  const ours = (list: readonly AclRule[]): Policy[] => hnsPolicies(list);

  it("has a stand-in that behaves as HNS does: Add piles up, Update replaces, Remove does nothing, {} leaves all", () => {
    hcn.reset([mapping]);
    const request = (RequestType: string, Settings: object): Policy[] => {
      hcn.modify({ ResourceType: "Policy", RequestType, Settings });
      return hcn.policies();
    };
    assert.deepEqual(request("Add", { Policies: [foreign] }), [mapping, foreign]);
    assert.deepEqual(request("Add", { Policies: [foreign] }), [mapping, foreign, foreign]);
    assert.deepEqual(request("Remove", { Policies: [foreign] }), [mapping, foreign, foreign]);
    assert.deepEqual(request("Update", {}), [mapping, foreign, foreign]);
    assert.deepEqual(request("Update", { Policies: [foreign] }), [foreign]);
    hcn.remove();
    assert.throws(() => hcn.modify({}), /HcnOpenEndpoint failed with 0x803b0002: .*The endpoint was not found/);
  });

  it("is written with all that was there, and shown before and after", () => {
    const { changed, before, after } = applied(rules);
    assert.equal(changed, true);
    assert.deepEqual(inHcn(), texts(mapping, outbound, ...ours(rules)));
    const endpoint = { id: id.toUpperCase(), address, network };
    assert.deepEqual(before, { ...endpoint, policies: [] });
    const { policies, ...rest } = after;
    assert.deepEqual(rest, endpoint);
    const shown = policies.map(({ Type, Direction, Priority, Action }) => [Type, Direction, Priority, Action]);
    assert.deepEqual(shown, [
      ["ACL", "In", 100, "Block"],
      ["ACL", "In", 65500, "Allow"],
      ["ACL", "Out", 65500, "Allow"],
    ]);
  });

  it("holds each rule once after three runs, and the last two write nothing", () => {
    assert.deepEqual(
      [1, 2, 3].map(() => applied(rules).changed),
      [true, false, false],
    );
    assert.deepEqual(inHcn(), texts(mapping, outbound, ...ours(rules)));
    assert.deepEqual(
      hcn.requests().map(({ RequestType }) => RequestType),
      ["Update"],
    );
  });

  it("keeps what is not ours, word for word", () => {
    hcn.reset([mapping, outbound, nat, foreign]);
    applied(rules);
    assert.deepEqual(inHcn(), texts(mapping, outbound, nat, foreign, ...ours(rules)));
    applied(others);
    assert.deepEqual(inHcn(), texts(mapping, outbound, nat, foreign, ...ours(others)));
    removed();
    assert.deepEqual(inHcn(), texts(mapping, outbound, nat, foreign));
  });

  it("changes with its rules, in one request", () => {
    applied(rules);
    const { changed, before, after } = applied(others);
    assert.deepEqual([changed, before.policies.length, after.policies.length], [true, 3, 4]);
    assert.deepEqual(inHcn(), texts(mapping, outbound, ...ours(others)));
    assert.equal(hcn.requests().length, 2);
  });

  it("is mended: rules that are gone, that were doubled, that were changed", () => {
    for (const broken of [[], [...ours(rules), ...ours(rules)], ours(others)]) {
      hcn.reset([mapping, ...broken]);
      assert.equal(applied(rules).changed, true);
      assert.deepEqual(inHcn(), texts(mapping, ...ours(rules)));
    }
  });

  it("is the same however HNS spells and sorts it", () => {
    const wide = { ...onPort("Block", "80"), localAddresses: ["10.0.0.2", "10.0.0.1/32"], localPorts: ["80", "443"] };
    const spelt = acl({
      Id: "CONTAINER-NETWORK-LABS:In:100",
      Protocols: "6",
      Action: "block",
      Priority: 100,
      LocalAddresses: "10.0.0.1,10.0.0.2/32",
      LocalPorts: "443, 80",
      RemotePorts: "",
      RemoteAddresses: null,
      RuleType: null,
      Scope: 0,
    });
    const inSmallLetters = ({ Settings = {} }: Policy): object => ({
      type: "acl",
      settings: Object.fromEntries(Object.entries(Settings).map(([key, value]) => [key.toLowerCase(), value])),
    });
    hcn.reset([inSmallLetters(spelt) as Policy]);
    assert.equal(applied([wide]).changed, false);
    hcn.reset([spelt]);
    assert.equal(applied([wide]).changed, false);
    assert.deepEqual(hcn.requests(), []);
  });

  it("may have a thousand rules", () => {
    const many = closed(Array.from({ length: 998 }, (_, i) => onPort("Block", String(1000 + i), 100 + i)));
    const began = performance.now();
    assert.deepEqual([applied(many).changed, applied(many).changed], [true, false]);
    assert.ok(performance.now() - began < 10_000, "two runs take seconds, not minutes");
    assert.equal(hcn.policies().length, 1002);
  });

  it("is told by the record where HNS drops Ids", () => {
    const anonymous = (list: readonly AclRule[]): Policy[] =>
      ours(list).map(({ Type, Settings = {} }) => {
        const { Id, ...rest } = Settings;
        assert.ok(Id);
        return { Type, Settings: rest };
      });
    const strange = acl({ RemoteAddresses: "10.9.9.9" });
    hcn.reset([mapping, strange]);
    hcn.misbehave("drops-ids");
    assert.deepEqual(
      [1, 2, 3].map(() => applied(rules).changed),
      [true, false, false],
    );
    assert.deepEqual(inHcn(), texts(mapping, strange, ...anonymous(rules)));
    applied(others);
    assert.deepEqual(inHcn(), texts(mapping, strange, ...anonymous(others)));
    removed();
    assert.deepEqual(inHcn(), texts(mapping, strange));
  });

  it("leaves a foreign rule that says the same as one of ours", () => {
    const twin = acl({ Priority: 65500 });
    hcn.reset([twin]);
    applied(rules);
    assert.deepEqual(inHcn(), texts(twin, ...ours(rules)));
    assert.equal(applied(rules).changed, false);
    removed();
    assert.deepEqual(inHcn(), texts(twin));
  });

  it("is removed, with an empty list said as such", () => {
    hcn.reset();
    applied(rules);
    assert.deepEqual(removed()?.after.policies, []);
    assert.deepEqual(hcn.policies(), []);
    assert.deepEqual(hcn.requests().at(-1)?.Settings, { Policies: [] });
    assert.equal(removed()?.changed, false);
  });

  it("is opened where HNS takes an empty list for none", () => {
    hcn.reset();
    applied(rules);
    hcn.misbehave("ignores-empty");
    const open = removed()!.after.policies.map(({ Direction, Action, Priority }) => [Direction, Action, Priority]);
    assert.deepEqual(open, [
      ["In", "Allow", 65500],
      ["Out", "Allow", 65500],
    ]);
    applied(others);
    assert.deepEqual(inHcn(), texts(...ours(others)));
  });

  it("stays as it was when HNS refuses, and its words are shown", () => {
    hcn.reset([mapping, foreign]);
    applied(rules);
    const before = inHcn();
    const wrong = [{ ...onPort("Block", "80"), remoteAddresses: ["Any"] }];
    const words = refused("apply", /HcnModifyEndpoint failed with 0x803b000d: .*Invalid JSON document string/, wrong);
    assert.match(words, /The list before is in force/);
    hcn.misbehave("refuses");
    refused("apply", /0x80070005: .*Access is denied/, others);
    refused("remove", /0x80070005: .*Access is denied/);
    assert.deepEqual(inHcn(), before);
    hcn.misbehave();
    assert.equal(applied(rules).changed, false);
  });

  it("is put back when HNS takes half of it", () => {
    applied(rules);
    const before = inHcn();
    hcn.misbehave("half");
    const words = refused("apply", /HNS took the list and does not hold .*in 65500 allow/, others);
    assert.match(words, /The list before is in force/);
    assert.deepEqual(inHcn(), before);
    assert.equal(applied(rules).changed, false);
  });

  it("fails on an error record even where the code says success", () => {
    hcn.misbehave("records-an-error");
    refused("apply", /Half of it/);
  });

  it("fails when another policy is lost, and says so if it can't be put back", () => {
    hcn.misbehave("loses-mappings");
    const words = refused("apply", /does not hold portmapping/);
    assert.match(words, /The list before could not be put back: HNS does not hold portmapping/);
  });

  it("wants exactly one endpoint, and says what there is", () => {
    hcn.remove();
    refused("apply", /HCN has 0 endpoints with the address 10\.80\.0\.1 .*It has: none at all/);
    assert.equal(removed(), undefined);
    hcn.add("00000000-0000-0000-0000-000000000001", [], "10.80.0.9");
    refused("apply", /It has: 00000000-0000-0000-0000-000000000001 10\.80\.0\.9 00-15-5D-0A-0B-0C/);
    hcn.add("00000000-0000-0000-0000-000000000002");
    assert.equal(applied(rules).after.id, "00000000-0000-0000-0000-000000000002");
    hcn.add("00000000-0000-0000-0000-000000000003");
    refused("apply", /HCN has 2 endpoints/);
    refused("remove", /HCN has 2 endpoints/);
  });

  it("is not mistaken for one with its address on another network, nor stopped by one that dies", () => {
    hcn.add("00000000-0000-0000-0000-000000000001", [], address, "00:15:5d:00:00:01");
    hcn.misbehave("enumerates-the-dead");
    applied(rules);
    assert.deepEqual(inHcn("00000000-0000-0000-0000-000000000001"), []);
    assert.deepEqual(inHcn(), texts(mapping, outbound, ...ours(rules)));
  });

  it("is refused where docker knows the endpoint otherwise", () => {
    const elsewhere = inspected({ at: "10.80.0.7" });
    refused("apply", /on network policies with the address 10\.80\.0\.7, not with 10\.80\.0\.1/, rules, elsewhere);
    const nowhere = inspected().replace(`"${network}"`, '"nat"');
    refused("apply", /on network policies with no endpoint/, rules, nowhere);
    assert.equal(hcn.run("remove", rules, nowhere).status, 0);
  });

  it("is refused with Hyper-V isolation, on a stopped container and on none; removal is quiet about all three", () => {
    const cases: [string, RegExp][] = [
      [inspected({ isolation: "hyperv" }), /Hyper-V isolation/],
      [inspected({ running: false }), /is stopped/],
      ["", /is gone/],
    ];
    for (const [container, words] of cases) {
      refused("apply", words, rules, container);
      const { status, report } = hcn.run("remove", rules, container);
      assert.deepEqual([status, report], [0, undefined]);
    }
    assert.deepEqual(hcn.requests(), []);
  });
});
