/**
 * So many rules for the endpoint-policies lab's server: for others that are not there, and behind them one that keeps the
 * client, which has this address, from port 8080.
 */
export function manyRules(count: number, client: string): object[] {
  const others = Array.from({ length: count - 1 }, (_, i) => ({
    direction: "In",
    action: i % 2 === 0 ? "Allow" : "Block",
    priority: i + 1,
    protocol: i % 3 === 0 ? "udp" : "tcp",
    remoteAddresses: [`10.${100 + (i % 100)}.${i % 256}.0/24`, `10.99.${i % 256}.7`],
    localPorts: [1000 + i, `${20_000 + i}-${30_000 + i}`],
  }));
  const last = { priority: count, protocol: "tcp", remoteAddresses: client, localPorts: 8080 };
  return [...others, { direction: "In", action: "Block", ...last }];
}
