# Runs a script inside a container, as its administrator. One that is gone or stopped has nothing left to remove.
function Invoke-InContainer {
    param([string] $Action, [string] $Container, $Data)
    if ($Action -eq 'remove') {
        $running = Get-Container -Container $Container -Format '{{.State.Running}}'
        if ($running -ne 'true') { return '' }
    }
    $options = '--interactive', '--user', 'ContainerAdministrator', '--env', "ACTION=$Action"
    Invoke-Docker -Arguments (@('exec') + $options + $Container + $Data.command) -Text $Data.document
}
