//! The first page.

use yew::Html;

use crate::dialect;
use crate::session::{Event, PASTED_TEXT, Settings};
use crate::ui::components::first_page::{FirstPage, first_page};
use crate::ui::store::View;

/// See the module.
pub fn first_page_panel(view: &View) -> Html {
    let session = view.session();
    let settings = session.settings().clone();
    first_page(&FirstPage {
        has_serial: session.has_serial(),
        is_secure: session.surroundings().is_secure,
        ports: session.known_ports(),
        connection: session.connection().clone(),
        line: settings.line.clone(),
        firmwares: dialect::ALL.iter().map(|make| make().info().name).collect(),
        on_connect: view.sends(Event::ConnectClicked),
        on_port: view.sender(Event::PortClicked),
        on_line: view.sender(move |line| Event::SettingsChanged(Settings { line, ..settings.clone() })),
        on_demo: view.sends(Event::DemoClicked),
        on_text: view.sender(|text: String| Event::TextGiven {
            name: PASTED_TEXT.to_owned(),
            bytes: text.into_bytes(),
        }),
        on_files: view.take_files(),
    })
}
