import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import type { BuildData } from "../../../components/labs/image-builder/data";
import { wrongBases } from "../../../tools/builder/base-images";
import { buildOptions, declaredArguments } from "../../../tools/builder/build";
import { unpack } from "../../../tools/builder/fetch";
import { builderDocument } from "../../../tools/builder/windows";
import { folderWith, here, removeFolders } from "./support";

describe("the options of a build", () => {
  afterEach(removeFolders);

  const optionsOf = (dockerfile: string, more: Partial<BuildData> = {}): string[] => {
    const data: BuildData = {
      ...here,
      workspace: folderWith({ Dockerfile: dockerfile }),
      context: ".",
      dockerfile: "Dockerfile",
      image: "web",
      sees: "",
      reference: "web:1",
      givenArguments: { BASE: "debian", BUILD_ID: "1" },
      arguments: {},
      labels: {},
      cacheFrom: [],
      check: [],
      keep: [],
      ...more,
    };
    return buildOptions(data).filter((option) => option !== "--force-rm");
  };

  it("give what the Dockerfile declares, and no more of what nobody asked for", () => {
    assert.deepEqual(optionsOf("ARG BASE\nFROM ${BASE}"), ["--build-arg", "BASE=debian"]);
    assert.deepEqual(optionsOf("FROM scratch"), []);
  });

  it("give a user's own arguments in any case, in place of the program's", () => {
    const own = { BASE: "alpine", VERSION: "1 2" };
    assert.deepEqual(optionsOf("ARG BASE", { arguments: own }), [
      "--build-arg",
      "BASE=alpine",
      "--build-arg",
      "VERSION=1 2",
    ]);
  });

  it("give labels, the target and where to look for a cache", () => {
    const more = { labels: { a: "b c" }, target: "tests", cacheFrom: ["registry.example/web:main"] };
    assert.deepEqual(optionsOf("FROM scratch", more), [
      ...["--label", "a=b c"],
      ...["--target", "tests"],
      ...["--cache-from", "registry.example/web:main"],
    ]);
  });

  it("know an argument in any form that declares it", () => {
    const text = "ARG A\n  arg B=1\nARG C=${A} D\n# ARG E\nRUN echo ARG F\n";
    assert.deepEqual([...declaredArguments(text)].sort(), ["A", "B", "C", "D"]);
  });
});

describe("the Windows that an image needs", () => {
  const cases: [string, number, Record<string, string>, string[]][] = [
    ["FROM mcr.microsoft.com/windows/servercore:ltsc2022", 20_348, {}, []],
    ["FROM mcr.microsoft.com/windows/servercore:ltsc2022", 26_100, {}, []],
    [
      "FROM mcr.microsoft.com/windows/servercore:ltsc2025",
      20_348,
      {},
      ["mcr.microsoft.com/windows/servercore:ltsc2025"],
    ],
    [
      "FROM mcr.microsoft.com/windows/servercore:ltsc2019",
      26_100,
      {},
      ["mcr.microsoft.com/windows/servercore:ltsc2019"],
    ],
    ["FROM microsoft/windowsservercore:1709", 20_348, {}, ["microsoft/windowsservercore:1709"]],
    ["ARG W=ltsc2022\nFROM python:3.13-windowsservercore-${W}", 20_348, {}, []],
    [
      "ARG W=ltsc2022\nFROM python:3.13-windowsservercore-${W}",
      20_348,
      { W: "ltsc2025" },
      ["python:3.13-windowsservercore-ltsc2025"],
    ],
    ["FROM golang:1.26 AS build\nFROM build", 20_348, {}, []],
    ["FROM --platform=windows/amd64 a:1809", 20_348, {}, ["a:1809"]],
    ["FROM registry.example:5000/a:ltsc2019@sha256:abc", 20_348, {}, ["registry.example:5000/a:ltsc2019@sha256:abc"]],
  ];
  for (const [dockerfile, host, given, wrong] of cases) {
    it(`of ${dockerfile.replace("\n", "; ")} on build ${host} ${wrong.length === 0 ? "fits" : "is refused"}`, () => {
      assert.deepEqual(
        wrongBases(dockerfile, given, host).map(({ image }) => image),
        wrong,
      );
    });
  }
});

describe("artefacts that arrive", () => {
  afterEach(removeFolders);

  const sum = (content: string): string => createHash("sha256").update(content).digest("hex");

  /** Unpacks an archive of these entries. */
  async function unpacked(entries: Record<string, string>, names: string[], into = folderWith()) {
    const tar = pack();
    Object.entries(entries).forEach(([name, content]) => tar.entry({ name }, content));
    tar.finalize();
    const archive = new PassThrough();
    tar.pipe(createGzip()).pipe(archive);
    return unpack(archive, join(into, "artefacts"), names);
  }

  it("are files and folders under the names that were asked for, with their checksums", async () => {
    const into = folderWith();
    const files = { "files/0": "one", "files/1/a b": "two", "files/1/c/d": "three" };
    const sums = Object.entries(files).map(([name, content]) => `${sum(content)}  ${name}\n`);
    const found = await unpacked({ sums: sums.join(""), ...files }, ["report.xml", "site"], into);
    assert.deepEqual(found, [
      { file: "report.xml", sha256: sum("one"), bytes: 3 },
      { file: "site/a b", sha256: sum("two"), bytes: 3 },
      { file: "site/c/d", sha256: sum("three"), bytes: 5 },
    ]);
    assert.equal(readFileSync(join(into, "artefacts", "site", "c", "d"), "utf8"), "three");
  });

  const bad: Record<string, [Record<string, string>, RegExp]> = {
    "with another checksum": [{ sums: `${sum("other")}  files/0\n`, "files/0": "one" }, /checksum differs/],
    "without one": [{ sums: "", "files/0": "one" }, /checksum differs/],
    "not at all": [{ sums: `${sum("one")}  files/0\n` }, /Of 1 files of the artefacts, 0 arrived/],
    "under a name that was not asked for": [
      { sums: `${sum("one")}  files/1\n`, "files/1": "one" },
      /holds "files\/1", which was not asked for/,
    ],
    "above their folder": [
      { sums: `${sum("one")}  files/0/../../a\n`, "files/0/../../a": "one" },
      /holds "files\/0\/\.\.\/\.\.\/a", which was not asked for/,
    ],
  };
  for (const [what, [entries, told]] of Object.entries(bad)) {
    it(`are refused ${what}`, () => assert.rejects(unpacked(entries, ["report.xml"]), told));
  }
});

describe("the scripts of the image-builder's programs", () => {
  it("are sent to a Windows machine with their data, as ASCII", () => {
    const document = builderDocument({ action: "build", labels: { title: "ä" } });
    const { data, scripts } = JSON.parse(document) as { data: object; scripts: string[] };
    assert.deepEqual(data, { action: "build", labels: { title: "ä" } });
    assert.equal(scripts.length, 2);
    assert.match(scripts[0], /^function Invoke-Docker \{/m);
    assert.match(scripts[1], /^function Invoke-Builder \{/m);
    assert.match(document, /^[\x20-\x7e]*$/);
  });

  const folder = join(__dirname, "..", "..", "..", "tools", "builder", "linux");
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".sh"))) {
    it(`${file} is the shell's language`, () => {
      execFileSync("sh", ["-n", join(folder, file)]);
    });
  }
});
