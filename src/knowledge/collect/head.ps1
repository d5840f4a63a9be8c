#Requires -Version 5.1
<#
.SYNOPSIS
Collects the configuration of Exchange Online and Microsoft Entra ID that rx-preflight compares with its own results.

.DESCRIPTION
This script is read-only: it changes no setting. It reads no message, no appointment and no list of members. It sends
requests to Microsoft 365 only, and writes one JSON file in the current folder. Each command runs by itself: if one fails,
its error is recorded, and the others still run, also if one of the two sign-ins fails.

The file contains, for the apps and mailboxes that are listed below: EwsEnabled, EwsAllowedAppIDs and User-Agent policies;
access policies, roles of the apps in Exchange and their scopes; type, addresses, sign-in name, license state, calendar
processing and calendar permissions of the mailboxes; registrations, permissions, names and end dates of client secrets
(never a value), policies for apps, and Conditional Access policies for workload identities. Open it in an editor before
you send it.

It runs in Windows PowerShell 5.1 and in PowerShell 7. Current versions of the module ExchangeOnlineManagement need
PowerShell 7.6 or Windows PowerShell 5.1.

Modules, from the PowerShell Gallery (no administrator rights are needed):
    Install-Module -Name ExchangeOnlineManagement, Microsoft.Graph.Authentication -Scope CurrentUser

Role: Global Reader in Microsoft Entra ID. For the Exchange part alone, the Exchange role group View-Only Organization
Management. Microsoft does not document the role for each of these commands. If a command fails for lack of permission,
have an Exchange Administrator run the script.

Sign-in: two windows open, the first for Microsoft Graph, the second for Exchange Online. Microsoft Graph can request
consent for Directory.Read.All and Policy.Read.All on behalf of 'Microsoft Graph Command Line Tools'. A Privileged Role
Administrator can accept it. It is not a change by this script, but it remains in the tenant. Without it, run the script
with -WithoutGraph.

If the script file was downloaded, remove its mark first: Unblock-File collect.ps1

.PARAMETER OutputFile
The JSON file to write. A file of this name is replaced.

.PARAMETER WithoutGraph
Do not sign in to Microsoft Graph. The part about Microsoft Entra ID is not collected.

.PARAMETER WithoutExchange
Do not sign in to Exchange Online. The part about Exchange and the mailboxes is not collected.

.EXAMPLE
powershell.exe -ExecutionPolicy RemoteSigned -File collect.ps1

.EXAMPLE
pwsh -File collect.ps1 -WithoutGraph
#>
[CmdletBinding()]
param(
    [string] $OutputFile = 'rx-preflight-evidence.json',
    [switch] $WithoutGraph,
    [switch] $WithoutExchange
)
