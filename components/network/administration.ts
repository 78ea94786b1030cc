/** Ports by which machines and engines are administered, and what answers there. No lab opens one of them to the world. */
export const administrationServices: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [2375, "the Docker API without TLS"],
  [2376, "the Docker API"],
  [2377, "Docker Swarm"],
  [3389, "Remote Desktop"],
  [5985, "WinRM without TLS"],
  [5986, "WinRM"],
]);

/**
 * The shortest prefix of a range of addresses that may be somebody's own: a 256th of all there are of IPv4. With less of
 * one, it is the world. Settings take none that is wider, and rules of the house and previews know the world by it.
 */
export const shortestPrefix = { ipv4: 8, ipv6: 16 } as const;
