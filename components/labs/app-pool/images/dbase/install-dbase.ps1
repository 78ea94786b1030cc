# Installs the product that lies beside this file below SSROOT, and makes SSROOTX for what its instances write. Each step
# is logged in C:\ProgramData\install-dbase.log. If one fails, the log is printed and the status is 1.
param([switch] $Silent)

$ErrorActionPreference = 'Stop'
$log = 'C:\ProgramData\install-dbase.log'

function Write-Log {
    param([string] $Text)
    Add-Content -Path $log -Value $Text
}

function Install-Product {
    param([string] $Source, [string] $Root, [string] $Data)
    Write-Log -Text "installing dbase $(Get-Content -Path "$Source\VERSION") in $Root"
    foreach ($directory in $Root, $Data) {
        if ($directory -notmatch '^[A-Za-z]:\\.') { throw "SSROOT and SSROOTX are absolute paths, not `"$directory`"" }
    }
    if (Test-Path -Path "$Root\VERSION") { throw "$Root holds version $(Get-Content -Path "$Root\VERSION") already" }
    if (-not (Get-Service -Name W3SVC -ErrorAction SilentlyContinue)) { throw 'there is no IIS, which the product runs on' }
    $null = New-Item -ItemType Directory -Force -Path $Root, $Data
    Copy-Item -Recurse -Path "$Source\bin", "$Source\conf" -Destination $Root
    # Last of all: what has it is whole.
    Copy-Item -Path "$Source\VERSION" -Destination $Root
    Write-Log -Text 'installed'
}

# There is nobody to ask, and that is said by whoever calls.
if (-not $Silent) {
    [Console]::Error.WriteLine('usage: install-dbase -Silent')
    exit 2
}
try {
    Install-Product -Source "$PSScriptRoot\product" -Root $env:SSROOT -Data $env:SSROOTX
} catch {
    Write-Log -Text "failed: $($_.Exception.Message)"
    [Console]::Error.WriteLine("install-dbase failed. Its log, ${log}:`n$(Get-Content -Path $log -Raw)")
    exit 1
}
