import type { SizeName } from "./sizes";

/**
 * Azure's list prices in US dollars. A small table for an estimate, gathered in November 2026 from public copies of the
 * lists; what is asked of whom depends on region, offer and currency, so look it up before you rely on it:
 * - machines: https://azure.microsoft.com/pricing/details/virtual-machines/linux/ (and …/windows/)
 * - disks: https://azure.microsoft.com/pricing/details/managed-disks/
 * - addresses: https://azure.microsoft.com/pricing/details/ip-addresses/
 * - NAT gateway: https://azure.microsoft.com/pricing/details/azure-nat-gateway/
 * - load balancer: https://azure.microsoft.com/pricing/details/load-balancer/
 * - Bastion: https://azure.microsoft.com/pricing/details/azure-bastion/
 *
 * https://prices.azure.com/api/retail/prices tells all of them, without an account.
 */
export const prices = {
  asOf: "2026-11",

  /** A machine for an hour in East US, without a licence. */
  machines: {
    Standard_B2s: 0.0416,
    Standard_B2ms: 0.0832,
    Standard_D2s_v3: 0.096,
    Standard_D4s_v3: 0.192,
    Standard_D8s_v3: 0.384,
    Standard_D2s_v5: 0.096,
    Standard_D4s_v5: 0.192,
    Standard_D8s_v5: 0.384,
    Standard_D2ds_v5: 0.113,
    Standard_D4ds_v5: 0.226,
    Standard_D8ds_v5: 0.452,
    Standard_D2as_v5: 0.086,
    Standard_D4as_v5: 0.172,
    Standard_E2s_v5: 0.126,
    Standard_F2s_v2: 0.0846,
    Standard_F4s_v2: 0.1692,
  } satisfies Record<SizeName, number>,

  /**
   * What machines cost in a region as a part of that, rounded to a tenth: it differs a little from size to size. Other
   * regions are taken for East US, and the estimate says so.
   */
  regions: {
    eastus: 1,
    eastus2: 1,
    westus2: 1,
    westus3: 1,
    northeurope: 1.1,
    westeurope: 1.2,
  } as Readonly<Record<string, number>>,

  /** Windows Server's licence for a core and hour, in any region; less for sizes of the B series. */
  windowsCore: 0.046,
  windowsCoreBurstable: 0.004,

  /** A GB of Standard SSD (LRS) for a month; these sizes are billed. Its transactions are extra. */
  diskGbMonth: 0.075,
  diskSizesGb: [32, 64, 128, 256, 512, 1024],

  /** A Standard public IPv4 address for an hour. */
  publicAddress: 0.005,

  /** A NAT gateway for an hour. What goes through it is extra, 0.045 a GB. */
  natGateway: 0.045,

  /** Load-balancing rules for an hour: up to five together, and each more. Inbound NAT rules cost nothing. */
  firstFiveRules: 0.025,
  furtherRule: 0.01,

  /** Bastion, Standard, with its two instances, for an hour. Basic, at 0.19, has no tunnels. */
  bastion: 0.29,
} as const;
