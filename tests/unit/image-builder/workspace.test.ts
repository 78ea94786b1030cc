import assert from "node:assert/strict";
import { chmodSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf, Workspace } from "../../../components/labs/image-builder/workspace";
import { type Files, folderWith, removeFolders } from "./support";

const whole = { context: ".", dockerfile: "Dockerfile" };

describe("what a build sees of a workspace", () => {
  afterEach(removeFolders);

  const paths = (files: Files, source = whole): string[] =>
    new Workspace(folderWith({ Dockerfile: "FROM scratch", ...files })).seenBy(source).map(({ path }) => path);

  it("is its context, sorted, with its folders", () => {
    assert.deepEqual(paths({ "b/c": "1", "b-a": "2", B: "3" }), ["B", "Dockerfile", "b", "b-a", "b/c"]);
  });

  it("is only the folder that is its context, and its Dockerfile wherever that is", () => {
    const files = { "web/a": "1", "api/b": "2", "docker/web": "FROM scratch" };
    assert.deepEqual(paths(files, { context: "web", dockerfile: "docker/web" }), ["docker/web", "web/a"]);
  });

  // Each was seen to be Docker's own meaning: tests/nightly/image-builder-ignore.test.ts compares them with a real build.
  const files = { "a.md": "", "d/a.md": "", "d/e/a.md": "", "d/e/b.txt": "", "A.MD": "", "d/.hidden": "" };
  const rules: [string, string, string[]][] = [
    ["a name at the root alone", "a.md", ["a.md"]],
    ["a pattern at the root alone", "*.md", ["a.md"]],
    ["any folder", "**/*.md", ["a.md", "d/a.md", "d/e/a.md"]],
    ["a folder with all that is in it", "d", ["d", "d/.hidden", "d/a.md", "d/e", "d/e/a.md", "d/e/b.txt"]],
    ["an exception in a folder", "d\n!d/e/b.txt", ["d", "d/.hidden", "d/a.md", "d/e", "d/e/a.md"]],
    ["the last rule that fits", "!a.md\n*.md", ["a.md"]],
    ["a comment and an empty line", "# *.md\n\n", []],
    ["a leading and a trailing slash", "/d/e/", ["d/e", "d/e/a.md", "d/e/b.txt"]],
    ["a space at the end", "a.md  ", ["a.md"]],
  ];
  for (const [what, text, ignored] of rules) {
    it(`is without what .dockerignore takes out: ${what}`, () => {
      const all = paths(files);
      const left = paths({ ...files, ".dockerignore": text }).filter((path) => path !== ".dockerignore");
      assert.deepEqual(
        all.filter((path) => !left.includes(path)),
        ignored,
      );
    });
  }

  it("has the Dockerfile and .dockerignore themselves, whatever that says", () => {
    assert.deepEqual(paths({ ".dockerignore": "**", other: "" }), [".dockerignore", "Dockerfile"]);
  });

  it("follows the .dockerignore of its own Dockerfile, where there is one", () => {
    const own = { ".dockerignore": "a", "Dockerfile.dockerignore": "b", a: "", b: "" };
    assert.deepEqual(paths(own), [".dockerignore", "Dockerfile", "Dockerfile.dockerignore", "a"]);
  });

  it("takes a link for what it is, even to nothing", () => {
    const folder = folderWith({ Dockerfile: "", link: { link: "../elsewhere" } });
    const found = new Workspace(folder).seenBy(whole).find(({ path }) => path === "link");
    assert.deepEqual(found, { path: "link", type: "symlink", executable: false, size: 0, content: "../elsewhere" });
  });
});

describe("the hash of a workspace", () => {
  afterEach(removeFolders);
  const hash = (folder: string): string => hashOf(new Workspace(folder).seenBy(whole));
  const files: Files = { Dockerfile: "FROM scratch", a: "1", "d/b": "2", link: { link: "a" } };

  it("is the same wherever and whenever the files were written", () => {
    const [one, other] = [folderWith(files), folderWith(Object.fromEntries(Object.entries(files).reverse()))];
    utimesSync(join(other, "a"), 1, 1);
    chmodSync(join(other, "a"), 0o600);
    assert.equal(hash(one), hash(other));
  });

  const changes: [string, (folder: string) => void][] = [
    ["what a file holds", (folder) => writeFileSync(join(folder, "a"), "2")],
    ["its name", (folder) => renameSync(join(folder, "a"), join(folder, "c"))],
    ["where it is", (folder) => renameSync(join(folder, "a"), join(folder, "d", "a"))],
    ["whether it can be executed", (folder) => chmodSync(join(folder, "a"), 0o750)],
    ["a new empty file", (folder) => writeFileSync(join(folder, "empty"), "")],
  ];
  for (const [what, change] of changes) {
    it(`is another with ${what}`, () => {
      const folder = folderWith(files);
      const before = hash(folder);
      change(folder);
      assert.notEqual(hash(folder), before);
    });
  }

  it("is another where a link leads elsewhere, or is no link", () => {
    const all = [files, { ...files, link: { link: "d/b" } }, { ...files, link: "a" }].map((each) =>
      hash(folderWith(each)),
    );
    assert.equal(new Set(all).size, 3);
  });

  it("of 2,000 files with 100 MB takes a processor no second", () => {
    const text = "x".repeat(50_000);
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`d${i % 40}/f${i}`, `${i}${text}`]));
    const folder = folderWith({ Dockerfile: "", ...many });
    const before = process.cpuUsage();
    hash(folder);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 1_000_000, `${(user + system) / 1000} ms`);
  });
});
