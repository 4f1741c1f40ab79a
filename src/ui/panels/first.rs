//! The first page.

use yew::prelude::*;

use crate::dialect;
use crate::session::{Event, Settings};
use crate::ui::components::first_page::FirstPage;
use crate::ui::store::use_view;

/// See the module.
#[component]
pub fn FirstPagePanel() -> Html {
    let view = use_view();
    let session = view.session();
    let firmwares: Vec<_> = dialect::ALL.iter().map(|make| make().info().name).collect();
    let settings = session.settings().clone();
    html! {
        <FirstPage has_serial={session.has_serial()} ports={session.ports().to_vec()}
            connection={session.connection().clone()} line={settings.line.clone()} {firmwares}
            on_connect={view.sender(|()| Event::ConnectClicked)}
            on_port={view.sender(Event::PortClicked)}
            on_line={view.sender(move |line| Event::SettingsChanged(Settings { line, ..settings.clone() }))}
            on_demo={view.sender(|()| Event::DemoClicked)}
            on_text={view.sender(|text: String| Event::TextGiven {
                name: "Pasted text".to_owned(), bytes: text.into_bytes(),
            })}
            on_files={view.take_files()} />
    }
}
