import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { diskOf } from "../../../components/azure/disk";
import { images, imagesFor, labsTag, type ImageName, type MachineImage } from "../../../components/azure/images";
import { bastionSubnetOf } from "../../../components/azure/network-plan";
import { frontendRange } from "../../../components/azure/ports";
import { ephemeralRoom, sizes, type SizeName } from "../../../components/azure/sizes";
import { imageNamed } from "../../azure-simulator/catalogue/images";
import { sizeNamed } from "../../azure-simulator/catalogue/sizes";

const components = join(__dirname, "..", "..", "..", "components");

describe("the images of machines", () => {
  for (const [name, image] of Object.entries<MachineImage>(images)) {
    it(`${name} is in the marketplace, and can have Trusted Launch`, () => {
      const found = imageNamed(image.reference)!;
      assert.deepEqual(
        { os: found.os.toLowerCase(), generation: found.generation, disk: found.disk },
        { os: image.os, generation: image.generation, disk: image.diskGb },
      );
      assert.equal(image.generation, 2);
    });
  }

  it("run the labs' containers, each with process isolation", () => {
    assert.deepEqual(imagesFor("linux"), ["ubuntu-24.04", "ubuntu-22.04"]);
    assert.deepEqual(imagesFor("windows"), ["windows-2022-core", "windows-2025-core"]);
  });

  it("run what the labs' Dockerfiles for Windows start from", () => {
    const files = dockerfiles();
    assert.ok(files.length >= 5, `found ${files.length}`);
    for (const file of files) {
      const tags = readFileSync(file, "utf8").match(/\bltsc20\d\d\b/g) ?? [];
      assert.deepEqual(
        [...new Set(tags)].filter((tag) => tag !== labsTag),
        [],
        file,
      );
    }
  });

  it("run nothing newer than themselves", () => {
    for (const name of imagesFor("windows")) {
      const { build, tags } = images[name];
      const newer = build! < 26_100 ? ["ltsc2025"] : [];
      assert.deepEqual(
        tags!.hyperv.filter((tag) => newer.includes(tag)),
        [],
      );
      assert.deepEqual(
        tags!.process.filter((tag) => !tags!.hyperv.includes(tag)),
        [],
      );
    }
  });
});

function dockerfiles(): string[] {
  const files = readdirSync(components, { recursive: true, encoding: "utf8" });
  return files.filter((file) => basename(file) === "Dockerfile.windows").map((file) => join(components, file));
}

describe("the sizes of machines", () => {
  for (const [name, size] of Object.entries(sizes)) {
    it(`${name} is as Azure has it`, () => {
      const { cores, cache, temporary, trustedLaunch } = sizeNamed(name)!;
      assert.deepEqual([size.cores, size.cacheGb, size.temporaryGb], [cores, cache, temporary]);
      assert.ok(trustedLaunch);
    });
  }

  it("have room for an ephemeral disk where most is", () => {
    assert.deepEqual(ephemeralRoom("Standard_D4s_v3"), { placement: "CacheDisk", roomGb: 100 });
    assert.deepEqual(ephemeralRoom("Standard_D4ds_v5"), { placement: "ResourceDisk", roomGb: 150 });
    assert.equal(ephemeralRoom("Standard_D4s_v5"), undefined);
  });
});

describe("a machine's disk", () => {
  const rows: readonly [ImageName, SizeName, Parameters<typeof diskOf>[0]["disk"], ReturnType<typeof diskOf>][] = [
    ["ubuntu-24.04", "Standard_D4ds_v5", undefined, { kind: "ephemeral", sizeGb: 64, placement: "ResourceDisk" }],
    ["ubuntu-24.04", "Standard_D4s_v3", undefined, { kind: "ephemeral", sizeGb: 64, placement: "CacheDisk" }],
    ["ubuntu-24.04", "Standard_D2s_v3", undefined, { kind: "managed", sizeGb: 64 }],
    ["ubuntu-24.04", "Standard_D4s_v5", undefined, { kind: "managed", sizeGb: 64 }],
    ["ubuntu-24.04", "Standard_D4ds_v5", { kind: "managed", sizeGb: 30 }, { kind: "managed", sizeGb: 30 }],
    ["windows-2022-core", "Standard_D4ds_v5", {}, { kind: "ephemeral", sizeGb: 127, placement: "ResourceDisk" }],
    ["windows-2022-core", "Standard_D2ds_v5", {}, { kind: "managed", sizeGb: 127 }],
  ];
  for (const [image, size, disk, expected] of rows) {
    it(`is ${expected.kind}, of ${expected.sizeGb} GB, for ${image} on ${size}`, () => {
      assert.deepEqual(diskOf({ image, size, disk }), expected);
    });
  }
});

describe("the plan of the network", () => {
  it("has Azure Bastion at its end", () => {
    assert.equal(bastionSubnetOf({ addressSpace: "10.0.0.0/16", subnet: "10.0.1.0/24" }), "10.0.255.192/26");
    assert.equal(bastionSubnetOf({ addressSpace: "10.0.0.0/26", subnet: "10.0.0.0/28" }), undefined);
    assert.equal(bastionSubnetOf({ addressSpace: "10.0.0.0/28", subnet: "10.0.0.0/29" }), undefined);
  });

  it("has ports for hosts apart from each other, however many there are", () => {
    const ranges = (["ssh", "docker", "winrm"] as const).map((port) => frontendRange(port, 100));
    assert.deepEqual(
      ranges.map(({ first, last }) => [first, last]),
      [
        [50_000, 50_099],
        [51_000, 51_099],
        [52_000, 52_099],
      ],
    );
  });
});
