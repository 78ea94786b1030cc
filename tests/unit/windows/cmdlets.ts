/** What is used of a cmdlet: its parameters, and how many arguments it takes without a name. */
export interface Cmdlet {
  readonly named: readonly string[];
  readonly positional: number;
}

const cmdlet = (positional: number, ...named: string[]): Cmdlet => ({ named, positional });

const address = ["InterfaceIndex", "IPAddress", "PolicyStore"];
const route = ["DestinationPrefix", "NextHop", "InterfaceIndex"];
const rule = ["Name", "DisplayName", "Group", "Profile", "Enabled", "Direction", "Action"];
const filter = ["Protocol", "LocalPort", "LocalAddress", "RemoteAddress"];
// What New-Item also takes below WSMan:\localhost.
const listener = ["Transport", "Address", "Port", "HostName", "CertificateThumbPrint"];
const mapping = ["Subject", "URI", "Issuer", "Credential"];

/**
 * The cmdlets of Windows PowerShell 5.1 that scripts of this repository may use.
 * Source: https://learn.microsoft.com/powershell/module/<module>/<cmdlet>?view=windowsserver2022-ps for those of Windows
 * (modules nettcpip, netadapter, netsecurity, dnsclient, dism, servermanager, scheduledtasks), and view=powershell-5.1 for PowerShell's own
 * (microsoft.powershell.localaccounts among them; for New-Item on WSMan: microsoft.wsman.management, about WSMan provider).
 */
export const cmdlets: Readonly<Record<string, Cmdlet>> = {
  // nettcpip
  "Get-NetIPAddress": cmdlet(0, "AddressFamily", ...address),
  "New-NetIPAddress": cmdlet(0, "PrefixLength", "SkipAsSource", ...address),
  "Remove-NetIPAddress": cmdlet(0, "Confirm", ...address),
  "Get-NetIPInterface": cmdlet(0, "InterfaceIndex", "AddressFamily"),
  "Set-NetIPInterface": cmdlet(0, "InterfaceIndex", "AddressFamily", "DadTransmits"),
  "Get-NetRoute": cmdlet(0, "AddressFamily", ...route),
  "New-NetRoute": cmdlet(0, ...route),
  "Remove-NetRoute": cmdlet(0, "Confirm", ...route),
  "Get-NetTCPConnection": cmdlet(0, "State", "LocalPort", "ErrorAction"),
  // netadapter
  "Get-NetAdapter": cmdlet(0),
  // netsecurity
  "Get-NetFirewallRule": cmdlet(0),
  "Get-NetFirewallPortFilter": cmdlet(0),
  "Get-NetFirewallAddressFilter": cmdlet(0),
  "New-NetFirewallRule": cmdlet(0, ...rule, ...filter),
  "Set-NetFirewallRule": cmdlet(0, "NewDisplayName", ...rule.filter((each) => each !== "DisplayName"), ...filter),
  "Remove-NetFirewallRule": cmdlet(0, "Name"),
  // dnsclient
  "Resolve-DnsName": cmdlet(0, "Name", "Type", "DnsOnly", "NoHostsFile", "QuickTimeout"),
  // dism, servermanager
  "Add-WindowsCapability": cmdlet(0, "Online", "Name"),
  "Get-WindowsFeature": cmdlet(0, "Name"),
  "Install-WindowsFeature": cmdlet(0, "Name"),
  // scheduledtasks
  "New-ScheduledTaskAction": cmdlet(0, "Execute", "Argument"),
  "New-ScheduledTaskTrigger": cmdlet(0, "AtStartup"),
  "Register-ScheduledTask": cmdlet(0, "TaskName", "Action", "Trigger", "User", "RunLevel", "Force"),
  "Get-ScheduledTask": cmdlet(0),
  "Unregister-ScheduledTask": cmdlet(0, "Confirm"),
  // microsoft.powershell.localaccounts
  "Get-LocalUser": cmdlet(0, "Name"),
  "New-LocalUser": cmdlet(0, "Name", "Password", "PasswordNeverExpires"),
  "Set-LocalUser": cmdlet(0, "Name", "Password"),
  "Remove-LocalUser": cmdlet(0, "Name"),
  "Get-LocalGroupMember": cmdlet(0, "SID"),
  "Add-LocalGroupMember": cmdlet(0, "SID", "Member"),
  // microsoft.powershell.archive
  "Expand-Archive": cmdlet(0, "Path", "DestinationPath", "Force"),
  // microsoft.powershell.management
  "Add-Content": cmdlet(0, "Path", "Value"),
  "Copy-Item": cmdlet(0, "Path", "Destination", "Recurse"),
  "Get-ChildItem": cmdlet(0, "Path", "Recurse", "File", "ErrorAction"),
  "Get-Content": cmdlet(1, "Path", "Raw"),
  "Get-Process": cmdlet(0),
  "Get-Service": cmdlet(0, "Name", "ErrorAction"),
  "Set-Service": cmdlet(0, "Name", "StartupType"),
  "Start-Service": cmdlet(0, "Name"),
  "Stop-Service": cmdlet(0, "Name", "Force"),
  "Move-Item": cmdlet(0, "Path", "Destination", "Force"),
  "Get-Item": cmdlet(0, "Path"),
  "New-Item": cmdlet(0, "ItemType", "Path", "Force", ...listener, ...mapping),
  "New-ItemProperty": cmdlet(0, "Path", "Name", "Value", "PropertyType", "Force"),
  "Remove-ItemProperty": cmdlet(0, "Path", "Name"),
  "Set-Item": cmdlet(0, "Path", "Value", "Force"),
  "Remove-Item": cmdlet(0, "Path", "Recurse", "Force"),
  "Set-Content": cmdlet(0, "Path", "Value", "Encoding"),
  "Set-ItemProperty": cmdlet(0, "Path", "Name", "Value"),
  "Split-Path": cmdlet(0, "Path"),
  "Test-Path": cmdlet(0, "Path"),
  // microsoft.powershell.utility
  "Add-Type": cmdlet(0, "AssemblyName", "TypeDefinition", "ReferencedAssemblies"),
  "ConvertFrom-Json": cmdlet(0),
  "ConvertTo-Json": cmdlet(0, "InputObject", "Depth", "Compress"),
  "ConvertTo-SecureString": cmdlet(0, "String", "AsPlainText", "Force"),
  "Get-FileHash": cmdlet(0, "Path", "Algorithm"),
  "Invoke-WebRequest": cmdlet(0, "UseBasicParsing", "Uri", "OutFile"),
  "New-Object": cmdlet(2, "TypeName", "ArgumentList"),
  "Select-Object": cmdlet(0, "Property", "ExpandProperty", "Unique"),
  "Sort-Object": cmdlet(0, "Property"),
  "Start-Sleep": cmdlet(0, "Milliseconds"),
  // microsoft.powershell.core
  "ForEach-Object": cmdlet(1),
  "Get-Command": cmdlet(0, "Name"),
  "Import-Module": cmdlet(0, "Name"),
  "Where-Object": cmdlet(1),
};

/** Programs, and blocks that a function is given. What they are given is theirs. */
export const programs = ["docker", "netsh", "$docker", "$Program", "$Work"];
