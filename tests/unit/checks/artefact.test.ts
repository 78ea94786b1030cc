import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Expectation } from "../../../components/checks/expectation";
import { FakeDocker, placed, proved } from "./support";

const environment = `artefact-test-${process.pid}`;
const folder = join("out", environment, "artefacts");

describe("artefacts", () => {
  let docker: FakeDocker;
  beforeEach(() => {
    docker = new FakeDocker();
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => {
    docker.remove();
    rmSync(join("out", environment), { recursive: true, force: true });
  });

  const artefact: Expectation = {
    kind: "artefact",
    name: "it is here",
    image: "app:1",
    path: "/app/dist",
    file: "dist",
  };
  /** What a check finds where the image holds `there` and this machine `here`: content by path, one file by "". */
  const judged = async (there: Record<string, string>, here: Record<string, string>): Promise<string> => {
    docker.play({
      "create --label": { stdout: "container1\n" },
      "cp container1:/app/dist ": { files: there },
      "rm --force": {},
    });
    for (const [path, content] of Object.entries(here)) {
      const file = join(folder, "dist", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const [{ status, detail }] = await proved([placed(artefact)], { environment });
    assert.deepEqual(
      docker.calls().map(({ call }) => call.split(" ").slice(0, 2).join(" ")),
      ["create --label", "cp container1:/app/dist", "rm --force"],
    );
    return `${status}: ${detail}`;
  };

  it("are what the image holds, a file or a folder", async () => {
    assert.equal(await judged({ "": "content" }, { "": "content" }), "pass: the file is what the image holds");
  });

  it("may be folders", async () => {
    const files = { a: "1", "sub/b": "2" };
    assert.equal(await judged(files, files), "pass: all 2 files are what the image holds");
  });

  it("are told where one is gone or another, by its name", async () => {
    const found = await judged({ a: "1", b: "2", c: "3" }, { a: "1", c: "4" });
    assert.equal(found, "fail: dist/b was removed here; dist/c is not what the image holds");
  });

  it("are no folder in the place of a file", async () => {
    assert.equal(await judged({ "": "content" }, { a: "content" }), "fail: dist was removed here");
  });

  it("are none where the image has none", async () => {
    assert.equal(await judged({ "empty/": "" }, { a: "1" }), "fail: there is no file in /app/dist of the image");
  });

  it("could not be compared where the image or the path is gone, and leave no container", async () => {
    docker.play({ "create --label": { stderr: "Error: No such image: app:1\n", status: 1 } });
    const [noImage] = await proved([placed(artefact)], { environment });
    assert.deepEqual([noImage.status, noImage.detail], ["error", "No such image: app:1"]);
    docker.play({
      "create --label": { stdout: "container1\n" },
      "cp ": { stderr: "Error: Could not find the file /app/dist in container container1\n", status: 1 },
      "rm --force": {},
    });
    const [noPath] = await proved([placed(artefact)], { environment });
    assert.equal(noPath.status, "error");
    assert.equal(docker.calls().at(-1)?.call, "rm --force --volumes container1");
  });
});
