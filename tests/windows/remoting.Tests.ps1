# Pester 5, in Windows PowerShell 5.1: remoting.ps1. Certificates, keys and their stores are the machine's own; accounts, the
# firewall, the registry and the settings of WinRM are stood in for.
BeforeAll {
    . (Join-Path $PSScriptRoot '..\..\components\azure\bootstrap\windows\remoting.ps1')
    $label = 'container-network-labs-test'

    # A certificate, in a file, and its private key as the program hands it over.
    function New-Certificate {
        param([string] $Path, [string] $Name)
        $settings = New-Object -TypeName Security.Cryptography.CngKeyCreationParameters
        $settings.ExportPolicy = 'AllowPlaintextExport'
        $key = [Security.Cryptography.CngKey]::Create([Security.Cryptography.CngAlgorithm]::ECDsaP256, $null, $settings)
        $signer = New-Object -TypeName Security.Cryptography.ECDsaCng -ArgumentList $key
        $request = New-Object -TypeName Security.Cryptography.X509Certificates.CertificateRequest -ArgumentList @(
            "CN=$Name", $signer, [Security.Cryptography.HashAlgorithmName]::SHA256)
        $made = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
        $text = [Convert]::ToBase64String($made.Export('Cert'))
        $pem = "-----BEGIN CERTIFICATE-----`n$text`n-----END CERTIFICATE-----`n"
        Set-Content -Path $Path -Value $pem
        $blob = [Convert]::ToBase64String($key.Export([Security.Cryptography.CngKeyBlobFormat]::EccPrivateBlob))
        return [pscustomobject] @{ pem = $pem; key = $blob; thumbprint = $made.Thumbprint }
    }
    function Get-Labelled {
        param([string] $Store)
        @(Get-ChildItem -Path "Cert:\LocalMachine\$Store" | Where-Object { $_.FriendlyName -eq $label })
    }
}

Describe 'what remoting puts into the stores of certificates' {
    AfterEach {
        foreach ($store in 'My', 'TrustedPeople', 'Root') { Set-StoreCertificate -Store $store -Label $label }
    }

    It 'is the certificate with a key that signs for it, the client''s, and who signed them' {
        $folder = "$TestDrive\$([guid]::NewGuid())"
        $null = New-Item -ItemType Directory -Path $folder
        $server = New-Certificate -Path "$folder\server.pem" -Name 'server'
        $authority = New-Certificate -Path "$folder\ca.pem" -Name 'authority'
        $client = New-Certificate -Path "$folder\client.pem" -Name 'client'
        $remoting = [pscustomobject] @{
            file = "$folder\remoting.json"; label = $label; certificate = "$folder\server.pem"; authority = "$folder\ca.pem"
        }
        $secrets = [pscustomobject] @{ key = $server.key; client = $client.pem }
        foreach ($time in 1, 2) {
            Set-RemotingCertificates -Remoting $remoting -Secrets $secrets | Should -Be $server.thumbprint
            (Get-Labelled -Store 'My').Thumbprint | Should -Be $server.thumbprint
            (Get-Labelled -Store 'TrustedPeople').Thumbprint | Should -Be $client.thumbprint
            (Get-Labelled -Store 'Root').Thumbprint | Should -Be $authority.thumbprint
        }
        $held = (Get-Labelled -Store 'My')[0]
        $bytes = [Text.Encoding]::UTF8.GetBytes('signed')
        $key = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($held)
        $public = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPublicKey($held)
        $hash = [Security.Cryptography.HashAlgorithmName]::SHA256
        $public.VerifyData($bytes, $key.SignData($bytes, $hash), $hash) | Should -BeTrue
        Test-Path -Path "$($remoting.file).pem" | Should -BeFalse

        $renewed = New-Certificate -Path "$folder\server.pem" -Name 'server'
        $secrets.key = $renewed.key
        Set-RemotingCertificates -Remoting $remoting -Secrets $secrets | Should -Be $renewed.thumbprint
        (Get-Labelled -Store 'My').Thumbprint | Should -Be $renewed.thumbprint
    }
}

Describe 'remoting as a whole' {
    BeforeAll {
        function Get-LocalUser { $system.users | ForEach-Object { [pscustomobject] @{ Name = $_ } } }
        function New-LocalUser {
            param($Name, [securestring] $Password, [switch] $PasswordNeverExpires)
            $system.users.Add($Name)
        }
        function Set-LocalUser {
            param($Name, [securestring] $Password)
            $system.calls.Add("Set-LocalUser $Name")
        }
        function Remove-LocalUser {
            param($Name)
            $null = $system.users.Remove($Name)
        }
        function Get-LocalGroupMember {
            param($SID)
            $system.admins | ForEach-Object { [pscustomobject] @{ Name = "MACHINE\$_" } }
        }
        function Add-LocalGroupMember {
            param($SID, $Member)
            $system.admins.Add($Member)
        }
        function Set-RegistryNumber {
            param($Key, $Name, $Value)
            $system.calls.Add("registry $Name $Value")
            return $true
        }
        function Remove-RegistryNumber {
            param($Key, $Name)
            $system.calls.Add("registry $Name gone")
        }
        function Set-RemotingCertificates {
            param($Remoting, $Secrets)
            return $Secrets.key
        }
        function Set-StoreCertificate {
            param($Store, $Label, $Certificate)
            $system.calls.Add("$Store $Label")
        }
        function Read-Certificate {
            param($Path)
            [pscustomobject] @{ Thumbprint = 'CA' }
        }
        function Get-NetFirewallRule { $system.rules.Keys | ForEach-Object { [pscustomobject] @{ Name = $_ } } }
        function Set-NetFirewallRule {
            param([Parameter(ValueFromPipeline)] $InputObject, $Enabled)
            process { $system.rules[$InputObject.Name] = $Enabled }
        }
        function Remove-NetFirewallRule {
            param($Name)
            $system.rules.Remove($Name)
        }
        function Set-InboundRule {
            param($Rule)
            $system.rules[$Rule.name] = 'True'
        }
        function Set-Service { param($Name, $StartupType) }
        function Start-Service { param($Name) }

        # WinRM's settings: a list of listeners, one of mappings, and values.
        $own = @{ test = Get-Command Get-ChildItem -CommandType Cmdlet; item = Get-Command Remove-Item -CommandType Cmdlet }
        function Get-ChildItem {
            param($Path)
            if ($Path -eq 'WSMan:\localhost\Listener') { return @($system.listeners.Values) }
            if ($Path -eq 'WSMan:\localhost\ClientCertificate') { return @($system.mappings.Values) }
            return & $own.test -Path $Path
        }
        function Get-Item {
            param($Path)
            if ($Path -match '^WSMan:\\localhost\\Listener\\(.+)\\CertificateThumbprint$') {
                return [pscustomobject] @{ Value = $system.listeners[$Matches[1]].shown }
            }
            return [pscustomobject] @{ Value = $system.values[($Path -replace '^WSMan:\\localhost\\Service\\', '')] }
        }
        function Set-Item {
            param($Path, $Value, [switch] $Force)
            $system.values[($Path -replace '^WSMan:\\localhost\\Service\\', '')] = $Value
        }
        function Remove-Item {
            param($Path, [switch] $Recurse, [switch] $Force)
            if ($Path -notmatch '^WSMan:') { return & $own.item -Path $Path -Recurse -Force }
            $name = Split-Path -Path $Path -Leaf
            $system.listeners.Remove($name)
            $system.mappings.Remove($name)
        }
        function New-Item {
            param($Path, $Transport, $Address, $Port, $HostName, $CertificateThumbPrint, $Subject, $URI, $Issuer, $Credential,
                [switch] $Force)
            $system.calls.Add("New-Item $Path")
            if ($Transport) {
                $keys = "Transport=$Transport", "Address=$Address"
                $shown = $CertificateThumbPrint
                $system.listeners['new'] = [pscustomobject] @{ Name = 'new'; Keys = $keys; shown = $shown }
            } else {
                $keys = "Subject=$Subject", "URI=$URI", "Issuer=$Issuer"
                $system.mappings['mapped'] = [pscustomobject] @{ Name = 'mapped'; Keys = $keys; user = $Credential.UserName }
            }
        }
    }
    BeforeEach {
        $system = @{
            calls = New-Object 'Collections.Generic.List[string]'; users = New-Object 'Collections.Generic.List[string]'
            admins = New-Object 'Collections.Generic.List[string]'; mappings = @{}
            listeners = @{ plain = [pscustomobject] @{ Name = 'plain'; Keys = 'Transport=HTTP', 'Address=*'; shown = '' } }
            values = @{ 'AllowUnencrypted' = 'true'; 'Auth\Basic' = 'true'; 'Auth\Certificate' = 'false' }
            rules = @{ 'WINRM-HTTP-In-TCP' = 'True'; 'WINRM-HTTP-In-TCP-PUBLIC' = 'True'; 'other' = 'True' }
        }
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).json"
        Set-Content -Path $file -Value '{ "key": "ONE", "client": "client" }'
        $remoting = [pscustomobject] @{
            file = $file; label = 'labs'; account = 'labs-remoting'; principal = 'labs@localhost'; port = 5986
            authority = 'ca.pem'; rule = [pscustomobject] @{ name = 'winrm'; displayName = 'WinRM'; port = 5986 }
        }
    }

    It 'lets the client''s certificate in over HTTPS, and nobody without TLS' {
        Set-Remoting -Remoting $remoting
        @($system.listeners.Values).shown | Should -Be 'ONE'
        @($system.listeners.Values).Keys | Should -Contain 'Transport=HTTPS'
        $system.mappings['mapped'].user | Should -Be 'labs-remoting'
        $system.mappings['mapped'].Keys | Should -Be 'Subject=labs@localhost', 'URI=*', 'Issuer=CA'
        $system.admins | Should -Be 'labs-remoting'
        $system.values['Auth\Basic'], $system.values['AllowUnencrypted'] | Should -Be 'false', 'false'
        $system.values['Auth\Certificate'] | Should -Be 'true'
        $system.rules['WINRM-HTTP-In-TCP'], $system.rules['WINRM-HTTP-In-TCP-PUBLIC'] | Should -Be 'False', 'False'
        $system.rules['other'], $system.rules['winrm'] | Should -Be 'True', 'True'
    }

    It 'leaves alone what is right, and has another listener for a renewed certificate' {
        Set-Remoting -Remoting $remoting
        $system.calls.Clear()
        Set-Remoting -Remoting $remoting
        $system.calls | Where-Object { $_ -match '^(New-Item|Set-LocalUser)' } | Should -BeNullOrEmpty
        Set-Content -Path $file -Value '{ "key": "TWO", "client": "client" }'
        Set-Remoting -Remoting $remoting
        @($system.listeners.Values).shown | Should -Be 'TWO'
    }

    It 'maps the certificate anew where the account is a new one' {
        Set-Remoting -Remoting $remoting
        $system.users.Clear()
        $system.calls.Clear()
        Set-Remoting -Remoting $remoting
        $system.calls | Should -Contain 'Set-LocalUser labs-remoting'
        $system.mappings.Count | Should -Be 1
    }

    It 'takes all of it away where its file is gone, and does nothing where there was none' {
        Set-Remoting -Remoting $remoting
        & $own.item -Path $file
        Set-Remoting -Remoting $remoting
        $system.listeners.Count, $system.mappings.Count, $system.users.Count | Should -Be 0, 0, 0
        $system.rules.ContainsKey('winrm') | Should -BeFalse
        $system.values['Auth\Certificate'] | Should -Be 'false'
        $system.calls | Should -Contain 'Root labs'
        $system.calls.Clear()
        Set-Remoting -Remoting $remoting
        $system.calls.Count | Should -Be 0
    }
}
