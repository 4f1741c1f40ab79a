//! The first page: what Heapscope is, and three equal ways in.

use web_sys::{FileList, HtmlInputElement};
use yew::prelude::*;

use super::icons::{Icon, icon};
use super::line_settings::{LineSettingsForm, line_settings};
use super::menu::Menu;
use super::port_list::port_list;
use crate::session::{Connection, LineSettings, Port, PortId};
use crate::ui::dom;

/// What [`first_page`] is drawn from.
#[derive(Clone, PartialEq)]
pub struct FirstPage {
    /// Whether the browser has Web Serial; `None` until it was asked.
    pub has_serial: Option<bool>,
    /// Ports granted before.
    pub ports: Vec<Port>,
    /// How it stands with the port.
    pub connection: Connection,
    /// How ports are opened.
    pub line: LineSettings,
    /// The firmwares whose logs are read.
    pub firmwares: Vec<&'static str>,
    /// Choose a port.
    pub on_connect: Callback<()>,
    /// Open this port.
    pub on_port: Callback<PortId>,
    /// Other line settings.
    pub on_line: Callback<LineSettings>,
    /// Watch the simulated board.
    pub on_demo: Callback<()>,
    /// A text was given.
    pub on_text: Callback<String>,
    /// Files were chosen.
    pub on_files: Callback<FileList>,
}

/// See the module.
pub fn first_page(props: &FirstPage) -> Html {
    html! {
        <main class="first">
            <div class="first__head">
                <h1 class="first__title">{ "See what your board’s heap is doing" }</h1>
                <p class="first__about">
                    { "Heapscope reads the memory reports in a microcontroller’s log, charts them, and says in \
                       plain words what they mean: healthy, leaking, fragmenting, out of memory." }
                </p>
            </div>
            <div class="ways">
                { connect_way(props) }
                { demo_way(props) }
                <LogWay on_text={props.on_text.clone()} on_files={props.on_files.clone()} />
            </div>
            <p class="first__foot">
                { format!("Reads {}. ", listed(&props.firmwares)) }
                { "Everything happens in this browser; nothing that you connect, drop or paste leaves it." }
            </p>
        </main>
    }
}

fn connect_way(props: &FirstPage) -> Html {
    let is_busy = !matches!(props.connection, Connection::None | Connection::Lost(_));
    let can_connect = props.has_serial == Some(true);
    let face = html! { <span>{ props.line.summary() }</span> };
    let now = match &props.connection {
        Connection::Choosing => Some("Choose the board in the browser’s list.".to_owned()),
        Connection::Opening(port) => Some(format!("Opening {} …", port.name)),
        _ => None,
    };
    html! {
        <section class="way" aria-labelledby="way-connect">
            <h2 id="way-connect" class="way__title">{ icon(Icon::Plug) }{ "Connect a board" }</h2>
            <p>{ "Plug it in by USB and choose its serial port. Its log, its heap and a verdict follow by themselves." }</p>
            <div class="way__act">
                <button type="button" class="button button--primary button--large" data-testid="connect-button"
                        disabled={!can_connect || is_busy} onclick={props.on_connect.reform(|_| ())}
                        aria-describedby="connect-note">
                    { "Connect" }
                </button>
                if can_connect {
                    <Menu {face} class="button--quiet" label="Line settings" testid="line-settings">
                        { line_settings(&LineSettingsForm {
                            line: props.line.clone(), is_open: false, on_change: props.on_line.clone(),
                        }) }
                    </Menu>
                }
            </div>
            <div id="connect-note" class="way__note">
                if let Some(now) = now {
                    <p role="status">{ now }</p>
                }
                if props.has_serial == Some(false) {
                    <p data-testid="no-serial">
                        <strong>{ "This browser cannot reach serial ports. " }</strong>
                        { "Chrome, Edge and Opera (from 89) and Firefox (from 151) on a computer can, and Chrome on \
                           Android (from 148) for wired ports. Everything else on this page works here too." }
                    </p>
                }
                if can_connect && !props.ports.is_empty() {
                    <p>{ "Used before:" }</p>
                    { port_list(&props.ports, &props.on_port) }
                }
            </div>
        </section>
    }
}

fn demo_way(props: &FirstPage) -> Html {
    html! {
        <section class="way" aria-labelledby="way-demo">
            <h2 id="way-demo" class="way__title">{ icon(Icon::Play) }{ "Watch the demo board" }</h2>
            <p>{ "A simulated ESP8266 with Tasmota leaks and fragments its memory before your eyes. It answers \
                  commands like a real one. No hardware needed." }</p>
            <div class="way__act">
                <button type="button" class="button button--primary button--large" data-testid="demo-button"
                        onclick={props.on_demo.reform(|_| ())}>
                    { "Start the demo" }
                </button>
            </div>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct LogWayProps {
    on_text: Callback<String>,
    on_files: Callback<FileList>,
}

#[component]
fn LogWay(props: &LogWayProps) -> Html {
    let text = use_state_eq(String::new);
    let file = use_node_ref();
    let typed = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| text.set(dom::typed_area(&event)))
    };
    // Pasting into the empty field is all that is needed: the text is read at once.
    let pasted = {
        let (text, on_text) = (text.clone(), props.on_text.clone());
        Callback::from(move |event: web_sys::Event| {
            use web_sys::wasm_bindgen::JsCast;
            let pasted = event.dyn_ref::<web_sys::ClipboardEvent>().and_then(|event| event.clipboard_data());
            let pasted = pasted.and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
            if text.is_empty() && pasted.contains('\n') {
                event.prevent_default();
                on_text.emit(pasted);
            }
        })
    };
    let read = {
        let (text, on_text) = (text.clone(), props.on_text.clone());
        Callback::from(move |_: MouseEvent| on_text.emit((*text).clone()))
    };
    let choose = {
        let file = file.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(field) = file.cast::<HtmlInputElement>() {
                field.click();
            }
        })
    };
    let chosen = {
        let on_files = props.on_files.clone();
        Callback::from(move |event: web_sys::Event| {
            let field = event.target_dyn_into::<HtmlInputElement>();
            if let Some(files) = field.and_then(|field| field.files()) {
                on_files.emit(files);
            }
        })
    };
    html! {
        <section class="way way--drop" aria-labelledby="way-log">
            <h2 id="way-log" class="way__title">{ icon(Icon::File) }{ "Drop or paste a log" }</h2>
            <p>{ "A captured log, an out-of-memory table from a forum, a heap dump: it is drawn, and its verdict explained." }</p>
            <textarea class="field way__paste" rows="3" spellcheck="false" aria-label="Log text"
                      placeholder="Paste the text here, or drop a file anywhere on this page"
                      value={(*text).clone()} oninput={typed} onpaste={pasted} data-testid="paste-input" />
            <div class="way__act">
                <button type="button" class="button button--primary button--large" disabled={text.trim().is_empty()}
                        onclick={read} data-testid="read-button">
                    { "Read this text" }
                </button>
                <button type="button" class="button button--large" onclick={choose}>{ "Choose a file" }</button>
                <input ref={file} type="file" multiple={true} class="visually-hidden" tabindex="-1" aria-hidden="true"
                       onchange={chosen} data-testid="file-input" />
            </div>
        </section>
    }
}

/// `A, B and C`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
