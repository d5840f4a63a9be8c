<#
.SYNOPSIS
Registers a scheduled task that checks the connections of ResourceXpress to Microsoft 365 every night.

.DESCRIPTION
Run this script in PowerShell as an administrator. Windows prompts for the password of the account, which should be the account of
the ResourceXpress service. An existing task with the same name is replaced. With -WhatIf, nothing is changed.

.EXAMPLE
.\Register-RxPreflight.ps1 -Folder C:\rx-preflight -Account CONTOSO\svc-rx
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # The folder of rx-preflight.exe, rx-preflight.toml, and secret.txt. The reports are written there.
    [Parameter(Mandatory = $true)]
    [string] $Folder,

    # The account that runs the check.
    [Parameter(Mandatory = $true)]
    [string] $Account,

    [string] $TaskName = 'rx-preflight',

    # The time of day at which the check starts.
    [datetime] $At = '03:00'
)

$ErrorActionPreference = 'Stop'

$program = Join-Path -Path $Folder -ChildPath 'rx-preflight.exe'
if (-not (Test-Path -Path $program)) {
    throw "There is no file $program."
}

$arguments = 'check --client-secret-file secret.txt --brief --fail-on note --output report.json --output report.nagios --output rx-preflight.prom'
$action = New-ScheduledTaskAction -Execute $program -Argument $arguments -WorkingDirectory $Folder
$trigger = New-ScheduledTaskTrigger -Daily -At $At
# A task that is ended leaves no report, so the limit is longer than any check.
$limit = New-TimeSpan -Hours 4
$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -ExecutionTimeLimit $limit -MultipleInstances IgnoreNew

if ($PSCmdlet.ShouldProcess($TaskName, 'Register the scheduled task')) {
    $credential = Get-Credential -UserName $Account -Message 'Password of the account that runs the check'
    $password = $credential.GetNetworkCredential().Password
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Settings $settings -User $Account -Password $password -RunLevel Limited -Force
}
