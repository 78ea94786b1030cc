# Pester 5, in Windows PowerShell 5.1: bootstrap.ps1 on a machine that is a few lists. What changes Windows is stood in for;
# files and their access are real.
BeforeAll {
    . (Join-Path $PSScriptRoot '..\..\components\azure\bootstrap\windows\bootstrap.ps1')

    function Get-Service { $system.services.Keys | ForEach-Object { [pscustomobject] @{ Name = $_ } } }
    function Set-Service {
        param($Name, $StartupType)
        $system.calls.Add("Set-Service $Name $StartupType")
    }
    function Start-Service {
        param($Name)
        $system.calls.Add("Start-Service $Name")
        $system.services[$Name] = 'Running'
    }
    function Stop-Service {
        param($Name, [switch] $Force)
        $system.calls.Add("Stop-Service $($Name -join ' ') $Force")
        foreach ($each in $Name) { $system.services[$each] = 'Stopped' }
    }
    function Add-WindowsCapability {
        param([switch] $Online, $Name)
        $system.calls.Add("Add-WindowsCapability $Name $Online")
        $system.services['sshd'] = 'Stopped'
    }
    function Get-WindowsFeature {
        param($Name)
        [pscustomobject] @{ Name = $Name; InstallState = $system.feature }
    }
    function Install-WindowsFeature {
        param($Name)
        $system.calls.Add("Install-WindowsFeature $Name")
        $system.feature = 'InstallPending'
        [pscustomobject] @{ Success = $system.installs; RestartNeeded = 'Yes'; ExitCode = 'said so' }
    }
    function Invoke-WebRequest {
        param([switch] $UseBasicParsing, $Uri, $OutFile)
        $system.calls.Add("Invoke-WebRequest $Uri $UseBasicParsing")
        Set-Content -Path $OutFile -Value $system.archive
    }
    function Expand-Archive {
        param($Path, $DestinationPath, [switch] $Force)
        $system.calls.Add("Expand-Archive $DestinationPath $Force")
        $null = New-Item -ItemType Directory -Force -Path "$DestinationPath\docker"
    }
    function Get-NetFirewallRule { $system.rules.Keys | ForEach-Object { [pscustomobject] @{ Name = $_ } } }
    function New-NetFirewallRule {
        param($Name, $DisplayName, $Protocol, $LocalPort, $Direction, $Action, $Profile, $Enabled)
        $system.rules[$Name] = "$DisplayName $Protocol $LocalPort $Direction $Action $Profile $Enabled"
    }
    function Set-NetFirewallRule {
        param($Name, $NewDisplayName, $Protocol, $LocalPort, $Direction, $Action, $Profile, $Enabled)
        $system.rules[$Name] = "$NewDisplayName $Protocol $LocalPort $Direction $Action $Profile $Enabled"
    }
    function New-ScheduledTaskAction {
        param($Execute, $Argument)
        "$Execute $Argument"
    }
    function New-ScheduledTaskTrigger {
        param([switch] $AtStartup)
        "at startup $AtStartup"
    }
    function Register-ScheduledTask {
        param($TaskName, $Action, $Trigger, $User, $RunLevel, [switch] $Force)
        $system.calls.Add("Register-ScheduledTask $Action, $Trigger, $User, $RunLevel $Force")
        $system.tasks.Add($TaskName)
    }
    function Get-ScheduledTask { $system.tasks | ForEach-Object { [pscustomobject] @{ TaskName = $_ } } }
    function Unregister-ScheduledTask {
        param($Confirm)
        $system.calls.Add("Unregister-ScheduledTask $Confirm")
    }
    function Get-NetTCPConnection {
        param($State, $LocalPort)
        $system.calls.Add("$State $LocalPort")
    }

    # Of remoting.ps1, which has tests of its own.
    function Set-RemotingProtocol {
        param($Remoting)
        return (Test-Path -Path $Remoting.file) -and $system.protocol
    }
    function Set-Remoting {
        param($Remoting)
        $system.calls.Add("Set-Remoting $(Test-Path -Path $Remoting.file)")
    }

    function Add-MachinePath {
        param($Folder)
        $system.calls.Add("Add-MachinePath $Folder")
    }

    # Programs of the machine, but for icacls.
    $ownInvokeProgram = ${function:Invoke-Program}
    function Invoke-Program {
        param([string] $Program, [string[]] $Arguments)
        if ($Program -eq 'icacls.exe') { return & $ownInvokeProgram -Program $Program -Arguments $Arguments }
        $system.calls.Add("$(Split-Path -Path $Program -Leaf) $($Arguments -join ' ')")
        if ($Program -like '*\dockerd.exe') { $system.services['docker'] = 'Stopped' }
        if ($Program -like '*\docker.exe') { return $system.version }
    }
}

Describe 'the bootstrap of a Windows host' {
    BeforeEach {
        $system = @{
            calls = New-Object 'Collections.Generic.List[string]'; services = @{}; feature = 'Available'; installs = $true
            protocol = $false
            archive = 'docker'; rules = @{}; tasks = New-Object 'Collections.Generic.List[string]'; version = '1.2.3'
        }
        $folder = Join-Path $TestDrive ([guid]::NewGuid())
        $archive = Join-Path $TestDrive 'archive'
        Set-Content -Path $archive -Value 'docker'
        $plan = [pscustomobject] @{
            folder = "$folder\state"
            files = @([pscustomobject] @{ path = "$folder\config\daemon.json"; text = '{}' })
            docker = [pscustomobject] @{
                url = 'https://localhost/docker.zip'; version = '1.2.3'; folder = "$folder\programs\docker"
                sha256 = (Get-FileHash -Path $archive -Algorithm SHA256).Hash.ToLower()
            }
            rules = @([pscustomobject] @{ name = 'ssh'; displayName = 'SSH'; port = 22 })
            task = [pscustomobject] @{ name = 'bootstrap'; arguments = '-EncodedCommand x' }
            remoting = [pscustomobject] @{
                file = "$folder\state\remoting.json"
                rule = [pscustomobject] @{ name = 'winrm'; displayName = 'WinRM'; port = 5986 }
            }
        }
        $remoting = [pscustomobject] @{ path = "$folder\state\remoting.json"; text = '{}' }
        $files = @([pscustomobject] @{ path = "$folder\ssh\host_key"; text = "secret`n" })
    }

    It 'lets none but the system and administrators read a file' {
        Set-PrivateFile -Path "$folder\key" -Text "secret`n" | Should -BeTrue
        $who = (Get-Acl -Path "$folder\key").Access | ForEach-Object {
            $_.IdentityReference.Translate([Security.Principal.SecurityIdentifier]).Value
        }
        $who | Sort-Object | Should -Be 'S-1-5-18', 'S-1-5-32-544'
        [IO.File]::ReadAllBytes("$folder\key")[0] | Should -Be ([byte] [char] 's')
        Set-PrivateFile -Path "$folder\key" -Text "secret`n" | Should -BeFalse
        Set-PrivateFile -Path "$folder\key" -Text "other`n" | Should -BeTrue
    }

    It 'leaves the rest to a task, and asks for a restart, where Windows needs one' {
        Start-Bootstrap -Plan $plan -Files $files | Should -Match 'restarts'
        $task = 'Register-ScheduledTask powershell.exe -EncodedCommand x, at startup True, SYSTEM, Highest True'
        $system.calls.IndexOf($task) | Should -BeGreaterThan 0
        $system.calls[-1] | Should -Be 'shutdown.exe /r /t 30 /d p:4:1'
        $system.calls | Should -Not -Contain 'Start-Service docker'
        Test-Path -Path "$($plan.folder)\ready.txt" | Should -BeFalse
        [IO.File]::ReadAllText("$folder\ssh\host_key") | Should -Be "secret`n"
    }

    It 'ends the work after the restart, and takes the task away' {
        $null = Start-Bootstrap -Plan $plan -Files $files
        Complete-Bootstrap -Plan $plan | Should -Match 'are ready$'
        $system.calls | Should -Contain 'Start-Service docker'
        $system.calls | Should -Contain 'Start-Service sshd'
        $system.calls | Should -Contain 'Unregister-ScheduledTask False'
        Test-Path -Path "$($plan.folder)\ready.txt" | Should -BeTrue
    }

    It 'does all at once where Windows needs no restart, and stops nothing the second time' {
        $system.feature = 'Installed'
        Start-Bootstrap -Plan $plan -Files $files | Should -Match 'are ready$'
        $system.rules['ssh'] | Should -Be 'SSH TCP 22 Inbound Allow Any True'
        $system.calls.Clear()
        Start-Bootstrap -Plan $plan -Files $files | Should -Match 'are ready$'
        $system.calls | Where-Object { $_ -match '^(Stop-Service|Invoke-WebRequest|Expand-Archive|dockerd)' } | Should -BeNullOrEmpty
    }

    It 'has both services read new certificates' {
        $system.feature = 'Installed'
        $null = Start-Bootstrap -Plan $plan -Files $files
        $system.calls.Clear()
        $files[0].text = "renewed`n"
        $null = Start-Bootstrap -Plan $plan -Files $files
        $stop = $system.calls.IndexOf('Stop-Service sshd docker True')
        $stop | Should -BeGreaterThan -1
        $system.calls.IndexOf('Start-Service docker') | Should -BeGreaterThan $stop
    }

    It 'has remoting where its file is among those that hold secrets, and no more where it is not' {
        $system.feature = 'Installed'
        $null = Start-Bootstrap -Plan $plan -Files @($files + $remoting)
        $system.calls | Should -Contain 'Set-Remoting True'
        $system.calls | Should -Contain 'Listen 5986'
        $system.calls.Clear()
        $null = Start-Bootstrap -Plan $plan -Files $files
        $system.calls | Should -Contain 'Set-Remoting False'
        $system.calls | Should -Not -Contain 'Listen 5986'
    }

    It 'asks for a restart where remoting needs one' {
        $system.feature = 'Installed'
        $system.protocol = $true
        Start-Bootstrap -Plan $plan -Files @($files + $remoting) | Should -Match 'restarts'
        $system.calls[-1] | Should -Be 'shutdown.exe /r /t 30 /d p:4:1'
    }

    It 'does not install what is not what was pinned' {
        $system.archive = 'something else'
        { Start-Bootstrap -Plan $plan -Files $files } | Should -Throw '*failed while installing Docker*not what was pinned*'
        $system.calls | Where-Object { $_ -match '^Expand-Archive' } | Should -BeNullOrEmpty
        Get-Content -Path "$($plan.folder)\failed.txt" -Raw | Should -Match $env:COMPUTERNAME
    }

    It 'fails with the machine, the phase and what to do' {
        $system.installs = $false
        $words = "$($env:COMPUTERNAME): failed while installing the feature Containers: *said so*npm run up*"
        { Start-Bootstrap -Plan $plan -Files $files } | Should -Throw $words
        $system.installs = $true
        $null = Start-Bootstrap -Plan $plan -Files $files
        Test-Path -Path "$($plan.folder)\failed.txt" | Should -BeFalse
    }

    It 'fails for an engine of another version' {
        $system.feature = 'Installed'
        $system.version = '1.2.4'
        { Start-Bootstrap -Plan $plan -Files $files } | Should -Throw '*the engine is Docker 1.2.4, and not 1.2.3*'
        Test-Path -Path "$($plan.folder)\ready.txt" | Should -BeFalse
    }

    It 'tells the words of a program that fails' {
        $failing = '/c', 'echo from output& echo from error 1>&2& exit 3'
        { & $ownInvokeProgram -Program 'cmd.exe' -Arguments $failing } |
            Should -Throw 'cmd.exe ended with 3: *from output*from error*'
    }
}
