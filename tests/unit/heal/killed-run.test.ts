import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { endOrphans, lockLeftBehind, markOf, restoreCheckpoint } from "../../../tools/heal/killed-run";

describe("what a killed run leaves", () => {
  let folder: string;
  let place: { stack: string; backend: string };
  const checkpoint = () => join(folder, ".pulumi", "stacks", "a-project", "one.json");

  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const lock = (pid: number, machine = hostname()) =>
    write(
      join(folder, ".pulumi", "locks", "organization", "a-project", "one", "x.json"),
      JSON.stringify({ pid, username: "me", hostname: machine, timestamp: "just now" }),
    );
  const deadPid = async () => {
    const child = spawn("true");
    await once(child, "exit");
    return child.pid!;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "killed-"));
    place = { stack: "one", backend: `file://${folder}` };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is no lock where there is none, or in a backend that is no folder", () => {
    assert.equal(lockLeftBehind(place), false);
    assert.equal(lockLeftBehind({ stack: "one", backend: "https://a.backend" }), false);
    assert.equal(lockLeftBehind({ stack: "one", backend: undefined }), false);
  });

  it("is a lock whose process is gone", async () => {
    lock(await deadPid());
    assert.equal(lockLeftBehind(place), true);
    assert.equal(lockLeftBehind({ ...place, stack: "two" }), false);
  });

  it("is not the lock of a run that goes on, here or elsewhere", () => {
    lock(process.pid);
    assert.throws(() => lockLeftBehind(place), /Another update of stack "one" is going on: process \d+ of me/);
    lock(1, "another-machine");
    assert.throws(() => lockLeftBehind(place), /on another-machine/);
  });

  it("is a checkpoint cut short, for which the one before is put back", () => {
    write(checkpoint(), "");
    write(`${checkpoint()}.bak`, '{"before":true}');
    assert.equal(restoreCheckpoint(place), true);
    assert.equal(readFileSync(checkpoint(), "utf8"), '{"before":true}');
    assert.equal(restoreCheckpoint(place), false);
  });

  it("is a first checkpoint cut short, which is no stack yet", () => {
    write(checkpoint(), '{"half":');
    assert.equal(restoreCheckpoint(place), true);
    assert.equal(existsSync(checkpoint()), false);
  });

  it("is not a whole checkpoint, whatever its copy holds", () => {
    write(checkpoint(), '{"whole":true}');
    write(`${checkpoint()}.bak`, "");
    assert.equal(restoreCheckpoint(place), false);
    assert.equal(readFileSync(checkpoint(), "utf8"), '{"whole":true}');
  });

  if (platform() === "linux") {
    it("are processes with its mark, and not those of another state", async () => {
      const sleeping = (of: { stack: string; backend: string }): ChildProcess =>
        spawn("sleep", ["60"], { env: { ...process.env, ...markOf(of) }, stdio: "ignore" });
      const [ours, others] = [sleeping(place), sleeping({ ...place, backend: "file:///elsewhere" })];
      await Promise.all([once(ours, "spawn"), once(others, "spawn")]);
      const ended = once(ours, "exit");
      assert.equal(endOrphans(place), 1);
      await ended;
      assert.equal(others.exitCode, null);
      others.kill();
      await once(others, "exit");
    });
  }
});
