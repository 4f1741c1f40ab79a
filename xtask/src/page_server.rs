//! A small web server for the finished page.
//!
//! It serves one folder to this machine and refuses everything else: no other machines, no methods but GET and HEAD,
//! no way out of the folder, no lists of files. Nothing is kept by the browser without asking again, so that a page
//! built a moment ago is the page one sees.
//!
//! ```no_run
//! use xtask::page_server::PageServer;
//! let server = PageServer::listen(8080, "dist".into()).expect("the port is free");
//! println!("http://localhost:{}/", server.port());
//! server.serve();
//! ```

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The longest request that is read; what a browser sends for a file of ours is a tenth of it.
const LONGEST_REQUEST: u64 = 16 * 1024;

/// How long a browser may take over one request before its connection is closed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens, but answers nobody before `serve` is called.
pub struct PageServer {
    folder: PathBuf,
    listeners: Vec<TcpListener>,
    port: u16,
}

impl PageServer {
    /// Takes a port for itself. Port 0 means any that is free.
    pub fn listen(port: u16, folder: PathBuf) -> io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = first.local_addr()?.port();
        let mut listeners = vec![first];
        // "localhost" may mean either. A machine without IPv6 does with one; one on which another program has
        // the port would show the wrong page.
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(second) => listeners.push(second),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => {}
        }
        Ok(Self { folder, listeners, port })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers requests until the program ends.
    pub fn serve(self) -> ! {
        for listener in self.listeners {
            let folder = self.folder.clone();
            thread::spawn(move || {
                for connection in listener.incoming().flatten() {
                    let folder = folder.clone();
                    // A browser that goes away in the middle is no concern of ours.
                    thread::spawn(move || answer(connection, &folder));
                }
            });
        }
        loop {
            thread::park();
        }
    }
}

/// One request, one answer, and the connection is closed.
fn answer(mut connection: TcpStream, folder: &Path) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new((&connection).take(LONGEST_REQUEST)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The headers change nothing, but they must be read before the connection may be closed.
    for header in lines {
        if header?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let method = words.next().unwrap_or_default();
    let file = words.next().and_then(|target| file_for(target, folder));
    let (status, kind, body) = match (method, file) {
        ("GET" | "HEAD", Some(path)) => match fs::read(&path) {
            Ok(body) => ("200 OK", kind_of(&path), body),
            Err(_) => ("404 Not Found", TEXT, b"There is no such file.\n".to_vec()),
        },
        ("GET" | "HEAD", None) => ("404 Not Found", TEXT, b"There is no such file.\n".to_vec()),
        _ => ("405 Method Not Allowed", TEXT, b"Files are read here, nothing else.\n".to_vec()),
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method != "HEAD" {
        connection.write_all(&body)?;
    }
    connection.flush()
}

/// The file that an address means, if it lies in the folder. `/` is index.html.
fn file_for(target: &str, folder: &Path) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?;
    let name = decode(path.strip_prefix('/')?)?;
    let name = if name.is_empty() { "index.html" } else { &name };
    let relative = Path::new(name);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| folder.join(relative))
}

/// `%20` is a space. An address that decodes to no text is no file of ours.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match first {
            b'%' => {
                let (digits, tail) = rest.split_at_checked(2)?;
                rest = tail;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            plain => *plain,
        });
    }
    String::from_utf8(bytes).ok()
}

const TEXT: &str = "text/plain; charset=utf-8";

/// Browsers compile wasm while it arrives only if it is called by its name.
fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "log" | "md" => TEXT,
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, expected: Option<&str>) {
        let file = file_for(target, Path::new("/page"));
        assert_eq!(file, expected.map(PathBuf::from), "{target}");
    }

    #[test]
    fn addresses_name_files_in_the_folder_only() {
        check("/", Some("/page/index.html"));
        check("/?a=b", Some("/page/index.html"));
        check("/app.js?v=1", Some("/page/app.js"));
        check("/samples/one%20two.log", Some("/page/samples/one two.log"));
        check("/../secret", None);
        check("/%2e%2e/secret", None);
        check("//etc/passwd", None);
        check("/bad%", None);
        check("/bad%zz", None);
        check("/bad%ff", None);
        check("elsewhere", None);
    }

    #[test]
    fn a_file_arrives_whole_and_with_its_kind() {
        let server = PageServer::listen(0, env!("CARGO_MANIFEST_DIR").into()).unwrap();
        let address = (Ipv4Addr::LOCALHOST, server.port());
        thread::spawn(|| server.serve());
        let ask = |request: &str| {
            let mut connection = TcpStream::connect(address).unwrap();
            connection.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            answer
        };
        let manifest = include_str!("../Cargo.toml");
        let answer = ask("GET /Cargo.toml HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with(manifest), "{answer}");
        assert!(ask("GET /nothing HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert!(ask("POST /Cargo.toml HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
    }
}
