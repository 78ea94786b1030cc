# Makes the rules of a group in the host's firewall what the data says, or removes them: {group, rules: [{name, displayName,
# protocol, ports, listen, sources}]}. A rule is told by its name, of which there is one on a host; other groups' are left alone.

function Get-GroupRule {
    param([string] $Group)
    return @(Get-NetFirewallRule | Where-Object { $_.Group -eq $Group } | Sort-Object -Property Name)
}

function Get-RuleText {
    param($Rule)
    $ports = $Rule | Get-NetFirewallPortFilter
    $addresses = $Rule | Get-NetFirewallAddressFilter
    $from = @($addresses.RemoteAddress) -join ', '
    $to = @($addresses.LocalAddress) -join ', '
    return "$($Rule.Name): $($Rule.DisplayName), $($Rule.Direction) $($Rule.Action), enabled $($Rule.Enabled), " +
        "$($ports.Protocol) $(@($ports.LocalPort) -join ', ') of $to from $from"
}

function Set-Rule {
    param([string] $Group, $Rule)
    $there = Get-NetFirewallRule | Where-Object { $_.Name -eq $Rule.name }
    if ($there -and $there.Group -ne $Group) { throw "the firewall has a rule $($Rule.name) of somebody else: $($there.DisplayName)" }
    $filter = @{
        Protocol = $Rule.protocol; LocalPort = @($Rule.ports); LocalAddress = $Rule.listen; RemoteAddress = @($Rule.sources)
        Direction = 'Inbound'; Action = 'Allow'; Profile = 'Any'; Enabled = 'True'
    }
    # Changed in its place, so that there is no moment without it; made anew, it would be there twice or not at all.
    if ($there) {
        $null = Set-NetFirewallRule -Name $Rule.name -NewDisplayName $Rule.displayName @filter
    } else {
        $null = New-NetFirewallRule -Name $Rule.name -DisplayName $Rule.displayName -Group $Group @filter
    }
}

function Sync-FirewallRule {
    param([string] $Action, $Data)
    $before = @(Get-GroupRule -Group $Data.group | ForEach-Object { Get-RuleText -Rule $_ })
    $wanted = @(if ($Action -eq 'apply') { $Data.rules })
    foreach ($rule in $wanted) { Set-Rule -Group $Data.group -Rule $rule }
    $names = @($wanted | ForEach-Object { $_.name })
    foreach ($rule in Get-GroupRule -Group $Data.group) {
        if ($rule.Name -notin $names) { Remove-NetFirewallRule -Name $rule.Name }
    }
    $after = @(Get-GroupRule -Group $Data.group | ForEach-Object { Get-RuleText -Rule $_ })
    $report = [ordered] @{ changed = ($before -join "`n") -ne ($after -join "`n"); before = $before; after = $after }
    return ConvertTo-Json -InputObject $report -Depth 3 -Compress
}
