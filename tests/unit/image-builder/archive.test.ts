import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createWriteStream,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Workspace } from "../../../components/labs/image-builder/workspace";
import { manifestLine, type Parcel, writeArchive } from "../../../tools/builder/archive";
import { UserError } from "../../../tools/command";
import { type Files, folderWith, removeFolders } from "./support";

const whole = { context: ".", dockerfile: "Dockerfile" };
const files: Files = {
  Dockerfile: "FROM scratch\n",
  "d/tool": { run: "#!/bin/sh\n" },
  "d/ä space and 'quotes'": "1",
  empty: "",
  [`${"long/".repeat(30)}name`]: "2",
  link: { link: "d/tool" },
};

/** A workspace of which the machine has nothing. */
function parcel(folder: string): Parcel {
  return { folder, entries: new Workspace(folder).seenBy(whole), kept: new Set() };
}

async function packed(folder: string): Promise<Buffer> {
  const archive = new PassThrough();
  const [bytes] = await Promise.all([buffer(archive), writeArchive(parcel(folder), archive)]);
  return bytes;
}

describe("the archive of a workspace", () => {
  afterEach(removeFolders);

  it("is the same for the same files, whenever and in whatever order they were written", async () => {
    const [one, other] = [folderWith(files), folderWith(Object.fromEntries(Object.entries(files).reverse()))];
    utimesSync(join(other, "empty"), 1, 1);
    const sums = await Promise.all(
      [one, other].map(async (each) =>
        createHash("sha256")
          .update(await packed(each))
          .digest("hex"),
      ),
    );
    assert.equal(sums[0], sums[1]);
  });

  it("is unpacked by tar to what it was made from", async () => {
    const from = folderWith(files);
    const into = folderWith();
    execFileSync("tar", ["-xzf", "-", "-C", into], { input: await packed(from) });
    for (const [path, content] of Object.entries(files)) {
      if (typeof content === "object" && "link" in content) {
        assert.equal(readlinkSync(join(into, "tree", path)), content.link);
      } else {
        assert.equal(readFileSync(join(into, "tree", path), "utf8"), readFileSync(join(from, path), "utf8"), path);
      }
    }
    assert.equal(statSync(join(into, "tree/d/tool")).mode & 0o777, 0o755);
    assert.equal(statSync(join(into, "tree/empty")).mode & 0o777, 0o644);
    assert.equal(lstatSync(join(into, "tree/empty")).mtime.getUTCFullYear(), 1980);
  });

  it("holds a large file, which is never in memory as a whole", async () => {
    const folder = folderWith({ Dockerfile: "" });
    const out = createWriteStream(join(folder, "large"));
    for (let i = 0; i < 20; i++) {
      out.write(Buffer.alloc(1024 * 1024, i));
    }
    await new Promise((resolve) => out.end(resolve));
    const into = folderWith();
    execFileSync("tar", ["-xzf", "-", "-C", into], { input: await packed(folder) });
    assert.ok(readFileSync(join(into, "tree/large")).equals(readFileSync(join(folder, "large"))));
  });

  for (const size of [10, 9 * 1024 * 1024]) {
    it(`is refused for a file of ${size} bytes that was written to meanwhile`, async () => {
      const folder = folderWith({ Dockerfile: "", a: "x".repeat(size) });
      const entries = new Workspace(folder).seenBy(whole);
      writeFileSync(join(folder, "a"), "y".repeat(size));
      const archive = new PassThrough().resume();
      await assert.rejects(writeArchive({ folder, entries, kept: new Set() }, archive), (error) => {
        assert.ok(error instanceof UserError);
        return /changed while it was being copied: a\./.test(error.message);
      });
    });
  }

  it("leaves out what the machine has, and says what that is", async () => {
    const { folder, entries } = parcel(folderWith(files));
    const kept = new Set(entries.filter(({ path }) => path === "d/tool" || path === "empty"));
    const into = folderWith();
    const archive = new PassThrough();
    const [bytes] = await Promise.all([buffer(archive), writeArchive({ folder, entries, kept }, archive)]);
    execFileSync("tar", ["-xzf", "-", "-C", into], { input: bytes });
    assert.equal(readFileSync(join(into, "keep"), "utf8"), "d/tool\0empty\0");
    assert.equal(
      readFileSync(join(into, "files"), "utf8"),
      entries.map((entry) => `${manifestLine(entry)}\n`).join(""),
    );
    assert.equal(existsSync(join(into, "tree", "d", "tool")), false);
    assert.equal(readFileSync(join(into, "tree", "Dockerfile"), "utf8"), "FROM scratch\n");
  });

  it("tells how far it is", async () => {
    const folder = folderWith({ Dockerfile: "12345", a: "123" });
    let bytes = 0;
    const archive = new PassThrough().resume();
    await writeArchive(parcel(folder), archive, (more) => (bytes += more));
    assert.equal(bytes, 8);
  });
});
