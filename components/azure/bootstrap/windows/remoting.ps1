# PowerShell remoting over HTTPS, on machines where the file of the plan's remoting is. The certificates are those by which
# Docker and its client know each other: whoever shows the client's is the plan's account, an administrator whose password
# nobody knows. Where the file is not, what an earlier run has set up is taken away.
#   remoting   {file, label, account, principal, port, certificate, authority, rule}
#   the file   {key, client}: the private key of the machine's certificate, as Windows imports it, and the client's
#              certificate
# Source: https://learn.microsoft.com/windows/win32/winrm/authentication-for-remote-connections

# What asks for a client's certificate, Windows' HTTP server, does so after the handshake. In TLS 1.3 few clients know what
# to do then, and Windows' own is not among them. Source: https://github.com/ansible/ansible/issues/77768
$tls13 = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.3\Server'
# Without it, a local account has the rights of an administrator on the spot only.
$localAccounts = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'

# True if it was not so.
function Set-RegistryNumber {
    param([string] $Key, [string] $Name, [int] $Value)
    if (-not (Test-Path -Path $Key)) { $null = New-Item -Path $Key -Force }
    if ((Get-Item -Path $Key).GetValue($Name) -eq $Value) { return $false }
    $null = New-ItemProperty -Path $Key -Name $Name -Value $Value -PropertyType DWord -Force
    return $true
}

function Remove-RegistryNumber {
    param([string] $Key, [string] $Name)
    if ((Test-Path -Path $Key) -and $null -ne (Get-Item -Path $Key).GetValue($Name)) {
        Remove-ItemProperty -Path $Key -Name $Name
    }
}

# What takes a restart before remoting can work. True if it was not so.
function Set-RemotingProtocol {
    param($Remoting)
    if (-not (Test-Path -Path $Remoting.file)) { return $false }
    return Set-RegistryNumber -Key $tls13 -Name 'Enabled' -Value 0
}

# Has one of the machine's stores hold this certificate under the label, or none, and no other under it.
function Set-StoreCertificate {
    param([string] $Store, [string] $Label, $Certificate = $null)
    $opened = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList @($Store, 'LocalMachine')
    $opened.Open('ReadWrite')
    try {
        $own = @($opened.Certificates | Where-Object { $_.FriendlyName -eq $Label })
        $stale = @($own | Where-Object { $null -eq $Certificate -or $_.Thumbprint -ne $Certificate.Thumbprint })
        foreach ($each in $stale) { $opened.Remove($each) }
        if ($null -ne $Certificate -and $own.Count -eq $stale.Count) {
            $Certificate.FriendlyName = $Label
            $opened.Add($Certificate)
        }
    } finally {
        $opened.Close()
    }
}

function Read-Certificate {
    param([string] $Path)
    New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $Path
}

# The certificate with its private key, which stays on the machine: Windows PowerShell reads no key's file.
function Join-PrivateKey {
    param($Certificate, [string] $Key, [string] $Label)
    $bytes = [Convert]::FromBase64String($Key)
    $blob = New-Object -TypeName Security.Cryptography.CngProperty -ArgumentList @('ECCPRIVATEBLOB', $bytes, 'None')
    $settings = New-Object -TypeName Security.Cryptography.CngKeyCreationParameters
    $settings.KeyCreationOptions = 'MachineKey, OverwriteExistingKey'
    $settings.Parameters.Add($blob)
    $made = [Security.Cryptography.CngKey]::Create([Security.Cryptography.CngAlgorithm]::ECDsaP256, $Label, $settings)
    $signer = New-Object -TypeName Security.Cryptography.ECDsaCng -ArgumentList $made
    return [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::CopyWithPrivateKey($Certificate, $signer)
}

# Each into the store where Windows looks for it: what the machine shows, whom it lets in, and who signs.
function Set-RemotingCertificates {
    param($Remoting, $Secrets)
    $certificate = Read-Certificate -Path $Remoting.certificate
    $held = Get-ChildItem -Path 'Cert:\LocalMachine\My' | Where-Object { $_.Thumbprint -eq $certificate.Thumbprint }
    if (-not $held) {
        $keyed = Join-PrivateKey -Certificate $certificate -Key $Secrets.key -Label $Remoting.label
        Set-StoreCertificate -Store 'My' -Label $Remoting.label -Certificate $keyed
    }
    $client = "$($Remoting.file).pem"
    Set-Content -Path $client -Value $Secrets.client
    Set-StoreCertificate -Store 'TrustedPeople' -Label $Remoting.label -Certificate (Read-Certificate -Path $client)
    Set-StoreCertificate -Store 'Root' -Label $Remoting.label -Certificate (Read-Certificate -Path $Remoting.authority)
    Remove-Item -Path $client -Force
    return $certificate.Thumbprint
}

function New-UnknownPassword {
    $bytes = New-Object -TypeName byte[] -ArgumentList 32
    [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
    return ConvertTo-SecureString -String "$([Convert]::ToBase64String($bytes))-aA1" -AsPlainText -Force
}

# True if it was not there.
function Set-RemotingAccount {
    param([string] $Account)
    $missing = -not (Get-LocalUser | Where-Object { $_.Name -eq $Account })
    if ($missing) { $null = New-LocalUser -Name $Account -Password (New-UnknownPassword) -PasswordNeverExpires }
    $members = Get-LocalGroupMember -SID 'S-1-5-32-544' | ForEach-Object { $_.Name -replace '^.*\\', '' }
    if ($members -notcontains $Account) { Add-LocalGroupMember -SID 'S-1-5-32-544' -Member $Account }
    return $missing
}

# Whose certificate is whose account. Windows asks for the account's password, which is made for this and forgotten.
function Set-RemotingMapping {
    param($Remoting, [bool] $Anew)
    $issuer = (Read-Certificate -Path $Remoting.authority).Thumbprint
    $own = @(Get-ChildItem -Path 'WSMan:\localhost\ClientCertificate' | Where-Object {
            $_.Keys -contains "Subject=$($Remoting.principal)"
        })
    if (-not $Anew -and ($own | Where-Object { $_.Keys -contains "Issuer=$issuer" })) { return }
    foreach ($each in $own) { Remove-Item -Path "WSMan:\localhost\ClientCertificate\$($each.Name)" -Recurse -Force }
    $password = New-UnknownPassword
    Set-LocalUser -Name $Remoting.account -Password $password
    $mapping = @{
        Path = 'WSMan:\localhost\ClientCertificate'; Subject = $Remoting.principal; URI = '*'; Issuer = $issuer; Force = $true
        Credential = New-Object -TypeName Management.Automation.PSCredential -ArgumentList @($Remoting.account, $password)
    }
    $null = New-Item @mapping
}

# Certificates log in, and no password that travels as it is; there is no listener without TLS.
function Set-RemotingService {
    param($Remoting, [string] $Thumbprint)
    Set-Service -Name WinRM -StartupType Automatic
    Start-Service -Name WinRM
    $wanted = @{ 'AllowUnencrypted' = 'false'; 'Auth\Basic' = 'false'; 'Auth\Certificate' = 'true' }
    foreach ($name in $wanted.Keys) {
        $path = "WSMan:\localhost\Service\$name"
        if ((Get-Item -Path $path).Value -ne $wanted[$name]) { Set-Item -Path $path -Value $wanted[$name] -Force }
    }
    $right = $false
    foreach ($each in @(Get-ChildItem -Path 'WSMan:\localhost\Listener')) {
        $path = "WSMan:\localhost\Listener\$($each.Name)"
        $shown = (Get-Item -Path "$path\CertificateThumbprint").Value
        if ($each.Keys -contains 'Transport=HTTPS' -and $shown -eq $Thumbprint) {
            $right = $true
        } else {
            Remove-Item -Path $path -Recurse -Force
        }
    }
    if (-not $right) {
        $listener = @{
            Path = 'WSMan:\localhost\Listener'; Transport = 'HTTPS'; Address = '*'; Port = $Remoting.port; Force = $true
            # It has to be the name in the certificate, whatever the machine is called.
            HostName = 'server'; CertificateThumbPrint = $Thumbprint
        }
        $null = New-Item @listener
    }
}

# Windows' own openings for remoting without TLS.
function Close-PlainRemoting {
    Get-NetFirewallRule | Where-Object { $_.Name -like 'WINRM-HTTP-In-TCP*' } | Set-NetFirewallRule -Enabled 'False'
}

function Set-Remoting {
    param($Remoting)
    $there = Get-LocalUser | Where-Object { $_.Name -eq $Remoting.account }
    if (-not (Test-Path -Path $Remoting.file)) {
        if ($there) { Remove-Remoting -Remoting $Remoting }
        return
    }
    # First, as it tells that there is something to take away.
    $anew = Set-RemotingAccount -Account $Remoting.account
    $null = Set-RegistryNumber -Key $localAccounts -Name 'LocalAccountTokenFilterPolicy' -Value 1
    $secrets = [IO.File]::ReadAllText($Remoting.file) | ConvertFrom-Json
    $thumbprint = Set-RemotingCertificates -Remoting $Remoting -Secrets $secrets
    Set-RemotingService -Remoting $Remoting -Thumbprint $thumbprint
    Set-RemotingMapping -Remoting $Remoting -Anew $anew
    Close-PlainRemoting
    Set-InboundRule -Rule $Remoting.rule
}

function Remove-Remoting {
    param($Remoting)
    if (Get-NetFirewallRule | Where-Object { $_.Name -eq $Remoting.rule.name }) {
        Remove-NetFirewallRule -Name $Remoting.rule.name
    }
    Start-Service -Name WinRM
    foreach ($each in @(Get-ChildItem -Path 'WSMan:\localhost\Listener')) {
        if ($each.Keys -contains 'Transport=HTTPS') {
            Remove-Item -Path "WSMan:\localhost\Listener\$($each.Name)" -Recurse -Force
        }
    }
    foreach ($each in @(Get-ChildItem -Path 'WSMan:\localhost\ClientCertificate')) {
        if ($each.Keys -contains "Subject=$($Remoting.principal)") {
            Remove-Item -Path "WSMan:\localhost\ClientCertificate\$($each.Name)" -Recurse -Force
        }
    }
    Set-Item -Path 'WSMan:\localhost\Service\Auth\Certificate' -Value 'false' -Force
    foreach ($store in 'My', 'TrustedPeople', 'Root') { Set-StoreCertificate -Store $store -Label $Remoting.label }
    $provider = [Security.Cryptography.CngProvider]::MicrosoftSoftwareKeyStorageProvider
    if ([Security.Cryptography.CngKey]::Exists($Remoting.label, $provider, 'MachineKey')) {
        [Security.Cryptography.CngKey]::Open($Remoting.label, $provider, 'MachineKey').Delete()
    }
    Remove-RegistryNumber -Key $tls13 -Name 'Enabled'
    Remove-RegistryNumber -Key $localAccounts -Name 'LocalAccountTokenFilterPolicy'
    Remove-LocalUser -Name $Remoting.account
}
