# What the scripts on a container's host have in common: the Docker client, whose PATH and DOCKER_HOST are the caller's.

# What docker writes on standard output. Where it fails: its own words, as an exception.
function Invoke-Docker {
    param([string[]] $Arguments, [string] $Text = '')
    $docker = Get-Command -Name docker
    # Windows PowerShell makes an error of each line on standard error, on which 'Stop' would end the script.
    $ErrorActionPreference = 'Continue'
    $lines = @($Text | & $docker $Arguments 2>&1)
    $words, $output = $lines.Where({ $_ -is [Management.Automation.ErrorRecord] }, 'Split')
    if ($LASTEXITCODE -ne 0) {
        throw "docker: $((@($words) + @($output) | ForEach-Object { "$_".Trim() } | Where-Object { $_ }) -join "`n")"
    }
    return $output -join "`n"
}

# The container as docker inspects it, in the format given; empty if it is gone.
function Get-Container {
    param([string] $Container, [string] $Format)
    try {
        return Invoke-Docker -Arguments 'container', 'inspect', '--format', $Format, $Container
    } catch {
        if ($_.Exception.Message -notmatch 'No such container') { throw }
        return ''
    }
}
