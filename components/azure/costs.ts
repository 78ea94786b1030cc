import type { HostOs } from "../labs/lab";
import type { Disk } from "./disk";
import { prices } from "./prices";
import { type SizeName, sizes } from "./sizes";

/** What of a cloud is paid for by the hour. */
export interface Priced {
  /** Azure's short name of the region: `westeurope`. */
  readonly location: string;
  /** Of each machine. */
  readonly size: SizeName;
  readonly os: HostOs;
  readonly capacity: number;
  readonly disk: Disk;
  /** Load-balancing rules. A load balancer without any costs nothing. */
  readonly rules: number;
  readonly publicAddresses: number;
  readonly bastion: boolean;
}

/** An estimate. Traffic and transactions are not in it. */
export interface Cost {
  /** US dollars for an hour. */
  readonly hourly: number;
  readonly parts: readonly { readonly what: string; readonly hourly: number }[];
  /** The region whose prices of machines were taken. */
  readonly region: string;
}

const HOURS_OF_A_MONTH = 730;

/** Estimates what a cloud costs by the hour, from the small table beside this file. */
export function costOf({ location, size, os, capacity, disk, rules, publicAddresses, bastion }: Priced): Cost {
  const region = Object.hasOwn(prices.regions, location) ? location : "eastus";
  const parts = [
    { what: `${capacity} × ${size}`, hourly: capacity * machinePrice(size, os, region) },
    { what: "managed disks", hourly: disk.kind === "managed" ? capacity * diskPrice(disk.sizeGb) : 0 },
    { what: "NAT gateway", hourly: prices.natGateway },
    { what: "public addresses", hourly: publicAddresses * prices.publicAddress },
    { what: `load balancer with ${rules} ${rules === 1 ? "rule" : "rules"}`, hourly: rulesPrice(rules) },
    { what: "Bastion", hourly: bastion ? prices.bastion : 0 },
  ].filter(({ hourly }) => hourly > 0);
  return { hourly: parts.reduce((sum, part) => sum + part.hourly, 0), parts, region };
}

/** One line for a person: what it costs by the hour, what that is made of, and how far it is to be believed. */
export function costLine({ hourly, parts, region }: Cost): string {
  const told = parts.map((part) => `${part.what} ${dollars(part.hourly)}`).join(", ");
  return (
    `Estimated cost while it is up: ${dollars(hourly)} an hour (${told}). ` +
    `By list prices of ${region}, ${prices.asOf}; traffic is extra.`
  );
}

/** `$0.85`, and `$0.005` where cents are too coarse. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 0.1 ? 3 : 2)}`;
}

function machinePrice(size: SizeName, os: HostOs, region: string): number {
  const core = size.startsWith("Standard_B") ? prices.windowsCoreBurstable : prices.windowsCore;
  const licence = os === "windows" ? sizes[size].cores * core : 0;
  return prices.machines[size] * prices.regions[region] + licence;
}

function diskPrice(sizeGb: number): number {
  const billed = prices.diskSizesGb.find((each) => each >= sizeGb) ?? sizeGb;
  return (billed * prices.diskGbMonth) / HOURS_OF_A_MONTH;
}

function rulesPrice(rules: number): number {
  return rules === 0 ? 0 : prices.firstFiveRules + Math.max(0, rules - 5) * prices.furtherRule;
}
