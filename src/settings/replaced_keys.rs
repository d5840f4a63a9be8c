//! Notes about values of the settings file that a variable of the environment replaces. Without them, a wrong variable would
//! look like a mistake in the file and in the console.

use crate::evidence::{InputNote, InputNoteKind};

use super::connection_keys::{
    CERTIFICATE_VARIABLE, CLIENT_VARIABLE, ConnectionKeys, SECRET_VARIABLE, TENANT_VARIABLE,
};
use super::credential_source::CredentialSource;
use super::{Environment, SecretSource};

/// One note for each variable that replaces a value of `[system]`. `given` are the options, which replace both.
pub(super) fn replaced_by_environment(
    written: &ConnectionKeys,
    given: &ConnectionKeys,
    surroundings: &dyn Environment,
    file_name: &str,
) -> Vec<InputNote> {
    let used = ConnectionKeys::of_environment(surroundings);
    let differs = |written: &Option<String>, used: &Option<String>, given: &Option<String>| {
        given.is_none() && written.is_some() && used.is_some() && written != used
    };
    let credential = match (&written.credential, &used.credential) {
        // The values are not compared: a secret is read only where it is used.
        (Some(written), Some(used)) if given.credential.is_none() && !gives_way(written) => {
            Some(match used {
                CredentialSource::Secret(_) => SECRET_VARIABLE,
                CredentialSource::Certificate(_) => CERTIFICATE_VARIABLE,
            })
        }
        _ => None,
    };
    let tenant = differs(&written.tenant_id, &used.tenant_id, &given.tenant_id);
    let client = differs(&written.client_id, &used.client_id, &given.client_id);
    let names = [
        tenant.then_some(TENANT_VARIABLE),
        client.then_some(CLIENT_VARIABLE),
        credential,
    ];
    let note = |name| {
        InputNote::new(InputNoteKind::ReplacedByVariable)
            .about(name)
            .of_file(file_name)
    };
    names.into_iter().flatten().map(note).collect()
}

/// Whether the file itself leaves the credential to the environment, or to a prompt that the environment saves.
fn gives_way(written: &CredentialSource) -> bool {
    match written {
        CredentialSource::Secret(SecretSource::Variable { name, .. }) => name == SECRET_VARIABLE,
        CredentialSource::Secret(SecretSource::Prompt { .. }) => true,
        CredentialSource::Secret(_) | CredentialSource::Certificate(_) => false,
    }
}
