//! Inheritance for any settings: the nearest layer decides each key on its own, and the order of keys and sections does not
//! matter.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::settings::{Connection, ConnectionKeys, Estate};
use crate::terms::Api;

use super::stage::{Stage, secret_of_flag};

/// The keys of one layer. A key is absent or has a value that only this layer has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Layer {
    name: &'static str,
    use_oauth: Option<bool>,
    api: Option<Api>,
    host: Option<String>,
    account: Option<String>,
    tenant: Option<String>,
    client: Option<String>,
    secret: Option<String>,
}

/// What a connection uses, as far as layers decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Effective {
    use_oauth: Option<bool>,
    api: Option<Api>,
    host: Option<String>,
    account: Option<String>,
    tenant: String,
    client: String,
    secret: String,
}

fn layer(name: &'static str) -> impl Strategy<Value = Layer> {
    let api = prop::sample::select(vec![None, Some(Api::Ews), Some(Api::Graph)]);
    (any::<Option<bool>>(), api, any::<[bool; 5]>())
        .prop_map(move |(use_oauth, api, has)| Layer::with_keys(name, use_oauth, api, has))
}

impl Layer {
    /// `has` is whether there is a host name, an account, a tenant, a client, and a secret.
    fn with_keys(
        name: &'static str,
        use_oauth: Option<bool>,
        api: Option<Api>,
        has: [bool; 5],
    ) -> Self {
        let [host, account, tenant, client, secret] = has;
        let lower = name.to_lowercase();
        Self {
            name,
            use_oauth,
            api,
            // A host of neither API: it is inherited whatever API is chosen.
            host: host.then(|| format!("https://{lower}.contoso.com")),
            account: account.then(|| format!("{lower}@contoso.com")),
            tenant: tenant.then(|| format!("{lower}.contoso.com")),
            client: client.then(|| format!("{:08}-1111-4222-8333-444455556666", name.len())),
            secret: secret.then(|| secret_of(name)),
        }
    }

    /// The lines of a section.
    fn lines(&self) -> Vec<String> {
        let text = |key: &str, value: &Option<String>| {
            let value = value.as_ref()?;
            Some(format!("{key} = \"{value}\""))
        };
        let secret = format!("oauth_client_secret = {{ env = \"SECRET_{}\" }}", self.name);
        let lines = [
            self.use_oauth.map(|on| format!("use_oauth = {on}")),
            self.api
                .map(|api| format!("use_graph_api = {}", api == Api::Graph)),
            text("server_host_name", &self.host),
            text("resource_login_user_id", &self.account),
            text("oauth_tenant_id", &self.tenant),
            text("oauth_client_id", &self.client),
            self.secret.as_ref().map(|_| secret),
        ];
        lines.into_iter().flatten().collect()
    }

    fn as_flags(&self) -> ConnectionKeys {
        ConnectionKeys {
            use_oauth: self.use_oauth,
            api: self.api,
            server_host_name: self.host.clone(),
            service_account: self.account.clone(),
            tenant_id: self.tenant.clone(),
            client_id: self.client.clone(),
            credential: self.secret.as_ref().map(|_| secret_of_flag("flag.secret")),
        }
    }
}

fn secret_of(layer: &str) -> String {
    format!("secret-of-{layer}")
}

/// The rule in other words: for each key, the first layer that has it. `layers` begin with the nearest.
fn effective(layers: &[&Layer]) -> Effective {
    let nearest = |of: fn(&Layer) -> &Option<String>| {
        let value = layers.iter().find_map(|layer| of(layer).as_ref());
        value.cloned()
    };
    Effective {
        use_oauth: layers.iter().find_map(|layer| layer.use_oauth),
        api: layers.iter().find_map(|layer| layer.api),
        host: nearest(|layer| &layer.host),
        account: nearest(|layer| &layer.account),
        tenant: nearest(|layer| &layer.tenant).unwrap_or_default(),
        client: nearest(|layer| &layer.client).unwrap_or_default(),
        secret: nearest(|layer| &layer.secret).unwrap_or_default(),
    }
}

fn of_connection(connection: &Connection) -> Effective {
    Effective {
        use_oauth: connection.use_oauth,
        api: connection.api,
        host: connection.server_host_name.clone(),
        account: connection.service_account.clone(),
        tenant: connection.tenant_id.as_str().to_owned(),
        client: connection.client_id.as_str().to_owned(),
        secret: connection.credential.hidden_text().expose().to_owned(),
    }
}

/// All layers of one settings file, and how its lines and sections are ordered.
#[derive(Debug, Clone)]
struct Layers {
    flags: Layer,
    environment: Layer,
    system: Layer,
    location: Layer,
    profile: Layer,
    order: Vec<Index>,
}

prop_compose! {
    fn any_layers()(
        flags in layer("Flag"),
        environment in layer("Environ"),
        system in layer("System"),
        location in layer("Location"),
        profile in layer("Auditorium"),
        order in prop::collection::vec(any::<Index>(), 40),
    ) -> Layers {
        // Without an API or a secret the run stops.
        let system = Layer {
            api: system.api.or(Some(Api::Ews)), secret: Some(secret_of(system.name)), ..system
        };
        // Azure tools share no variables for the other keys.
        let environment = Layer {
            use_oauth: None, api: None, host: None, account: None, ..environment
        };
        Layers { flags, environment, system, location, profile, order }
    }
}

impl Layers {
    /// The machine with these settings. `order` gives each list another order; an empty one leaves it as it is.
    fn stage(&self, order: &[Index]) -> Stage {
        let mut order = order.iter();
        let section =
            |head: &str, own: &[&str], layer: &Layer, order: &mut std::slice::Iter<'_, Index>| {
                let mut lines = layer.lines();
                lines.extend(own.iter().map(|line| (*line).to_owned()));
                reorder(&mut lines, order);
                format!("{head}\n{}\n", lines.join("\n"))
            };
        let mut sections = vec![
            section(
                "[system]",
                &["rooms = [\"s@contoso.com\"]"],
                &self.system,
                &mut order,
            ),
            section(
                "[[location]]",
                &["name = \"Berlin\"", "rooms = [\"b@contoso.com\"]"],
                &self.location,
                &mut order,
            ),
            section(
                "[[profile]]",
                &[
                    "name = \"Hall\"",
                    "location = \"Berlin\"",
                    "room = \"h@contoso.com\"",
                ],
                &self.profile,
                &mut order,
            ),
        ];
        reorder(&mut sections, &mut order);
        let mut stage = Stage::new()
            .settings(&sections.concat())
            .file("flag.secret", secret_of(self.flags.name))
            .given(|given| given.connection = self.flags.as_flags());
        for layer in [&self.system, &self.location, &self.profile] {
            stage = stage.variable(&format!("SECRET_{}", layer.name), &secret_of(layer.name));
        }
        let variables = [
            ("AZURE_TENANT_ID", &self.environment.tenant),
            ("AZURE_CLIENT_ID", &self.environment.client),
            ("AZURE_CLIENT_SECRET", &self.environment.secret),
        ];
        for (name, value) in variables {
            stage = stage.variable(name, value.as_deref().unwrap_or_default());
        }
        stage
    }

    /// What each connection uses according to the rule.
    fn expected(&self) -> Vec<(String, Effective)> {
        let outer = [&self.flags, &self.environment, &self.system];
        let location = [&[&self.location], &outer[..]].concat();
        let profile = [&[&self.profile], &location[..]].concat();
        [
            ("system", &outer[..]),
            ("Berlin", &location),
            ("Hall", &profile),
        ]
        .map(|(name, layers)| (name.to_owned(), effective(layers)))
        .to_vec()
    }
}

/// Moves lines to other places, as far as the order reaches.
fn reorder<T>(list: &mut [T], order: &mut std::slice::Iter<'_, Index>) {
    for place in (1..list.len()).rev() {
        if let Some(index) = order.next() {
            list.swap(place, index.index(place + 1));
        }
    }
}

fn connections(estate: &Estate) -> Vec<(String, Effective)> {
    let connections = estate.connections.iter();
    connections
        .map(|connection| (connection.name.clone(), of_connection(connection)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_nearest_layer_that_has_a_key_decides_it(layers in any_layers()) {
        prop_assert_eq!(connections(&layers.stage(&[]).load()), layers.expected());
    }

    #[test]
    fn the_order_of_keys_and_sections_does_not_matter(layers in any_layers()) {
        prop_assert_eq!(connections(&layers.stage(&layers.order).load()), layers.expected());
    }

    #[test]
    fn a_key_that_is_added_to_a_layer_changes_no_other_key(layers in any_layers(), key in 0..7_usize) {
        let before = connections(&layers.stage(&[]).load());
        let [_, _, (_, mut expected)] = <[_; 3]>::try_from(before.clone()).unwrap();
        let whole = Layer::with_keys(layers.profile.name, Some(true), Some(Api::Graph), [true; 5]);
        let mut profile = layers.profile.clone();
        let all = effective(&[&whole]);
        match key {
            0 => (profile.use_oauth, expected.use_oauth) = (whole.use_oauth, all.use_oauth),
            1 => (profile.api, expected.api) = (whole.api, all.api),
            2 => (profile.host, expected.host) = (whole.host, all.host),
            3 => (profile.account, expected.account) = (whole.account, all.account),
            4 => (profile.tenant, expected.tenant) = (whole.tenant, all.tenant),
            5 => (profile.client, expected.client) = (whole.client, all.client),
            _ => (profile.secret, expected.secret) = (whole.secret, all.secret),
        }
        let after = connections(&Layers { profile, ..layers }.stage(&[]).load());
        prop_assert_eq!(&after[..2], &before[..2]);
        prop_assert_eq!(&after[2].1, &expected);
    }
}
