import assert from "node:assert/strict";
import { join } from "node:path";
import { ensureContainer, findContainers, isRight, type Wanted } from "../../../tools/rehearsal/container";
import { FakeMachine, recordedProgress } from "../setup/support";
import { FakeDocker, refusal } from "./support";

describe("a container of a rehearsal", () => {
  let machine: FakeMachine;
  let wanted: Wanted;
  beforeEach(() => {
    machine = new FakeMachine();
    const file = join(machine.root, "key");
    machine.file(file, "the key");
    wanted = {
      title: "host one",
      name: "rehearsal-one.test",
      options: ["--publish", "127.0.0.1:50022:22"],
      image: "image:1",
      command: ["run"],
      data: "/data",
      files: { "/etc/key": file },
      ready: async () => undefined,
    };
  });
  afterEach(() => machine.remove());

  async function ensure(fake: FakeDocker, want = wanted, signal?: AbortSignal): Promise<string> {
    const { progress, shown } = recordedProgress(machine);
    const stage = { environment: "test", docker: fake.docker, progress, signal };
    await ensureContainer(stage, want, await findContainers(fake.docker, "test"));
    return shown();
  }

  /** The hash that the container was labelled with when it was made. */
  function specOf(fake: FakeDocker): string {
    return /rehearsal\.spec=(\w+)/.exec(fake.begunWith("container create")[0])![1];
  }

  async function made(): Promise<string> {
    const fake = new FakeDocker();
    await ensure(fake);
    return specOf(fake);
  }

  it("is made where there is none, labelled, with its files, before it is started", async () => {
    const fake = new FakeDocker();
    assert.match(await ensure(fake), /Rehearsal: host one: made in/);
    const label = "--label container-network-labs.rehearsal=test";
    assert.deepEqual(fake.calls.slice(1), [
      `volume create ${label} rehearsal-one.test`,
      `container create --name rehearsal-one.test ${label} --label container-network-labs.rehearsal.spec=${specOf(fake)} ` +
        "--network rehearsal-test --volume rehearsal-one.test:/data --publish 127.0.0.1:50022:22 image:1 run",
      `cp ${join(machine.root, "key")} rehearsal-one.test:/etc/key`,
      "container start rehearsal-one.test",
    ]);
  });

  it("is not touched where it is right and at work", async () => {
    const fake = new FakeDocker({ "container ls": `rehearsal-one.test running ${await made()}\n` });
    assert.equal(await ensure(fake), "");
    assert.deepEqual(fake.begunWith("container create", "container start", "container rm", "volume", "cp"), []);
  });

  it("is started where it stopped", async () => {
    const fake = new FakeDocker({ "container ls": `rehearsal-one.test exited ${await made()}\n` });
    assert.match(await ensure(fake), /started again in/);
    assert.deepEqual(fake.calls.slice(1), ["container start rehearsal-one.test"]);
  });

  it("is made anew where it was never started, as it may lack files", async () => {
    const fake = new FakeDocker({ "container ls": `rehearsal-one.test created ${await made()}\n` });
    await ensure(fake);
    assert.equal(fake.begunWith("cp").length, 1);
  });

  it("is waited for where it runs and is not ready", async () => {
    const fake = new FakeDocker({ "container ls": `rehearsal-one.test running ${await made()}\n` });
    let tries = 0;
    const slow = { ...wanted, ready: () => (++tries < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve()) };
    await ensure(fake, slow);
    assert.equal(tries, 3);
    assert.deepEqual(fake.begunWith("container create", "container rm"), []);
  });

  it("is not waited for any longer once a person pressed Ctrl-C", async () => {
    const interruption = new AbortController();
    const dead = { ...wanted, ready: () => Promise.reject(new Error("not yet")) };
    setTimeout(() => interruption.abort(new Error("interrupted")), 50);
    await assert.rejects(ensure(new FakeDocker(), dead, interruption.signal), /interrupted|aborted/);
  });

  const changes: Record<string, (want: Wanted) => Wanted> = {
    "an option": (want) => ({ ...want, options: ["--publish", "127.0.0.1:50029:22"] }),
    "the image": (want) => ({ ...want, image: "image:2" }),
    "a file's content": (want) => {
      machine.file(want.files["/etc/key"], "another key");
      return want;
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`is made anew on its old volume where ${what} is another`, async () => {
      const fake = new FakeDocker({ "container ls": `rehearsal-one.test running ${await made()}\n` });
      assert.match(await ensure(fake, change(wanted)), /made anew in/);
      assert.deepEqual(fake.begunWith("container rm"), ["container rm --force rehearsal-one.test"]);
      assert.deepEqual(fake.begunWith("volume rm"), []);
      assert.equal(fake.begunWith("container create").length, 1);
    });
  }

  it("is left as it is where it is known by an identity, however else it is described", async () => {
    const known = { ...wanted, identity: "guid-1" };
    const fake = new FakeDocker({ "container ls": "rehearsal-one.test running guid-1\n" });
    assert.equal(await ensure(fake, { ...known, image: "image:2" }), "");
    assert.match(await ensure(fake, { ...known, identity: "guid-2" }), /made anew in/);
  });

  it("may have a network of its own, and nothing to keep", async () => {
    const fake = new FakeDocker();
    await ensure(fake, { ...wanted, network: "host", data: undefined });
    assert.deepEqual(fake.begunWith("volume"), []);
    assert.match(fake.begunWith("container create")[0], / --network host --publish /);
  });

  it("is not right while another of the same name is", async () => {
    const found = new Map([["rehearsal-two.test", { state: "running", spec: await made() }]]);
    assert.equal(await isRight(wanted, found), false);
  });

  it("says what to do where its port is taken", async () => {
    const fake = new FakeDocker({
      "container start": refusal("Bind for 127.0.0.1:50022 failed: port is already allocated"),
    });
    await assert.rejects(ensure(fake), /^UserError: The port of the rehearsal's host one is taken[^]*stack file/);
  });
});
