import type { PoolIdentity } from "../../components/containers/container-pool";
import { UserError } from "../command";
import type { Failure } from "./parts";

/** One error for all containers of a pool that failed, each with the engine's words. */
export function failed({ pool }: PoolIdentity, failures: readonly Failure[], of?: number): UserError {
  const each = failures.map(({ name, error }) => `  ${name}: ${inWords(error)}`).sort();
  const among = of === undefined ? "" : ` of ${of}`;
  return new UserError(
    `${failures.length}${among} containers of pool "${pool}" failed; the others are done.\n${each.join("\n")}`,
    1,
  );
}

function inWords(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message: string };
  const said = (typeof json?.message === "string" ? json.message : message).trim();
  // "Bind for 127.0.0.1:80 failed: port is already allocated", "listen tcp4 127.0.0.1:80: bind: address already in use"
  const [, port] = /(?:Bind for|listen (?:tcp|udp)4?) \S*?:(\d+)\b.*already/s.exec(said) ?? [];
  return port === undefined ? said : `port ${port} is taken: ${said}`;
}
