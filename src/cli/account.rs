//! The account that runs the check.
//!
//! On Windows, the proxy and a part of the trusted certificates belong to an account, so a check shows what ResourceXpress
//! meets only if it runs as the account of its service.

use crate::settings::Environment;

/// The name of the account: `DOMAIN\user` on Windows, a user name or `uid 1000` elsewhere.
pub(super) fn current(environment: &dyn Environment) -> Option<String> {
    let variable = |name| {
        let value = environment.variable(name)?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    if cfg!(windows) {
        return windows(variable("USERDOMAIN"), variable("USERNAME"));
    }
    variable("USER").or_else(|| variable("LOGNAME")).or_else(id)
}

fn windows(domain: Option<String>, user: Option<String>) -> Option<String> {
    let user = user?;
    Some(match domain {
        Some(domain) => format!(r"{domain}\{user}"),
        None => user,
    })
}

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems do not number their accounts"
)]
fn id() -> Option<String> {
    Some(format!("uid {}", rustix::process::geteuid().as_raw()))
}

#[cfg(not(unix))]
fn id() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use crate::settings::SimulatedEnvironment;

    use super::*;

    #[test]
    fn an_account_of_windows_has_its_domain() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            windows(text("CONTOSO"), text("svc-rx")),
            text(r"CONTOSO\svc-rx")
        );
        assert_eq!(windows(None, text("svc-rx")), text("svc-rx"));
        assert_eq!(windows(text("CONTOSO"), None), None);
    }

    #[cfg(unix)]
    #[test]
    fn an_account_without_a_name_is_known_by_its_number() {
        let mut environment = SimulatedEnvironment::default();
        assert!(current(&environment).unwrap().starts_with("uid "));
        environment
            .variables
            .insert("USER".to_owned(), "rx".to_owned());
        assert_eq!(current(&environment).as_deref(), Some("rx"));
    }
}
