import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { hashOf, Workspace } from "../../../components/labs/image-builder/workspace";
import { works } from "../../../tools/builder";
import { script } from "../../../tools/builder/linux";
import { ask, MachineError, quote, start } from "../../../tools/builder/machine";
import { operationsOn } from "../../../tools/builder/operations";
import { folderWith, here, removeFolders } from "./support";

const following = { say: () => undefined };
const source = { image: "web", context: ".", dockerfile: "Dockerfile" };

/** A workspace's data for `builder copy`, as the program declares it. */
function dataFor(workspace: string) {
  const entries = new Workspace(workspace).seenBy(source);
  const sees = hashOf(entries);
  return { ...here, workspace, hash: sees, images: [{ ...source, sees }] };
}

const copy = (data: object) => works.copy(data as Parameters<typeof works.copy>[0], { images: [] }, following);

describe("a workspace's way to the machine that builds", () => {
  const before = process.env.XDG_CACHE_HOME;
  let root: string;

  beforeEach(() => {
    process.env.XDG_CACHE_HOME = folderWith();
    root = join(process.env.XDG_CACHE_HOME, "container-network-labs", "workspaces", "unit", "image-builder");
  });
  afterEach(() => {
    process.env.XDG_CACHE_HOME = before;
    if (before === undefined) {
      delete process.env.XDG_CACHE_HOME;
    }
    removeFolders();
  });

  const workspaces = (): string[] => readdirSync(join(root, "workspaces"));

  it("is made once: a second time nothing is copied", async () => {
    const data = dataFor(folderWith({ Dockerfile: "FROM scratch", "a/b": "1" }));
    assert.deepEqual(await copy(data), { changed: true, files: 2, bytes: 13, sent: 13 });
    assert.equal(readFileSync(join(root, "workspaces", data.hash, "tree", "a", "b"), "utf8"), "1");
    assert.equal(readFileSync(join(root, "workspaces", data.hash, "images"), "utf8"), `web ${data.hash}\n`);
    assert.deepEqual(await copy(data), { changed: false, files: 2, bytes: 13, sent: 0 });
  });

  it("is of what has changed alone", async () => {
    const workspace = folderWith({ Dockerfile: "FROM scratch", "d/a b": "1", "d/b": { run: "2" }, "e/c": "3" });
    await copy(dataFor(workspace));
    writeFileSync(join(workspace, "d", "b"), "22");
    rmSync(join(workspace, "e"), { recursive: true });
    const data = dataFor(workspace);
    assert.deepEqual(await copy(data), { changed: true, files: 3, bytes: 15, sent: 2 });
    const tree = join(root, "workspaces", data.hash, "tree");
    assert.deepEqual(hashOf(new Workspace(tree).seenBy(source)), data.hash);
    assert.deepEqual(readdirSync(join(root, "workspaces", data.hash)).sort(), ["files", "images", "tree"]);
  });

  for (const [what, path] of [
    ["a file", "tree/a"],
    ["all of it", "tree"],
  ] as const) {
    it(`is of all of it where ${what} was taken away of what is there`, async () => {
      const workspace = folderWith({ Dockerfile: "FROM scratch", a: "1" });
      const data = dataFor(workspace);
      await copy(data);
      rmSync(join(root, "workspaces", data.hash, path), { recursive: true });
      writeFileSync(join(workspace, "b"), "2");
      const next = dataFor(workspace);
      assert.deepEqual(await copy(next), { changed: true, files: 3, bytes: 14, sent: 14 });
      assert.deepEqual(hashOf(new Workspace(join(root, "workspaces", next.hash, "tree")).seenBy(source)), next.hash);
    });
  }

  it("takes the place of the one before, and sweeps what was cut off", async () => {
    await copy(dataFor(folderWith({ Dockerfile: "FROM scratch" })));
    mkdirSync(join(root, "workspaces", "abc.partial", "tree"), { recursive: true });
    const data = dataFor(folderWith({ Dockerfile: "FROM scratch", more: "1" }));
    await copy(data);
    assert.deepEqual(workspaces(), [data.hash]);
  });

  it("is refused where the workspace is not any more what was declared", async () => {
    const data = { ...dataFor(folderWith({ Dockerfile: "FROM scratch" })), hash: "0".repeat(64) };
    await assert.rejects(copy(data), /changed while it was being copied/);
    assert.equal(existsSync(root), false);
  });

  it("leaves nothing where it is cut off in the middle", async () => {
    const words = script(["receive"], ["container-network-labs/workspaces/unit/image-builder", "abc", "web abc"]);
    const { process: child, ended } = start(here.machine, words, following);
    // The beginning of an archive, and no more of it.
    child.stdin.end(Buffer.from("1f8b08000000000004", "hex"));
    await assert.rejects(ended, MachineError);
    assert.deepEqual(workspaces(), []);
  });

  it("keeps what is there when the next one is cut off", async () => {
    const data = dataFor(folderWith({ Dockerfile: "FROM scratch" }));
    await copy(data);
    const cutOff = operationsOn(here, following).receive("abc", ["web abc"], async (archive: Writable) => {
      archive.end("no archive");
    });
    await assert.rejects(cutOff, MachineError);
    assert.deepEqual(workspaces(), [data.hash]);
  });

  it("is taken back, with the folders that it was alone in, and quietly a second time", async () => {
    const data = dataFor(folderWith({ Dockerfile: "FROM scratch" }));
    await copy(data);
    await operationsOn(here, following).removeWorkspace();
    assert.equal(existsSync(join(process.env.XDG_CACHE_HOME!, "container-network-labs")), false);
    await operationsOn(here, following).removeWorkspace();
  });
});

describe("a command on a machine", () => {
  it("fails with its exit code and the last of its own words, all of which were told as they came", async () => {
    const told: string[] = [];
    const words = ["sh", "-c", "for i in $(seq 80); do echo line $i >&2; done; exit 3"];
    await assert.rejects(ask(here.machine, words, { say: (line) => told.push(line) }), (error) => {
      assert.ok(error instanceof MachineError);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, /Failed on host "here": exit code 3/);
      assert.deepEqual([error.lines[0], error.lines.at(-1), error.lines.length], ["line 31", "line 80", 50]);
      return true;
    });
    assert.equal(told.length, 80);
  });

  it("that there is none is told", async () => {
    await assert.rejects(ask(here.machine, ["no-such-program"], following), /could not be started/);
  });

  it("ends when the run is cancelled", async () => {
    const controller = new AbortController();
    const asked = ask(here.machine, ["sleep", "60"], { ...following, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(asked, { name: "AbortError" });
  });

  it("is told its words as they are", async () => {
    const words = ["plain", "two words", "it's", '"$HOME" `id` \\ *', ""];
    const line = ["printf", "%s|", ...words].map(quote).join(" ");
    assert.equal(await ask(here.machine, ["sh", "-c", line], following), words.map((word) => `${word}|`).join(""));
  });
});
