import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Machine } from "../../../tools/setup/machine";
import { createProgress, type Progress, type ProgressOptions } from "../../../tools/terminal/progress";
import { takenCalls } from "../programs";

/** A machine made of folders: a home, a cache, a project, and programs that are short scripts. */
export class FakeMachine implements Machine {
  readonly root = mkdtempSync(join(tmpdir(), "set-up-test-"));
  readonly home = join(this.root, "home");
  readonly cache = join(this.root, "cache");
  readonly state = join(this.root, "state");
  readonly project = join(this.root, "project");
  readonly bin = join(this.root, "bin");
  readonly platform = "linux";
  readonly arch = "x64";
  debianRoot = false;
  systemd = false;
  // Nothing listens on port 1: what is looked for here cannot be reached, and says so at once.
  releases = "http://127.0.0.1:1";
  env: NodeJS.ProcessEnv = { PATH: `${this.bin}:/usr/bin:/bin`, HOME: this.home };

  constructor() {
    for (const [name, version] of Object.entries({ docker: "5.2.0", command: "1.2.1" })) {
      const content = JSON.stringify({ name: `@pulumi/${name}`, version, pulumi: { resource: true, name, version } });
      this.file(join(this.project, "node_modules", "@pulumi", name, "package.json"), content);
    }
    this.file(join(this.project, "Pulumi.yaml"), "name: test\n");
    for (const folder of ["pulumi", "nodejs-language-host", "docker", "command"]) {
      this.file(join(this.project, "tools", "stand-ins", folder, "go.mod"), `module ${folder}\n`);
    }
    mkdirSync(this.home, { recursive: true });
  }

  file(path: string, content: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** A program that notes its arguments in `calls` and then runs `script`. */
  program(path: string, script = ""): string {
    this.file(path, `#!/bin/sh\necho "$(basename "$0") $*" >> ${this.root}/calls\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** What was run, in order, since this was last asked. */
  calls(): string[] {
    return takenCalls(join(this.root, "calls"));
  }

  plugin(home: string, name: string, version: string): string {
    return this.program(join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A stream that keeps what is written to it. */
export function recorder(isTTY = false): NodeJS.WriteStream & { text: string } {
  const stream = { text: "", isTTY, columns: 60, write: (text: string) => ((stream.text += text), true) };
  return stream as unknown as NodeJS.WriteStream & { text: string };
}

/** Progress that writes to a recorder. */
export function recordedProgress(
  machine: Pick<Machine, "state">,
  options: ProgressOptions & { tty?: boolean } = {},
): { progress: Progress; shown: () => string } {
  const stream = recorder(options.tty);
  const progress = createProgress({ stream, logs: join(machine.state, "logs"), ...options });
  return { progress, shown: () => stream.text };
}
