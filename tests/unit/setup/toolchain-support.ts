import { join } from "node:path";
import { ensureToolchain, type ToolchainOptions } from "../../../tools/setup/toolchain";
import { FakeMachine, recordedProgress } from "./support";

/** A go command that makes the file that it is asked for, and modules that hold a script. */
export const GO = `
case "$1" in
  env) echo go1.26.0 ;;
  mod) mkdir -p "$HOME/module"; echo provider > "$HOME/module/provider.go"
       echo '{"Dir":"'"$HOME/module"'","Sum":"h1:T3HvvZCRd4h2qkMl+SXA2zza26Rdz8xqV81skikQWy4="}' ;;
  list) mkdir -p "$HOME/sdk/nodejs/dist"; echo launch > "$HOME/sdk/nodejs/dist/pulumi-analyzer-policy"; echo "$HOME/sdk" ;;
  build) while [ "$1" != -o ]; do shift; done; cp provider/provider.go "$2" 2>/dev/null || : > "$2"; chmod +x "$2" ;;
esac`;

export const YOURS = "yours";
export const BUILT = "built from Go modules";
export const OFFICIAL = "official download";

/** Where each part of a toolchain comes from. */
export function sources(cli: string, host: string, docker: string, command: string) {
  return { "Pulumi CLI": cli, "Node language host": host, "docker plugin": docker, "command plugin": command };
}

/** A machine that a toolchain is brought to, with what its user may have of one. */
export class ToolchainMachine extends FakeMachine {
  /** The toolchain, where each part of it comes from, and what was shown. */
  async ensure(options: Pick<ToolchainOptions, "environment" | "azure"> = {}) {
    const { progress, shown } = recordedProgress(this);
    const toolchain = await ensureToolchain(progress, { machine: this, ...options });
    const from = Object.fromEntries(Object.entries(toolchain.origin).map(([part, { source }]) => [part, source]));
    return { ...toolchain, from, shown: shown() };
  }

  theirHome(): string {
    return join(this.home, ".pulumi");
  }

  ownHome(): string {
    return join(this.cache, "home");
  }

  usersPulumi(version = "v3.240.1"): string {
    const path = this.program(join(this.bin, "pulumi"), `[ "$1" = version ] && echo ${version}`);
    this.program(join(this.bin, "pulumi-language-nodejs"));
    return path;
  }

  usersPlugins(): void {
    this.plugin(this.theirHome(), "docker", "5.2.0");
    this.plugin(this.theirHome(), "command", "1.2.1");
  }

  go(script = GO): void {
    this.program(join(this.bin, "go"), script);
  }
}
