# Makes the ACL of a container's endpoint what the request says, or takes it away. All of it is done by EndpointAcl.cs.
function Sync-EndpointAcl {
    param([string] $Action, [string] $Container, $Data)
    $found = Get-Container -Container $Container -Format '{{json .}}'
    Add-Type -TypeDefinition $Data.source -ReferencedAssemblies 'System.Core', 'System.Web.Extensions'
    return [ContainerNetworkLabs.EndpointAcl]::Run($Action, $found, $Data.request)
}
