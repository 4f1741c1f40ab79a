//! The page of Heapscope, as every test knows it: the names of its parts, and what a person sees of them.
//!
//! ```no_run
//! # use heapscope_e2e::parts::part;
//! # async fn example(page: &heapscope_e2e::Page) {
//! page.open("/#demo").await;
//! page.wait_for(&part("verdict"), "Leaking").await;
//! page.wait_for_painted("timeline").await;
//! page.assert_quiet_console().await;
//! # }
//! ```

use serde_json::json;

use crate::page::Page;
use crate::rig::Rig;

/// The key, in the numbers that WebDriver gives to keys without a letter.
const CONTROL: &str = "\u{e009}";

/// A part of the page, by the name that it has for tests.
pub fn part(name: &str) -> String {
    format!("[data-testid={name}]")
}

impl Page {
    /// The value of an attribute of a part, or an empty text.
    pub async fn attribute(&self, name: &str, attribute: &str) -> String {
        let script =
            format!("return document.querySelector('{}')?.getAttribute('{attribute}') ?? ''", part(name));
        self.run(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a number in an attribute of a part is at least this.
    pub async fn wait_for_number(&self, name: &str, attribute: &str, least: u64) {
        let script = format!(
            "return Number(document.querySelector('{}')?.getAttribute('{attribute}') ?? -1) >= {least}",
            part(name)
        );
        self.wait_until(&format!("had {least} in {attribute} of {name}"), &script).await;
    }

    /// Waits until a part is not on the page.
    pub async fn wait_for_none(&self, name: &str) {
        let script = format!("return !document.querySelector('{}')", part(name));
        self.wait_until(&format!("went on without {name}"), &script).await;
    }

    /// Waits until a picture has several colours: then it was really painted.
    pub async fn wait_for_painted(&self, name: &str) {
        let script = format!(
            "const canvas = document.querySelector('{} canvas') ?? document.querySelector('canvas{}');
             if (!canvas || !canvas.width) return false;
             // Read from a copy: a canvas that is read often is taken off the graphics card.
             const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {{ willReadFrequently: true }});
             copy.drawImage(canvas, 0, 0);
             const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
             const colours = new Set();
             for (let at = 0; at < pixels.length && colours.size < 5; at += 4)
                 colours.add(pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]);
             return colours.size >= 5",
            part(name),
            part(name)
        );
        self.wait_until(&format!("painted its {name}"), &script).await;
    }

    /// Pastes a text where the focus is, with the keys that a person presses; it is copied in the page too, from a
    /// field that is there only for a moment.
    pub async fn paste(&self, text: &str) {
        self.run(&format!(
            "window.focusBefore = document.activeElement;
             const source = Object.assign(document.createElement('textarea'), {{ id: 'source', value: {} }});
             document.body.append(source);
             source.focus();
             source.select()",
            json!(text)
        ))
        .await;
        self.press(&[CONTROL, "c"]).await;
        self.run("document.querySelector('#source').remove(); window.focusBefore.focus()").await;
        self.press(&[CONTROL, "v"]).await;
    }

    /// What is in the clipboard: pasted with keys, into a field that is there only for a moment.
    pub async fn clipboard(&self) -> String {
        self.run(
            "window.focusBefore = document.activeElement;
             const target = Object.assign(document.createElement('textarea'), { id: 'target' });
             document.body.append(target);
             target.focus()",
        )
        .await;
        self.press(&[CONTROL, "v"]).await;
        let pasted = self
            .run(
                "const target = document.querySelector('#target');
                 target.remove();
                 window.focusBefore.focus();
                 return target.value",
            )
            .await;
        pasted.as_str().unwrap_or_default().to_owned()
    }

    /// Neither the page nor the browser complained.
    pub async fn assert_quiet_console(&self) {
        assert_eq!(self.console().await, Vec::<String>::new(), "the browser's console must stay empty");
    }
}

impl Rig {
    /// Silences the board, and waits until the page has received every byte that went over the cable.
    pub async fn wait_for_all_bytes(&self) {
        self.board.hush().await;
        let sent = self.board.sent().len() as u64;
        self.page.wait_for_number("byte-count", "data-bytes", sent).await;
        assert_eq!(self.page.attribute("byte-count", "data-bytes").await, sent.to_string());
    }
}
