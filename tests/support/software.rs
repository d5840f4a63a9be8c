//! Other people's network software, started on loopback for one test and ended with it.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const START_LIMIT: Duration = Duration::from_secs(30);

/// A program that listens on a port of its own.
pub struct Software {
    process: Child,
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// Its configuration and its log.
    pub folder: TempDir,
}

impl Software {
    /// Starts a program and waits until its port accepts connections. `configure` is given the folder and the port, and
    /// returns the program with its arguments.
    fn start(configure: impl FnOnce(&Path, u16) -> Command) -> Self {
        let (folder, port) = (TempDir::new().unwrap(), free_port());
        let log = fs::File::create(folder.path().join("log.txt")).unwrap();
        let mut command = configure(folder.path(), port);
        command
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let process = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut software = Self {
            process,
            port,
            folder,
        };
        software.wait_until_it_listens();
        software
    }

    fn wait_until_it_listens(&mut self) {
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.process.try_wait().unwrap();
            assert!(
                ended.is_none() && began.elapsed() < START_LIMIT,
                "it does not listen: {}",
                self.log()
            );
            sleep(Duration::from_millis(20));
        }
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.path().join("log.txt")).unwrap()).into_owned()
    }

    /// `https://127.0.0.1:port/` with a path.
    pub fn https(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}/{path}", self.port)
    }

    /// Its address as a proxy, with credentials such as `user:password@` or none.
    pub fn as_proxy(&self, credentials: &str) -> String {
        format!("http://{credentials}127.0.0.1:{}", self.port)
    }

    /// Stops it in its tracks: the kernel still accepts connections, but no response ever comes.
    pub fn freeze(&self) {
        let frozen = Command::new("kill")
            .args(["-STOP", &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(frozen.success());
    }
}

impl Drop for Software {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port of 127.0.0.1 without a listener.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// tinyproxy: a proxy that only tunnels. `rules` are further lines of its configuration.
pub fn tinyproxy(rules: &[&str]) -> Software {
    Software::start(|folder, port| {
        let mut lines =
            format!("Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nLogLevel Connect\n");
        for rule in rules {
            writeln!(lines, "{rule}").unwrap();
        }
        let file = folder.join("tinyproxy.conf");
        fs::write(&file, lines).unwrap();
        let mut command = Command::new("tinyproxy");
        command.arg("-d").arg("-c").arg(file);
        command
    })
}

/// Leads every host name to a port of this machine, as the name server of a real network would lead it to Microsoft.
const LEAD_HERE: &str = "\
import os

def server_connect(data):
    data.server.address = (\"127.0.0.1\", int(os.environ[\"TENANT_PORT\"]))
";

/// mitmproxy: a proxy that opens the traffic with an authority of its own. It leads every name to `tenant_port`.
pub fn mitmproxy(tenant_port: u16, credentials: Option<&str>) -> Software {
    let program = std::env::var("MITMDUMP").unwrap_or_else(|_| "mitmdump".to_owned());
    Software::start(|folder, port| {
        let script = folder.join("lead_here.py");
        fs::write(&script, LEAD_HERE).unwrap();
        let mut command = Command::new(program);
        command.env("TENANT_PORT", tenant_port.to_string());
        command.args([
            "--listen-host",
            "127.0.0.1",
            "--listen-port",
            &port.to_string(),
            "--ssl-insecure",
        ]);
        command
            .arg("--set")
            .arg(format!("confdir={}", folder.display()))
            .arg("--scripts")
            .arg(script);
        if let Some(credentials) = credentials {
            command.args(["--proxyauth", credentials]);
        }
        command
    })
}

/// `openssl s_server`: a web server with this certificate, which responds to every request with a web page.
pub fn web_server(certificate_pem: &str, key_pem: &str, options: &[&str]) -> Software {
    Software::start(|folder, port| {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        fs::write(&certificate, certificate_pem).unwrap();
        fs::write(&key, key_pem).unwrap();
        let mut command = Command::new("openssl");
        command
            .args([
                "s_server",
                "-www",
                "-accept",
                &format!("127.0.0.1:{port}"),
                "-cert",
            ])
            .arg(certificate);
        command.arg("-key").arg(key).args(options);
        command
    })
}
