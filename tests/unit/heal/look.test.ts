import assert from "node:assert/strict";
import type { EngineObject } from "../../../tools/heal/engine-objects";
import { heal, look, type Healing, type Seen } from "../../../tools/heal/heal";
import type { StackState } from "../../../tools/stack";
import { createProgress } from "../../../tools/terminal/progress";
import { programsOfEachTest } from "../programs";

/** An engine's client: `one` has a container and an image, `two` does not answer. */
const client = `
case "$DOCKER_HOST" in
  *two*) echo 'error during connect: command [ssh two] has exited with exit status 255: stderr=ssh: connect to two: refused' >&2; exit 1 ;;
esac
case "$*" in
  "container ls"*) echo "c1 web lab-1/"; echo "c2 helper shared/" ;;
  "image ls"*) echo "sha256:i1 app:1" ;;
  "inspect c1 c2 sha256:i1") echo '[
    {"Id": "c2", "Name": "/helper", "State": {"Status": "running"}, "Config": {"Labels": {"container-network-labs.role": "image"}}},
    {"Id": "c1", "Name": "/web", "State": {"Status": "running"}, "Config": {"Labels": {"container-network-labs.image": "not an image"}}},
    {"Id": "sha256:i1", "Config": {"Labels": {"container-network-labs.image": "builder/app"}}}]' ;;
  "container inspect"*|"network inspect"*) echo '"'"$CREATED"'"' ;;
esac
`;
const one = { host: "one", engine: "ssh://one.test", sshConfig: "out/test/ssh/config" };
const two = { host: "two", engine: "ssh://two.test", sshConfig: "out/test/ssh/config" };

describe("looking at the engines of a stack", () => {
  const programs = programsOfEachTest((each) => each.add("docker", client));

  it("tells what each has, and of one that does not answer why", async () => {
    const { objects, silent, engines } = await look("test", undefined, [one, two]);
    assert.deepEqual(silent, [{ host: "two", reason: "ssh: connect to two: refused" }]);
    assert.deepEqual(
      engines.map(({ host }) => host),
      ["one", "two"],
    );
    assert.deepEqual(
      objects.map(({ kind, id, image, helper, container, engine }) => [
        ...[kind, id, image, helper],
        ...[container?.Name, engine.host],
      ]),
      [
        ["container", "c1", undefined, undefined, "/web", "one"],
        ["container", "c2", undefined, true, "/helper", "one"],
        ["image", "sha256:i1", "builder/app", undefined, undefined, "one"],
      ],
    );
  });

  it("asks those that the state knows once, and those that are known not to answer not at all", async () => {
    const resources = [one, two].map(({ host, engine, sshConfig }) => ({
      urn: `urn:pulumi:test::p::pulumi:providers:docker::${host}-docker`,
      type: "pulumi:providers:docker",
      inputs: { host: engine, sshOpts: JSON.stringify(["-F", sshConfig]) },
    }));
    const known = { host: "two", reason: "ssh: refused" };
    const { silent } = await look("test", { version: 3, deployment: { resources } }, [one, two], [known]);
    assert.deepEqual(silent, [known]);
    assert.equal(
      programs()
        .calls()
        .filter((call) => call.startsWith("docker container ls")).length,
      1,
    );
  });

  describe("and healing", () => {
    const stranger: EngineObject = { engine: one, kind: "network", id: "n9", name: "left" };
    const state: StackState = { version: 3, deployment: { resources: [] } };
    const seen: Seen = { engines: [one], objects: [stranger], silent: [] };
    const settled = { state, killed: false, locked: false };
    const lines: string[] = [];
    const healing = (): Healing => ({
      environment: "test",
      toolchain: { pulumi: "pulumi", env: {}, origin: {}, login: "", backend: undefined },
      progress: { ...createProgress(), line: (text) => void lines.push(text) },
      takeOver: false,
    });
    /** Pulumi's last update, which ran from 10:00 to 10:05. */
    const lastUpdate = (result: string): void => {
      const entry = { result, startTime: "2026-01-01T10:00:00.000Z", endTime: "2026-01-01T10:05:00.000Z" };
      programs().add("pulumi", `echo '${JSON.stringify([entry])}'`);
    };
    beforeEach(() => lines.splice(0));

    it("removes what a failed update made and never recorded", async () => {
      lastUpdate("failed");
      process.env.CREATED = "2026-01-01T10:04:00.123456789Z";
      await heal(healing(), settled, seen);
      assert.deepEqual(lines, ["Not recorded: network left on one. It is removed."]);
      assert.ok(programs().calls().includes("docker network rm n9"));
    });

    const others: [string, string, string][] = [
      ["the last update went well", "succeeded", "2026-01-01T10:04:00Z"],
      ["it was made long before the update that failed", "failed", "2026-01-01T09:30:00Z"],
      ["it was made long after the update that failed", "failed", "2026-01-01T10:30:00Z"],
    ];
    for (const [why, result, created] of others) {
      it(`touches nothing that is not recorded where ${why}`, async () => {
        lastUpdate(result);
        process.env.CREATED = created;
        await assert.rejects(
          heal(healing(), settled, seen),
          /knows nothing of: network left on one\.[^]*Nothing was changed/,
        );
        assert.ok(
          programs()
            .calls()
            .every((call) => !call.includes(" rm ")),
        );
      });
    }

    const helper: EngineObject = { engine: one, kind: "container", id: "h1", name: "helper", helper: true };
    for (const [why, killed, takeOver, removed] of [
      ["of a run that was killed", true, false, true],
      ["of whoever is taken over from", false, true, true],
      ["of a command that may be at work", false, false, false],
    ] as const) {
      it(`${removed ? "removes" : "leaves"} the helpers ${why}, and says nothing`, async () => {
        programs().add("pulumi", "exit 1");
        const none = { ...settled, state: undefined, killed };
        const healed = await heal({ ...healing(), takeOver }, none, { ...seen, objects: [helper] });
        assert.deepEqual([healed.refresh, healed.replace, lines], [false, [], []]);
        assert.deepEqual(programs().calls(), removed ? ["docker container rm --force --volumes h1"] : []);
      });
    }

    it("asks for no history where all is recorded", async () => {
      programs().add("pulumi", "exit 1");
      await heal(healing(), settled, { ...seen, objects: [] });
      assert.deepEqual(programs().calls(), []);
    });

    it("concludes nothing of hosts that do not answer", async () => {
      const recorded = [one, two].map(({ host }) => ({
        urn: `urn:pulumi:test::p::docker:index/container:Container::on-${host}`,
        type: "docker:index/container:Container",
        id: `gone-${host}`,
        provider: `urn:pulumi:test::p::pulumi:providers:docker::${host}-docker::id`,
      }));
      const silent = [{ host: "two", reason: "refused" }];
      const withThem = { ...settled, state: { version: 3, deployment: { resources: recorded } } };
      const { refresh } = await heal(healing(), withThem, { engines: [one, two], objects: [], silent });
      assert.equal(refresh, true);
      assert.deepEqual(lines, ["Gone: on-one. It is made anew."]);
    });
  });
});
