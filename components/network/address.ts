import { Address4 } from "ip-address";

/**
 * IPv4 arithmetic on the strings that settings hold. Every function takes well-formed text (settings/types.ts sees to
 * that); of anything else, the results mean nothing.
 */

/** By hand: long lists of rules ask for thousands of addresses, and Address4 takes five to twenty times as long. */
function number(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The lowest and highest address of a subnet, or of an address alone, both included. */
function bounds(cidr: string): { low: number; high: number } {
  const [address, prefix = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(prefix));
  const low = Math.floor(number(address) / size) * size;
  return { low, high: low + size - 1 };
}

/** Whether a CIDR has host bits, as 192.168.1.7/24 has. */
export function hasHostBits(cidr: string): boolean {
  return bounds(cidr).low !== number(cidr.split("/")[0]);
}

/** The network that a CIDR lies in, its host bits cleared: 192.168.1.7/24 gives 192.168.1.0/24. */
export function networkOf(cidr: string): string {
  return new Address4(cidr).networkForm();
}

/** Whether `inner`, an address or a subnet, lies wholly inside `subnet`. */
export function contains(subnet: string, inner: string): boolean {
  const outer = bounds(subnet);
  const { low, high } = bounds(inner);
  return outer.low <= low && high <= outer.high;
}

/** Whether two subnets have an address in common. */
export function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

/** Whether a host of `subnet` can have `address`: inside it, and neither the network's nor the broadcast address. */
export function isUsable(subnet: string, address: string): boolean {
  const { low, high } = bounds(subnet);
  return low < number(address) && number(address) < high;
}

/** The address `n` after the subnet's own. Throws RangeError where that is not inside the subnet. */
export function nthAddress(subnet: string, n: number): string {
  const { low, high } = bounds(subnet);
  if (!Number.isInteger(n) || n < 0 || low + n > high) {
    throw new RangeError(`${subnet} has no address number ${n}`);
  }
  return Address4.fromInteger(low + n).correctForm();
}

/** The last address of `subnet` that a host can have. */
export function lastUsable(subnet: string): string {
  return new Address4(subnet).endAddressExclusive().correctForm();
}

/** The address `n` after `address`. Throws AddressError past 255.255.255.255. */
export function offset(address: string, n: number): string {
  return new Address4(address).offset(n).correctForm();
}

/** How many addresses in a row, from `first` on, a host of `subnet` can have and nothing in `taken` has. */
export function freeRun(subnet: string, first: string, taken: readonly string[]): number {
  if (!isUsable(subnet, first)) {
    return 0;
  }
  const start = number(first);
  const ends = [bounds(subnet).high, ...taken.map(number).filter((address) => address >= start)];
  return Math.min(...ends) - start;
}

/** The first address of `subnet` that a host can have and nothing in `taken` has. */
export function freeAddress(subnet: string, taken: readonly string[]): string | undefined {
  const { low, high } = bounds(subnet);
  const used = new Set(taken.map(number));
  for (let candidate = low + 1; candidate < high; candidate++) {
    if (!used.has(candidate)) {
      return Address4.fromInteger(candidate).correctForm();
    }
  }
  return undefined;
}

/** The next private subnet of the same size as `like` that overlaps nothing in `taken`; undefined where none follows. */
export function freeSubnet(like: string, taken: readonly string[]): string | undefined {
  let candidate = new Address4(like);
  while (candidate.isPrivate()) {
    const subnet = candidate.networkForm();
    const other = taken.find((each) => overlap(subnet, each));
    if (other === undefined) {
      return subnet;
    }
    // Past the larger of the two: one at a time, a /30 would take four million steps through a /8 that is taken.
    const larger = new Address4(contains(other, subnet) ? other : subnet);
    candidate = new Address4(`${larger.nextNetwork().correctForm()}${candidate.subnet}`);
  }
  return undefined;
}
