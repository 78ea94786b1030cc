import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { TestEnvironment } from "./support";

/** How often an up is killed. `KILLS=20 npm test -- --suite engine` for a long look. */
const kills = Number(process.env.KILLS ?? 3);

/** How long an up takes, about; later kills would meet one that has ended. */
const longestMs = 12_000;

describe("an up that is killed", function () {
  this.timeout(240_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(2);
  });
  after(() => env.remove());

  for (let i = 0; i < kills; i++) {
    // Spread over the whole time, and random within each part.
    const moment = Math.round(((i + Math.random()) * longestMs) / kills);
    it(`after ${moment} ms is mended by one up`, async () => {
      const killed = env.start("up");
      await Promise.race([once(killed, "exit"), sleep(moment)]);
      if (killed.exitCode === null) {
        process.kill(-killed.pid!, "SIGKILL");
        await once(killed, "exit");
      }
      const up = env.run("up");
      assert.equal(up.code, 0, up.stdout + up.stderr);
      const verify = env.run("verify");
      assert.equal(verify.code, 0, verify.stdout + verify.stderr);
      const preview = env.pulumi("preview", "--stack", env.name, "--expect-no-changes", "--non-interactive");
      assert.equal(preview.code, 0, preview.stdout + preview.stderr);
      const destroy = env.run("destroy");
      assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
      assert.deepEqual(env.left(), []);
    });
  }
});
