//! The first page: what Heapscope is, and three equal ways in.

use web_sys::{FileList, HtmlInputElement};
use yew::prelude::*;

use super::icons::{Icon, icon};
use super::line_settings::{LineSettingsForm, line_settings};
use super::menu::Menu;
use super::port_list::port_list;
use crate::session::{Connection, KnownPort, LineSettings, PortId};
use crate::ui::dom;
use crate::words::page::{common, first_page as words};

/// What [`first_page`] is drawn from.
#[derive(Clone, PartialEq)]
pub struct FirstPage {
    /// Whether the browser has Web Serial; `None` until it was asked.
    pub has_serial: Option<bool>,
    /// Whether the page was loaded so that browsers offer Web Serial.
    pub is_secure: bool,
    /// Ports granted before.
    pub ports: Vec<KnownPort>,
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
                <h1 class="first__title">{ words::TITLE }</h1>
                <p class="first__about">
                    { words::LEAD }
                </p>
            </div>
            <div class="ways">
                { connect_way(props) }
                { demo_way(props) }
                <LogWay on_text={props.on_text.clone()} on_files={props.on_files.clone()} />
            </div>
            <p class="first__foot">
                { words::reads(&props.firmwares) }
                { words::PRIVACY }
            </p>
        </main>
    }
}

fn connect_way(props: &FirstPage) -> Html {
    let is_busy = !matches!(props.connection, Connection::None | Connection::Lost(_));
    let can_connect = props.has_serial == Some(true);
    let face = html! { <span>{ props.line.summary() }</span> };
    let now = match &props.connection {
        Connection::Choosing => Some(words::CHOOSE_IN_LIST.to_owned()),
        Connection::Opening(port) => Some(common::opening(&port.name)),
        _ => None,
    };
    html! {
        <section class="way" aria-labelledby="way-connect">
            <h2 id="way-connect" class="way__title">{ icon(Icon::Plug) }{ words::CONNECT_BOARD }</h2>
            <p>{ words::CONNECT_HOW }</p>
            <div class="way__act">
                <button type="button" class="button button--primary button--large" data-testid="connect-button"
                        disabled={!can_connect || is_busy} onclick={props.on_connect.reform(|_| ())}
                        aria-describedby="connect-note">
                    { common::CONNECT }
                </button>
                if can_connect {
                    <Menu {face} class="button--quiet" label={common::LINE_SETTINGS} testid="line-settings">
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
                // Without https no browser shows Web Serial: that says nothing of this one.
                if props.has_serial == Some(false) && props.is_secure {
                    <p data-testid="no-serial">
                        <strong>{ words::NO_SERIAL }</strong>
                        { words::WHICH_BROWSERS }
                    </p>
                }
                if can_connect && !props.ports.is_empty() {
                    <p>{ words::USED_BEFORE }</p>
                    { port_list(&props.ports, &props.on_port) }
                }
            </div>
        </section>
    }
}

fn demo_way(props: &FirstPage) -> Html {
    html! {
        <section class="way" aria-labelledby="way-demo">
            <h2 id="way-demo" class="way__title">{ icon(Icon::Play) }{ common::WATCH_DEMO }</h2>
            <p>{ words::DEMO_WHAT }</p>
            <div class="way__act">
                <button type="button" class="button button--primary button--large" data-testid="demo-button"
                        onclick={props.on_demo.reform(|_| ())}>
                    { words::START_DEMO }
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
            <h2 id="way-log" class="way__title">{ icon(Icon::File) }{ words::DROP_OR_PASTE }</h2>
            <p>{ words::DROP_WHAT }</p>
            <textarea class="field way__paste" rows="3" spellcheck="false" aria-label={words::LOG_TEXT}
                      placeholder={words::PASTE_HERE}
                      value={(*text).clone()} oninput={typed} onpaste={pasted} data-testid="paste-input" />
            <div class="way__act">
                <button type="button" class="button button--primary button--large" disabled={text.trim().is_empty()}
                        onclick={read} data-testid="read-button">
                    { words::READ_TEXT }
                </button>
                <button type="button" class="button button--large" onclick={choose}>{ words::CHOOSE_FILE }</button>
                <input ref={file} type="file" multiple={true} class="visually-hidden" tabindex="-1" aria-hidden="true"
                       onchange={chosen} data-testid="file-input" />
            </div>
        </section>
    }
}
