import assert from "node:assert/strict";
import { mendStacks } from "../../../tools/heal/stack-commands";
import type { RecordedResource, StackState } from "../../../tools/stack";
import { createProgress } from "../../../tools/terminal/progress";

const commandType = "command:local:Command";

function recorded(name: string, create: string, parent = "NetworkStack"): RecordedResource {
  const types = `container-network-labs:network:${parent}$${commandType}`;
  return { urn: `urn:pulumi:test::labs::${types}::${name}`, type: commandType, inputs: { create, stdin: "data" } };
}

async function told(...resources: RecordedResource[]): Promise<string[]> {
  const lines: string[] = [];
  const progress = { ...createProgress(), line: (text: string) => void lines.push(text) };
  await mendStacks({ version: 3, deployment: { resources } } satisfies StackState, progress);
  return lines;
}

describe("healing of network stacks", () => {
  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });

  it("applies what is recorded with its data, and tells what had been changed", async () => {
    const changed = recorded("one-stack", `[ "$(cat)" = data ] && echo '{"changed":true}'`);
    const same = recorded("two-acl", `cat >/dev/null; echo '{"changed":false}'`, "Acl");
    assert.deepEqual(await told(changed, same), [
      "Not as declared: one-stack had been changed. It is as declared again.",
    ]);
  });

  it("closes Swarm's ports of a host again that was restarted, to those alone who are members now", async () => {
    const ports = (step: string): RecordedResource => {
      const types = `container-network-labs:cluster:Swarm$container-network-labs:cluster:MemberPorts$${commandType}`;
      const name = `cluster-one-ports-${step}`;
      return { ...recorded(name, `echo '{"changed":true}'`), urn: `urn:pulumi:test::labs::${types}::${name}` };
    };
    assert.deepEqual(await told(ports("admit"), ports("close")), [
      "Not as declared: cluster-one-ports-close had been changed. It is as declared again.",
    ]);
  });

  it("leaves containers that are gone or stopped to the update", async () => {
    const gone = recorded("gone", "echo 'Error: No such container: 1' >&2; exit 1");
    const stopped = recorded("stopped", "echo 'cannot join network of a non running container: 1' >&2; exit 125");
    assert.deepEqual(await told(gone, stopped), []);
  });

  it("tells what could not be looked at", async () => {
    const [line, ...others] = await told(recorded("one", "echo 'nft: permission denied' >&2; exit 1"));
    assert.deepEqual(others, []);
    assert.match(line, /^one could not be looked at: [^]*nft: permission denied/);
  });

  it("runs no command that is not about a network stack", async () => {
    const other = recorded("verification", "echo '{\"changed\":true}'");
    assert.deepEqual(await told({ ...other, urn: `urn:pulumi:test::labs::${commandType}::verification` }), []);
  });

  it("runs each command by its own interpreter, in its own folder and environment", async () => {
    const own = recorded("remote-stack", "the command");
    const interpreter = [
      "/bin/sh",
      "-c",
      `[ "$1 $WORD $PWD $(cat)" = "the command said /tmp data" ] && echo '{"changed":true}'`,
    ];
    const inputs = { ...own.inputs, interpreter: [...interpreter, "sh"], environment: { WORD: "said" }, dir: "/tmp" };
    assert.deepEqual(await told({ ...own, inputs }), [
      "Not as declared: remote-stack had been changed. It is as declared again.",
    ]);
  });

  it("brings artefacts back that were removed here", async () => {
    const artefacts = recorded("builder-files", `[ "$(cat)" = data ] && echo '{"changed":true}'`);
    const urn = `urn:pulumi:test::labs::container-network-labs:labs:Artefacts$${commandType}::builder-files`;
    assert.deepEqual(await told({ ...artefacts, urn }), [
      "Not as declared: builder-files had been changed. It is as declared again.",
    ]);
  });

  it("lets no host wait for another's commands", async () => {
    const on = (host: string, name: string, create: string): RecordedResource => ({
      ...recorded(name, create),
      provider: `urn:pulumi:test::labs::pulumi:providers:command::${host}-command::id`,
    });
    const slow = Array.from({ length: 6 }, (_, i) => on("slow", `slow-${i}`, `sleep 1; echo '{"changed":true}'`));
    const lines = await told(...slow, on("quick", "quick", `echo '{"changed":true}'`));
    assert.equal(lines.length, 7);
    assert.match(lines[0], /quick/);
  });

  describe("and of pools", () => {
    const pool = (name: string, create: string): RecordedResource => {
      const types = `container-network-labs:containers:ContainerPool$${commandType}`;
      return { urn: `urn:pulumi:test::labs::${types}::${name}`, type: commandType, inputs: { create, stdin: "data" } };
    };
    const report = (changed: boolean) =>
      `[ "$(cat)" = data ] && echo '{"changed":${changed},"created":["a","b"],"started":[],"removed":["c"],"kept":9}'`;

    it("tells how many of their containers were not as declared", async () => {
      assert.deepEqual(await told(pool("apps-containers", report(true)), pool("others-containers", report(false))), [
        "Not as declared: apps-containers had been changed (2 made, 0 started, 1 removed). It is as declared again.",
      ]);
    });

    it("does not run the command that only removes", async () => {
      assert.deepEqual(await told(pool("apps-claim", "exit 0")), []);
    });

    it("says whether a pool is left to be mended after the update, as no network stack is", async () => {
      const mended = (...resources: RecordedResource[]) =>
        mendStacks({ version: 3, deployment: { resources } }, { ...createProgress(), line: () => undefined });
      assert.equal(await mended(pool("apps-containers", report(true))), true);
      assert.equal(await mended(recorded("gone", "echo 'No such container: 1' >&2; exit 1")), true);
      assert.equal(await mended(pool("apps-containers", "echo 'No such image: app:1' >&2; exit 1")), false);
    });
  });
});
