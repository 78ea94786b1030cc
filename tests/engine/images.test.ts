import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "./support";
import { buildImage, clear, imagesFolder, start, testImages } from "./test-images";

const containers = ["image-chat", "image-web", "image-sleep"];

/** Stops a container by hand; the milliseconds that it took. */
function stop(name: string): number {
  const begun = performance.now();
  docker("stop", "--time", "10", `cnl-test-${name}`);
  return performance.now() - begun;
}

describe("the images of the docker-networks lab", function () {
  this.timeout(600_000);
  let images: Awaited<ReturnType<typeof testImages>>;

  before(async () => {
    clear(containers);
    images = await testImages();
  });
  after(() => clear(containers));

  it("holds a chat program that passes its own tests", () => {
    const test = `${join(imagesFolder, "chat", "test_chat.py")}:/home/chat/test_chat.py:ro`;
    const command = ["python3", "-m", "unittest", "test_chat"];
    const { status, stderr } = spawnSync("docker", ["run", "--rm", "--volume", test, images.chat, ...command], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^Ran \d\d tests in/m);
  });

  it("describes the chat image as it is told, mypython2 by default", async () => {
    const description = (tag: string): string =>
      docker("image", "inspect", "--format", '{{index .Config.Labels "description"}}', tag);
    assert.equal(description(images.chat), "mypython2");
    await buildImage("chat", "cnl-test-described", "--build-arg", "DESCRIPTION=another one");
    assert.equal(description("cnl-test-described"), "another one");
  });

  it("runs nothing as root", () => {
    for (const tag of Object.values(images)) {
      assert.notEqual(docker("run", "--rm", "--entrypoint", "id", tag, "-u"), "0");
    }
  });

  it("leaves no package lists behind", () => {
    for (const tag of Object.values(images)) {
      assert.equal(docker("run", "--rm", "--entrypoint", "ls", tag, "/var/lib/apt/lists"), "");
    }
  });

  it("serves a page, logs what was asked, and is healthy", async () => {
    start("image-web", "--publish", "127.0.0.1::80", images.web);
    const address = docker("port", "cnl-test-image-web", "80/tcp");
    const page = await eventually(() => fetch(`http://${address}/`));
    assert.equal(page.status, 200);
    assert.match(await page.text(), /It works!/);
    assert.equal((await fetch(`http://${address}/missing`)).status, 404);
    docker("exec", "cnl-test-image-web", "bash", "/usr/local/bin/healthy");
    assert.match(docker("logs", "cnl-test-image-web"), /"GET \/ HTTP\/1\.1" 200[^]*"GET \/missing HTTP\/1\.1" 404/);
  });

  it("has a health check that fails where nothing is served", () => {
    const command = ["run", "--rm", "--entrypoint", "bash", images.web, "/usr/local/bin/healthy"];
    assert.equal(spawnSync("docker", command).status, 1);
  });

  it("ends at once when it is stopped, whatever it runs", () => {
    start("image-chat", images.chat);
    start("image-sleep", images.chat, "sleep", "infinity");
    docker("exec", "cnl-test-image-web", "bash", "/usr/local/bin/healthy");
    for (const name of containers) {
      assert.ok(stop(name) < 5000, name);
    }
  });

  it("tells of the chat server's health without joining", () => {
    docker("start", "cnl-test-image-chat");
    const check = () =>
      spawnSync("docker", ["exec", "cnl-test-image-chat", "python3", "client.py", "127.0.0.1", "--check"]);
    return eventually(async () => assert.equal(check().status, 0)).then(() => {
      assert.doesNotMatch(docker("logs", "cnl-test-image-chat"), /connected/);
    });
  });
});

/** Tries again for some seconds: a container has started before what runs in it. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) {
        throw error;
      }
      await sleep(100);
    }
  }
}
