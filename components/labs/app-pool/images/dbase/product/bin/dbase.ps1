# Runs an instance of the product: writes its page below SSROOTX and lets IIS serve it until the container is stopped.
$ErrorActionPreference = 'Stop'
try {
    $names = 'INSTANCE', 'PORT', 'SSROOT', 'SSROOTX'
    if (-not $env:INSTANCE) { $env:INSTANCE = $env:COMPUTERNAME }
    if (-not $env:PORT) { $env:PORT = '80' }
    $page = Get-Content -Raw -Path "$env:SSROOT\www\page.html"
    foreach ($name in $names) {
        $value = [Environment]::GetEnvironmentVariable($name)
        if ($value -match '[<>&]') { throw "$name is shown on a page, and can hold no <, > and &" }
        $page = $page.Replace("{$name}", $value)
    }
    $site = "$env:SSROOTX\www"
    $null = New-Item -ItemType Directory -Force -Path $site
    Set-Content -Path "$site\index.html" -Value $page -Encoding UTF8
    Set-Content -Path "$site\health" -Value 'ok' -Encoding ASCII
    Copy-Item -Path "$env:SSROOT\conf\web.config" -Destination $site
    Import-Module -Name WebAdministration
    Set-ItemProperty -Path 'IIS:\Sites\Default Web Site' -Name physicalPath -Value $site
} catch {
    [Console]::Error.WriteLine("dbase: $($_.Exception.Message)")
    exit 1
}
& C:\ServiceMonitor.exe w3svc
exit $LASTEXITCODE
