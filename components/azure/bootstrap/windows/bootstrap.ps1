# Makes of this machine, a new one or one that this ran on before, what a container host is to be. In two parts, as Windows
# has to be restarted in between: Start-Bootstrap is run by Azure's extension, Complete-Bootstrap by that or, after a
# restart, by a task of the system's. What is right already is left alone. Both are given the plan; its texts, addresses
# and names are decided where it was made:
#   folder   where log, failure and readiness are told
#   files    [{path, text}]
#   docker   {url, version, sha256, folder}
#   rules    [{name, displayName, port}]       inbound, in the host's firewall
#   remoting                                   see remoting.ps1, whose functions are at hand
#   task     {name, arguments}                 what runs Complete-Bootstrap after a restart

# What a program writes. Where it fails: its own words, as an exception.
function Invoke-Program {
    param([string] $Program, [string[]] $Arguments)
    # Windows PowerShell makes an error of each line on standard error, on which 'Stop' would end the script.
    $ErrorActionPreference = 'Continue'
    $lines = @(& $Program $Arguments 2>&1 | ForEach-Object { "$_" })
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $($LASTEXITCODE): $($lines -join "`n")" }
    return $lines -join "`n"
}

# For what hangs on the network or on a service that is starting.
function Invoke-Repeatedly {
    param([int] $Seconds, [scriptblock] $Work)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        try {
            return & $Work
        } catch {
            if ($watch.Elapsed.TotalSeconds -gt $Seconds) { throw }
        }
        Start-Sleep -Milliseconds 3000
    }
}

# A part of the work, by whose name a failure is told: to Azure, and in a file for who looks on the machine.
function Invoke-Phase {
    param($Plan, [string] $Name, [scriptblock] $Work)
    Add-Content -Path "$($Plan.folder)\bootstrap.log" -Value "$([DateTime]::UtcNow.ToString('s')) $Name"
    try {
        return & $Work
    } catch {
        $message = "$($env:COMPUTERNAME): failed while $($Name): $($_.Exception.GetBaseException().Message)"
        Set-Content -Path "$($Plan.folder)\failed.txt" -Value $message
        $advice = 'What to do: npm run up tries again. If it fails again: delete this instance, and then npm run up.'
        throw "$message`n$advice"
    }
}

# Writes a file that none but the system and administrators can read, as OpenSSH demands of keys. True if it was not so.
function Set-PrivateFile {
    param([string] $Path, [string] $Text)
    $there = Test-Path -Path $Path
    if (-not $there) {
        $null = New-Item -ItemType Directory -Force -Path (Split-Path -Path $Path)
        [IO.File]::WriteAllText($Path, '')
    }
    # By their ids: Windows has other names for them in other languages. Before the text is there.
    $access = '/inheritance:r', '/grant:r', '*S-1-5-18:F', '/grant:r', '*S-1-5-32-544:F'
    $null = Invoke-Program -Program 'icacls.exe' -Arguments (@($Path) + $access)
    if ($there -and [IO.File]::ReadAllText($Path) -ceq $Text) { return $false }
    # Without a byte order mark, which OpenSSH takes for a part of the first word.
    [IO.File]::WriteAllText($Path, $Text)
    return $true
}

function Install-OpenSsh {
    if (-not (Get-Service | Where-Object { $_.Name -eq 'sshd' })) {
        $null = Invoke-Repeatedly -Seconds 300 -Work { Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0' }
    }
    Set-Service -Name sshd -StartupType Automatic
    # Its first start makes its folder, and who may write there is as it should be.
    if (-not (Test-Path -Path 'C:\ProgramData\ssh\sshd_config')) { Start-Service -Name sshd }
}

# True if Windows has to be restarted.
function Install-ContainersFeature {
    if ((Get-WindowsFeature -Name Containers).InstallState -eq 'Installed') { return $false }
    $result = Install-WindowsFeature -Name Containers
    if (-not $result.Success) { throw "the feature Containers could not be installed: $($result.ExitCode)" }
    return $result.RestartNeeded -ne 'No' -or (Get-WindowsFeature -Name Containers).InstallState -ne 'Installed'
}

function Add-MachinePath {
    param([string] $Folder)
    $path = [Environment]::GetEnvironmentVariable('Path', 'Machine')
    if (($path -split ';') -notcontains $Folder) {
        [Environment]::SetEnvironmentVariable('Path', "$path;$Folder", 'Machine')
    }
}

function Install-Docker {
    param($Docker)
    $record = "$($Docker.folder)\sha256.txt"
    if ((Test-Path -Path $record) -and (Get-Content -Path $record -Raw).Trim() -eq $Docker.sha256) { return }
    $archive = "$($env:TEMP)\docker.zip"
    Invoke-Repeatedly -Seconds 300 -Work { Invoke-WebRequest -UseBasicParsing -Uri $Docker.url -OutFile $archive }
    $found = (Get-FileHash -Path $archive -Algorithm SHA256).Hash
    if ($found -ne $Docker.sha256) {
        Remove-Item -Path $archive -Force
        throw "$($Docker.url) has the SHA-256 $found, and not $($Docker.sha256): it is not what was pinned"
    }
    $there = Get-Service | Where-Object { $_.Name -eq 'docker' }
    if ($there) { Stop-Service -Name docker -Force }
    # What is in the archive is in a folder docker.
    Expand-Archive -Path $archive -DestinationPath (Split-Path -Path $Docker.folder) -Force
    Remove-Item -Path $archive -Force
    Add-MachinePath -Folder $Docker.folder
    if (-not $there) { $null = Invoke-Program -Program "$($Docker.folder)\dockerd.exe" -Arguments '--register-service' }
    Set-Content -Path $record -Value $Docker.sha256
}

# Rules of their own, of every profile: the one that comes with OpenSSH is not for public networks, which Azure's are.
function Set-InboundRule {
    param($Rule)
    $filter = @{
        Protocol = 'TCP'; LocalPort = $Rule.port; Direction = 'Inbound'; Action = 'Allow'; Profile = 'Any'; Enabled = 'True'
    }
    if (Get-NetFirewallRule | Where-Object { $_.Name -eq $Rule.name }) {
        $null = Set-NetFirewallRule -Name $Rule.name -NewDisplayName $Rule.displayName @filter
    } else {
        $null = New-NetFirewallRule -Name $Rule.name -DisplayName $Rule.displayName @filter
    }
}

# Has Windows restart once the extension has told Azure how it went, which it could not while it is restarting.
function Request-Restart {
    param($Plan)
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $Plan.task.arguments
    $trigger = New-ScheduledTaskTrigger -AtStartup
    $null = Register-ScheduledTask -TaskName $Plan.task.name -Action $action -Trigger $trigger -User SYSTEM -RunLevel Highest -Force
    $null = Invoke-Program -Program 'shutdown.exe' -Arguments '/r', '/t', '30', '/d', 'p:4:1'
}

# $Files are those of the plan's kind that hold secrets.
function Start-Bootstrap {
    param($Plan, $Files)
    $null = New-Item -ItemType Directory -Force -Path $Plan.folder
    $wanted = @($Plan.files) + @($Files)
    # A run that was cut short may have changed what a service has not read yet.
    $unfinished = -not (Test-Path -Path "$($Plan.folder)\ready.txt")
    # What tells that there is to be remoting: it goes with the other secrets, or there is to be none.
    $remoting = $Plan.remoting.file
    if (@($wanted.path) -notcontains $remoting -and (Test-Path -Path $remoting)) { Remove-Item -Path $remoting -Force }
    foreach ($name in 'ready.txt', 'failed.txt') {
        if (Test-Path -Path "$($Plan.folder)\$name") { Remove-Item -Path "$($Plan.folder)\$name" -Force }
    }
    Invoke-Phase -Plan $Plan -Name 'installing OpenSSH' -Work { Install-OpenSsh }
    $restart = Invoke-Phase -Plan $Plan -Name 'installing the feature Containers' -Work { Install-ContainersFeature }
    Invoke-Phase -Plan $Plan -Name 'installing Docker' -Work { Install-Docker -Docker $Plan.docker }
    Invoke-Phase -Plan $Plan -Name 'writing keys, certificates and settings' -Work {
        $changed = @($wanted | Where-Object { Set-PrivateFile -Path $_.path -Text $_.text })
        # Both read them when they start.
        if ($unfinished -or $changed.Count -gt 0) { Stop-Service -Name 'sshd', 'docker' -Force }
    }
    Invoke-Phase -Plan $Plan -Name 'opening the firewall' -Work {
        foreach ($rule in $Plan.rules) { Set-InboundRule -Rule $rule }
    }
    $protocol = Invoke-Phase -Plan $Plan -Name 'preparing PowerShell remoting' -Work {
        Set-RemotingProtocol -Remoting $Plan.remoting
    }
    if ($restart -or $protocol) {
        Invoke-Phase -Plan $Plan -Name 'asking for a restart' -Work { Request-Restart -Plan $Plan }
        return "$($env:COMPUTERNAME): Windows restarts in 30 seconds; the rest is done after that"
    }
    return Complete-Bootstrap -Plan $Plan
}

function Complete-Bootstrap {
    param($Plan)
    Invoke-Phase -Plan $Plan -Name 'starting the engine' -Work {
        $found = Invoke-Repeatedly -Seconds 300 -Work {
            # Right after a restart, what it depends on may not be there yet.
            Start-Service -Name docker
            $format = '{{.Server.Version}}'
            Invoke-Program -Program "$($Plan.docker.folder)\docker.exe" -Arguments 'version', '--format', $format
        }
        if ($found -ne $Plan.docker.version) { throw "the engine is Docker $found, and not $($Plan.docker.version)" }
    }
    Invoke-Phase -Plan $Plan -Name 'starting SSH' -Work { Start-Service -Name sshd }
    Invoke-Phase -Plan $Plan -Name 'setting up PowerShell remoting' -Work { Set-Remoting -Remoting $Plan.remoting }
    Invoke-Phase -Plan $Plan -Name 'waiting until all listen' -Work {
        $remoting = @($Plan.remoting | Where-Object { Test-Path -Path $_.file } | ForEach-Object { $_.rule })
        foreach ($rule in @($Plan.rules) + $remoting) {
            $null = Invoke-Repeatedly -Seconds 60 -Work { Get-NetTCPConnection -State Listen -LocalPort $rule.port }
        }
    }
    $failure = "$($Plan.folder)\failed.txt"
    if (Test-Path -Path $failure) { Remove-Item -Path $failure -Force }
    Get-ScheduledTask | Where-Object { $_.TaskName -eq $Plan.task.name } | Unregister-ScheduledTask -Confirm:$false
    $ready = "$($env:COMPUTERNAME): Docker $($Plan.docker.version) and OpenSSH are ready"
    Set-Content -Path "$($Plan.folder)\ready.txt" -Value $ready
    return $ready
}
