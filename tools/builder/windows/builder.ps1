# What the image-builder lab does on a Windows machine: Data is {action, folder, ...}, and the answer is JSON. Archives do not
# pass through PowerShell, which takes standard input for text: they are tar's, before and after. Needs docker.ps1.

function Get-Place {
    param($Data)
    return "$env:ProgramData\" + $Data.folder.Replace('/', '\')
}

# Runs docker so that its output is read as it comes, on standard error.
function Invoke-DockerAloud {
    param([string[]] $Arguments)
    $docker = Get-Command -Name docker
    # Windows PowerShell hands quotes over as they are, and the program takes them for its own.
    $escaped = @($Arguments | ForEach-Object { $_ -replace '(\\*)"', '$1$1\"' })
    # And it makes an error of each line on standard error, on which 'Stop' would end the script.
    $ErrorActionPreference = 'Continue'
    & $docker $escaped 2>&1 | ForEach-Object { [Console]::Error.WriteLine("$_") }
    if ($LASTEXITCODE -ne 0) { throw "docker $($Arguments[0]) ended with status $LASTEXITCODE" }
}

function Remove-Quietly {
    param([string] $Path)
    if (Test-Path -Path $Path) { Remove-Item -Path $Path -Recurse -Force }
}

# The workspace of which an image sees what the line says; empty if there is none.
function Get-Tree {
    param($Data)
    foreach ($index in @(Get-ChildItem -Path "$(Get-Place -Data $Data)\workspaces\*\images" -ErrorAction SilentlyContinue)) {
        if (@(Get-Content -Path $index.FullName) -contains $Data.sees) { return "$($index.DirectoryName)\tree" }
    }
    return ''
}

function Open-Workspace {
    param($Data)
    $root = "$(Get-Place -Data $Data)\workspaces"
    # What an earlier transfer left when it was cut off.
    Remove-Quietly -Path "$root\*.partial"
    if (Test-Path -Path "$root\$($Data.hash)") { return @{ into = '' } }
    $into = "$root\$($Data.hash).partial"
    $null = New-Item -ItemType Directory -Path "$into\tree" -Force
    return @{ into = $into }
}

function Close-Workspace {
    param($Data)
    $root = "$(Get-Place -Data $Data)\workspaces"
    $partial = "$root\$($Data.hash).partial"
    if (-not $Data.complete) {
        Remove-Quietly -Path $partial
        return @{}
    }
    Set-Content -Path "$partial\images" -Value @($Data.index) -Encoding ASCII
    Move-Item -Path $partial -Destination "$root\$($Data.hash)"
    foreach ($each in Get-ChildItem -Path $root) {
        if ($each.Name -ne $Data.hash) { Remove-Quietly -Path $each.FullName }
    }
    return @{}
}

function Invoke-Build {
    param($Data)
    $tree = Get-Tree -Data $Data
    if ($tree -eq '') { return @{ id = '' } }
    # BuildKit of the Docker engine does not build Windows images.
    $env:DOCKER_BUILDKIT = '0'
    $what = '--tag', $Data.name, '--file', "$tree\$($Data.dockerfile)", "$tree\$($Data.context)"
    Invoke-DockerAloud -Arguments (@('build') + @($Data.options) + $what)
    return @{ id = Invoke-Docker -Arguments 'image', 'inspect', '--format', '{{.Id}}', $Data.name }
}

function Invoke-Check {
    param($Data)
    $tree = Get-Tree -Data $Data
    $left = "$(Get-Place -Data $Data)\left\$($Data.image)"
    Remove-Quietly -Path "$left.partial"
    $null = New-Item -ItemType Directory -Path "$left.partial" -Force
    $entrypoint, $words = @($Data.words)
    $options = '--label', $Data.label, '--workdir', 'C:\workspace', '--entrypoint', $entrypoint
    $container = Invoke-Docker -Arguments (@('create') + $options + $Data.id + @($words | Where-Object { $_ }))
    try {
        Invoke-DockerAloud -Arguments 'cp', "$tree\.", "${container}:C:\workspace"
        Invoke-DockerAloud -Arguments 'start', '--attach', $container
        foreach ($path in @($Data.keep)) {
            $to = "$left.partial\" + $path.Replace('/', '\')
            $null = New-Item -ItemType Directory -Path (Split-Path -Path $to) -Force
            Invoke-DockerAloud -Arguments 'cp', "${container}:C:\workspace\$path", $to
        }
        Remove-Quietly -Path $left
        Move-Item -Path "$left.partial" -Destination $left
    } finally {
        $null = Invoke-Docker -Arguments 'rm', '--force', '--volumes', $container
        Remove-Quietly -Path "$left.partial"
    }
    return @{}
}

# Images of these labels, by id, but for one.
function Get-Image {
    param($Data, [string] $But)
    $filters = '--filter', "label=$($Data.stackLabel)", '--filter', "label=$($Data.imageLabel)"
    $ids = Invoke-Docker -Arguments (@('image', 'ls', '--no-trunc', '--quiet') + $filters)
    return @($ids -split "`n" | Where-Object { $_ -and $_ -ne $But } | Select-Object -Unique)
}

# One that something is made from stays.
function Remove-Image {
    param([string[]] $Images)
    foreach ($each in $Images) {
        try { $null = Invoke-Docker -Arguments 'image', 'rm', '--force', $each } catch { [Console]::Error.WriteLine("$_") }
    }
}

function Save-Image {
    param($Data)
    $null = Invoke-Docker -Arguments 'tag', $Data.name, $Data.reference
    $null = Invoke-Docker -Arguments 'image', 'rm', $Data.name
    $id = Invoke-Docker -Arguments 'image', 'inspect', '--format', '{{.Id}}', $Data.reference
    Remove-Image -Images (Get-Image -Data $Data -But $id)
    return @{}
}

# Logs in with a configuration that nobody else sees and that is gone afterwards, and runs the work with it.
function Invoke-LoggedIn {
    param($Data, [ScriptBlock] $Work)
    $folder = "$env:TEMP\$([Guid]::NewGuid())"
    $null = New-Item -ItemType Directory -Path $folder
    $before = $env:DOCKER_CONFIG
    $env:DOCKER_CONFIG = $folder
    try {
        # With an entry there, docker does not look for a store of Windows' own, which a session over SSH cannot open.
        $auths = @{ auths = @{ $Data.registry = @{} } }
        Set-Content -Path "$folder\config.json" -Value (ConvertTo-Json -InputObject $auths -Compress) -Encoding ASCII
        $login = 'login', '--username', $Data.username, '--password-stdin', $Data.registry
        $null = Invoke-Docker -Arguments $login -Text $Data.password
        & $Work
        $null = Invoke-Docker -Arguments 'logout', $Data.registry
    } finally {
        $env:DOCKER_CONFIG = $before
        Remove-Quietly -Path $folder
    }
}

function Push-Image {
    param($Data)
    $null = Invoke-Docker -Arguments 'tag', $Data.id, $Data.remote
    try {
        Invoke-LoggedIn -Data $Data -Work { Invoke-DockerAloud -Arguments 'push', $Data.remote }
    } catch {
        Remove-Image -Images $Data.remote
        throw
    }
    $format = '{{range .RepoDigests}}{{println .}}{{end}}'
    $digests = Invoke-Docker -Arguments 'image', 'inspect', '--format', $format, $Data.remote
    return @{ digests = @($digests -split "`n" | Where-Object { $_ }) }
}

function Receive-Image {
    param($Data)
    Invoke-LoggedIn -Data $Data -Work { Invoke-DockerAloud -Arguments 'pull', '--quiet', $Data.reference }
    $id = Invoke-Docker -Arguments 'image', 'inspect', '--format', '{{.Id}}', $Data.reference
    Remove-Image -Images (Get-Image -Data $Data -But $id)
    return @{ id = $id }
}

# Lays artefacts out as files\0, files\1, ... with their checksums in sums, as sha256sum writes them.
function Open-Artefact {
    param($Data)
    $folder = "$(Get-Place -Data $Data)\artefacts"
    Remove-Quietly -Path $folder
    $null = New-Item -ItemType Directory -Path "$folder\files" -Force
    $number = 0
    foreach ($each in @($Data.artefacts)) {
        $to = "$folder\files\$number"
        if ($each.from -eq 'image') {
            $container = Invoke-Docker -Arguments 'create', '--label', $Data.label, $each.of
            try {
                Invoke-DockerAloud -Arguments 'cp', "${container}:$($each.path)", $to
            } finally {
                $null = Invoke-Docker -Arguments 'rm', '--force', '--volumes', $container
            }
        } else {
            Copy-Item -Path "$(Get-Place -Data $Data)\left\$($each.of)\$($each.path)" -Destination $to -Recurse
        }
        $number++
    }
    $sums = @(foreach ($file in Get-ChildItem -Path "$folder\files" -Recurse -File) {
        $hash = (Get-FileHash -Path $file.FullName -Algorithm SHA256).Hash.ToLowerInvariant()
        "$hash  $($file.FullName.Substring($folder.Length + 1).Replace('\', '/'))"
    })
    [IO.File]::WriteAllText("$folder\sums", (@($sums) -join "`n") + "`n")
    return @{ folder = $folder }
}

function Remove-Thing {
    param($Data)
    $place = Get-Place -Data $Data
    if ($Data.what -eq 'image') {
        Remove-Quietly -Path "$place\left\$($Data.image)"
        foreach ($each in Get-Image -Data $Data -But '') { $null = Invoke-Docker -Arguments 'image', 'rm', '--force', $each }
    } elseif ($Data.what -eq 'artefacts') {
        Remove-Quietly -Path "$place\artefacts"
    } else {
        Remove-Quietly -Path $place
    }
    return @{}
}

function Invoke-Builder {
    param($Data)
    $report = switch ($Data.action) {
        'windows' { @{ build = [Environment]::OSVersion.Version.Build } }
        'open' { Open-Workspace -Data $Data }
        'close' { Close-Workspace -Data $Data }
        'build' { Invoke-Build -Data $Data }
        'check' { Invoke-Check -Data $Data }
        'keep' { Save-Image -Data $Data }
        'discard' { Remove-Image -Images $Data.names; @{} }
        'push' { Push-Image -Data $Data }
        'pull' { Receive-Image -Data $Data }
        'gather' { Open-Artefact -Data $Data }
        'remove' { Remove-Thing -Data $Data }
        default { throw "there is no action $($Data.action)" }
    }
    return ConvertTo-Json -InputObject $report -Depth 3 -Compress
}
