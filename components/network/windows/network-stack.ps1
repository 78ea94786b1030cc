# Makes the network stack of the container that this runs in hold what the data says, or takes that away again.
# What somebody else added is left alone. Addresses, routes and registry entries carry no mark of who made them, so what
# is ours is on record; it is written down before it is made, so that what a killed run leaves behind is ours, too.
#
# A part of the stack is one of these; its text tells it from every other:
#   address    address, interface                    an alias, never the source of a connection
#   route      destination, nextHop, interface
#   portProxy  address, port, toAddress, toPort

$recordFile = 'C:\ProgramData\container-network-labs\stack.json'
$secondsToSettle = 10

function Get-PartText {
    param($Part)
    switch ($Part.kind) {
        'address' { "address $($Part.address) on $($Part.interface)" }
        'route' { "route $($Part.destination) by $($Part.nextHop) on $($Part.interface)" }
        'portProxy' { "$($Part.address):$($Part.port) -> $($Part.toAddress):$($Part.toPort)" }
    }
}

# Index of the interface that has the endpoint's address; without one, that of the container's own adapter. A container
# that has just been started may not have it yet.
function Find-Interface {
    param([string] $Endpoint)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        $found = @(if ($Endpoint) {
                Get-NetIPAddress -AddressFamily IPv4 | Where-Object { $_.IPAddress -eq $Endpoint } |
                    ForEach-Object { $_.InterfaceIndex }
            } else {
                Get-NetAdapter | Where-Object { $_.Status -eq 'Up' } | ForEach-Object { $_.ifIndex }
            })
        if ($found.Count -eq 1) { return [int] $found[0] }
        if ($watch.Elapsed.TotalSeconds -gt $secondsToSettle) { break }
        Start-Sleep -Milliseconds 200
    }
    $what = if ($Endpoint) { "interfaces with the address $Endpoint" } else { 'adapters that are up' }
    throw "the container has $($found.Count) $what, not one"
}

# In the order in which they are added: a proxy listens on an address that is there.
function Get-WantedPart {
    param($Data)
    foreach ($each in $Data.addresses) {
        $interface = Find-Interface -Endpoint $each.endpoint
        [pscustomobject] @{ kind = 'address'; address = $each.address; interface = $interface }
    }
    foreach ($each in $Data.routes) {
        $interface = Find-Interface -Endpoint $each.endpoint
        [pscustomobject] @{
            kind = 'route'; destination = $each.destination; nextHop = $each.nextHop; interface = $interface
        }
    }
    foreach ($each in $Data.portProxies) {
        [pscustomobject] @{
            kind = 'portProxy'; address = $each.listen.address; port = [int] $each.listen.port
            toAddress = $each.connect.address; toPort = [int] $each.connect.port
        }
    }
}

# What the stack holds, whoever added it.
function Get-PresentPart {
    Get-NetIPAddress -AddressFamily IPv4 | ForEach-Object {
        [pscustomobject] @{ kind = 'address'; address = $_.IPAddress; interface = [int] $_.InterfaceIndex }
    }
    Get-NetRoute -AddressFamily IPv4 | ForEach-Object {
        [pscustomobject] @{
            kind = 'route'; destination = $_.DestinationPrefix; nextHop = $_.NextHop
            interface = [int] $_.InterfaceIndex
        }
    }
    # Headings are in the system's language; a line of the table is two addresses, each with its port.
    foreach ($line in Invoke-Netsh -Arguments 'show', 'v4tov4') {
        if ($line -match '^\s*(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s*$') {
            [pscustomobject] @{
                kind = 'portProxy'; address = $Matches[1]; port = [int] $Matches[2]
                toAddress = $Matches[3]; toPort = [int] $Matches[4]
            }
        }
    }
}

function Invoke-Netsh {
    param([string[]] $Arguments)
    $lines = @(& netsh interface portproxy $Arguments)
    # It fails with words on its standard output.
    if ($LASTEXITCODE -ne 0) { throw "netsh: $(($lines -join ' ').Trim())" }
    return $lines
}

function Add-Part {
    param($Part)
    if ($Part.kind -eq 'address') {
        Add-AddressAlias -Address $Part.address -Interface $Part.interface
    } elseif ($Part.kind -eq 'route') {
        # In both stores, the active and the persistent one, as no store is named.
        $null = New-NetRoute -DestinationPrefix $Part.destination -NextHop $Part.nextHop -InterfaceIndex $Part.interface
    } else {
        # The service that forwards; without it, the entry would be a word in the registry.
        if ((Get-Service -Name iphlpsvc).Status -ne 'Running') { Start-Service -Name iphlpsvc }
        $listen = "listenaddress=$($Part.address)", "listenport=$($Part.port)"
        $connect = "connectaddress=$($Part.toAddress)", "connectport=$($Part.toPort)"
        $null = Invoke-Netsh -Arguments (@('add', 'v4tov4', 'protocol=tcp') + $listen + $connect)
    }
}

function Add-AddressAlias {
    param([string] $Address, [int] $Interface)
    $transmits = (Get-NetIPInterface -InterfaceIndex $Interface -AddressFamily IPv4).DadTransmits
    # Containers beside this one have the alias as well, each for itself: nobody is asked whether it is taken.
    Set-NetIPInterface -InterfaceIndex $Interface -AddressFamily IPv4 -DadTransmits 0
    try {
        $alias = @{ InterfaceIndex = $Interface; IPAddress = $Address; PrefixLength = 32; SkipAsSource = $true }
        # It ends with this start of the container, as its interface does.
        $null = New-NetIPAddress @alias -PolicyStore ActiveStore
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while ($true) {
            $state = [string] (Get-NetIPAddress -InterfaceIndex $Interface -IPAddress $Address).AddressState
            if ($state -eq 'Preferred') { break }
            if ($watch.Elapsed.TotalSeconds -gt $secondsToSettle) { throw "the address $Address stays $state" }
            Start-Sleep -Milliseconds 200
        }
    } finally {
        Set-NetIPInterface -InterfaceIndex $Interface -AddressFamily IPv4 -DadTransmits $transmits
    }
}

# Takes a part away, if it is there as it is described: another may have taken its place.
function Clear-Part {
    param($Part)
    $text = Get-PartText -Part $Part
    if (-not (Get-PresentPart | Where-Object { (Get-PartText -Part $_) -eq $text })) { return }
    if ($Part.kind -eq 'address') {
        $alias = @{ InterfaceIndex = $Part.interface; IPAddress = $Part.address; PolicyStore = 'ActiveStore' }
        Remove-NetIPAddress @alias -Confirm:$false
    } elseif ($Part.kind -eq 'route') {
        $route = @{ DestinationPrefix = $Part.destination; NextHop = $Part.nextHop; InterfaceIndex = $Part.interface }
        Remove-NetRoute @route -Confirm:$false
    } else {
        $listen = "listenaddress=$($Part.address)", "listenport=$($Part.port)"
        $null = Invoke-Netsh -Arguments (@('delete', 'v4tov4', 'protocol=tcp') + $listen)
    }
}

# The parts of a list that another has (or, with -Not, that it has not).
function Select-Part {
    param($Parts, $Others, [switch] $Not)
    $texts = @($Others | Where-Object { $_ } | ForEach-Object { Get-PartText -Part $_ })
    return @($Parts | Where-Object { $_ -and ($texts -contains (Get-PartText -Part $_)) -ne [bool] $Not })
}

# What is on record as ours and still there.
function Get-OwnPart {
    $record = @()
    if (Test-Path -Path $recordFile) {
        $record = @((Get-Content -Path $recordFile -Raw | ConvertFrom-Json).parts)
    }
    return Select-Part -Parts $record -Others (Get-PresentPart)
}

function Save-Record {
    param($Parts)
    $null = New-Item -ItemType Directory -Force -Path (Split-Path -Path $recordFile)
    # Written beside it and moved, so that a killed run leaves no half of it.
    $json = ConvertTo-Json -InputObject @{ parts = @($Parts) } -Depth 3 -Compress
    Set-Content -Path "$recordFile.new" -Value $json -Encoding ASCII
    Move-Item -Path "$recordFile.new" -Destination $recordFile -Force
}

function Get-Shown {
    param($Parts)
    $addresses = $Parts | Where-Object { $_.kind -eq 'address' } | Select-Object -Property 'address', 'interface'
    $routes = $Parts | Where-Object { $_.kind -eq 'route' } |
        Select-Object -Property 'destination', 'nextHop', 'interface'
    $proxies = $Parts | Where-Object { $_.kind -eq 'portProxy' } | ForEach-Object { Get-PartText -Part $_ }
    return [ordered] @{
        addresses = @($addresses | Where-Object { $_ }); routes = @($routes | Where-Object { $_ })
        portProxies = @($proxies | Where-Object { $_ })
    }
}

# A proxy that was there before the address that it listens on does not know of it: it is made anew.
function Find-Missing {
    param($Wanted, $Present)
    $missing = @(Select-Part -Parts $Wanted -Others $Present -Not)
    $addresses = @($missing | Where-Object { $_.kind -eq 'address' } | ForEach-Object { $_.address })
    $again = @($Wanted | Where-Object { $_.kind -eq 'portProxy' -and $_.address -in $addresses })
    return $missing + @(Select-Part -Parts $again -Others $missing -Not)
}

# A proxy of somebody else for the same address and port would be overwritten.
function Assert-Free {
    param($Missing, $Present, $Own)
    $others = @(Select-Part -Parts $Present -Others $Own -Not | Where-Object { $_.kind -eq 'portProxy' })
    foreach ($part in @(Select-Part -Parts $Missing -Others $Present -Not | Where-Object { $_.kind -eq 'portProxy' })) {
        $there = $others | Where-Object { $_.address -eq $part.address -and $_.port -eq $part.port }
        if ($there) { throw "netsh has a port proxy of somebody else: $(Get-PartText -Part $there[0])" }
    }
}

function Sync-NetworkStack {
    param([string] $Action, $Data)
    $before = @(Get-OwnPart)
    $present = @(Get-PresentPart)
    $wanted = @(if ($Action -eq 'apply') { Get-WantedPart -Data $Data })
    $missing = @(Find-Missing -Wanted $wanted -Present $present)
    Assert-Free -Missing $missing -Present $present -Own $before
    $obsolete = @(Select-Part -Parts $before -Others $wanted -Not)
    [array]::Reverse($obsolete)
    $made = @(Select-Part -Parts $missing -Others $present -Not)
    Save-Record -Parts ($before + $made)
    try {
        foreach ($part in $missing) { Clear-Part -Part $part; Add-Part -Part $part }
    } catch {
        $refusal = $_
        try {
            [array]::Reverse($made)
            foreach ($part in $made) { Clear-Part -Part $part }
            # A proxy that leads elsewhere now has taken the place of the one before.
            foreach ($part in @(Select-Part -Parts $before -Others (Get-PresentPart) -Not)) { Add-Part -Part $part }
            Save-Record -Parts $before
        } catch {
            throw "$($refusal.Exception.Message)`nWhat was made before could not be undone: $($_.Exception.Message)"
        }
        throw $refusal
    }
    foreach ($part in $obsolete) { Clear-Part -Part $part }
    $kept = @(Select-Part -Parts $before -Others $wanted)
    Save-Record -Parts ($kept + $made)
    $after = @(Get-OwnPart)
    $lost = @(Select-Part -Parts $made -Others $after -Not)
    if ($lost.Count -gt 0) {
        $texts = $lost | ForEach-Object { Get-PartText -Part $_ }
        throw "it was added without a complaint and is not there: $($texts -join ', ')"
    }
    $report = [ordered] @{
        changed = $missing.Count + $obsolete.Count -gt 0
        before = Get-Shown -Parts $before; after = Get-Shown -Parts $after
    }
    return ConvertTo-Json -InputObject $report -Depth 5 -Compress
}
