//! The public, stable ids of the causes.

use super::id_enum::id_enum;

/// Writes the ids and their groups from one list.
macro_rules! causes {
    ($($(#[$doc:meta])* $group:ident { $($variant:ident = $id:literal,)+ })+) => {
        id_enum! {
            /// What can be wrong with an installation, in the order of the chain from the settings to the mailbox. The
            /// texts of each cause are in `knowledge/causes.toml`, in the same order.
            CauseId, "cause":
            $($(#[doc = concat!("`", $id, "`")] $variant = $id,)+)+
        }

        /// The part of the chain that a cause belongs to, in the order of the chain.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CauseGroup {
            $($(#[$doc])* $group,)+
        }

        impl CauseId {
            /// The part of the chain that the cause belongs to: the part of its id before the dot.
            pub const fn group(self) -> CauseGroup {
                match self { $($(Self::$variant)|+ => CauseGroup::$group,)+ }
            }
        }
    };
}

causes! {
    /// What was typed: `settings.*`.
    Settings {
        SettingsTenantIdMalformed = "settings.tenant-id-malformed",
        SettingsTenantIdReserved = "settings.tenant-id-reserved",
        SettingsClientIdMalformed = "settings.client-id-malformed",
        SettingsClientIdIsAnApi = "settings.client-id-is-an-api",
        SettingsIdsIdentical = "settings.ids-identical",
        SettingsSecretIsSecretId = "settings.secret-is-secret-id",
        SettingsSecretStrayCharacters = "settings.secret-stray-characters",
        SettingsSecretMistyped = "settings.secret-mistyped",
        SettingsSecretNotASecret = "settings.secret-not-a-secret",
        SettingsCertificateExpired = "settings.certificate-expired",
        SettingsCertificateKeyMismatch = "settings.certificate-key-mismatch",
        SettingsCertificateNotRsa = "settings.certificate-not-rsa",
        SettingsCertificateExpiring = "settings.certificate-expiring",
        SettingsOauthOff = "settings.oauth-off",
        SettingsHostNameMismatch = "settings.host-name-mismatch",
        SettingsHostNameForeign = "settings.host-name-foreign",
        SettingsServiceAccountMissing = "settings.service-account-missing",
        SettingsRoomAddressMalformed = "settings.room-address-malformed",
        SettingsRoomDuplicate = "settings.room-duplicate",
        SettingsRoomLineLeftOut = "settings.room-line-left-out",
        SettingsRoomsNotListed = "settings.rooms-not-listed",
    }
    /// The path from this machine: `network.*`.
    Network {
        NetworkDnsFailed = "network.dns-failed",
        NetworkConnectionRefused = "network.connection-refused",
        NetworkTimeout = "network.timeout",
        NetworkProxyUnreachable = "network.proxy-unreachable",
        NetworkProxyAuthenticationRequired = "network.proxy-authentication-required",
        NetworkProxyRefused = "network.proxy-refused",
        NetworkTlsUntrusted = "network.tls-untrusted",
        NetworkNoTrustStore = "network.no-trust-store",
        NetworkTlsFailed = "network.tls-failed",
        NetworkTlsIntercepted = "network.tls-intercepted",
        NetworkNotMicrosoft = "network.not-microsoft",
        NetworkClockSkew = "network.clock-skew",
    }
    /// The tenant: `tenant.*`.
    Tenant {
        TenantNotFound = "tenant.not-found",
        TenantWrongCloud = "tenant.wrong-cloud",
        TenantAccessBlocked = "tenant.access-blocked",
        TenantIdsSwapped = "tenant.ids-swapped",
    }
    /// Tokens: `sign-in.*`.
    SignIn {
        SignInSecretWrong = "sign-in.secret-wrong",
        SignInSecretExpired = "sign-in.secret-expired",
        SignInSecretMissing = "sign-in.secret-missing",
        SignInCertificateNotRegistered = "sign-in.certificate-not-registered",
        SignInCertificateRevoked = "sign-in.certificate-revoked",
        SignInCertificateClock = "sign-in.certificate-clock",
        SignInAppNotFound = "sign-in.app-not-found",
        SignInServicePrincipalMissing = "sign-in.service-principal-missing",
        SignInAppDisabled = "sign-in.app-disabled",
        SignInConditionalAccess = "sign-in.conditional-access",
        SignInTenantRestricted = "sign-in.tenant-restricted",
        SignInExchangeNotProvisioned = "sign-in.exchange-not-provisioned",
        SignInExchangeDisabled = "sign-in.exchange-disabled",
        SignInGraphDisabled = "sign-in.graph-disabled",
        SignInAssignmentRequired = "sign-in.assignment-required",
        SignInTenantInactive = "sign-in.tenant-inactive",
        SignInUnrecognized = "sign-in.unrecognised",
        SignInTokenRefused = "sign-in.token-refused",
        SignInWrongTenant = "sign-in.wrong-tenant",
        SignInDelegatedToken = "sign-in.delegated-token",
    }
    /// The app registration: `registration.*`.
    Registration {
        RegistrationSecretExpiring = "registration.secret-expiring",
        RegistrationMultitenant = "registration.multitenant",
        RegistrationConsentMissing = "registration.consent-missing",
        RegistrationDelegatedInsteadOfApplication = "registration.delegated-instead-of-application",
        RegistrationWrongApi = "registration.wrong-api",
    }
    /// Permissions: `grant.*`.
    Grant {
        GrantFullAccessAsAppMissing = "grant.full-access-as-app-missing",
        GrantCalendarsReadWriteMissing = "grant.calendars-read-write-missing",
        GrantCalendarsReadOnly = "grant.calendars-read-only",
        GrantMailSendMissing = "grant.mail-send-missing",
        GrantUserReadAllMissing = "grant.user-read-all-missing",
        GrantUserReadBasicOnly = "grant.user-read-basic-only",
        GrantGroupReadAllMissing = "grant.group-read-all-missing",
        GrantWriteUnproven = "grant.write-unproven",
        GrantNotYetEffective = "grant.not-yet-effective",
        GrantSurplus = "grant.surplus",
        GrantByExchangeRbac = "grant.by-exchange-rbac",
    }
    /// Exchange Web Services as such: `ews.*`.
    Ews {
        EwsDisabled = "ews.disabled",
        EwsDisabledForMailbox = "ews.disabled-for-mailbox",
        EwsAppNotAllowed = "ews.app-not-allowed",
        EwsImpersonationDenied = "ews.impersonation-denied",
        EwsRetiring = "ews.retiring",
        EwsRetired = "ews.retired",
    }
    /// Single mailboxes and what limits access to them: `mailbox.*`.
    Mailbox {
        MailboxNotFound = "mailbox.not-found",
        MailboxNotInExchangeOnline = "mailbox.not-in-exchange-online",
        MailboxOutsideAccessPolicy = "mailbox.outside-access-policy",
        MailboxOutsideScope = "mailbox.outside-scope",
        MailboxAccessBlocked = "mailbox.access-blocked",
        MailboxTokenRefused = "mailbox.token-refused",
        MailboxAliasUsed = "mailbox.alias-used",
        MailboxLicenseMissing = "mailbox.license-missing",
        MailboxAccountDisabled = "mailbox.account-disabled",
        MailboxMoving = "mailbox.moving",
        MailboxCalendarNotWritable = "mailbox.calendar-not-writable",
        MailboxCalendarMissing = "mailbox.calendar-missing",
        MailboxServiceAccountUnusable = "mailbox.service-account-unusable",
        MailboxReachableButShouldNotBe = "mailbox.reachable-but-should-not-be",
        MailboxDeniedByConfiguration = "mailbox.denied-by-configuration",
        MailboxCalendarProcessingDiffers = "mailbox.calendar-processing-differs",
    }
    /// Sending mail: `mail.*`.
    Mail {
        MailSenderUnusable = "mail.sender-unusable",
    }
    /// Reading users and groups: `directory.*`.
    Directory {
        DirectoryAccessBlocked = "directory.access-blocked",
        DirectoryVersionTooOld = "directory.version-too-old",
    }
    /// The services of Microsoft: `service.*`.
    Service {
        ServiceThrottled = "service.throttled",
        ServiceUnavailable = "service.unavailable",
        ServiceUnexpectedResponse = "service.unexpected-answer",
    }
}
