import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const MIB = 1024 * 1024;

/** What is copied: as many files, and as much in them, as a middling project has. */
export const size = { files: 2000, mebibytes: 100 } as const;

/** A stream of bytes that is the same in every run, and that nothing can make fewer. */
function bytes(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0, made = 0; made < length; i++, made += 64) {
    parts.push(createHash("sha512").update(`${seed} ${i}`).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** Text as source code is: words of a small vocabulary, which compression makes a quarter of. */
function text(seed: string, length: number): Buffer {
  const words = bytes(seed, Math.ceil(length / 4));
  const all = [...words].map((byte) => `${vocabulary[byte]}${byte % 11 === 0 ? "\n" : " "}`).join("");
  return Buffer.from(all.repeat(Math.ceil(length / all.length)).slice(0, length));
}

const vocabulary = Array.from({ length: 256 }, (_, i) =>
  createHash("sha256")
    .update(String(i))
    .digest("hex")
    .slice(0, 2 + (i % 9)),
);

/**
 * Writes a workspace: {@link size.files} files in folders of 50, three of four of them text, and sizes from a few bytes to
 * a thousand times that, as they are in projects.
 */
export function writeWorkspace(folder: string): void {
  const weights = Array.from({ length: size.files }, (_, i) => 1 / (1 + ((i * 7919) % size.files)) ** 0.7);
  const unit = (size.mebibytes * MIB) / weights.reduce((sum, weight) => sum + weight, 0);
  weights.forEach((weight, i) => {
    const file = join(folder, `part-${Math.floor(i / 50)}`, `file-${i}${i % 4 === 0 ? ".bin" : ".txt"}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, (i % 4 === 0 ? bytes : text)(String(i), Math.round(weight * unit)));
  });
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY . /\n");
}

/** Changes one file of it, in another way in each round. */
export function changeOne(folder: string, round: number): void {
  writeFileSync(join(folder, "part-7", "file-351.txt"), `round ${round}\n`);
}
