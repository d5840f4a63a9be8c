//! The token endpoint: the order in which Entra ID decides on a client-credentials request.

use serde_json::json;

use crate::simulator::clock::SecretExpiry;
use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::permissions::{self, GrantedRole};
use crate::simulator::scenario::{
    Api, App, Cloud, ConditionalAccess, ExchangeState, GraphState, Secret, TenantRestriction,
};
use crate::simulator::tenant::Tenant;
use crate::simulator::tokens::{Grant, IssuedToken, Proof};

use super::assertion;
use super::discovery::find_tenant;
use super::error::EntraError;
use super::form::{self, TokenForm};

/// Handles a request to `/{requested}/oauth2/v2.0/token`.
pub(crate) fn respond(
    tenant: &Tenant,
    request: &SimulatedRequest,
    requested: &str,
) -> SimulatedResponse {
    match decide(tenant, request, requested) {
        Ok(response) => response,
        Err(error) => error.to_response(request, tenant.served_cloud().hosts(), tenant.now()),
    }
}

fn decide(
    tenant: &Tenant,
    request: &SimulatedRequest,
    requested: &str,
) -> Result<SimulatedResponse, EntraError> {
    // The order matters: if there are several faults, only the first one is reported.
    let form = form::read(request)?;
    tenant_is_open(tenant, requested)?;
    let identifier = resource_identifier(&form.scope)?;
    let app = find_app(tenant, &form)?;
    let proof = check_credential(tenant, app, &form, request.path())?;
    check_policies(app)?;
    let api = resource(tenant, &identifier)?;
    // A token is issued even without any role, because missing consent is not a sign-in error in
    // this grant.
    let roles = roles_for(app, api);
    check_assignment(app, api, &roles)?;
    issue(tenant, app, proof, (api, &identifier), roles)
}

fn tenant_is_open(tenant: &Tenant, requested: &str) -> Result<(), EntraError> {
    let found = find_tenant(tenant.description(), tenant.served_cloud(), requested)?;
    if found.tenant_restrictions == Some(TenantRestriction::SignIn) {
        return Err(EntraError::new(
            500_021,
            format!("Access to '{}' tenant is denied.", found.display_name),
        ));
    }
    if found.inactive {
        let text = "This tenant has been blocked due to inactivity. To learn more about tenant lifecycle policies, see \
                    https://aka.ms/TenantLifecycle";
        return Err(EntraError::new(5_000_225, text));
    }
    Ok(())
}

/// The resource of exactly one `{resource}/.default`.
fn resource_identifier(scope: &str) -> Result<String, EntraError> {
    if scope.split_whitespace().count() > 1 {
        let text = "The provided value for the input parameter 'scope' is not valid because it contains more than one resource.";
        return Err(EntraError::new(700_022, text));
    }
    scope.strip_suffix("/.default").filter(|resource| !resource.is_empty()).map(str::to_owned).ok_or_else(|| {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with \
             /.default suffixed to the resource identifier (application ID URI)."
        );
        EntraError::new(1_002_012, text)
    })
}

fn find_app<'tenant>(
    tenant: &'tenant Tenant,
    form: &TokenForm,
) -> Result<&'tenant App, EntraError> {
    let (id, directory) = (&form.client_id, &tenant.description().display_name);
    let app = tenant.app(id).ok_or_else(|| {
        let text = format!(
            "Application with identifier '{id}' was not found in the directory '{directory}'. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the \
             tenant. You may have sent your authentication request to the wrong tenant."
        );
        EntraError::new(700_016, text)
    })?;
    if !app.service_principal {
        let text = format!(
            "The client application {id} is missing service principal in the tenant {}. See instructions here: \
             https://go.microsoft.com/fwlink/?linkid=2225119",
            tenant.description().id
        );
        return Err(EntraError::new(7_000_229, text));
    }
    if !app.enabled {
        return Err(EntraError::new(
            7_000_112,
            format!("Application '{id}'({}) is disabled.", app.display_name),
        ));
    }
    Ok(app)
}

/// Checks the assertion, or without one the secret.
fn check_credential(
    tenant: &Tenant,
    app: &App,
    form: &TokenForm,
    path: &str,
) -> Result<Proof, EntraError> {
    match &form.assertion {
        Some(signed) => assertion::check(tenant, app, signed, path).map(|()| Proof::Certificate),
        None => check_secret(tenant, app, form.secret.as_deref()).map(|()| Proof::Secret),
    }
}

fn check_secret(tenant: &Tenant, app: &App, given: Option<&str>) -> Result<(), EntraError> {
    let given = given.ok_or_else(|| {
        let text =
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
        EntraError::new(7_000_216, text)
    })?;
    let id = &app.client_id;
    let secret = app.secrets.iter().find(|secret| tenant.secret_value(secret) == Some(given)).ok_or_else(|| {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not \
             the client secret ID, for a secret added to app '{id}'."
        );
        EntraError::new(7_000_215, text)
    })?;
    if has_ended(tenant, secret) {
        let text = format!(
            "The provided client secret keys for app '{id}' are expired. Visit the Azure portal to create new keys for \
             your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: \
             https://aka.ms/certCreds."
        );
        return Err(EntraError::new(7_000_222, text));
    }
    Ok(())
}

fn has_ended(tenant: &Tenant, secret: &Secret) -> bool {
    SecretExpiry::parse(&secret.ends)
        .is_some_and(|expiry| expiry.moment(tenant.started()) <= tenant.now())
}

fn check_policies(app: &App) -> Result<(), EntraError> {
    // Only policies for workload identities apply to apps; those for users and MFA do not.
    if app.conditional_access == Some(ConditionalAccess::Blocked) {
        let text = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
        return Err(EntraError::new(53_003, text));
    }
    match app.refuse_with {
        Some(code) => Err(EntraError::new(code, forced_text(code))),
        None => Ok(()),
    }
}

/// Texts of codes that have no model here and are forced by the scenario.
fn forced_text(code: u32) -> &'static str {
    match code {
        900_382 => "Confidential Client is not supported in Cross Cloud request.",
        90_038 => {
            "Tenant belongs to National Cloud 'MicrosoftOnline.US'. Current cloud instance does not federate with it."
        }
        530_032 => "Blocked by security policy.",
        650_054 => {
            "The application asked for permissions to access a resource that has been removed or is no longer available."
        }
        90_033 => "A transient error has occurred. Please try again.",
        _ => "The request was refused.",
    }
}

fn disabled(identifier: &str) -> EntraError {
    let text = format!(
        "The service principal for resource '{identifier}' is disabled. This indicate that a subscription within \
         the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing \
         tokens from being issued for it."
    );
    EntraError::new(500_014, text)
}

/// The resource principal in the tenant. An identifier of another cloud is a resource that the tenant does not have.
fn resource(tenant: &Tenant, identifier: &str) -> Result<Api, EntraError> {
    let description = tenant.description();
    let state = description.exchange;
    match description.cloud.resource(identifier) {
        Some(Api::Exchange) if state == ExchangeState::Disabled => Err(disabled(identifier)),
        Some(Api::Graph) if description.graph == GraphState::Disabled => Err(disabled(identifier)),
        Some(api) if api == Api::Graph || state == ExchangeState::Active => Ok(api),
        _ => {
            let text = format!(
                "The resource principal named {identifier} was not found in the tenant named {}. This can happen if the \
                 application has not been installed by the administrator of the tenant or consented to by any user in the \
                 tenant. You might have sent your authentication request to the wrong tenant.",
                description.display_name
            );
            Err(EntraError::new(500_011, text))
        }
    }
}

fn roles_for(app: &App, api: Api) -> Vec<String> {
    // A role counts for its own API only, even if another API has one of the same name.
    let mut roles: Vec<String> = app
        .granted
        .iter()
        .filter_map(|role| GrantedRole::parse(role))
        .filter(|role| role.api == api)
        .map(|role| role.value)
        .collect();
    roles.sort();
    roles
}

fn check_assignment(app: &App, api: Api, roles: &[String]) -> Result<(), EntraError> {
    if app.assignment_required.contains(&api) && roles.is_empty() {
        let (id, name) = (&app.client_id, &app.display_name);
        let text = format!(
            "Application '{id}'({name}) is not assigned to a role for the application '{}'.",
            permissions::resource_app_id(api)
        );
        return Err(EntraError::new(501_051, text));
    }
    Ok(())
}

fn issue(
    tenant: &Tenant,
    app: &App,
    proof: Proof,
    (api, identifier): (Api, &str),
    roles: Vec<String>,
) -> Result<SimulatedResponse, EntraError> {
    let now = tenant.now().as_second();
    let grant = Grant {
        tenant: tenant.description(),
        app,
        proof,
        api,
        audience: audience(tenant.description().cloud, api, identifier),
        roles: roles.clone(),
        now,
        lifetime: lifetime(),
    };
    let token = tenant.signing_key().issue(&grant).map_err(|error| {
        EntraError::new(90_033, format!("A transient error has occurred. {error}"))
    })?;
    tenant.remember_token(
        &token,
        IssuedToken {
            api,
            client_id: app.client_id.clone(),
            roles,
            expires: now + grant.lifetime,
            flaw: app.token_flaw,
        },
    );
    let seconds = grant.lifetime;
    Ok(SimulatedResponse::json(
        200,
        &json!({"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}),
    ))
}

/// The audience is the identifier as requested: the application id stays one, a host stays one.
fn audience(cloud: Cloud, api: Api, identifier: &str) -> String {
    if identifier.starts_with("https://") {
        identifier.to_owned()
    } else if identifier.contains('.') {
        cloud.audience(api)
    } else {
        identifier.to_lowercase()
    }
}

/// Between 60 and 90 minutes, as Entra ID draws it.
fn lifetime() -> i64 {
    let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
    3599 + i64::try_from(random % 1800).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::scenario::Scenario;
    use crate::simulator::small_tenant::{
        APP, SECRET, SMALL, TENANT, obtain_token, small_tenant, tenant_of, token_request,
    };

    const GRAPH: &str = "https://graph.microsoft.com/.default";

    fn code(response: &SimulatedResponse) -> (u16, u64) {
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        (
            response.status,
            body["error_codes"][0].as_u64().unwrap_or_default(),
        )
    }

    fn changed(from: &str, to: &str) -> Tenant {
        assert!(SMALL.contains(from));
        tenant_of(Scenario::parse("changed", &SMALL.replace(from, to)).unwrap())
    }

    #[test]
    fn a_right_request_gets_a_token_for_the_named_resource() {
        let tenant = small_tenant();
        let response = tenant.respond(&token_request(TENANT, APP, SECRET, GRAPH));
        assert_eq!(response.status, 200);
        let token = obtain_token(&tenant, GRAPH);
        assert_eq!(token.split('.').count(), 3);
    }

    #[test]
    fn basic_credentials_are_accepted() {
        let mut request = token_request(TENANT, "", "", GRAPH);
        request.body = format!("grant_type=client_credentials&scope={GRAPH}").into_bytes();
        let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        let basic = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("{APP}:{encoded}"),
        );
        request
            .headers
            .push(("authorization".to_owned(), format!("Basic {basic}")));
        assert_eq!(small_tenant().respond(&request).status, 200);
    }

    #[test]
    fn each_wrong_thing_has_its_code() {
        let tenant = small_tenant();
        let send = |id: &str, app: &str, secret: &str, scope: &str| {
            code(&tenant.respond(&token_request(id, app, secret, scope)))
        };
        assert_eq!(send("fabrikam.com", APP, SECRET, GRAPH), (400, 90_002));
        assert_eq!(
            send(
                TENANT,
                "77b0b3a5-0000-4000-8000-000000000000",
                SECRET,
                GRAPH
            ),
            (400, 700_016)
        );
        assert_eq!(send(TENANT, APP, "wrong", GRAPH), (401, 7_000_215));
        assert_eq!(send(TENANT, APP, "", GRAPH), (401, 7_000_216));
        assert_eq!(
            send(TENANT, APP, SECRET, "https://graph.microsoft.com/User.Read"),
            (400, 1_002_012)
        );
        assert_eq!(
            send(TENANT, APP, SECRET, &format!("{GRAPH} {GRAPH}")),
            (400, 700_022)
        );
        assert_eq!(
            send(TENANT, APP, SECRET, "https://graph.microsoft.us/.default"),
            (400, 500_011)
        );
    }

    #[test]
    fn the_state_of_the_app_and_the_tenant_decides() {
        let secret_end = "env = \"RX_CLIENT_SECRET\", ends = \"+200d\"";
        for (from, to, expected) in [
            (
                secret_end,
                "env = \"RX_CLIENT_SECRET\", ends = \"-1d\"",
                (401, 7_000_222),
            ),
            ("enabled = true", "enabled = false", (400, 7_000_112)),
            (
                "enabled = true",
                "service_principal = false",
                (401, 7_000_229),
            ),
            (
                "enabled = true",
                "conditional_access = \"blocked\"",
                (400, 53_003),
            ),
            ("enabled = true", "refuse_with = 900382", (400, 900_382)),
            ("region = \"EU\"", "inactive = true", (400, 5_000_225)),
            (
                "region = \"EU\"",
                "tenant_restrictions = \"sign-in\"",
                (400, 500_021),
            ),
        ] {
            let response = changed(from, to).respond(&token_request(TENANT, APP, SECRET, GRAPH));
            assert_eq!(code(&response), expected, "{to}");
        }
    }

    #[test]
    fn exchange_may_be_absent_or_disabled() {
        let scope = "https://outlook.office365.com/.default";
        for (state, expected) in [("absent", (400, 500_011)), ("disabled", (400, 500_014))] {
            let tenant = changed("region = \"EU\"", &format!("exchange = \"{state}\""));
            assert_eq!(
                code(&tenant.respond(&token_request(TENANT, APP, SECRET, scope))),
                expected
            );
            assert_eq!(
                tenant
                    .respond(&token_request(TENANT, APP, SECRET, GRAPH))
                    .status,
                200
            );
        }
    }
}
