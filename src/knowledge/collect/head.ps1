#Requires -Version 5.1
<#
.SYNOPSIS
Collects the configuration of Exchange Online and Microsoft Entra ID that rx-preflight compares with its own results.

.DESCRIPTION
This script is read-only. It changes no setting, reads no message, no appointment and no list of members, and sends
nothing. It writes one JSON file on this computer. Each command runs by itself: if one fails, its error is recorded, and
the others still run.

It runs in Windows PowerShell 5.1 and in PowerShell 7.

Modules, from the PowerShell Gallery (no administrator rights are needed):
    Install-Module -Name ExchangeOnlineManagement, Microsoft.Graph.Authentication -Scope CurrentUser

Role: Global Reader in Microsoft Entra ID. For the Exchange part alone, the Exchange role group View-Only Organization
Management. Microsoft does not document the role for each of these commands. If a command fails for lack of permission,
have an Exchange Administrator run the script.

Sign-in: two windows open, the first for Microsoft Graph, the second for Exchange Online. Microsoft Graph can request
consent for Directory.Read.All and Policy.Read.All on behalf of 'Microsoft Graph Command Line Tools'. A consent is the
only change that remains in the tenant. Only an administrator who may grant it can accept it. Without it, run the script
with -WithoutGraph.

If the script file was downloaded, remove its mark first: Unblock-File rx-preflight-collect.ps1

.PARAMETER OutputFile
The JSON file to write. A file of this name is replaced.

.PARAMETER WithoutGraph
Do not sign in to Microsoft Graph. The part about Microsoft Entra ID is not collected.

.PARAMETER WithoutExchange
Do not sign in to Exchange Online. The part about Exchange and the mailboxes is not collected.

.EXAMPLE
powershell.exe -ExecutionPolicy RemoteSigned -File rx-preflight-collect.ps1

.EXAMPLE
pwsh -File rx-preflight-collect.ps1 -WithoutGraph
#>
[CmdletBinding()]
param(
    [string] $OutputFile = 'rx-preflight-evidence.json',
    [switch] $WithoutGraph,
    [switch] $WithoutExchange
)
