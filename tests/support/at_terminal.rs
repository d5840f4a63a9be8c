//! The program at a terminal of its own, as a user runs it.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

/// Secrets that the tests type at hidden prompts.
const HIDDEN: [&str; 1] = ["EJC8Q~6zJYv7p5dmrgpYTQm2fnkbjWK9spVo9clR"];

/// The program at a terminal of its own.
pub struct AtTerminal {
    child: Child,
    screen: File,
    shown: String,
}

impl AtTerminal {
    pub fn start(folder: &Path, command: &str, options: &str) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let open = || {
            rustix::fs::open(
                name.as_c_str(),
                OFlags::RDWR | OFlags::NOCTTY,
                Mode::empty(),
            )
            .unwrap()
        };
        // A terminal sends Ctrl-C only to the session that it controls.
        let child = Command::new("setsid")
            .args([
                "--ctty",
                "--wait",
                env!("CARGO_BIN_EXE_rx-preflight"),
                command,
            ])
            .args(options.split_whitespace())
            .current_dir(folder)
            .env_remove("AZURE_CLIENT_SECRET")
            .stdin(open())
            .stdout(Stdio::piped())
            .stderr(open())
            .spawn()
            .unwrap();
        Self {
            child,
            screen: File::from(controller),
            shown: String::new(),
        }
    }

    /// Waits until the screen shows a prompt, and types a line.
    pub fn enter(&mut self, prompt: &str, line: &str) {
        self.wait_for(prompt);
        // An echo that is still on would show a hidden line.
        sleep(Duration::from_millis(200));
        self.screen.write_all(line.as_bytes()).unwrap();
    }

    pub fn wait_for(&mut self, text: &str) {
        let mut piece = [0; 4096];
        while !self.shown.contains(text) {
            match self.screen.read(&mut piece) {
                Ok(length @ 1..) => self.shown += &String::from_utf8_lossy(&piece[..length]),
                _ => panic!("no {text} in {}", self.shown),
            }
        }
        let at = self.shown.find(text).unwrap() + text.len();
        let rest = self.shown.split_off(at);
        assert!(
            HIDDEN
                .iter()
                .all(|hidden| !self.shown.contains(hidden) && !rest.contains(hidden)),
            "a hidden value is visible"
        );
        self.shown = rest;
    }

    pub fn end(mut self) -> (Option<i32>, String, String) {
        let mut stdout = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .unwrap();
        let exit = self.child.wait().unwrap().code();
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = self.screen.read(&mut piece) {
            self.shown += &String::from_utf8_lossy(&piece[..length]);
        }
        (exit, stdout, self.shown)
    }

    /// Sends a signal to the program, such as TERM.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        self.screen.write_all(key.as_bytes()).unwrap();
    }

    /// Waits until the terminal hides what is typed.
    pub fn wait_until_hidden(&self) {
        let ends = Instant::now() + Duration::from_secs(10);
        while self.shows_typing() {
            assert!(
                Instant::now() < ends,
                "the terminal does not hide what is typed"
            );
            sleep(Duration::from_millis(10));
        }
    }

    /// Waits for the end of the program. Returns whether the terminal shows what is typed, and ends lines as usual.
    pub fn is_restored_at_end(&mut self) -> bool {
        let ends = Instant::now() + Duration::from_secs(30);
        while self.child.try_wait().unwrap().is_none() {
            if Instant::now() > ends {
                let _ = self.child.kill();
                panic!("the program does not end");
            }
            sleep(Duration::from_millis(10));
        }
        self.shows_typing()
    }

    fn shows_typing(&self) -> bool {
        let modes = tcgetattr(&self.screen).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }
}
