//! An environment that provides no secret, for a command that needs the settings but sends no request.

use std::io;
use std::path::Path;

use super::Environment;
use super::connection_keys::{
    CERTIFICATE_VARIABLE, CLIENT_VARIABLE, SECRET_VARIABLE, TENANT_VARIABLE,
};

/// The text in the place of every secret.
const NOT_READ: &str = "not read";

/// The environment of another one without its secrets: no variable, file or prompt of a secret is read.
#[derive(Debug, Clone, Copy)]
pub struct WithoutSecrets<'e, E>(pub &'e E);

impl<E: Environment> Environment for WithoutSecrets<'_, E> {
    fn variable(&self, name: &str) -> Option<String> {
        match name {
            TENANT_VARIABLE | CLIENT_VARIABLE | CERTIFICATE_VARIABLE => self.0.variable(name),
            // Whether it is set decides whether the environment describes a connection.
            SECRET_VARIABLE => self.0.variable(name).map(|_| NOT_READ.to_owned()),
            // The settings name no other variables than those of secrets.
            _ => Some(NOT_READ.to_owned()),
        }
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.read_file(path)
    }

    fn read_secret_file(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Ok(NOT_READ.as_bytes().to_vec())
    }

    fn provides_secrets(&self) -> bool {
        false
    }

    fn read_stdin(&self) -> io::Result<Vec<u8>> {
        self.0.read_stdin()
    }

    fn prompt(&self, _text: &str) -> io::Result<Option<String>> {
        Ok(Some(NOT_READ.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::SimulatedEnvironment;
    use super::*;

    #[test]
    fn secrets_are_not_read_and_everything_else_is() {
        let mut machine = SimulatedEnvironment::default();
        for name in [TENANT_VARIABLE, SECRET_VARIABLE, "RX_SECRET"] {
            machine
                .variables
                .insert(name.to_owned(), "hunter2".to_owned());
        }
        machine
            .files
            .insert("rooms.txt".into(), b"a@contoso.com".to_vec());
        let environment = WithoutSecrets(&machine);
        assert_eq!(
            environment.variable(TENANT_VARIABLE).as_deref(),
            Some("hunter2")
        );
        assert_eq!(
            environment.variable(SECRET_VARIABLE).as_deref(),
            Some(NOT_READ)
        );
        assert_eq!(environment.variable("RX_SECRET").as_deref(), Some(NOT_READ));
        assert_eq!(environment.variable(CLIENT_VARIABLE), None);
        assert_eq!(
            environment.read_file(Path::new("rooms.txt")).unwrap(),
            b"a@contoso.com"
        );
        assert_eq!(
            environment.read_secret_file(Path::new("none.txt")).unwrap(),
            NOT_READ.as_bytes()
        );
        assert_eq!(environment.prompt("?").unwrap().as_deref(), Some(NOT_READ));
    }
}
