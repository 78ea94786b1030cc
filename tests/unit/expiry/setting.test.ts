import assert from "node:assert/strict";
import { declareExpiry } from "../../../components/expiry";
import { durationOf, pastEndFaults } from "../../../components/settings/expires";
import { parse } from "../../../components/settings/parse";
import { registered } from "../components/mocks";
import { faultsOf, onLinux, registry } from "../settings/support";

describe("the setting expires", () => {
  const given = (expires: unknown) => ({ ...onLinux({}), expires });

  for (const [text, milliseconds] of [
    ["90m", 5_400_000],
    ["8h", 28_800_000],
    ["3d", 259_200_000],
    ["9999d", 863_913_600_000],
    ["08h", undefined],
    ["0h", undefined],
    ["10000h", undefined],
    ["8 h", undefined],
    ["1.5h", undefined],
    ["2w", undefined],
  ] as const) {
    it(`${milliseconds === undefined ? "is not" : "may be"} the duration ${text}`, () => {
      assert.equal(durationOf(text), milliseconds);
      assert.equal(faultsOf(given(text)).length, milliseconds === undefined ? 1 : 0);
    });
  }

  it("may be a time with its offset, and may be missing", () => {
    assert.equal(parse(given("2027-01-31T18:00:00+01:00"), "local", registry).expires, "2027-01-31T18:00:00+01:00");
    assert.equal(parse(onLinux({}), "local", registry).expires, undefined);
  });

  for (const [what, value] of [
    ["a time without an offset", "2027-01-31T18:00:00"],
    ["a day", "2027-01-31"],
    ["a time that was not in quotes, as Pulumi hands it over", "2027-01-31 18:00:00 +0000 UTC"],
    ["a number", 8],
  ]) {
    it(`is not ${what}`, () => {
      const [{ key, value: told, allowed, cure }, ...more] = faultsOf(given(value));
      assert.deepEqual([key, told, more], ["expires", value, []]);
      assert.match(allowed, /90m, 8h or 3d, or a time with its offset, in quotes/);
      assert.match(cure, /"2027-01-31T18:00:00Z"/);
    });
  }

  it("is refused once it is over, which no duration is, nor what is refused anyway", () => {
    const now = Date.parse("2026-01-01T12:00:00Z");
    const keys = (raw: unknown) => pastEndFaults(raw, now).map(({ key, value }) => [key, value]);
    assert.deepEqual(keys("2026-01-01T12:00:00Z"), [["expires", "2026-01-01T12:00:00Z"]]);
    assert.deepEqual(keys("2026-01-01T12:59:00+01:00"), [["expires", "2026-01-01T12:59:00+01:00"]]);
    for (const raw of ["2026-01-01T12:00:01Z", "2026-01-01T11:30:00-01:00", "8h", "1m", undefined, 5, "2020-01-01"]) {
      assert.deepEqual(keys(raw), [], String(raw));
    }
  });
});

describe("the end of an environment, declared", () => {
  const commands = async (expires: string | undefined) =>
    (await registered(() => declareExpiry(expires))).map(({ type, name, inputs }) => ({ type, name, inputs }));

  it("is a command that says it once, and again only when the setting changes", async () => {
    const [provider, command, ...more] = await commands("8h");
    assert.deepEqual([provider.type, provider.name, more], ["pulumi:providers:command", "expiry", []]);
    assert.deepEqual(command, {
      type: "command:local:Command",
      name: "expiry",
      inputs: {
        create: 'node -p "new Date(Date.now() + 28800000).toISOString()"',
        logging: "none",
        triggers: ["8h"],
      },
    });
  });

  it("is a time in UTC where the setting names a time", async () => {
    const [, { inputs }] = await commands("2027-01-31T18:00:00+01:00");
    assert.equal(inputs.create, `node -p "new Date('2027-01-31T17:00:00.000Z').toISOString()"`);
  });

  it("is nothing where there is no such setting", async () => assert.deepEqual(await commands(undefined), []));
});
