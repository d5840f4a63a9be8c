//! Redaction of the evidence in a report, field by field.

use crate::evidence::{
    CertificateFacts, Challenge, ConnectionFacts, Control, Diagnostics, DiscoveryFacts, Execution,
    Failure, Finding, Observation, PasswordCredential, Refusal, RegistrationFacts, Reply,
    RequestedPermission, RoomListFacts, RoomListing, SettingsFault, TenantElsewhere, TenantFacts,
    TokenFacts, Unexpected, WriteFacts,
};

use super::rewrite::Rewriter;

impl Rewriter {
    pub(super) fn all_facts(&mut self, connections: &[ConnectionFacts]) -> Vec<ConnectionFacts> {
        connections.iter().map(|facts| self.facts(facts)).collect()
    }

    pub(super) fn observations(&mut self, observations: &[Observation]) -> Vec<Observation> {
        observations
            .iter()
            .map(|observation| self.observation(observation))
            .collect()
    }

    fn facts(&mut self, facts: &ConnectionFacts) -> ConnectionFacts {
        let ConnectionFacts {
            name,
            kind,
            api,
            tenant_id,
            client_id,
            credentials,
            rooms,
            service_account,
            sender,
            certificate,
        } = facts;
        ConnectionFacts {
            name: self.scrub.field(name),
            kind: *kind,
            api: *api,
            tenant_id: self.scrub.field(tenant_id),
            client_id: self.scrub.field(client_id),
            credentials: *credentials,
            rooms: *rooms,
            service_account: self.optional_field(service_account.as_ref()),
            sender: self.optional_field(sender.as_ref()),
            certificate: *certificate,
        }
    }

    fn observation(&mut self, observation: &Observation) -> Observation {
        let Observation {
            check,
            connection,
            subject,
            credentials,
            requirement,
            certificate,
            execution,
            withheld,
            requests,
            duration_ms,
        } = observation;
        Observation {
            check: *check,
            connection: self.optional_field(connection.as_ref()),
            subject: self.scrub.host(subject),
            credentials: *credentials,
            requirement: *requirement,
            certificate: certificate
                .as_ref()
                .map(|certificate| self.certificate(certificate)),
            execution: self.execution(execution),
            withheld: *withheld,
            requests: requests.clone(),
            duration_ms: *duration_ms,
        }
    }

    pub(super) fn control(&mut self, control: &Control) -> Control {
        let Control {
            connection,
            mailbox,
            reply,
            requests,
        } = control;
        Control {
            connection: self.scrub.field(connection),
            mailbox: self.scrub.field(mailbox),
            reply: self.empty(reply),
            requests: requests.clone(),
        }
    }

    fn certificate(&mut self, certificate: &CertificateFacts) -> CertificateFacts {
        let CertificateFacts {
            issuer,
            organization,
            of_cloud,
        } = certificate;
        CertificateFacts {
            issuer: self.scrub.field(issuer),
            organization: self.optional_field(organization.as_ref()),
            of_cloud: *of_cloud,
        }
    }

    fn execution(&mut self, execution: &Execution) -> Execution {
        match execution {
            Execution::Skipped { reason, blocked_by } => Execution::Skipped {
                reason: *reason,
                blocked_by: *blocked_by,
            },
            Execution::Derived => Execution::Derived,
            Execution::Completed(finding) => Execution::completed(self.finding(finding)),
            Execution::InternalError { message } => Execution::InternalError {
                message: self.scrub.text(message),
            },
        }
    }

    fn finding(&mut self, finding: &Finding) -> Finding {
        match finding {
            Finding::Settings(faults) => Finding::Settings(self.faults(faults)),
            Finding::Rooms { faults, listing } => Finding::Rooms {
                faults: self.faults(faults),
                listing: self.listing(listing),
            },
            Finding::Reachable(reply) => Finding::Reachable(self.empty(reply)),
            Finding::Discovery(facts) => Finding::Discovery(self.discovery(facts)),
            Finding::SignIn(reply) => Finding::SignIn(self.reply(reply, Self::token)),
            Finding::Registration(reply) => {
                Finding::Registration(self.reply(reply, Self::registration))
            }
            Finding::Folder(reply) => Finding::Folder(self.reply(reply, |_, facts| facts.clone())),
            Finding::CalendarView(reply) => Finding::CalendarView(self.empty(reply)),
            Finding::NonexistentItem(reply) => Finding::NonexistentItem(self.empty(reply)),
            Finding::Written { service, reply } => Finding::Written {
                service: *service,
                reply: self.reply(reply, Self::written),
            },
            Finding::Sent { what } => Finding::Sent {
                what: self.scrub.text(what),
            },
            Finding::Listing(reply) => Finding::Listing(self.empty(reply)),
        }
    }

    fn faults(&mut self, faults: &[SettingsFault]) -> Vec<SettingsFault> {
        faults.iter().map(|fault| self.fault(fault)).collect()
    }

    fn fault(&mut self, fault: &SettingsFault) -> SettingsFault {
        let SettingsFault {
            kind,
            subject,
            detail,
            other_cloud,
        } = fault;
        SettingsFault {
            kind: *kind,
            subject: self.optional_field(subject.as_ref()),
            detail: self.scrub.text(detail),
            other_cloud: other_cloud.clone(),
        }
    }

    fn listing(&mut self, listing: &RoomListing) -> RoomListing {
        match listing {
            RoomListing::Blocked(check) => RoomListing::Blocked(*check),
            RoomListing::Requested(reply) => {
                RoomListing::Requested(self.reply(reply, Self::room_list))
            }
        }
    }

    fn room_list(&mut self, facts: &RoomListFacts) -> RoomListFacts {
        let RoomListFacts {
            rooms,
            without_address,
            cut_short,
        } = facts;
        RoomListFacts {
            rooms: *rooms,
            without_address: without_address
                .iter()
                .map(|name| self.scrub.field(name))
                .collect(),
            cut_short: self.optional_text(cut_short.as_ref()),
        }
    }

    fn discovery(&mut self, facts: &DiscoveryFacts) -> DiscoveryFacts {
        let DiscoveryFacts {
            here,
            elsewhere,
            client_id_is_a_tenant,
            domain_clouds,
        } = facts;
        DiscoveryFacts {
            here: self.reply(here, Self::tenant),
            elsewhere: elsewhere
                .iter()
                .map(|other| self.elsewhere(other))
                .collect(),
            client_id_is_a_tenant: *client_id_is_a_tenant,
            domain_clouds: domain_clouds.clone(),
        }
    }

    fn elsewhere(&mut self, other: &TenantElsewhere) -> TenantElsewhere {
        let TenantElsewhere { cloud, tenant } = other;
        TenantElsewhere {
            cloud: self.scrub.word(cloud),
            tenant: self.tenant(tenant),
        }
    }

    fn tenant(&mut self, facts: &TenantFacts) -> TenantFacts {
        let TenantFacts {
            tenant_id,
            region,
            region_sub_scope,
            cloud_instance,
        } = facts;
        TenantFacts {
            tenant_id: self.scrub.field(tenant_id),
            region: self.optional_text(region.as_ref()),
            region_sub_scope: self.optional_text(region_sub_scope.as_ref()),
            cloud_instance: self.optional_text(cloud_instance.as_ref()),
        }
    }

    fn token(&mut self, facts: &TokenFacts) -> TokenFacts {
        let TokenFacts {
            readable,
            unreadable_because,
            tenant_id,
            audience,
            client_id,
            service_principal_id,
            roles,
            scopes,
            app_name,
            issued_at,
            expires_at,
            lifetime_s,
        } = facts;
        TokenFacts {
            readable: *readable,
            unreadable_because: self.optional_text(unreadable_because.as_ref()),
            tenant_id: self.optional_field(tenant_id.as_ref()),
            audience: self.optional_text(audience.as_ref()),
            client_id: self.optional_field(client_id.as_ref()),
            service_principal_id: self.optional_field(service_principal_id.as_ref()),
            roles: self.texts(roles),
            scopes: self.optional_text(scopes.as_ref()),
            app_name: self.optional_field(app_name.as_ref()),
            issued_at: *issued_at,
            expires_at: *expires_at,
            lifetime_s: *lifetime_s,
        }
    }

    fn registration(&mut self, facts: &RegistrationFacts) -> RegistrationFacts {
        let RegistrationFacts {
            display_name,
            secrets,
            requested,
            outside_accounts,
        } = facts;
        RegistrationFacts {
            display_name: self.optional_field(display_name.as_ref()),
            secrets: secrets.iter().map(|secret| self.secret(secret)).collect(),
            requested: requested
                .iter()
                .map(|permission| self.permission(permission))
                .collect(),
            outside_accounts: *outside_accounts,
        }
    }

    fn secret(&mut self, secret: &PasswordCredential) -> PasswordCredential {
        let PasswordCredential {
            key_id,
            display_name,
            ends_at,
            fits_secret_in_use,
        } = secret;
        PasswordCredential {
            key_id: self.scrub.field(key_id),
            display_name: self.optional_field(display_name.as_ref()),
            ends_at: *ends_at,
            fits_secret_in_use: *fits_secret_in_use,
        }
    }

    fn permission(&mut self, permission: &RequestedPermission) -> RequestedPermission {
        let RequestedPermission {
            resource_app_id,
            permission_id,
            kind,
        } = permission;
        RequestedPermission {
            resource_app_id: self.scrub.field(resource_app_id),
            permission_id: self.scrub.field(permission_id),
            kind: self.scrub.text(kind),
        }
    }

    fn written(&mut self, facts: &WriteFacts) -> WriteFacts {
        let WriteFacts {
            cleaned_up,
            left_behind,
        } = facts;
        WriteFacts {
            cleaned_up: *cleaned_up,
            left_behind: self.optional_text(left_behind.as_ref()),
        }
    }

    fn empty(&mut self, reply: &Reply<()>) -> Reply<()> {
        self.reply(reply, |_, ()| ())
    }

    fn reply<T>(&mut self, reply: &Reply<T>, facts: impl FnOnce(&mut Self, &T) -> T) -> Reply<T> {
        match reply {
            Reply::Success(success) => Reply::Success(facts(self, success)),
            Reply::Refused(refusal) => Reply::Refused(self.refusal(refusal)),
            Reply::Unexpected(unexpected) => Reply::Unexpected(self.unexpected(unexpected)),
            Reply::Unreachable(failure) => Reply::Unreachable(self.failure(failure)),
        }
    }

    fn refusal(&mut self, refusal: &Refusal) -> Refusal {
        let Refusal {
            status,
            code,
            inner_codes,
            aadsts,
            message,
            policy_reason,
            diagnostics,
            challenge,
            values,
            retry_after_ms,
        } = refusal;
        Refusal {
            status: *status,
            code: self.optional_code(code.as_ref()),
            inner_codes: inner_codes
                .iter()
                .map(|code| self.scrub.code(code))
                .collect(),
            aadsts: aadsts.clone(),
            message: self.optional_text(message.as_ref()),
            policy_reason: self.optional_text(policy_reason.as_ref()),
            diagnostics: diagnostics
                .as_ref()
                .map(|diagnostics| self.diagnostics(diagnostics)),
            challenge: challenge
                .as_ref()
                .map(|challenge| self.challenge(challenge)),
            values: self.values(values),
            retry_after_ms: *retry_after_ms,
        }
    }

    fn diagnostics(&mut self, diagnostics: &Diagnostics) -> Diagnostics {
        let Diagnostics {
            code,
            reason,
            category,
        } = diagnostics;
        Diagnostics {
            code: *code,
            reason: self.optional_text(reason.as_ref()),
            category: self.optional_text(category.as_ref()),
        }
    }

    fn challenge(&mut self, challenge: &Challenge) -> Challenge {
        let Challenge {
            error,
            authorization_uri,
            client_id,
        } = challenge;
        Challenge {
            error: self.optional_text(error.as_ref()),
            authorization_uri: self.optional_text(authorization_uri.as_ref()),
            client_id: self.optional_field(client_id.as_ref()),
        }
    }

    fn unexpected(&mut self, unexpected: &Unexpected) -> Unexpected {
        let Unexpected {
            status,
            problem,
            content_type,
            excerpt,
            foreign,
        } = unexpected;
        Unexpected {
            status: *status,
            problem: self.scrub.text(problem),
            content_type: self.optional_text(content_type.as_ref()),
            excerpt: self.scrub.text(excerpt),
            foreign: *foreign,
        }
    }

    fn failure(&mut self, failure: &Failure) -> Failure {
        let Failure {
            layer,
            host,
            detail,
            limit_ms,
            issuer,
            certificate,
        } = failure;
        Failure {
            layer: *layer,
            host: self.scrub.host(host),
            detail: self.scrub.text(detail),
            limit_ms: *limit_ms,
            issuer: self.optional_field(issuer.as_ref()),
            certificate: *certificate,
        }
    }
}
