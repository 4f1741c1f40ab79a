//! Patterns as the browser knows them: its own `RegExp`. A crate for them would be half as large as the page.

use std::ops::Range;

use js_sys::{Array, JsString};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::console::{Matcher, Query};

/// A pattern that a person typed.
pub struct Pattern(RegExp);

impl Pattern {
    /// `None` where the browser says that it is no pattern.
    pub fn new(query: &Query) -> Option<Self> {
        let source = match query.whole_words {
            true => format!("\\b(?:{})\\b", query.text),
            false => query.text.clone(),
        };
        let flags = if query.minds_case { "g" } else { "gi" };
        // With `u` letters of all languages have a case, but `\-` and its like are errors, which people type.
        RegExp::new(&source, &format!("{flags}u")).or_else(|_| RegExp::new(&source, flags)).ok().map(Pattern)
    }
}

impl Matcher for Pattern {
    fn find(&self, line: &[u8], found: &mut dyn FnMut(Range<usize>)) {
        // A byte that is no UTF-8 is one character to the pattern.
        let mut text = String::new();
        for chunk in line.utf8_chunks() {
            text += chunk.valid();
            text.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
        }
        let js_text = JsString::from(&*text);
        self.0.set_last_index(0);
        let mut places = Places::new(line);
        while let Some(result) = self.0.exec(&js_text) {
            let end = self.0.last_index();
            let length = JsString::from(result.get(0)).length();
            if length == 0 {
                // Nothing was found here; without this step it would be found for ever. Behind a character, not into it:
                // from the middle of one the browser goes back to its begin.
                let is_pair = (0xD800..0xDC00).contains(&(js_text.char_code_at(end) as u32));
                self.0.set_last_index(end + if is_pair { 2 } else { 1 });
                continue;
            }
            let start = places.at(end - length);
            found(start..places.at(end));
        }
    }
}

/// From places in UTF-16, which only grow, to bytes.
struct Places<'a> {
    rest: &'a [u8],
    unit: u32,
    byte: usize,
}

impl<'a> Places<'a> {
    fn new(line: &'a [u8]) -> Self {
        Places { rest: line, unit: 0, byte: 0 }
    }

    fn at(&mut self, unit: u32) -> usize {
        while self.unit < unit && !self.rest.is_empty() {
            let letter = self.rest[..self.rest.len().min(4)].utf8_chunks().next();
            let letter = letter.and_then(|chunk| chunk.valid().chars().next());
            let (units, bytes) = letter.map_or((1, 1), |letter| (letter.len_utf16(), letter.len_utf8()));
            self.unit += units as u32;
            self.byte += bytes;
            self.rest = &self.rest[bytes..];
        }
        self.byte
    }
}

// As js-sys has them, but for two things: a pattern that is none is no reason to stop the page, and a text that is looked
// through several times is handed over once.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = RegExp)]
    type RegExp;
    #[wasm_bindgen(constructor, catch, js_class = "RegExp")]
    fn new(source: &str, flags: &str) -> Result<RegExp, JsValue>;
    #[wasm_bindgen(method, js_class = "RegExp")]
    fn exec(this: &RegExp, text: &JsString) -> Option<Array>;
    #[wasm_bindgen(method, getter, js_class = "RegExp", js_name = lastIndex)]
    fn last_index(this: &RegExp) -> u32;
    #[wasm_bindgen(method, setter, js_class = "RegExp", js_name = lastIndex)]
    fn set_last_index(this: &RegExp, index: u32);
}
