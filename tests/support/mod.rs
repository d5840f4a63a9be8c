//! What several test programs share.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The program, without anything of the surroundings that could change its answers.
pub fn program() -> Command {
    let mut command = Command::cargo_bin("rx-preflight").unwrap();
    for name in [
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
    ] {
        command.env_remove(name);
    }
    command
}

/// A folder of this repository.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
