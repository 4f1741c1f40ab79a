//! A page in a browser, and what a person may do with it.
//!
//! Scripts may be run in it to look, or to do what a person does with the browser rather than with the page; no test
//! changes what the page has to work with.
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
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MouseActions, PointerAction, WheelAction, WheelActions,
};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::artefact;
use crate::driver::Output;

/// How long a page may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the browser may take to answer any one question.
const ANSWERING: Duration = Duration::from_secs(30);

/// How often the page is looked at meanwhile.
pub const TICK: Duration = Duration::from_millis(50);

/// A page in the browser, and a person in front of it.
pub struct Page {
    pub(crate) client: Client,
    pub(crate) origin: String,
    pub(crate) downloads: PathBuf,
    pub(crate) console: Console,
}

/// Where a browser says what went wrong in a page; the standard has no command for it.
pub(crate) enum Console {
    /// Chromium's driver is asked.
    Asked,
    /// Firefox prints it.
    Printed(Output),
}

impl Page {
    /// Waits until the window has loaded something from where the page is: a file that is not there.
    pub(crate) async fn wakes(&self) {
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
        // Between two documents Firefox answers with nothing.
        serde_json::from_value::<Option<_>>(texts)
            .expect("the script returns a list of texts")
            .unwrap_or_default()
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

    /// Presses the mouse over the middle of the first that `css` selects, moves it so many pixels to the right and
    /// down, one step after the other, stays there for so long, and lets go.
    pub async fn drag(&self, css: &str, steps: &[(i64, i64)], staying: Duration) {
        const MOVING: Duration = Duration::from_millis(100);
        const LEFT: u64 = 0;
        let element = self.find(css).await;
        let mut actions = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button: LEFT });
        for &(right, down) in steps {
            let (x, y) = (right as f64, down as f64);
            actions = actions.then(PointerAction::MoveBy { duration: Some(MOVING), x, y });
        }
        actions =
            actions.then(PointerAction::Pause { duration: staying }).then(PointerAction::Up { button: LEFT });
        answer(self.client.perform_actions(actions), format!("The mouse cannot be dragged from {css:?}"))
            .await;
    }

    /// Drags files from the desktop over the page, and lets them fall. The browser treats them as the system's own.
    pub async fn drop_files(&self, paths: &[&Path]) {
        let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        const COPY: u32 = 1;
        let data = json!({ "items": [], "files": paths, "dragOperationsMask": COPY });
        for event in ["dragEnter", "dragOver", "drop"] {
            let parameters = json!({ "type": event, "x": 200, "y": 200, "data": data });
            self.devtools("Input.dispatchDragEvent", parameters).await;
        }
    }

    /// Turns the wheel over the middle of the first that `css` selects: so many pixels, down where they are above 0.
    /// It must be in sight.
    pub async fn turn_wheel(&self, css: &str, down: i64) {
        let place = format!(
            "const place = document.querySelector('{css}').getBoundingClientRect();
             return [place.left + place.width / 2, place.top + place.height / 2].map(Math.round)"
        );
        let (x, y): (i64, i64) = serde_json::from_value(self.run(&place).await).expect("two numbers");
        let turn = WheelAction::Scroll { duration: None, x, y, delta_x: 0, delta_y: down };
        let actions = WheelActions::new("wheel".to_owned()).then(turn);
        answer(self.client.perform_actions(actions), format!("The wheel cannot be turned over {css:?}"))
            .await;
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
        if let Console::Printed(output) = &self.console {
            // Firefox prints its own troubles among the pages': "JavaScript error: http://localhost:8080/, line 2: Error: …".
            return output.take(|line| line.contains(&self.origin));
        }
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
pub(crate) async fn answer<T, E: Display>(
    call: impl Future<Output = Result<T, E>>,
    problem: impl Display,
) -> T {
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
