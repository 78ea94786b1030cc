import assert from "node:assert/strict";
import { fail, said, succeed, TestEnvironment } from "../engine/support";

/** What a person types once an environment is up, against containers that run. */
describe("the commands of every day", function () {
  this.timeout(300_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(126);
    succeed(env.run("up"));
    succeed(env.run("verify"));
  });
  after(() => env.remove());

  it("show what is up with its labs and checks, and what is not", () => {
    const status = succeed(env.run("status"));
    const lines = [
      "test-126",
      " {2}up {6}for .*; no end",
      " {2}host {4}local \\(local\\): docker-networks",
      " {2}checks {2}22 of 22 hold; .* ago",
    ];
    assert.match(status, new RegExp(`^${lines.join("\\n")}\\n\\nNot up: .*\\blocal\\b`));
  });

  it("run a command in a container, and end as it does", () => {
    assert.equal(succeed(env.run("exec", "10.214.126.1", "--", "hostname")).trim(), "t126-chat-server");
    assert.equal(succeed(env.run("exec", "t126-container1", "sh", "-c", "echo $((6 * 7))")).trim(), "42");
    const ended = env.run("exec", "t126-container1", "--", "sh", "-c", "exit 7");
    assert.equal(ended.code, 7, said(ended));
    assert.match(fail(env.run("exec", "t126-containe1", "--", "true")), /Did you mean "t126-container1"\?/);
  });

  it("show what containers wrote, each line with its container", () => {
    const all = succeed(env.run("logs", "docker-networks", "--tail", "all"));
    assert.match(all, /^t126-chat-server \| t126-Alice: I am t126-Alice$/m);
    assert.match(all, /^chat-t126-bob +\| /m);
    const lines = succeed(env.run("logs", "docker-networks", "t126-chat-server", "--tail", "1"))
      .trimEnd()
      .split("\n");
    assert.equal(lines.length, 1);
    assert.match(fail(env.run("logs", "docker-network")), /Did you mean "docker-networks"\?/);
  });

  it("tell where a lab is opened, and open nothing where there is no terminal", () => {
    assert.equal(succeed(env.run("open", "docker-networks")), "http://127.0.0.1:18126  docker-networks: web page\n");
  });
});
