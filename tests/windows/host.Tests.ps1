# Pester 5, in Windows PowerShell 5.1: what runs on a container's host, with a stand-in for the Docker client.
BeforeAll {
    $components = Join-Path $PSScriptRoot '..\..\components\network\windows'
    foreach ($name in 'docker', 'in-container', 'acl') { . (Join-Path $components "$name.ps1") }

    function docker {
        $engine.calls.Add($args -join ' ')
        $engine.text = @($input) -join "`n"
        $global:LASTEXITCODE = $engine.status
        $engine.output
        if ($engine.words) { Write-Error -Message $engine.words }
    }
    $id = 'a' * 64
    $data = [pscustomobject] @{ command = @('powershell', '-NoProfile'); document = '{"data":{}}' }
}

Describe 'a container on its host' {
    BeforeEach {
        $engine = @{
            calls = New-Object 'Collections.Generic.List[string]'; status = 0; output = 'true'; words = ''; text = ''
        }
    }

    It 'runs the script as its administrator, with the document on standard input' {
        $engine.output = '{"changed":true}'
        Invoke-InContainer -Action apply -Container $id -Data $data | Should -Be '{"changed":true}'
        $options = '--interactive --user ContainerAdministrator --env ACTION=apply'
        $engine.calls | Should -Be "exec $options $id powershell -NoProfile"
        $engine.text | Should -Be '{"data":{}}'
    }

    It 'is asked first whether it runs when something is to be removed' {
        $null = Invoke-InContainer -Action remove -Container $id -Data $data
        $engine.calls[0] | Should -Be "container inspect --format {{.State.Running}} $id"
        $engine.calls.Count | Should -Be 2
    }

    It 'has nothing to remove when it is stopped' {
        $engine.output = 'false'
        Invoke-InContainer -Action remove -Container $id -Data $data | Should -Be ''
        $engine.calls.Count | Should -Be 1
    }

    It 'has nothing to remove when it is gone' {
        $engine.status = 1
        $engine.output = ''
        $engine.words = "Error: No such container: $id"
        Invoke-InContainer -Action remove -Container $id -Data $data | Should -Be ''
    }

    It 'fails with the words of docker' {
        $engine.status = 1
        $engine.output = ''
        $engine.words = 'error during connect: the pipe is broken'
        { Invoke-InContainer -Action remove -Container $id -Data $data } | Should -Throw 'docker: *the pipe is broken*'
        { Invoke-InContainer -Action apply -Container $id -Data $data } | Should -Throw 'docker: *the pipe is broken*'
    }

    It 'has its ACL written by code that Windows PowerShell compiles' {
        $sources = 'EndpointAcl', 'Policies', 'Record', 'Hcn'
        $texts = $sources | ForEach-Object { Get-Content -Raw -Path (Join-Path $components "$_.cs") }
        $request = '{"network":"policies","address":"10.80.0.1","idPrefix":"ours:","policies":[],"open":[]}'
        $acl = [pscustomobject] @{ source = $texts -join "`n"; request = $request }
        $engine.output = '{"State":{"Running":false},"HostConfig":{"Isolation":"process"}}'
        Sync-EndpointAcl -Action remove -Container $id -Data $acl | Should -Be ''
        { Sync-EndpointAcl -Action apply -Container $id -Data $acl } | Should -Throw '*is stopped*'
    }
}
