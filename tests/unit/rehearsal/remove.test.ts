import assert from "node:assert/strict";
import type { Docker } from "../../../tools/rehearsal/docker";
import { removeContainers } from "../../../tools/rehearsal/remove";
import { FakeDocker, refusal } from "./support";

const listings = {
  "container ls": "rehearsal-labs_0.test\nrehearsal-labs_1.test\n",
  "volume ls": "rehearsal-labs_0.test\n",
  "network ls": "rehearsal-test\n",
};

describe("containers of a rehearsal that are removed", () => {
  it("are those that were named, stopped first, with their volumes, and nothing else", async () => {
    const fake = new FakeDocker(listings);
    await removeContainers(fake.docker, "test", ["rehearsal-labs_0.test", "rehearsal-labs_9.test"]);
    assert.deepEqual(fake.begunWith("container stop", "container rm", "volume rm", "network rm"), [
      "container stop --time 10 rehearsal-labs_0.test",
      "container rm --force --volumes rehearsal-labs_0.test",
      "volume rm --force rehearsal-labs_0.test",
    ]);
  });

  it("are removed where another process has just done so, and only there", async () => {
    const gone = refusal("Error: No such container: rehearsal-labs_0.test");
    const fake = new FakeDocker({ ...listings, "container stop": gone });
    await assert.rejects(removeContainers(fake.docker, "test", ["rehearsal-labs_0.test"]), gone);
    const emptied = new FakeDocker();
    let stopped = false;
    const docker: Docker = (args, options) => {
      const source = stopped ? emptied : fake;
      stopped ||= args[1] === "stop";
      return source.docker(args, options);
    };
    await removeContainers(docker, "test", ["rehearsal-labs_0.test"]);
    assert.ok(stopped);
  });
});
