# Pester 5, in Windows PowerShell 5.1: network-stack.ps1 on a network stack that is a few lists.
BeforeAll {
    . (Join-Path $PSScriptRoot '..\..\components\network\windows\network-stack.ps1')
    $recordFile = Join-Path $TestDrive 'stack.json'
    $secondsToSettle = 1

    # Functions come before the cmdlets of modules and before programs.
    function Get-NetAdapter { [pscustomobject] @{ Status = 'Up'; ifIndex = 4 } }
    function Get-NetIPAddress {
        param($AddressFamily, $InterfaceIndex, $IPAddress)
        $system.calls.Add("Get-NetIPAddress $AddressFamily $InterfaceIndex $IPAddress")
        $system.addresses | Where-Object { -not $IPAddress -or $_.IPAddress -eq $IPAddress }
    }
    function New-NetIPAddress {
        param($InterfaceIndex, $IPAddress, $PrefixLength, $SkipAsSource, $PolicyStore)
        if ($system.addresses | Where-Object { $_.IPAddress -eq $IPAddress }) { throw 'The object already exists.' }
        $how = "skip=$SkipAsSource $PolicyStore dad=$($system.dad)"
        $system.calls.Add("New-NetIPAddress $IPAddress/$PrefixLength $how")
        $new = @{ IPAddress = $IPAddress; InterfaceIndex = $InterfaceIndex; AddressState = $system.state }
        $system.addresses.Add([pscustomobject] $new)
    }
    function Remove-NetIPAddress {
        param($InterfaceIndex, $IPAddress, $PolicyStore, $Confirm)
        $system.calls.Add("Remove-NetIPAddress $InterfaceIndex $IPAddress $PolicyStore $Confirm")
        $null = $system.addresses.RemoveAll([Predicate[object]] { param($each) $each.IPAddress -eq $IPAddress })
    }
    function Get-NetIPInterface {
        param($InterfaceIndex, $AddressFamily)
        [pscustomobject] @{ DadTransmits = $system.dad; Interface = $InterfaceIndex; Family = $AddressFamily }
    }
    function Set-NetIPInterface {
        param($InterfaceIndex, $AddressFamily, $DadTransmits)
        $system.calls.Add("Set-NetIPInterface $InterfaceIndex $AddressFamily $DadTransmits")
        $system.dad = $DadTransmits
    }
    function Get-NetRoute {
        param($AddressFamily)
        $system.calls.Add("Get-NetRoute $AddressFamily")
        $system.routes
    }
    function New-NetRoute {
        param($DestinationPrefix, $NextHop, $InterfaceIndex)
        if ($system.refusesRoutes) { throw 'The parameter is incorrect.' }
        $new = @{ DestinationPrefix = $DestinationPrefix; NextHop = $NextHop; InterfaceIndex = $InterfaceIndex }
        $system.routes.Add([pscustomobject] $new)
    }
    function Remove-NetRoute {
        param($DestinationPrefix, $NextHop, $InterfaceIndex, $Confirm)
        $system.calls.Add("Remove-NetRoute $DestinationPrefix $NextHop $InterfaceIndex $Confirm")
        $gone = [Predicate[object]] { param($each) $each.DestinationPrefix -eq $DestinationPrefix }
        $null = $system.routes.RemoveAll($gone)
    }
    function Get-Service {
        param($Name)
        [pscustomobject] @{ Name = $Name; Status = $system.service }
    }
    function Start-Service {
        param($Name)
        $system.calls.Add("Start-Service $Name")
        $system.service = 'Running'
    }
    function netsh {
        $given = @{}
        foreach ($word in $args) { if ($word -match '^(\w+)=(.*)$') { $given[$Matches[1]] = $Matches[2] } }
        $listen = "$($given.listenaddress) $($given.listenport)"
        $global:LASTEXITCODE = 0
        if ($args -contains 'show') {
            'Listen on ipv4:             Connect to ipv4:'
            'Address         Port        Address         Port'
            foreach ($key in $system.proxies.Keys) { "$key  $($system.proxies[$key])" }
        } elseif ($args -contains 'add') {
            if ($system.refusesProxy -eq $listen) {
                $global:LASTEXITCODE = 1
                return 'The requested operation requires elevation.'
            }
            $system.calls.Add("netsh add $listen")
            $system.proxies[$listen] = "$($given.connectaddress) $($given.connectport)"
        } else {
            $system.calls.Add("netsh delete $listen")
            $system.proxies.Remove($listen)
        }
    }

    function Get-Data {
        param([string] $To = '10.0.0.2', $Routes = @(), $Ports = @(80))
        [pscustomobject] @{
            addresses = @([pscustomobject] @{ address = '169.254.169.254'; endpoint = $null })
            routes = @($Routes)
            portProxies = @($Ports | ForEach-Object {
                    [pscustomobject] @{
                        listen = [pscustomobject] @{ address = '169.254.169.254'; port = $_ }
                        connect = [pscustomobject] @{ address = $To; port = 80 }
                    }
                })
        }
    }
    function Get-Route {
        param([string] $Endpoint = '10.0.0.1')
        [pscustomobject] @{ destination = '10.9.0.0/16'; nextHop = '10.0.0.254'; endpoint = $Endpoint }
    }
    function Invoke-Sync {
        param([string] $Action, $Data)
        Sync-NetworkStack -Action $Action -Data $Data | ConvertFrom-Json
    }
    function Get-Change {
        @($system.calls | Where-Object { $_ -notmatch '^Get-' })
    }
}

Describe 'a network stack' {
    BeforeEach {
        Remove-Item -Path $recordFile -ErrorAction SilentlyContinue
        $system = @{
            addresses = New-Object 'Collections.Generic.List[object]'
            routes = New-Object 'Collections.Generic.List[object]'
            calls = New-Object 'Collections.Generic.List[string]'
            proxies = @{}
            service = 'Stopped'; state = 'Preferred'; dad = 3
        }
        $own = @{ IPAddress = '10.0.0.1'; InterfaceIndex = 4; AddressState = 'Preferred' }
        $system.addresses.Add([pscustomobject] $own)
        $default = @{ DestinationPrefix = '0.0.0.0/0'; NextHop = '10.0.0.254'; InterfaceIndex = 4 }
        $system.routes.Add([pscustomobject] $default)
        $system.proxies['0.0.0.0 9999'] = '10.0.0.9 99'
    }

    It 'holds what the data says, and says so' {
        $report = Invoke-Sync -Action apply -Data (Get-Data -Routes (Get-Route))
        $report.changed | Should -BeTrue
        $report.before.addresses.Count | Should -Be 0
        $report.after.addresses[0].address | Should -Be '169.254.169.254'
        $report.after.addresses[0].interface | Should -Be 4
        $report.after.routes[0].destination | Should -Be '10.9.0.0/16'
        $report.after.portProxies | Should -Be '169.254.169.254:80 -> 10.0.0.2:80'
        $system.proxies['169.254.169.254 80'] | Should -Be '10.0.0.2 80'
        $system.calls | Should -Contain 'Start-Service iphlpsvc'
    }

    It 'adds an alias that is no source, is in no store, and for which nobody is asked' {
        $null = Invoke-Sync -Action apply -Data (Get-Data)
        $system.calls | Should -Contain 'New-NetIPAddress 169.254.169.254/32 skip=True ActiveStore dad=0'
        $system.dad | Should -Be 3
    }

    It 'changes nothing the second time' {
        $null = Invoke-Sync -Action apply -Data (Get-Data -Routes (Get-Route))
        $system.calls.Clear()
        (Invoke-Sync -Action apply -Data (Get-Data -Routes (Get-Route))).changed | Should -BeFalse
        Get-Change | Should -BeNullOrEmpty
    }

    It 'loses what is no longer wanted, and keeps what is not ours' {
        $null = Invoke-Sync -Action apply -Data (Get-Data -Routes (Get-Route))
        $null = Invoke-Sync -Action apply -Data (Get-Data -To '10.0.0.3')
        $system.proxies['169.254.169.254 80'] | Should -Be '10.0.0.3 80'
        $system.routes.Count | Should -Be 1
        $report = Invoke-Sync -Action remove -Data (Get-Data)
        $report.after.portProxies.Count | Should -Be 0
        $system.addresses.Count | Should -Be 1
        $system.routes.Count | Should -Be 1
        @($system.proxies.Keys) | Should -Be '0.0.0.0 9999'
    }

    It 'does not take as its own what was there' {
        $there = @{ IPAddress = '169.254.169.254'; InterfaceIndex = 4; AddressState = 'Preferred' }
        $system.addresses.Add([pscustomobject] $there)
        $null = Invoke-Sync -Action apply -Data (Get-Data)
        $null = Invoke-Sync -Action remove -Data (Get-Data)
        $system.addresses.Count | Should -Be 2
    }

    It 'is quiet about what is gone already' {
        $null = Invoke-Sync -Action apply -Data (Get-Data)
        $null = $system.addresses.RemoveAll([Predicate[object]] { param($each) $each.IPAddress -ne '10.0.0.1' })
        $system.proxies.Remove('169.254.169.254 80')
        $system.calls.Clear()
        (Invoke-Sync -Action remove -Data (Get-Data)).changed | Should -BeFalse
        Get-Change | Should -BeNullOrEmpty
    }

    It 'makes a proxy anew when its address was lost, as a restart does' {
        $null = Invoke-Sync -Action apply -Data (Get-Data)
        $null = $system.addresses.RemoveAll([Predicate[object]] { param($each) $each.IPAddress -ne '10.0.0.1' })
        $system.calls.Clear()
        (Invoke-Sync -Action apply -Data (Get-Data)).changed | Should -BeTrue
        $system.calls | Should -Contain 'netsh delete 169.254.169.254 80'
        $system.calls | Should -Contain 'netsh add 169.254.169.254 80'
    }

    It 'is as before when something is refused, and the words are shown' {
        $null = Invoke-Sync -Action apply -Data (Get-Data)
        $system.refusesProxy = '169.254.169.254 80'
        { Invoke-Sync -Action apply -Data (Get-Data -To '10.0.0.3' -Routes (Get-Route)) } |
            Should -Throw '*requires elevation*'
        $system.routes.Count | Should -Be 1
        $system.refusesProxy = ''
        $system.refusesRoutes = $true
        { Invoke-Sync -Action apply -Data (Get-Data -Routes (Get-Route)) } | Should -Throw '*parameter is incorrect*'
        $system.addresses.Count | Should -Be 2
    }

    It 'puts back a proxy that had been replaced before another was refused' {
        $null = Invoke-Sync -Action apply -Data (Get-Data)
        $system.refusesProxy = '169.254.169.254 81'
        { Invoke-Sync -Action apply -Data (Get-Data -To '10.0.0.3' -Ports 80, 81) } | Should -Throw '*elevation*'
        $system.proxies['169.254.169.254 80'] | Should -Be '10.0.0.2 80'
        $system.calls | Should -Contain 'netsh delete 169.254.169.254 80'
    }

    It 'has no address that others have, and no adapter that is not there' {
        $system.state = 'Duplicate'
        { Invoke-Sync -Action apply -Data (Get-Data) } | Should -Throw '*stays Duplicate*'
        $system.addresses.Count | Should -Be 1
        { Invoke-Sync -Action apply -Data (Get-Data -Routes (Get-Route -Endpoint '10.0.0.77')) } |
            Should -Throw '*0 interfaces with the address 10.0.0.77*'
    }

    It 'does not overwrite the port proxy of somebody else' {
        $system.proxies['169.254.169.254 80'] = '10.0.0.9 80'
        { Invoke-Sync -Action apply -Data (Get-Data) } | Should -Throw '*somebody else*'
        $system.proxies['169.254.169.254 80'] | Should -Be '10.0.0.9 80'
        Get-Change | Should -BeNullOrEmpty
    }
}
