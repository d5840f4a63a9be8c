//! Files that only the user of this process can read.

use std::io;
use std::path::Path;

/// Lets only the user of this process read and write a file. It is called on an empty file: what is written before the
/// restriction could already be read by others.
#[cfg(unix)]
pub(super) fn restrict_to_owner(path: &Path) -> io::Result<()> {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    set_permissions(path, Permissions::from_mode(0o600))
}

/// A new file on Windows inherits the permissions of its folder, so they are replaced. The programs are called by their full
/// paths, because a program of the same name in the current folder would run instead.
#[cfg(windows)]
pub(super) fn restrict_to_owner(path: &Path) -> io::Result<()> {
    use std::process::Stdio;

    use super::windows_names::for_other_programs;

    let path = for_other_programs(&std::path::absolute(path)?);
    let status = system_program("icacls.exe")
        .arg(path)
        .args(icacls_options(&account()?))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| failed(&format!("icacls cannot be started: {}", error.kind())))?;
    if status.success() {
        Ok(())
    } else {
        let code = status.code().unwrap_or(-1);
        Err(failed(&format!("icacls ended with exit code {code}")))
    }
}

/// The account of this process, as `icacls` takes it. It is determined once, because it starts a program.
#[cfg(windows)]
fn account() -> io::Result<String> {
    use std::process::Stdio;
    use std::sync::OnceLock;
    static ACCOUNT: OnceLock<Option<String>> = OnceLock::new();
    let find = || {
        let output = system_program("whoami.exe")
            .args(["/user", "/fo", "csv", "/nh"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        account_name(
            &text.unwrap_or_default(),
            &variable("USERDOMAIN"),
            &variable("USERNAME"),
        )
    };
    ACCOUNT
        .get_or_init(find)
        .clone()
        .ok_or_else(|| failed("the name of your account is not known"))
}

/// A program of Windows, by its full path.
#[cfg(windows)]
fn system_program(name: &str) -> std::process::Command {
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    std::process::Command::new(Path::new(&root).join("System32").join(name))
}

#[cfg(windows)]
fn failed(why: &str) -> io::Error {
    use super::write_error::Reason;
    io::Error::other(Reason(format!(
        "it cannot be restricted to your account: {why}"
    )))
}

/// The account for `icacls`: the security identifier from the output of `whoami /user`, otherwise the name. The identifier is
/// also right for the system account, whose `USERNAME` names the computer, and in every language.
#[cfg(any(windows, test))]
fn account_name(whoami: &str, domain: &str, user: &str) -> Option<String> {
    let is_identifier = |word: &&str| {
        word.strip_prefix("S-1-").is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'-')
        })
    };
    let identifier = whoami
        .split(['"', ',', ' ', '\r', '\n'])
        .find(is_identifier)
        .map(|identifier| format!("*{identifier}"));
    identifier.or_else(|| {
        (!user.is_empty()).then(|| match domain {
            "" => user.to_owned(),
            domain => format!(r"{domain}\{user}"),
        })
    })
}

/// Removes what the folder passes on, and grants full access to the account alone.
#[cfg(any(windows, test))]
fn icacls_options(account: &str) -> [String; 3] {
    [
        "/inheritance:r".to_owned(),
        "/grant:r".to_owned(),
        format!("{account}:F"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_the_identifier_of_whoami() {
        let identifier = "*S-1-5-21-1004336348-1177238915-682003330-512";
        for output in [
            "\"contoso\\rx\",\"S-1-5-21-1004336348-1177238915-682003330-512\"\r\n",
            "contoso\\rx S-1-5-21-1004336348-1177238915-682003330-512\n",
            "\"S-1-X\\S-1-\",\"S-1-5-21-1004336348-1177238915-682003330-512\"\r\n",
        ] {
            assert_eq!(
                account_name(output, "CONTOSO", "rx").as_deref(),
                Some(identifier)
            );
        }
        let system = account_name(
            "\"nt authority\\system\",\"S-1-5-18\"\r\n",
            "CONTOSO",
            "SRV$",
        );
        assert_eq!(system.as_deref(), Some("*S-1-5-18"));
    }

    #[test]
    fn without_whoami_the_account_is_the_name_and_never_empty() {
        let name = |domain, user| account_name("", domain, user);
        assert_eq!(name("CONTOSO", "rx").as_deref(), Some(r"CONTOSO\rx"));
        assert_eq!(name("", "rx").as_deref(), Some("rx"));
        assert_eq!(name("CONTOSO", ""), None);
    }

    #[test]
    fn only_the_account_keeps_access() {
        assert_eq!(
            icacls_options("*S-1-5-18"),
            ["/inheritance:r", "/grant:r", "*S-1-5-18:F"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_could_read_is_restricted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.json");
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        restrict_to_owner(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(restrict_to_owner(&folder.path().join("none")).is_err());
    }
}
