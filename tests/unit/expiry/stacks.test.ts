import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { parseSettings } from "../../../components/settings";
import { isOver, listing } from "../../../tools/expiry/listing";
import { knownStacks, type KnownStack } from "../../../tools/expiry/stacks";
import { withStackFile } from "../../../tools/expiry/stand-in-file";
import { programsOfEachTest } from "../programs";
import { stateOf } from "./states";

const now = Date.parse("2026-05-03T00:00:00Z");
const past = "2026-05-02T22:00:00.000Z";
const cloud = { region: "westeurope", scaleSet: "labs", capacity: 2, rehearsed: false, hourly: 0.5 };

describe("the environments of a backend", () => {
  const programs = programsOfEachTest();

  /** A CLI that lists stacks in these words, and has these states. */
  const cli = (ls: string, states: Record<string, object>): void => {
    const cases = Object.entries(states).map(
      ([name, state]) => `"stack export --stack ${name}") cat ${programs().file(name, JSON.stringify(state))} ;;`,
    );
    const broken = `"stack export"*) echo "error: could not export" >&2; echo "error: half a file" >&2; exit 1 ;;`;
    programs().add("pulumi", `case "$*" in "stack ls --json") ${ls} ;; ${cases.join(" ")} ${broken} esac`);
  };
  const echo = (listed: object): string => `cat ${programs().file("listed", JSON.stringify(listed))}`;
  const known = (backend?: string): Promise<KnownStack[]> => knownStacks({ pulumi: "pulumi", env: {}, backend });

  it("are told with age, cost, end and who is at work, whatever the backend", async () => {
    cli(echo([{ name: "one" }, { name: "two", updateInProgress: true }, { name: "three" }, { name: "four" }]), {
      one: stateOf({ end: past, cloud }),
      two: stateOf({ end: "2026-05-03T08:30:00.000Z", cloud: { ...cloud, rehearsed: true } }),
      four: { version: 3, deployment: {} },
    });
    const stacks = await known("s3://bucket");
    assert.deepEqual(listing(stacks, now), [
      "environment  age  cost                    end",
      "one          2 d  $0.50/h, $24.00 so far  over for 2 h, 2026-05-02 22:00Z",
      "two          2 d                          ends in 8 h 30 min, 2026-05-03 08:30Z; being updated",
      "three                                     its state can't be read: error: half a file",
      "four                                      nothing is up",
    ]);
    assert.deepEqual(
      stacks.filter((stack) => isOver(stack, now)).map(({ name }) => name),
      ["one"],
    );
  });

  it("are found by their files where one of a file backend is broken, for which the CLI lists none", async () => {
    cli("echo 'error: unexpected end of JSON input' >&2; exit 1", { one: stateOf({}), two: stateOf({}) });
    const folder = join(programs().folder, ".pulumi", "stacks", "container-network-labs");
    mkdirSync(folder, { recursive: true });
    for (const file of ["one.json", "one.json.bak", "one.json.attrs", "two.json.gz", "three.json"]) {
      writeFileSync(join(folder, file), "");
    }
    const stacks = await known(`file://${programs().folder}`);
    assert.deepEqual(
      stacks.map(({ name, broken }) => [name, broken]),
      [
        ["one", undefined],
        ["three", "error: half a file"],
        ["two", undefined],
      ],
    );
    await assert.rejects(known("s3://bucket"), /unexpected end of JSON input/);
  });

  it("are locked where a process that is there holds the lock of a file backend", async () => {
    cli(echo([{ name: "one" }, { name: "two" }]), { one: stateOf({}), two: stateOf({}) });
    for (const [name, pid] of Object.entries({ one: process.pid, two: 2 ** 30 })) {
      const folder = join(programs().folder, ".pulumi", "locks", "organization", "container-network-labs", name);
      mkdirSync(folder, { recursive: true });
      const lock = { pid, username: "somebody", hostname: hostname(), timestamp: "2026-05-01T00:00:00Z" };
      writeFileSync(join(folder, "lock.json"), JSON.stringify(lock));
    }
    const [one, two] = await known(`file://${programs().folder}`);
    assert.match(one.locked!, new RegExp(`"one" is going on: process ${process.pid} of somebody`));
    assert.equal(two.locked, undefined, "the process that held it is gone");
  });

  describe("whose file is gone", () => {
    const inProject = (state: object, work: (file: string, isGone: boolean) => void) => {
      mkdirSync(join(programs().folder, "stacks"), { recursive: true });
      const file = join(programs().folder, "stacks", "Pulumi.test.yaml");
      const stack = { name: "test", state: state as ReturnType<typeof stateOf> };
      return withStackFile(programs().folder, stack, async (isGone) => work(file, isGone)).finally(() => file);
    };

    it("have one for the time of the work, with which secrets open and the hosts are in the same cloud", async () => {
      const state = stateOf({ cloud });
      const secrets_providers = { type: "passphrase", state: { salt: "v1:abc" } };
      let content = "";
      await inProject({ ...state, deployment: { ...state.deployment, secrets_providers } }, (file, isGone) => {
        assert.equal(isGone, true);
        content = readFileSync(file, "utf8");
      });
      assert.equal(existsSync(join(programs().folder, "stacks", "Pulumi.test.yaml")), false);
      const { config, ...rest } = parse(content) as { config: Record<string, unknown> };
      assert.deepEqual(rest, { encryptionsalt: "v1:abc" });
      const raw = { hosts: config["container-network-labs:hosts"], labs: { "docker-networks": {} } };
      const { hosts } = parseSettings(raw, "test");
      assert.equal(hosts.kind === "scale-set" && hosts.name, "labs");
    });

    it("lose it also if the work fails", async () => {
      await assert.rejects(
        inProject(stateOf({}), () => assert.fail("as meant")),
        /as meant/,
      );
      assert.equal(existsSync(join(programs().folder, "stacks", "Pulumi.test.yaml")), false);
    });

    it("are none of those that have theirs, which nobody touches", async () => {
      mkdirSync(join(programs().folder, "stacks"));
      writeFileSync(join(programs().folder, "stacks", "Pulumi.test.yaml"), "mine");
      await inProject(stateOf({ cloud }), (_file, isGone) => assert.equal(isGone, false));
      assert.equal(readFileSync(join(programs().folder, "stacks", "Pulumi.test.yaml"), "utf8"), "mine");
    });
  });
});
