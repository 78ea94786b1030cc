import { contains } from "../../network/address";
import type { Fault } from "../fault";
import type { HostsSettings } from ".";

/** Ranges that documents use and nobody has. Source: RFC 5737. */
const documentationRanges = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];

/**
 * Administration sources that are an example's, as those of the files that come with this project are: with them nobody
 * would reach the hosts. A preview and a rehearsal do with them.
 */
export function exampleSourceFaults(hosts: HostsSettings): Fault[] {
  if (hosts.kind !== "scale-set" || hosts.rehearsed) {
    return [];
  }
  return (hosts.administration.sources ?? []).flatMap((source, index) =>
    documentationRanges.some((range) => contains(range, source))
      ? [
          {
            key: `hosts.administration.sources[${index}]`,
            value: source,
            allowed: "a subnet of your own; this one is for documents, and nobody comes from there",
            cure: "write the public address that you come from, with /32 behind it",
          },
        ]
      : [],
  );
}
