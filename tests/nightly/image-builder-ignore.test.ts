import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Workspace } from "../../components/labs/image-builder/workspace";
import { docker } from "../engine/support";

const files = [
  ...["a.md", "A.MD", "b.txt", "#hash", "!bang", "with space", ".hidden", "[x]"],
  ...["d/a.md", "d/b.txt", "d/.hidden", "d/e/a.md", "d/e/b.txt", "d/e/f/a.md", "dd/a.md", "node_modules/x/index.js"],
  ...["src/node_modules/y/index.js", "src/index.js", "src/[id]/page.js"],
];

/** Rules of .dockerignore files, each of a kind that people write. */
const cases: readonly string[] = [
  "*.md",
  "**/*.md",
  "d",
  "d/",
  "/d/e",
  "./d",
  "d/*",
  "d/**",
  "**/node_modules",
  "node_modules",
  "*/node_modules",
  "d\n!d/e/b.txt",
  "d/**\n!d/e",
  "*\n!src",
  "**\n!d/e/*.md",
  "*.md\n!a.md\na.*",
  "!a.md\n*.md",
  "# a comment\n\n  b.txt  \n",
  "\\#hash",
  "?.md",
  "[a-b].md",
  "[^a].txt",
  ".*",
  "**/.*",
  "d/../b.txt",
  "dd/a.md/",
  "src/\\[id\\]",
  "**/e/**",
  "a.md\r\nb.txt\r\n",
];

const name = `cnl-test-ignore-${process.pid}`;

/** What a build that copies its whole context gets, by the engine itself. */
function seenByDocker(folder: string): string[] {
  execFileSync("docker", ["build", "--quiet", "--tag", name, folder], { stdio: "pipe" });
  const container = docker("create", name, "none");
  try {
    const archive = execFileSync("docker", ["cp", `${container}:/context`, "-"], { maxBuffer: 64 * 1024 * 1024 });
    const listed = execFileSync("tar", ["-tf", "-"], { input: archive, encoding: "utf8" });
    return listed
      .split("\n")
      .filter((path) => path !== "" && !path.endsWith("/"))
      .map((path) => path.replace(/^context\//, ""));
  } finally {
    docker("rm", container);
  }
}

describe("what .dockerignore means to a workspace", function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "image-builder-"));
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), file);
    }
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY . /context/\n");
  });
  after(() => {
    rmSync(folder, { recursive: true });
    spawnSync("docker", ["image", "rm", "--force", name]);
  });

  for (const rules of cases) {
    it(`is what it means to Docker: ${JSON.stringify(rules)}`, () => {
      writeFileSync(join(folder, ".dockerignore"), rules);
      const ours = new Workspace(folder)
        .seenBy({ context: ".", dockerfile: "Dockerfile" })
        .flatMap(({ path, type }) => (type === "file" ? path : []));
      // Docker always takes these two to read them, and then keeps to the rules for what it copies.
      const but = (paths: string[]) => paths.filter((path) => !["Dockerfile", ".dockerignore"].includes(path)).sort();
      assert.deepEqual(but(ours), but(seenByDocker(folder)));
    });
  }
});
