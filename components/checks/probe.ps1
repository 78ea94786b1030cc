# Makes probes from inside a Windows container. Windows PowerShell 5.1, nothing to install.
# The contract of standard input and output is that of probe.py.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
Add-Type -AssemblyName System.Net.Http
# Two connections to a server at a time are the default, and probes would wait for each other.
[Net.ServicePointManager]::DefaultConnectionLimit = 1000

$refused = @('ConnectionRefused')
$timeout = @('TimedOut')
$unreachable = @('HostUnreachable', 'NetworkUnreachable', 'HostDown', 'NetworkDown')

function Get-Address([string] $Name) {
    try {
        $found = [Net.Dns]::GetHostAddresses($Name) | Where-Object { $_.AddressFamily -eq 'InterNetwork' }
    } catch {
        $socketError = $_.Exception.GetBaseException() -as [Net.Sockets.SocketException]
        if ($null -eq $socketError -or $socketError.SocketErrorCode -notin 'HostNotFound', 'NoData') { throw }
        $found = @()
    }
    $found | ForEach-Object { $_.ToString() }
}

# What the failure of a connection says about the target; anything unexpected is an error, never a verdict.
function Get-Failure([Exception] $Exception) {
    for ($cause = $Exception; $null -ne $cause; $cause = $cause.InnerException) {
        if ($cause -is [Net.Sockets.SocketException]) {
            $code = [string] $cause.SocketErrorCode
            if ($code -in $refused) { return @{ outcome = 'refused'; detail = 'connection refused' } }
            if ($code -in $timeout) { return @{ outcome = 'timeout'; detail = 'no answer' } }
            if ($code -in $unreachable) { return @{ outcome = 'unreachable'; detail = $cause.Message } }
        }
    }
    return @{ outcome = 'error'; detail = $Exception.GetBaseException().Message }
}

# A client that follows neither a proxy nor a redirection.
function Open-Client {
    $handler = New-Object Net.Http.HttpClientHandler
    $handler.AllowAutoRedirect = $false
    $handler.UseProxy = $false
    return New-Object Net.Http.HttpClient $handler
}

function Send-Request($Client, [Uri] $Uri, $Headers, [string] $Id) {
    if ($Uri.Scheme -ne 'http') { throw "only http is asked, not $Uri" }
    $request = New-Object Net.Http.HttpRequestMessage ([Net.Http.HttpMethod]::Get), $Uri
    if ($null -ne $Headers) {
        foreach ($header in $Headers.PSObject.Properties) {
            # Without a look at the value: what is asked for may be wrong on purpose.
            $null = $request.Headers.TryAddWithoutValidation($header.Name, [string] $header.Value)
        }
    }
    if ($Id) { $request.Headers.Add('x-ms-client-request-id', $Id) }
    $request.Headers.ConnectionClose = $true
    return $Client.SendAsync($request)
}

# The answer with its status and body, or what kept it away.
function Wait-Answer($Task, $Probe, $Watch) {
    $left = [int] ($Probe.seconds * 1000 - $Watch.ElapsedMilliseconds)
    try {
        if (-not $Task.Wait([Math]::Max(0, $left))) { return @{ outcome = 'timeout'; detail = 'no answer' } }
        $response = $Task.Result
        $body = $response.Content.ReadAsStringAsync().Result
    } catch {
        return Get-Failure $_.Exception
    }
    $excerpt = ($body -replace '\s+', ' ').Trim()
    if ($excerpt.Length -gt 80) { $excerpt = $excerpt.Substring(0, 80) }
    $status = [int] $response.StatusCode
    return @{ outcome = 'answered'; detail = "HTTP ${status}: $excerpt"; status = $status; body = $body }
}

# Asks as often as the probe says, one after another, and then how often that was seen.
function Measure-Answer($Probe) {
    foreach ($uri in [Uri] $Probe.url, [Uri] $Probe.counter) {
        if (@(Get-Address $uri.DnsSafeHost).Count -eq 0) {
            return @{ outcome = 'unresolved'; detail = "$($uri.DnsSafeHost) has no address here" }
        }
    }
    $id = [guid]::NewGuid().ToString()
    # Its time begins here: it is not side by side with the others.
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $client = Open-Client
    try {
        $sent = 0
        for ($i = 0; $i -lt $Probe.requests; $i++) {
            $answer = Wait-Answer (Send-Request $client $Probe.url $Probe.headers $id) $Probe $watch
            # What was no answer in HTTP is none.
            if ($answer.outcome -eq 'answered') { $sent++ } elseif ($answer.outcome -ne 'error') { return $answer }
        }
        $answer = Wait-Answer (Send-Request $client ($Probe.counter + $id) $null '') $Probe $watch
        if ($answer.outcome -ne 'answered') { return $answer }
        if ($answer.status -ne 200) { throw "the counter answered $($answer.detail)" }
        $seen = [int] ($answer.body | ConvertFrom-Json).requests
        return @{ outcome = 'counted'; detail = "$sent answered, $seen seen"; sent = $sent; seen = $seen }
    } finally {
        $client.Dispose()
    }
}

# Connections and requests are only begun here, so that all of them run side by side.
function Open-Probe($Probe) {
    $run = @{ probe = $Probe; watch = [Diagnostics.Stopwatch]::StartNew(); task = $null; result = $null }
    try {
        if ($Probe.kind -eq 'connect') {
            $address = @(Get-Address $Probe.host)
            if ($address.Count -eq 0) {
                $run.result = @{ outcome = 'unresolved'; detail = "$($Probe.host) has no address here" }
            } else {
                $run.client = New-Object Net.Sockets.TcpClient
                $run.task = $run.client.ConnectAsync($address[0], [int] $Probe.port)
            }
        } elseif ($Probe.kind -eq 'get') {
            $uri = [Uri] $Probe.url
            if (@(Get-Address $uri.DnsSafeHost).Count -eq 0) {
                $run.result = @{ outcome = 'unresolved'; detail = "$($uri.DnsSafeHost) has no address here" }
            } else {
                $run.client = Open-Client
                $run.task = Send-Request $run.client $uri $Probe.headers ''
            }
        } elseif ($Probe.kind -eq 'resolve') {
            $run.result = Resolve-Probe $Probe
        } elseif ($Probe.kind -eq 'listener') {
            $run.result = Find-Listener ([int] $Probe.port)
        } elseif ($Probe.kind -ne 'counted') {
            $run.result = @{ outcome = 'error'; detail = "unknown kind of probe: $($Probe.kind)" }
        }
    } catch {
        $run.result = @{ outcome = 'error'; detail = $_.Exception.Message }
    }
    return $run
}

function Wait-Probe($Run) {
    if ($null -ne $Run.result) { return $Run.result }
    try {
        if ($Run.probe.kind -eq 'counted') { return Measure-Answer $Run.probe }
        if ($Run.probe.kind -eq 'get') {
            $answer = Wait-Answer $Run.task $Run.probe $Run.watch
            if ($answer.outcome -eq 'answered') {
                $answer.contains = $answer.body.Contains([string] $Run.probe.contains)
                $answer.Remove('body')
            }
            return $answer
        }
        $left = [int] ($Run.probe.seconds * 1000 - $Run.watch.ElapsedMilliseconds)
        if (-not $Run.task.Wait([Math]::Max(0, $left))) { return @{ outcome = 'timeout'; detail = 'no answer' } }
        $from = $Run.client.Client.LocalEndPoint.Address.ToString()
        return @{ outcome = 'connected'; detail = "connected from $from" }
    } catch {
        return Get-Failure $_.Exception
    } finally {
        if ($null -ne $Run.client) { $Run.client.Dispose() }
    }
}

function Resolve-Probe($Probe) {
    if ($Probe.through -eq 'hosts') {
        $addresses = @(Get-Content "$env:SystemRoot\System32\drivers\etc\hosts" | ForEach-Object {
            $words = @(($_ -replace '#.*', '').Trim() -split '\s+')
            if ($words.Count -gt 1 -and $words[1..($words.Count - 1)] -contains $Probe.host) { $words[0] }
        } | Select-Object -Unique)
    } else {
        try {
            $answer = Resolve-DnsName -Name $Probe.host -Type A -DnsOnly -NoHostsFile -QuickTimeout
            $addresses = @($answer | Where-Object { $_.Type -eq 'A' } | ForEach-Object { $_.IPAddress })
        } catch [ComponentModel.Win32Exception] {
            # DNS_ERROR_RCODE_NAME_ERROR and DNS_INFO_NO_RECORDS: there is no such name. The rest is no answer at all.
            if ($_.Exception.NativeErrorCode -notin 9003, 9501) { throw }
            $addresses = @()
        }
    }
    if ($addresses.Count -eq 0) {
        return @{ outcome = 'unresolved'; detail = "$($Probe.host) is not in $($Probe.through)"; addresses = @() }
    }
    return @{ outcome = 'resolved'; detail = $addresses -join ', '; addresses = $addresses }
}

function Find-Listener([int] $Port) {
    $found = @(Get-NetTCPConnection -State Listen -LocalPort $Port -ErrorAction SilentlyContinue)
    if ($found.Count -eq 0) {
        return @{ outcome = 'silent'; detail = "nothing listens on port $Port"; own = @(); hidden = 0 }
    }
    # Process 4 is the kernel, which listens for every IIS (http.sys): it is nobody's own.
    $visible = @(Get-Process | ForEach-Object { $_.Id } | Where-Object { $_ -gt 4 })
    $own = @($found | ForEach-Object { [int] $_.OwningProcess } | Where-Object { $_ -in $visible })
    return @{ outcome = 'listening'; detail = "port $Port is listening"; own = $own; hidden = 0 }
}

# Not from the console: PowerShell itself reads a redirected standard input, and would race for it.
$probes = @($input) -join "`n" | ConvertFrom-Json
$runs = @($probes | ForEach-Object { Open-Probe $_ })
foreach ($run in $runs) {
    $result = Wait-Probe $run
    $result.id = $run.probe.id
    $result.ms = $run.watch.ElapsedMilliseconds
    [Console]::Out.WriteLine((ConvertTo-Json -InputObject $result -Compress))
}
