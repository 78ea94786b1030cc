import type { Reference } from "../arm/resource";

/** What the rules look at, by type: the part of azure-native's inputs that Azure checks. */

export interface Located {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly zones?: readonly string[];
}

export interface SubnetBody {
  readonly name?: string;
  readonly addressPrefix?: string;
  readonly addressPrefixes?: readonly string[];
  readonly natGateway?: Reference;
  readonly networkSecurityGroup?: Reference;
  readonly defaultOutboundAccess?: boolean;
}

export interface VirtualNetworkBody extends Located {
  readonly addressSpace?: { readonly addressPrefixes?: readonly string[] };
  readonly subnets?: readonly SubnetBody[];
}

export interface NatGatewayBody extends Located {
  readonly sku?: { readonly name?: string };
  readonly idleTimeoutInMinutes?: number;
  readonly publicIpAddresses?: readonly Reference[];
}

export interface PublicIpBody extends Located {
  readonly sku?: { readonly name?: string; readonly tier?: string };
  readonly publicIPAllocationMethod?: string;
  readonly publicIPAddressVersion?: string;
  readonly idleTimeoutInMinutes?: number;
  readonly dnsSettings?: { readonly domainNameLabel?: string };
  readonly ipAddress?: string;
}

export interface SecurityRuleBody {
  readonly name?: string;
  readonly access: string;
  readonly direction: string;
  readonly priority?: number;
  readonly protocol: string;
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: readonly string[];
  readonly destinationAddressPrefix?: string;
  readonly destinationAddressPrefixes?: readonly string[];
  readonly sourcePortRange?: string;
  readonly sourcePortRanges?: readonly string[];
  readonly destinationPortRange?: string;
  readonly destinationPortRanges?: readonly string[];
}

export interface SecurityGroupBody extends Located {
  readonly securityRules?: readonly SecurityRuleBody[];
}

export interface FrontendBody {
  readonly name?: string;
  readonly publicIPAddress?: Reference;
  readonly subnet?: Reference;
}

export interface LoadBalancingRuleBody {
  readonly name?: string;
  readonly protocol: string;
  readonly frontendPort: number;
  readonly backendPort?: number;
  readonly frontendIPConfiguration?: Reference;
  readonly backendAddressPool?: Reference;
  readonly backendAddressPools?: readonly Reference[];
  readonly probe?: Reference;
  readonly enableFloatingIP?: boolean;
}

export interface ProbeBody {
  readonly name?: string;
  readonly protocol: string;
  readonly port: number;
  readonly requestPath?: string;
  readonly intervalInSeconds?: number;
}

export interface OutboundRuleBody {
  readonly name?: string;
  readonly protocol: string;
  readonly frontendIPConfigurations: readonly Reference[];
  readonly backendAddressPool: Reference;
}

export interface InboundNatRuleBody {
  readonly name?: string;
  readonly protocol?: string;
  readonly frontendPort?: number;
  readonly frontendPortRangeStart?: number;
  readonly frontendPortRangeEnd?: number;
  readonly backendPort?: number;
  readonly frontendIPConfiguration?: Reference;
  readonly backendAddressPool?: Reference;
}

export interface LoadBalancerBody extends Located {
  readonly sku?: { readonly name?: string };
  readonly frontendIPConfigurations?: readonly FrontendBody[];
  readonly backendAddressPools?: readonly { readonly name?: string }[];
  readonly loadBalancingRules?: readonly LoadBalancingRuleBody[];
  readonly probes?: readonly ProbeBody[];
  readonly outboundRules?: readonly OutboundRuleBody[];
  readonly inboundNatRules?: readonly InboundNatRuleBody[];
  readonly inboundNatPools?: readonly unknown[];
}

export interface BastionBody extends Located {
  readonly sku?: { readonly name?: string };
  readonly enableTunneling?: boolean;
  readonly ipConfigurations?: readonly {
    readonly name?: string;
    readonly subnet?: Reference;
    readonly publicIPAddress?: Reference;
  }[];
}

export interface ImageReference {
  readonly id?: string;
  readonly publisher?: string;
  readonly offer?: string;
  readonly sku?: string;
  readonly version?: string;
}

export interface OsProfile {
  readonly computerNamePrefix?: string;
  readonly adminUsername?: string;
  readonly adminPassword?: string;
  readonly customData?: string;
  readonly linuxConfiguration?: {
    readonly disablePasswordAuthentication?: boolean;
    readonly ssh?: { readonly publicKeys?: readonly { readonly keyData?: string; readonly path?: string }[] };
  };
  readonly windowsConfiguration?: object;
}

export interface OsDisk {
  readonly caching?: string;
  readonly createOption?: string;
  readonly diskSizeGB?: number;
  readonly diffDiskSettings?: { readonly option?: string; readonly placement?: string };
  readonly managedDisk?: { readonly storageAccountType?: string };
  readonly osType?: string;
}

export interface ExtensionBody {
  readonly name?: string;
  readonly publisher?: string;
  readonly type?: string;
  readonly typeHandlerVersion?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly protectedSettings?: Readonly<Record<string, unknown>>;
  readonly protectedSettingsFromKeyVault?: object;
  readonly forceUpdateTag?: string;
  readonly suppressFailures?: boolean;
}

export interface ScaleSetIpConfiguration {
  readonly name: string;
  readonly subnet?: Reference;
  readonly loadBalancerBackendAddressPools?: readonly Reference[];
}

export interface NetworkCard {
  readonly name: string;
  readonly primary?: boolean;
  readonly networkSecurityGroup?: Reference;
  readonly ipConfigurations: readonly ScaleSetIpConfiguration[];
}

export interface MachineProfile {
  readonly osProfile?: OsProfile;
  readonly storageProfile?: { readonly imageReference?: ImageReference; readonly osDisk?: OsDisk };
  readonly networkProfile?: {
    readonly networkApiVersion?: string;
    readonly healthProbe?: Reference;
    readonly networkInterfaceConfigurations?: readonly NetworkCard[];
  };
  readonly securityProfile?: {
    readonly securityType?: string;
    readonly uefiSettings?: { readonly secureBootEnabled?: boolean; readonly vTpmEnabled?: boolean };
  };
  readonly extensionProfile?: { readonly extensions?: readonly ExtensionBody[] };
}

export interface ScaleSetBody extends Located {
  readonly sku?: { readonly name?: string; readonly tier?: string; readonly capacity?: number };
  readonly identity?: { readonly type?: string; readonly userAssignedIdentities?: readonly string[] };
  readonly orchestrationMode?: string;
  readonly upgradePolicy?: { readonly mode?: string };
  readonly overprovision?: boolean;
  readonly singlePlacementGroup?: boolean;
  readonly platformFaultDomainCount?: number;
  readonly virtualMachineProfile?: MachineProfile;
}

export interface RunCommandBody extends Located {
  readonly source?: { readonly script?: string; readonly scriptUri?: string; readonly commandId?: string };
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly protectedParameters?: readonly { readonly name: string; readonly value: string }[];
  readonly timeoutInSeconds?: number;
  readonly treatFailureAsDeploymentFailure?: boolean;
}

export interface RoleAssignmentBody {
  readonly scope?: string;
  readonly principalId?: string;
  readonly principalType?: string;
  readonly roleDefinitionId?: string;
}
