//! What the configuration shows that an administrator collected.

use super::id_enum::id_enum;

id_enum! {
    /// One fact of the configuration about an app, an address, or the tenant.
    ConfigurationFact, "configuration fact":
    /// Microsoft Entra ID lists admin consent for the permission.
    ConsentGiven = "consent-given",
    /// Neither Entra ID nor Exchange grants the permission.
    NotGranted = "not-granted",
    /// An application access policy denies the mailbox.
    PolicyDenied = "policy-denied",
    /// An application access policy allows the mailbox.
    PolicyGranted = "policy-granted",
    /// No application access policy is about this app.
    NoPolicy = "no-policy",
    /// The mailbox is outside the scope of the Exchange role, and Entra ID grants no access either.
    OutsideScope = "outside-scope",
    /// The mailbox is in the scope of the Exchange role.
    InScope = "in-scope",
    /// The app has no Exchange role for this API.
    NoExchangeRole = "no-exchange-role",
    /// The user mailbox has no license.
    LicenseMissing = "license-missing",
    /// The mailbox has a license, or needs none.
    LicenseSufficient = "license-sufficient",
    /// Exchange Online has no recipient with this address.
    RecipientMissing = "recipient-missing",
    /// The recipient has its mailbox elsewhere.
    MailboxElsewhere = "mailbox-elsewhere",
    /// The mailbox is in Exchange Online.
    MailboxHere = "mailbox-here",
    /// The address is not the primary address of its mailbox.
    AddressIsAlias = "address-is-alias",
    /// The address is the primary address.
    AddressIsPrimary = "address-is-primary",
    /// EWS is disabled for the organization.
    EwsDisabled = "ews-disabled",
    /// EWS is not disabled for the organization.
    EwsNotDisabled = "ews-not-disabled",
    /// EWS is disabled for the mailbox.
    EwsDisabledForMailbox = "ews-disabled-for-mailbox",
    /// EWS is not disabled for the mailbox.
    EwsNotDisabledForMailbox = "ews-not-disabled-for-mailbox",
    /// The list of apps that may use EWS does not contain the app.
    AppNotOnList = "app-not-on-list",
    /// The list of apps does not exclude the app.
    AppNotExcluded = "app-not-excluded",
    /// A User-Agent policy blocks the program.
    UserAgentBlocked = "user-agent-blocked",
    /// No User-Agent policy is set.
    NoUserAgentPolicy = "no-user-agent-policy",
    /// A Conditional Access policy for workload identities can block the app.
    WorkloadPolicy = "workload-policy",
    /// No Conditional Access policy for workload identities includes the app.
    NoWorkloadPolicy = "no-workload-policy",
}
