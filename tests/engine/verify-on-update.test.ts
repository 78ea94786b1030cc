import assert from "node:assert/strict";
import { docker, TestEnvironment } from "./support";

const onUpdate = { "container-network-labs:verify": { onUpdate: true, limitSeconds: 5 } };

describe("proving as part of the update", function () {
  this.timeout(180_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(4);
    env.settle(undefined, onUpdate);
  });
  after(() => env.remove());

  it("is one more resource, which shows its checks", () => {
    const { code, stdout, stderr } = env.run("up");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /22 checks: 22 pass/);
  });

  it("is not done again where nothing changed", () => {
    const { code, stdout } = env.run("up");
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /created|updated|replaced/);
  });

  it("fails the update where something does not hold", () => {
    docker("network", "disconnect", "t4-web", "t4-container1");
    env.settle((lab) => (lab.chat.clients.count = 3), onUpdate);
    const { code, stdout, stderr } = env.pulumi("up", "--stack", env.name, "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /t4-container1/);
    assert.match(stdout + stderr, /25 checks: \d+ pass, \d+ (fail|error)/);
  });

  it("is mended by the next up", () => {
    const { code, stdout, stderr } = env.run("up");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /25 checks: 25 pass/);
  });
});
