import assert from "node:assert/strict";
import { hostContainer } from "../../../tools/rehearsal/hosts";
import { keyFiles } from "../../../tools/rehearsal/keys";
import { registryContainer } from "../../../tools/rehearsal/registry";
import { FakeDocker } from "./support";

const { docker } = new FakeDocker();
const keys = keyFiles({ project: "/project" }, "test");
const server = { name: "one", address: "127.0.0.1", port: 50_022, user: "root", os: "linux", docker: "ssh" };

describe("the containers of a rehearsal", () => {
  const host = hostContainer(server, "test", "image:1", keys, docker);
  const registry = registryContainer("test", "image:1", keys.registry, docker);

  it("publish nothing but SSH, on the loopback address", () => {
    const published = (options: readonly string[]) => options.filter((_, i) => options[i - 1] === "--publish");
    assert.deepEqual(published(host.options), ["127.0.0.1:50022:22"]);
    assert.deepEqual(published(registry.options), []);
  });

  it("are not privileged", () => {
    assert.ok(![...host.options, ...registry.options].some((option) => option.startsWith("--privileged")));
    assert.ok(!registry.options.includes("--cap-add"));
  });

  it("trust the registry's authority by the name that images of it have", () => {
    assert.equal(host.files["/etc/rehearsal/ca.crt"], "/project/out/test/keys/registry-ca.pem");
    assert.ok(host.options.includes("REGISTRY=registry.test:5000"));
    assert.ok(registry.options.join(" ").includes("--network-alias registry.test"));
  });
});
