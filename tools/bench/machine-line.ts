import { availableParallelism, cpus, release, totalmem } from "node:os";
import { ask } from "../processes";

/** In a line, what a benchmark ran on. */
export async function machineLine(dockerHost: string): Promise<string> {
  const engine = await ask("docker", ["-H", dockerHost, "version", "--format", "{{.Server.Version}}"]);
  const memory = Math.round(totalmem() / 1024 ** 3);
  const day = new Date().toISOString().slice(0, 10);
  return (
    `${day}, ${availableParallelism()} cores (${cpus()[0].model.trim()}), ${memory} GiB of memory, Linux ${release()}, ` +
    `Docker engine ${engine.trim()}, Node ${process.versions.node}`
  );
}
