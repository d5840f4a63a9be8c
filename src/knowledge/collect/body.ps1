# The strict mode of a profile would turn a property that a module does not have into an error.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

# ---- Record of the commands -------------------------------------------------------------------------------------------

$LongestError = 2000
$commands = [ordered]@{}

function Add-Command {
    param([string] $Name)
    if (-not $commands.Contains($Name)) {
        $commands[$Name] = @{ Succeeded = 0; Failures = @() }
    }
}

function Add-Success {
    param([string] $Name)
    Add-Command -Name $Name
    $commands[$Name].Succeeded += 1
}

function Add-Failure {
    param([string] $Name, $Problem, [string] $Subject, [string] $AppId)
    Add-Command -Name $Name
    # Microsoft Graph describes an error in the details, and only there.
    $text = ('{0} {1}' -f $Problem.Exception.Message, $Problem.ErrorDetails.Message).Trim()
    if ($text.Length -gt $LongestError) {
        $text = $text.Substring(0, $LongestError)
    }
    $failure = [ordered]@{ subject = (Read-Text $Subject); app_id = (Read-Text $AppId); error = $text }
    $commands[$Name].Failures += $failure
    Write-Host ('  {0} failed: {1}' -f $Name, $text)
}

# ---- Values -----------------------------------------------------------------------------------------------------------

# $null for a value that is not there, so that it differs from an empty text.
function Read-Text {
    param($Value)
    if ($null -eq $Value -or "$Value" -eq '') {
        return $null
    }
    return "$Value"
}

function Read-Flag {
    param($Value)
    if ("$Value" -eq 'True') {
        return $true
    }
    if ("$Value" -eq 'False') {
        return $false
    }
    return $null
}

function Read-Number {
    param($Value)
    if ("$Value" -match '^-?[0-9]+$') {
        return [long] "$Value"
    }
    return $null
}

function Read-List {
    param($Value)
    foreach ($item in $Value) {
        if ($null -ne $item -and "$item" -ne '') {
            "$item"
        }
    }
}

function Read-Time {
    param($Value)
    if ($Value -is [datetime] -or $Value -is [datetimeoffset]) {
        return $Value.ToUniversalTime().ToString('s') + 'Z'
    }
    # A time in the format of a language could not be read later.
    if ("$Value" -match '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$') {
        return "$Value"
    }
    return $null
}

# EwsEnabled has three states. A property that the module does not return is not one of them.
function Read-EwsEnabled {
    param($Config)
    if (-not $Config.PSObject.Properties['EwsEnabled']) {
        return $null
    }
    $flag = Read-Flag $Config.EwsEnabled
    if ($null -eq $flag) {
        return 'not-set'
    }
    if ($flag) {
        return 'enabled'
    }
    return 'disabled'
}

function Read-UserAgents {
    param($Config)
    if (-not $Config.PSObject.Properties['EwsApplicationAccessPolicy']) {
        return $null
    }
    return [ordered]@{
        policy = (Read-Text $Config.EwsApplicationAccessPolicy)
        allow_list = @(Read-List $Config.EwsAllowList)
        block_list = @(Read-List $Config.EwsBlockList)
    }
}

# ---- Microsoft Graph --------------------------------------------------------------------------------------------------

$GraphAppId = '00000003-0000-0000-c000-000000000000'
$ExchangeAppId = '00000002-0000-0ff1-ce00-000000000000'
$services = @{}

function Read-GraphList {
    param([string] $Path)
    $address = $GraphUrl + $Path
    while ($address) {
        $page = Invoke-MgGraphRequest -Method GET -Uri $address -OutputType PSObject -ErrorAction Stop
        if ($null -ne $page.value) {
            $page.value
        }
        $address = $page.'@odata.nextLink'
    }
}

function Read-ServicePrincipal {
    param($Found)
    return [ordered]@{
        app_id = "$($Found.appId)"
        object_id = (Read-Text $Found.id)
        display_name = (Read-Text $Found.displayName)
        account_enabled = (Read-Flag $Found.accountEnabled)
        disabled_by_microsoft = (Read-Text $Found.disabledByMicrosoftStatus)
        deactivated = (Read-Flag $Found.isDisabled)
        assignment_required = (Read-Flag $Found.appRoleAssignmentRequired)
        owner_tenant_id = (Read-Text $Found.appOwnerOrganizationId)
        sign_in_audience = (Read-Text $Found.signInAudience)
    }
}

function Read-Services {
    param($Directory)
    $states = @()
    foreach ($appId in @($GraphAppId, $ExchangeAppId)) {
        $path = '/servicePrincipals?$filter=appId%20eq%20%27' + $appId + '%27'
        try {
            $found = @(Read-GraphList $path)
            Add-Success -Name 'GET /servicePrincipals'
        } catch {
            Add-Failure -Name 'GET /servicePrincipals' -Problem $_ -Subject $appId
            return
        }
        foreach ($service in $found) {
            $services[$appId] = $service
            $states += (Read-ServicePrincipal $service)
        }
    }
    $Directory.services = $states
}

# The name of a permission, such as Mail.Send, where the service lists it.
function Read-PermissionName {
    param([string] $ResourceAppId, [string] $PermissionId)
    $service = $services[$ResourceAppId]
    foreach ($permission in @($service.appRoles) + @($service.oauth2PermissionScopes)) {
        if ($null -ne $permission -and $permission.id -eq $PermissionId) {
            return (Read-Text $permission.value)
        }
    }
    return $null
}

function Read-ResourceAppId {
    param([string] $ObjectId)
    foreach ($appId in $services.Keys) {
        if ($services[$appId].id -eq $ObjectId) {
            return $appId
        }
    }
    return $null
}

function Read-Registration {
    param($Found)
    # The response contains no secret value: Microsoft Graph returns it only when the secret is created.
    $secrets = @(foreach ($secret in $Found.passwordCredentials) {
        if ($null -ne $secret) {
            [ordered]@{
                key_id = "$($secret.keyId)"
                display_name = (Read-Text $secret.displayName)
                starts_at = (Read-Time $secret.startDateTime)
                ends_at = (Read-Time $secret.endDateTime)
            }
        }
    })
    $requested = @(foreach ($resource in $Found.requiredResourceAccess) {
        foreach ($permission in $resource.resourceAccess) {
            $type = 'application'
            if ($permission.type -eq 'Scope') {
                $type = 'delegated'
            }
            [ordered]@{
                resource_app_id = "$($resource.resourceAppId)"
                permission_id = "$($permission.id)"
                permission = (Read-PermissionName -ResourceAppId $resource.resourceAppId -PermissionId $permission.id)
                type = $type
            }
        }
    })
    return [ordered]@{
        object_id = (Read-Text $Found.id)
        display_name = (Read-Text $Found.displayName)
        sign_in_audience = (Read-Text $Found.signInAudience)
        disabled_by_microsoft = (Read-Text $Found.disabledByMicrosoftStatus)
        deactivated = (Read-Flag $Found.isDisabled)
        created_at = (Read-Time $Found.createdDateTime)
        secrets = $secrets
        certificates = @(Read-List $Found.keyCredentials).Count
        requested = $requested
    }
}

function Read-ManagementPolicy {
    param($Policy, $Restrictions)
    $secretRestrictions = @(foreach ($restriction in $Restrictions.passwordCredentials) {
        if ($null -ne $restriction) {
            [ordered]@{
                restriction_type = "$($restriction.restrictionType)"
                state = (Read-Text $restriction.state)
                max_lifetime = (Read-Text $restriction.maxLifetime)
                for_apps_created_after = (Read-Time $restriction.restrictForAppsCreatedAfterDateTime)
            }
        }
    })
    return [ordered]@{
        display_name = (Read-Text $Policy.displayName)
        enabled = (Read-Flag $Policy.isEnabled)
        secret_restrictions = $secretRestrictions
    }
}

function Read-Consent {
    param([string] $AppId, [string] $ObjectId, $App)
    try {
        $assignments = @(Read-GraphList ('/servicePrincipals/' + $ObjectId + '/appRoleAssignments'))
        Add-Success -Name 'GET /servicePrincipals/{id}/appRoleAssignments'
        $App.granted_application = @(foreach ($assignment in $assignments) {
            $resource = Read-ResourceAppId $assignment.resourceId
            [ordered]@{
                resource_app_id = $resource
                resource_name = (Read-Text $assignment.resourceDisplayName)
                permission_id = (Read-Text $assignment.appRoleId)
                permission = (Read-PermissionName -ResourceAppId $resource -PermissionId $assignment.appRoleId)
                consent_type = $null
            }
        })
    } catch {
        Add-Failure -Name 'GET /servicePrincipals/{id}/appRoleAssignments' -Problem $_ -Subject $AppId
    }
    try {
        $grants = @(Read-GraphList ('/servicePrincipals/' + $ObjectId + '/oauth2PermissionGrants'))
        Add-Success -Name 'GET /servicePrincipals/{id}/oauth2PermissionGrants'
        $App.granted_delegated = @(foreach ($grant in $grants) {
            $resource = Read-ResourceAppId $grant.resourceId
            foreach ($value in @(Read-List ("$($grant.scope)" -split ' '))) {
                [ordered]@{
                    resource_app_id = $resource
                    resource_name = $null
                    permission_id = $null
                    permission = $value
                    consent_type = (Read-Text $grant.consentType)
                }
            }
        })
    } catch {
        Add-Failure -Name 'GET /servicePrincipals/{id}/oauth2PermissionGrants' -Problem $_ -Subject $AppId
    }
}

function Read-App {
    param($App)
    $appId = $App.app_id
    Write-Host ('App {0}' -f $appId)
    $filter = '?$filter=appId%20eq%20%27' + $appId + '%27'
    try {
        $found = @(Read-GraphList ('/applications' + $filter))
        Add-Success -Name 'GET /applications'
        $App.registered = $found.Count -gt 0
        if ($found.Count -gt 0) {
            $App.registration = Read-Registration $found[0]
        }
    } catch {
        Add-Failure -Name 'GET /applications' -Problem $_ -Subject $appId
    }
    if ($App.registration) {
        try {
            $path = '/applications/' + $App.registration.object_id + '/appManagementPolicies'
            $policies = @(Read-GraphList $path)
            Add-Success -Name 'GET /applications/{id}/appManagementPolicies'
            $App.management_policies = @(foreach ($policy in $policies) {
                Read-ManagementPolicy -Policy $policy -Restrictions $policy.restrictions
            })
        } catch {
            Add-Failure -Name 'GET /applications/{id}/appManagementPolicies' -Problem $_ -Subject $appId
        }
    }
    try {
        $found = @(Read-GraphList ('/servicePrincipals' + $filter))
        Add-Success -Name 'GET /servicePrincipals'
        $App.has_service_principal = $found.Count -gt 0
        if ($found.Count -gt 0) {
            $App.service_principal = Read-ServicePrincipal $found[0]
        }
    } catch {
        Add-Failure -Name 'GET /servicePrincipals' -Problem $_ -Subject $appId
    }
    if ($App.service_principal) {
        Read-Consent -AppId $appId -ObjectId $App.service_principal.object_id -App $App
    }
}

function Read-WorkloadPolicy {
    param($Policy)
    $conditions = $Policy.conditions
    return [ordered]@{
        display_name = (Read-Text $Policy.displayName)
        state = (Read-Text $Policy.state)
        include_service_principals = @(Read-List $conditions.clientApplications.includeServicePrincipals)
        exclude_service_principals = @(Read-List $conditions.clientApplications.excludeServicePrincipals)
        include_locations = @(Read-List $conditions.locations.includeLocations)
        exclude_locations = @(Read-List $conditions.locations.excludeLocations)
        risk_levels = @(Read-List $conditions.servicePrincipalRiskLevels)
        controls = @(Read-List $Policy.grantControls.builtInControls)
    }
}

function Read-Entra {
    param($Evidence)
    $directory = [ordered]@{ on_premises_sync = $null; services = $null }
    Write-Host 'Organization and services in Microsoft Entra ID'
    try {
        $found = @(Read-GraphList '/organization')
        Add-Success -Name 'GET /organization'
        # The value is empty in a tenant that was never synchronized.
        $directory.on_premises_sync = "$($found[0].onPremisesSyncEnabled)" -eq 'True'
    } catch {
        Add-Failure -Name 'GET /organization' -Problem $_
    }
    Read-Services -Directory $directory
    $Evidence.directory = $directory
    foreach ($app in $Evidence.apps) {
        Read-App $app
    }
    Write-Host 'Policies for apps'
    try {
        $address = $GraphUrl + '/policies/defaultAppManagementPolicy'
        $policy = Invoke-MgGraphRequest -Method GET -Uri $address -OutputType PSObject -ErrorAction Stop
        Add-Success -Name 'GET /policies/defaultAppManagementPolicy'
        $Evidence.app_management = Read-ManagementPolicy -Policy $policy -Restrictions $policy.applicationRestrictions
    } catch {
        Add-Failure -Name 'GET /policies/defaultAppManagementPolicy' -Problem $_
    }
    try {
        $policies = @(Read-GraphList '/identity/conditionalAccess/policies')
        Add-Success -Name 'GET /identity/conditionalAccess/policies'
        # Policies for users do not apply to an app that signs in by itself.
        $Evidence.workload_policies = @(foreach ($policy in $policies) {
            if (@(Read-List $policy.conditions.clientApplications.includeServicePrincipals).Count -gt 0) {
                Read-WorkloadPolicy $policy
            }
        })
    } catch {
        Add-Failure -Name 'GET /identity/conditionalAccess/policies' -Problem $_
    }
}

# ---- Exchange Online: organization ------------------------------------------------------------------------------------

function Read-Organization {
    param($Evidence)
    Write-Host 'Exchange organization'
    try {
        $config = Get-OrganizationConfig -ErrorAction Stop
        Add-Success -Name 'Get-OrganizationConfig'
        $Evidence.organization = [ordered]@{
            ews_enabled = (Read-EwsEnabled $config)
            is_dehydrated = (Read-Flag $config.IsDehydrated)
        }
        $Evidence.ews_user_agents = Read-UserAgents $config
    } catch {
        Add-Failure -Name 'Get-OrganizationConfig' -Problem $_
    }
    try {
        $config = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy -ErrorAction Stop
        Add-Success -Name 'Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy'
        if ($config.PSObject.Properties['EwsAllowedAppIDs']) {
            $ids = @(Read-List $config.EwsAllowedAppIDs) -join ','
            $Evidence.ews_allowed_app_ids = @(Read-List ($ids -split '[,;\s]+'))
        }
    } catch {
        Add-Failure -Name 'Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy' -Problem $_
    }
    try {
        $onPremises = @(Get-OnPremisesOrganization -ErrorAction Stop | Where-Object { $null -ne $_ })
        Add-Success -Name 'Get-OnPremisesOrganization'
        $domains = @(foreach ($one in $onPremises) { Read-List $one.HybridDomains })
        $Evidence.hybrid = [ordered]@{ organizations = $onPremises.Count; domains = $domains }
    } catch {
        Add-Failure -Name 'Get-OnPremisesOrganization' -Problem $_
    }
}

function Read-AccessPolicies {
    param($Evidence)
    Write-Host 'Application access policies'
    try {
        $policies = @(Get-ApplicationAccessPolicy -ErrorAction Stop)
        Add-Success -Name 'Get-ApplicationAccessPolicy'
        $Evidence.access_policies = @(foreach ($policy in $policies) {
            if ("$($policy.AppId)" -eq '*' -or $Apps -contains "$($policy.AppId)") {
                [ordered]@{
                    identity = (Read-Text $policy.Identity)
                    app_id = "$($policy.AppId)"
                    access_right = (Read-Text $policy.AccessRight)
                    scope_name = (Read-Text $policy.ScopeName)
                    scope_identity = (Read-Text $policy.ScopeIdentity)
                }
            }
        })
    } catch {
        Add-Failure -Name 'Get-ApplicationAccessPolicy' -Problem $_
        Write-Host '  This is expected if an object OU=... was not found: the tenant has no access policy.'
    }
}

function Read-RoleAssignment {
    param([string] $AppId, $Assignment)
    $scope = Read-Text $Assignment.CustomResourceScope
    if ($null -eq $scope) {
        $scope = Read-Text $Assignment.CustomRecipientWriteScope
    }
    return [ordered]@{
        app_id = $AppId
        name = (Read-Text $Assignment.Name)
        role = "$($Assignment.Role)"
        enabled = (Read-Flag $Assignment.Enabled)
        scope_type = (Read-Text $Assignment.RecipientWriteScope)
        scope = $scope
    }
}

function Read-Roles {
    param($Evidence)
    Write-Host 'Roles of apps in Exchange'
    try {
        $registered = @(Get-ServicePrincipal -ErrorAction Stop | Where-Object { $Apps -contains "$($_.AppId)" })
        Add-Success -Name 'Get-ServicePrincipal'
    } catch {
        Add-Failure -Name 'Get-ServicePrincipal' -Problem $_
        return
    }
    $Evidence.exchange_service_principals = @(foreach ($principal in $registered) {
        [ordered]@{
            app_id = "$($principal.AppId)"
            object_id = (Read-Text $principal.ObjectId)
            display_name = (Read-Text $principal.DisplayName)
        }
    })
    $assignments = @()
    $isComplete = $true
    foreach ($principal in $Evidence.exchange_service_principals) {
        try {
            # Without a value, the command would return the assignments of the whole organization.
            if (-not $principal.object_id) {
                throw 'The service principal has no ObjectId.'
            }
            $found = @(Get-ManagementRoleAssignment -RoleAssignee $principal.object_id -ErrorAction Stop)
            Add-Success -Name 'Get-ManagementRoleAssignment'
            foreach ($assignment in $found) {
                $assignments += (Read-RoleAssignment -AppId $principal.app_id -Assignment $assignment)
            }
        } catch {
            Add-Failure -Name 'Get-ManagementRoleAssignment' -Problem $_ -Subject $principal.app_id
            $isComplete = $false
        }
    }
    if ($isComplete) {
        $Evidence.role_assignments = $assignments
        Read-Scopes -Evidence $Evidence
    }
}

function Read-Scopes {
    param($Evidence)
    $names = @($Evidence.role_assignments |
        Where-Object { $_.scope_type -eq 'CustomRecipientScope' -and $_.scope } |
        ForEach-Object { $_.scope } | Select-Object -Unique)
    $scopes = @()
    $isComplete = $true
    foreach ($name in $names) {
        try {
            foreach ($scope in @(Get-ManagementScope -Identity $name -ErrorAction Stop)) {
                $scopes += [ordered]@{
                    name = "$($scope.Name)"
                    recipient_filter = (Read-Text $scope.RecipientFilter)
                    recipient_root = (Read-Text $scope.RecipientRoot)
                    exclusive = (Read-Flag $scope.Exclusive)
                }
            }
            Add-Success -Name 'Get-ManagementScope'
        } catch {
            Add-Failure -Name 'Get-ManagementScope' -Problem $_ -Subject $name
            $isComplete = $false
        }
    }
    if ($isComplete) {
        $Evidence.management_scopes = $scopes
    }
}

# ---- Exchange Online: mailboxes ---------------------------------------------------------------------------------------

function Read-Recipient {
    param($Entry)
    $address = $Entry.address
    try {
        $found = @(Get-Recipient -Identity $address -ErrorAction Stop)
        Add-Success -Name 'Get-Recipient'
    } catch {
        Add-Failure -Name 'Get-Recipient' -Problem $_ -Subject $address
        # The name of the exception does not depend on the language of the tenant.
        if ("$($_.FullyQualifiedErrorId) $($_.Exception.Message)" -match 'ManagementObjectNotFound') {
            $Entry.found = $false
        }
        return
    }
    if ($found.Count -ne 1) {
        return
    }
    $Entry.found = $true
    $addresses = @(foreach ($one in @(Read-List $found[0].EmailAddresses)) {
        if ($one -match '^smtp:') {
            $one.Substring(5)
        }
    })
    $Entry.recipient = [ordered]@{
        recipient_type = (Read-Text $found[0].RecipientTypeDetails)
        primary_address = (Read-Text $found[0].PrimarySmtpAddress)
        addresses = $addresses
        hidden = (Read-Flag $found[0].HiddenFromAddressListsEnabled)
    }
}

# Returns whether Exchange Online reports that it has no such mailbox, as for one on premises.
function Read-Mailbox {
    param($Entry)
    $address = $Entry.address
    $isElsewhere = $false
    try {
        $found = @(Get-Mailbox -Identity $address -ErrorAction Stop)
        Add-Success -Name 'Get-Mailbox'
        if ($found.Count -eq 1) {
            $Entry.mailbox = [ordered]@{
                account_disabled = (Read-Flag $found[0].AccountDisabled)
                license_assigned = (Read-Flag $found[0].SKUAssigned)
                user_principal_name = (Read-Text $found[0].UserPrincipalName)
            }
        }
    } catch {
        Add-Failure -Name 'Get-Mailbox' -Problem $_ -Subject $address
        $isElsewhere = "$($_.FullyQualifiedErrorId) $($_.Exception.Message)" -match 'ManagementObjectNotFound'
    }
    try {
        $found = @(Get-CASMailbox -Identity $address -ErrorAction Stop)
        Add-Success -Name 'Get-CASMailbox'
        if ($found.Count -eq 1) {
            $Entry.ews_enabled = Read-EwsEnabled $found[0]
            $Entry.ews_user_agents = Read-UserAgents $found[0]
        }
    } catch {
        Add-Failure -Name 'Get-CASMailbox' -Problem $_ -Subject $address
    }
    return $isElsewhere
}

function Read-CalendarProcessing {
    param($Entry)
    try {
        $found = Get-CalendarProcessing -Identity $Entry.address -ErrorAction Stop
        Add-Success -Name 'Get-CalendarProcessing'
    } catch {
        Add-Failure -Name 'Get-CalendarProcessing' -Problem $_ -Subject $Entry.address
        return
    }
    $Entry.calendar_processing = [ordered]@{
        automate_processing = (Read-Text $found.AutomateProcessing)
        add_organizer_to_subject = (Read-Flag $found.AddOrganizerToSubject)
        delete_subject = (Read-Flag $found.DeleteSubject)
        delete_comments = (Read-Flag $found.DeleteComments)
        delete_attachments = (Read-Flag $found.DeleteAttachments)
        remove_private_property = (Read-Flag $found.RemovePrivateProperty)
        organizer_info = (Read-Flag $found.OrganizerInfo)
        process_external_meeting_messages = (Read-Flag $found.ProcessExternalMeetingMessages)
        booking_window_in_days = (Read-Number $found.BookingWindowInDays)
        maximum_duration_in_minutes = (Read-Number $found.MaximumDurationInMinutes)
        minimum_duration_in_minutes = (Read-Number $found.MinimumDurationInMinutes)
        allow_recurring_meetings = (Read-Flag $found.AllowRecurringMeetings)
        allow_conflicts = (Read-Flag $found.AllowConflicts)
        enforce_scheduling_horizon = (Read-Flag $found.EnforceSchedulingHorizon)
        schedule_only_during_work_hours = (Read-Flag $found.ScheduleOnlyDuringWorkHours)
        all_book_in_policy = (Read-Flag $found.AllBookInPolicy)
        all_request_in_policy = (Read-Flag $found.AllRequestInPolicy)
        all_request_out_of_policy = (Read-Flag $found.AllRequestOutOfPolicy)
        # Only the number of these people is needed.
        book_in_policy = @(Read-List $found.BookInPolicy).Count
        resource_delegates = @(Read-List $found.ResourceDelegates).Count
        enable_auto_release = (Read-Flag $found.EnableAutoRelease)
        post_reservation_max_claim_time_in_minutes = (Read-Number $found.PostReservationMaxClaimTimeInMinutes)
    }
}

function Read-CalendarFolder {
    param($Entry)
    try {
        $folders = @(Get-MailboxFolderStatistics -Identity $Entry.address -FolderScope Calendar -ErrorAction Stop)
        Add-Success -Name 'Get-MailboxFolderStatistics'
        $calendar = $folders | Where-Object { "$($_.FolderType)" -eq 'Calendar' } | Select-Object -First 1
        $Entry.calendar_folder = Read-Text $calendar.FolderPath
    } catch {
        Add-Failure -Name 'Get-MailboxFolderStatistics' -Problem $_ -Subject $Entry.address
    }
    if ($Entry.calendar_folder) {
        Read-CalendarPermissions -Entry $Entry
    }
}

function Read-CalendarPermissions {
    param($Entry)
    # The name of the calendar depends on the language of the mailbox.
    $folder = $Entry.address + ':' + ($Entry.calendar_folder -replace '/', '\')
    try {
        $found = @(Get-MailboxFolderPermission -Identity $folder -ErrorAction Stop)
        Add-Success -Name 'Get-MailboxFolderPermission'
    } catch {
        Add-Failure -Name 'Get-MailboxFolderPermission' -Problem $_ -Subject $Entry.address
        return
    }
    $permissions = @(foreach ($permission in $found) {
        foreach ($user in @('Default', 'Anonymous')) {
            if ("$($permission.User.UserType)" -eq $user -or "$($permission.User)" -eq $user) {
                [ordered]@{ user = $user; rights = @(Read-List $permission.AccessRights) }
            }
        }
    })
    foreach ($account in $serviceAccounts) {
        try {
            $found = @(Get-MailboxFolderPermission -Identity $folder -User $account -ErrorAction Stop)
            Add-Success -Name 'Get-MailboxFolderPermission'
            foreach ($permission in $found) {
                $permissions += [ordered]@{ user = $account; rights = @(Read-List $permission.AccessRights) }
            }
        } catch {
            # Without an entry of its own, a user has the rights of Default.
            if ("$($_.FullyQualifiedErrorId) $($_.Exception.Message)" -match 'UserNotFoundInPermissionEntry') {
                Add-Success -Name 'Get-MailboxFolderPermission'
            } else {
                Add-Failure -Name 'Get-MailboxFolderPermission' -Problem $_ -Subject $Entry.address
            }
        }
    }
    $Entry.calendar_permissions = $permissions
}

function Read-Access {
    param($Entry, $Registered)
    $address = $Entry.address
    $access = @()
    foreach ($appId in $Apps) {
        $own = [ordered]@{ app_id = $appId; access_policy = $null; exchange_roles = $null }
        try {
            $result = Test-ApplicationAccessPolicy -Identity $address -AppId $appId -ErrorAction Stop
            Add-Success -Name 'Test-ApplicationAccessPolicy'
            $own.access_policy = Read-Text $result.AccessCheckResult
        } catch {
            Add-Failure -Name 'Test-ApplicationAccessPolicy' -Problem $_ -Subject $address -AppId $appId
        }
        # An app that is not registered in Exchange has no role there, and the command would fail.
        if ($null -eq $Registered -or @($Registered | Where-Object { $_.app_id -eq $appId }).Count -gt 0) {
            try {
                $roles = @(Test-ServicePrincipalAuthorization -Identity $appId -Resource $address -ErrorAction Stop)
                Add-Success -Name 'Test-ServicePrincipalAuthorization'
                $own.exchange_roles = @(foreach ($role in $roles) {
                    [ordered]@{
                        role = "$($role.RoleName)"
                        granted_permissions = (Read-Text $role.GrantedPermissions)
                        allowed_scope = (Read-Text $role.AllowedResourceScope)
                        scope_type = (Read-Text $role.ScopeType)
                        in_scope = (Read-Flag $role.InScope)
                    }
                })
            } catch {
                Add-Failure -Name 'Test-ServicePrincipalAuthorization' -Problem $_ -Subject $address -AppId $appId
            }
        }
        $access += $own
    }
    $Entry.access = $access
}

function Read-MailboxEntry {
    param($Entry, $Registered)
    Read-Recipient -Entry $Entry
    if ($Entry.found -eq $false) {
        return
    }
    $isElsewhere = Read-Mailbox -Entry $Entry
    if (-not $isElsewhere -and $Entry.purposes -contains 'room') {
        Read-CalendarProcessing -Entry $Entry
        Read-CalendarFolder -Entry $Entry
    }
    Read-Access -Entry $Entry -Registered $Registered
}

# ---- Run --------------------------------------------------------------------------------------------------------------

$serviceAccounts = @($Mailboxes | Where-Object { $_.Purposes -contains 'service-account' } | ForEach-Object { $_.Address })
$evidence = [ordered]@{
    schema_version = $SchemaVersion
    document = $DocumentName
    tool = [ordered]@{ name = 'rx-preflight'; version = $ToolVersion }
    collected_at = (Read-Time (Get-Date))
    tenant_id = $TenantId
    exchange_tenant_id = $null
    graph_tenant_id = $null
    commands = @()
    organization = $null
    ews_allowed_app_ids = $null
    ews_user_agents = $null
    hybrid = $null
    access_policies = $null
    exchange_service_principals = $null
    role_assignments = $null
    management_scopes = $null
    directory = $null
    apps = @(foreach ($appId in $Apps) {
        [ordered]@{
            app_id = $appId
            registered = $null
            registration = $null
            has_service_principal = $null
            service_principal = $null
            granted_application = $null
            granted_delegated = $null
            management_policies = $null
        }
    })
    app_management = $null
    workload_policies = $null
    mailboxes = @(foreach ($mailbox in $Mailboxes) {
        [ordered]@{
            address = $mailbox.Address
            purposes = @($mailbox.Purposes)
            found = $null
            recipient = $null
            mailbox = $null
            ews_enabled = $null
            ews_user_agents = $null
            calendar_processing = $null
            calendar_folder = $null
            calendar_permissions = $null
            access = @()
        }
    })
}

# The file is created first, so that a folder without write access is found before the sign-in.
$partFile = $OutputFile + '.part'
Set-Content -LiteralPath $partFile -Value '' -Encoding UTF8

Write-Host ('This script reads the configuration of tenant {0} and changes nothing.' -f $TenantId)
foreach ($module in @('Microsoft.Graph.Authentication', 'ExchangeOnlineManagement')) {
    if (-not (Get-Module -ListAvailable -Name $module)) {
        Write-Host ('The module {0} is not installed: Install-Module -Name {0} -Scope CurrentUser' -f $module)
    }
}

try {
    # Microsoft Graph comes first: both modules bring libraries for the sign-in, and in the other order the second can fail.
    $isConnected = $false
    if (-not $WithoutGraph) {
        Write-Host 'Sign in to Microsoft Graph in the window that opens.'
        try {
            $scopes = @('Directory.Read.All', 'Policy.Read.All')
            Connect-MgGraph -TenantId $TenantId -Environment $GraphEnvironment -Scopes $scopes -ContextScope Process -NoWelcome -ErrorAction Stop
            Add-Success -Name 'Connect-MgGraph'
            $isConnected = $true
        } catch {
            Add-Failure -Name 'Connect-MgGraph' -Problem $_
        }
    }
    if ($isConnected) {
        try {
            $evidence.graph_tenant_id = Read-Text (Get-MgContext -ErrorAction Stop).TenantId
            Add-Success -Name 'Get-MgContext'
        } catch {
            Add-Failure -Name 'Get-MgContext' -Problem $_
        }
        Read-Entra -Evidence $evidence
    }

    $isConnected = $false
    if (-not $WithoutExchange) {
        Write-Host 'Sign in to Exchange Online in the window that opens.'
        try {
            Connect-ExchangeOnline -ExchangeEnvironmentName $ExchangeEnvironment -ShowBanner:$false -ErrorAction Stop
            Add-Success -Name 'Connect-ExchangeOnline'
            $isConnected = $true
        } catch {
            Add-Failure -Name 'Connect-ExchangeOnline' -Problem $_
        }
    }
    if ($isConnected) {
        try {
            $connection = Get-ConnectionInformation -ErrorAction Stop | Select-Object -Last 1
            Add-Success -Name 'Get-ConnectionInformation'
            $evidence.exchange_tenant_id = Read-Text $connection.TenantID
        } catch {
            Add-Failure -Name 'Get-ConnectionInformation' -Problem $_
        }
        if ($evidence.graph_tenant_id -and $evidence.exchange_tenant_id -and $evidence.graph_tenant_id -ne $evidence.exchange_tenant_id) {
            Write-Host 'Warning: the two sign-ins are for different tenants. Run the script again, and select the same account.'
        }
        Read-Organization -Evidence $evidence
        Read-AccessPolicies -Evidence $evidence
        Read-Roles -Evidence $evidence
        $position = 0
        foreach ($entry in $evidence.mailboxes) {
            $position += 1
            Write-Host ('Mailbox {0} of {1}: {2}' -f $position, $evidence.mailboxes.Count, $entry.address)
            Read-MailboxEntry -Entry $entry -Registered $evidence.exchange_service_principals
        }
    }
} finally {
    # After Ctrl+C as well, the file contains what was collected until then.
    $evidence.commands = @(foreach ($name in $commands.Keys) {
        [ordered]@{ name = $name; succeeded = $commands[$name].Succeeded; failures = @($commands[$name].Failures) }
    })
    $json = ConvertTo-Json -InputObject $evidence -Depth 12
    Set-Content -LiteralPath $partFile -Value $json -Encoding UTF8
    Move-Item -LiteralPath $partFile -Destination $OutputFile -Force
    $failed = @($evidence.commands | Where-Object { $_.failures.Count -gt 0 }).Count
    Write-Host ('Wrote {0}. Commands with a failure: {1} of {2}.' -f $OutputFile, $failed, $evidence.commands.Count)
    Write-Host 'Send this file back to the person who sent you the script. Both sign-ins end with this PowerShell session.'
}
