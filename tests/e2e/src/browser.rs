//! Chromium, and what a test may do with a page in it.
//!
//! Each browser is new: an empty profile that is thrown away afterwards, in which the person granted the page our
//! serial adapter some day before, because the browser's own chooser cannot be clicked without a screen.
//! Everything else is a real page in a real browser. Scripts may be run in it to look, or to do what a person does
//! with the browser rather than with the page; no test changes what the page has to work with.
//! Nothing waits for ever: a wait that fails says what was on the page instead, and keeps a screenshot.
//!
//! ```no_run
//! # async fn example(page: &heapscope_e2e::Page) {
//! page.click("button.connect").await;
//! page.wait_for("[role=status]", "connected").await;
//! page.screenshot(&heapscope_e2e::artefact("connected.png")).await;
//! # }
//! ```

use std::fmt::{Debug, Display};
use std::fs;
use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{artefact, cable};

/// How long a page may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the browser may take to start; the first time on a cold machine is slow.
const STARTING: Duration = Duration::from_secs(60);

/// How long the browser may take to answer any one question.
const ANSWERING: Duration = Duration::from_secs(30);

/// How often a browser is started until one has a window that works.
const STARTS: u32 = 4;

/// How long a new window may take to load its first, empty page. A working one takes half a second.
const WAKING: Duration = Duration::from_secs(10);

/// How long the browser may take to end politely. Nothing in it is worth waiting longer for.
const ENDING: Duration = Duration::from_secs(2);

/// How often the page is looked at meanwhile.
const TICK: Duration = Duration::from_millis(50);

/// A running browser. Dropping it ends every process that belongs to it.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: TempDir,
}

impl Browser {
    /// Starts a browser in which the page at `origin` has been granted the adapter, and opens one window.
    ///
    /// About one Chromium in twenty starts with a window that never loads anything: all its processes idle, the
    /// driver waiting. Nothing of ours has run by then, so it is thrown away and another one is started.
    pub async fn start(origin: &str) -> (Self, Page) {
        for _ in 1..STARTS {
            let (browser, page) = Self::start_once(origin).await;
            if tokio::time::timeout(WAKING, page.wakes()).await.is_ok() {
                return (browser, page);
            }
            eprintln!("Chromium started with a dead window; trying another one.");
        }
        Self::start_once(origin).await
    }

    async fn start_once(origin: &str) -> (Self, Page) {
        let profile = tempfile::tempdir().expect("there is room for a browser profile");
        let downloads = profile.path().join("downloads");
        fs::create_dir_all(profile.path().join("Default")).expect("the profile can be written");
        let preferences = preferences(origin, &downloads).to_string();
        fs::write(profile.path().join("Default/Preferences"), preferences)
            .expect("the profile can be written");

        let (driver, port) = start_driver(profile.path());
        // From here on whatever goes wrong ends the driver too.
        let mut browser = Self { driver, port, session: String::new(), profile };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(browser.profile.path()));
        let address = format!("http://127.0.0.1:{port}");
        let client = answer(builder.connect(&address), "Chromium does not start").await;
        browser.session = client.session_id().await.ok().flatten().unwrap_or_default();
        let page = Page { client, origin: origin.to_owned(), downloads };
        (browser, page)
    }
}

/// Starts chromedriver on a port that it chooses itself.
fn start_driver(profile: &Path) -> (Child, u16) {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // What the browser leaves lying about goes away with its profile.
    command.env("TMPDIR", profile);
    // When the test is killed outright nothing of ours runs any more; then the system ends the driver, and
    // the browser sees its pipe to the driver close.
    // SAFETY: one system call between fork and exec, which allocates nothing.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
    let mut driver = command.spawn().unwrap_or_else(|error| {
        panic!("chromedriver does not start: {error}. Please install chromium-driver.")
    });
    let output = BufReader::new(driver.stdout.take().expect("its output is ours"));
    let (sender, receiver) = mpsc::channel();
    // Goes on reading to the end, so that the driver never waits for us.
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // "ChromeDriver was started successfully on port 40435."
            let port = line
                .split_once("successfully on port ")
                .and_then(|(_, rest)| rest.trim_end_matches('.').parse().ok());
            if let Some(port) = port {
                let _ = sender.send(port);
            }
        }
    });
    match receiver.recv_timeout(STARTING) {
        Ok(port) => (driver, port),
        Err(_) => {
            let _ = driver.kill();
            let _ = driver.wait();
            panic!("chromedriver did not say within {STARTING:?} on which port it listens.");
        }
    }
}

/// The driver switches off what a browser does to hidden pages; a person's browser does it.
const NOT_FOR_TESTS_ALONE: [&str; 3] = [
    "disable-background-timer-throttling",
    "disable-backgrounding-occluded-windows",
    "disable-renderer-backgrounding",
];

fn capabilities(profile: &Path) -> serde_json::Map<String, Value> {
    let arguments = [
        &format!("--user-data-dir={}", profile.display()),
        "--headless=new",
        // The page gets 900 pixels of it: the rest is the browser's own.
        "--window-size=1440,1043",
        // The driver talks to the browser through a pipe, whose end the browser notices.
        "--remote-debugging-pipe",
        // Tests are often run as root, in containers.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en-GB",
        // A page that was hidden for so many seconds is treated as one that was hidden for five minutes.
        "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5",
    ];
    let capabilities = json!({
        "goog:chromeOptions": { "args": arguments, "excludeSwitches": NOT_FOR_TESTS_ALONE },
        "goog:loggingPrefs": { "browser": "ALL" },
        // Tests wait for what they want to see. The driver's own waiting for a page to be loaded hangs now and then
        // when the browser's first, empty window is not done when the page is asked for.
        "pageLoadStrategy": "none",
    });
    match capabilities {
        Value::Object(map) => map,
        _ => unreachable!("it is written as an object"),
    }
}

/// What the person granted and chose before.
fn preferences(origin: &str, downloads: &Path) -> Value {
    let adapter = json!({
        "name": cable::NAME,
        "vendor_id": cable::VENDOR,
        "product_id": cable::PRODUCT,
        "serial_number": cable::SERIAL_NUMBER,
    });
    let granted = json!({
        // Some day; the browser wants a number here.
        "last_modified": "13300000000000000",
        "setting": { "chosen-objects": [adapter] },
    });
    let site = format!("{origin},*");
    json!({
        "profile": { "content_settings": { "exceptions": { "serial_chooser_data": { site: granted } } } },
        // A distribution's browser may begin with a page on the internet; waiting for that can fail in many ways.
        "session": { "restore_on_startup": 4, "startup_urls": ["about:blank"] },
        "download": { "default_directory": downloads, "prompt_for_download": false },
    })
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Politely first: the driver ends the browser that belongs to the session. Then for certain.
        let _ = self.end_session();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        end_processes_that_name(self.profile.path());
    }
}

impl Browser {
    /// Memory of their own that the processes have which show pages.
    pub fn memory_of_pages_bytes(&self) -> u64 {
        let shows_pages = |id: &u32| {
            let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&arguments).contains("--type=renderer")
        };
        descendants(self.driver.id())
            .iter()
            .filter(|id| shows_pages(id))
            .map(|id| own_memory_bytes(*id))
            .sum()
    }

    fn end_session(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(ENDING))?;
        let (port, session) = (self.port, &self.session);
        write!(
            connection,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        )?;
        // The driver answers when the browser has ended, and leaves the connection open.
        let _ = connection.read(&mut [0; 1024])?;
        Ok(())
    }
}

/// The processes that a process started, and those that these started.
fn descendants(ancestor: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let parents: Vec<(u32, u32)> = processes
        .filter_map(|process| {
            let id = process.file_name().to_string_lossy().parse().ok()?;
            // "1234 (name) S 1200 …": the name may have blanks.
            let status = fs::read_to_string(process.path().join("stat")).ok()?;
            let parent = status.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect();
    let mut found = vec![ancestor];
    let mut at = 0;
    while let Some(&known) = found.get(at) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == known).map(|(id, _)| *id));
        at += 1;
    }
    found
}

/// What a process has in memory that is in no file.
fn own_memory_bytes(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(0_u64) * 1024
}

/// Ends what is left of the browser: the processes that have our own profile folder, made a moment ago, among their arguments.
fn end_processes_that_name(profile: &Path) {
    let profile = profile.to_string_lossy().into_owned();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = process.file_name().to_string_lossy().parse::<libc::pid_t>();
        let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if let Ok(id) = id
            && String::from_utf8_lossy(&arguments).contains(&profile)
        {
            // SAFETY: a system call without memory.
            unsafe { libc::kill(id, libc::SIGKILL) };
        }
    }
}

/// A page in the browser, and a person in front of it.
pub struct Page {
    client: Client,
    origin: String,
    downloads: PathBuf,
}

impl Page {
    /// Waits until the window has loaded something from where the page is: a file that is not there.
    async fn wakes(&self) {
        let address = format!("{}/not-there", self.origin);
        let loaded = "return location.pathname === '/not-there' && document.readyState === 'complete'";
        let _ = self.client.goto(&address).await;
        while !matches!(self.client.execute(loaded, Vec::new()).await, Ok(Value::Bool(true))) {
            tokio::time::sleep(TICK).await;
        }
    }

    /// Goes to a path of the page, such as "/" or "/#demo".
    pub async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        let problem = format!("The page {address} does not open");
        answer(self.client.goto(&address), problem).await;
    }

    /// Waits until something that `css` selects shows this text.
    pub async fn wait_for(&self, css: &str, text: &str) {
        self.wait_for_within(PATIENCE, css, text).await;
    }

    /// The same with more, or less, patience.
    pub async fn wait_for_within(&self, patience: Duration, css: &str, text: &str) {
        let started = Instant::now();
        loop {
            let shown = self.texts(css).await;
            if shown.iter().any(|shown| shown.contains(text)) {
                return;
            }
            if started.elapsed() > patience {
                let instead = match shown.as_slice() {
                    [] => format!("nothing on the page is {css:?}"),
                    shown => format!("{css:?} shows {:?}", beginning(&shown.join(" | "))),
                };
                self.give_up(format!("After {patience:?} there is no {text:?}: {instead}.")).await;
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Waits until a script returns true. `what` completes "The page never …".
    pub async fn wait_until(&self, what: &str, script: &str) {
        let started = Instant::now();
        while self.run(script).await != Value::Bool(true) {
            if started.elapsed() > PATIENCE {
                self.give_up(format!("The page never {what}, not within {PATIENCE:?}.")).await;
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// What everything that `css` selects shows, in the order of the page.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "const all = Array.from(document.querySelectorAll(arguments[0]));
                      return all.map((element) => element.innerText ?? element.textContent);";
        let problem = format!("The page cannot be asked for {css:?}");
        let texts = answer(self.client.execute(script, vec![json!(css)]), problem).await;
        serde_json::from_value(texts).expect("the script returns a list of texts")
    }

    /// Clicks the first that `css` selects, as a person does: it must be in sight and not covered.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        answer(element.click(), format!("{css:?} cannot be clicked")).await;
    }

    /// Types into the first that `css` selects. "\u{e007}" is the Enter key. Typing the name of a file into a file
    /// chooser chooses that file.
    pub async fn type_into(&self, css: &str, keys: &str) {
        let element = self.find(css).await;
        answer(element.send_keys(keys), format!("Nothing can be typed into {css:?}")).await;
    }

    /// Presses these keys one after the other, wherever the focus is, as a person does who has no mouse. Each of `keys`
    /// is pressed as a whole: the last with the others held down, `["\u{e00a}", "k"]` for Alt+K.
    pub async fn press(&self, keys: &[&str]) {
        let (last, held) = keys.split_last().expect("there is a key");
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in held {
            actions = actions.then(KeyAction::Down { value: letter(key) });
        }
        actions =
            actions.then(KeyAction::Down { value: letter(last) }).then(KeyAction::Up { value: letter(last) });
        for key in held.iter().rev() {
            actions = actions.then(KeyAction::Up { value: letter(key) });
        }
        answer(self.client.perform_actions(actions), format!("{keys:?} cannot be pressed")).await;
    }

    /// Types a text wherever the focus is.
    pub async fn type_text(&self, text: &str) {
        let actions = text.chars().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        answer(self.client.perform_actions(actions), format!("{text:?} cannot be typed")).await;
    }

    /// Runs a script in the page and gives back what it returns, or what the promise that it returns comes to.
    pub async fn run(&self, script: &str) -> Value {
        let problem = format!("The script failed: {script}");
        answer(self.client.execute(script, Vec::new()), problem).await
    }

    /// Waits for a file that the page gives the person to keep, and reads it. It must not be empty.
    pub async fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.downloads.join(name);
        let started = Instant::now();
        loop {
            let files = fs::read_dir(&self.downloads).into_iter().flatten().flatten();
            let names: Vec<_> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
            // The browser reserves the name with an empty file, writes beside it, and moves the whole over it.
            let is_writing = names.iter().any(|name| name.ends_with(".crdownload"));
            let content = fs::read(&path).unwrap_or_default();
            if !is_writing && !content.is_empty() {
                return content;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(format!("{name:?} was never downloaded; there is {names:?}.")).await;
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Makes the window this large.
    pub async fn resize(&self, width: u32, height: u32) {
        let problem = "The window cannot be resized";
        answer(self.client.set_window_size(width, height), problem).await;
    }

    /// Opens another tab in front of the page, for so long. Nothing can be asked of the page meanwhile.
    pub async fn hidden_for(&self, time: Duration) {
        let own = answer(self.client.window(), "The window has no name").await;
        let other = answer(self.client.new_window(true), "There is no other tab").await;
        answer(self.client.switch_to_window(other.handle), "The other tab does not come to the front").await;
        tokio::time::sleep(time).await;
        answer(self.client.close_window(), "The other tab cannot be closed").await;
        answer(self.client.switch_to_window(own), "The page does not come back to the front").await;
    }

    /// Keeps a picture of what the window shows.
    pub async fn screenshot(&self, path: &Path) {
        let picture = answer(self.client.screenshot(), "The browser gives no picture").await;
        fs::write(path, picture)
            .unwrap_or_else(|error| panic!("{} cannot be written: {error}.", path.display()));
    }

    /// What the browser's console said since it was asked last: errors of the page, and what it logged.
    pub async fn console(&self) -> Vec<String> {
        let problem = "The browser's console cannot be read";
        let entries = answer(self.client.issue_cmd(ConsoleLog), problem).await;
        let text = |entry: &Value, key| entry[key].as_str().unwrap_or_default().to_owned();
        let line = |entry| format!("{} {}", text(entry, "level"), text(entry, "message"));
        // The window was woken with a file that is not there, and the browser looked for an icon beside it.
        let is_ours = |line: &String| line.contains("/not-there") || line.contains("/favicon.ico");
        entries.as_array().into_iter().flatten().map(line).filter(|line| !is_ours(line)).collect()
    }

    /// A command of Chromium's own protocol, such as `Performance.getMetrics`, and what it answers.
    pub async fn devtools(&self, method: &'static str, parameters: Value) -> Value {
        let problem = format!("Chromium does not take {method}");
        answer(self.client.issue_cmd(DevTools { method, parameters }), problem).await
    }

    async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        answer(wait.for_element(Locator::Css(css)), format!("There is no {css:?}")).await
    }

    async fn give_up(&self, problem: String) -> ! {
        let picture = artefact("failure.png");
        self.screenshot(&picture).await;
        let console = beginning(&self.console().await.join("\n  "));
        let picture = picture.display();
        panic!("{problem}\nThe page looked like {picture}. The console says:\n  {console}");
    }
}

fn letter(key: &str) -> char {
    key.chars().next().expect("a key has a letter")
}

/// ChromeDriver's own command for the console, which is not in the standard.
#[derive(Debug)]
struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// ChromeDriver's own way to Chromium's protocol.
#[derive(Debug)]
struct DevTools {
    method: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.method, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// What the browser answers, or the end of the test with a sentence.
async fn answer<T, E: Display>(call: impl Future<Output = Result<T, E>>, problem: impl Display) -> T {
    match tokio::time::timeout(ANSWERING, call).await {
        Ok(Ok(value)) => value,
        Ok(Err(error)) => panic!("{problem}: {error}"),
        Err(_) => panic!("{problem}: the browser does not answer within {ANSWERING:?}"),
    }
}

/// Enough to understand what is there.
fn beginning(text: &str) -> String {
    const ENOUGH: usize = 2000;
    match text.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}
