import { offset } from "../../network/address";

/** A client of the proxy, as the settings make it. */
export interface Client {
  /** Docker's name of its container. */
  readonly name: string;
  readonly address: string;
}

export interface ClientsSettings {
  readonly count: number;
  readonly name: string;
  readonly firstAddress: string;
}

/** The clients, in the order of their addresses. One more never changes those before it. */
export function clientsOf({ count, name, firstAddress }: ClientsSettings): Client[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${name}${i + 1}`, address: offset(firstAddress, i) }));
}
