import { offset } from "../../network/address";
import { matching } from "../../settings/types";

/** What a client is called; with `chat-` before it, it is a container's name. */
export const clientName = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 40, {
  allowed: "1 to 40 letters, digits, _ . and -, the first a letter or a digit",
  cure: "choose such a name, for example Alice",
});

/** A client of the chat, as the settings make it. */
export interface Client {
  /** What it calls itself in the chat. */
  readonly name: string;
  /** Docker's name of its container. */
  readonly container: string;
  readonly address: string;
}

export interface ClientsSettings {
  readonly count: number;
  readonly names: readonly string[];
  readonly firstAddress: string;
}

/** Docker's name of the container of the client called `name`. */
export function containerOf(name: string): string {
  return `chat-${name.toLowerCase()}`;
}

/** What client number `i`, counted from 0, calls itself. */
export function nameOf(names: readonly string[], i: number): string {
  return names[i] ?? `Client${i + 1}`;
}

/** The clients, in the order of their addresses. One more never changes those before it. */
export function clientsOf({ count, names, firstAddress }: ClientsSettings): Client[] {
  return Array.from({ length: count }, (_, i) => {
    const name = nameOf(names, i);
    return { name, container: containerOf(name), address: offset(firstAddress, i) };
  });
}
