import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Reached {
  readonly socket: Socket;
  /** What the machine says first: tests/unit/tunnels/az.js. */
  readonly greeting: string;
}

/** Opens a connection to a tunnel, and waits until the machine behind it has said something. */
export async function reach(port: number): Promise<Reached> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  const [data] = (await Promise.race([once(socket, "data"), once(socket, "close").then(() => [])])) as [Buffer?];
  assert.ok(data, `nothing answers at ${port}`);
  return { socket, greeting: data.toString().trim() };
}
