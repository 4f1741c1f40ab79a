//! What the page finds itself in: how it was loaded, whether it is framed, what it may use, on which system.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::session::{Surroundings, System};

/// As the browser tells it. What it does not tell is unknown, not wrong.
pub fn look() -> Surroundings {
    let window = gloo_utils::window();
    let is_framed = window.top().ok().flatten().is_none_or(|top| !js_sys::Object::is(&top, &window));
    Surroundings {
        is_secure: window.is_secure_context(),
        is_framed,
        is_allowed: allows_serial(&gloo_utils::document()),
        system: System::of_platform(&platform(&window.navigator())),
    }
}

/// `document.featurePolicy.allowsFeature("serial")`, where the browser has it and knows the feature.
fn allows_serial(document: &JsValue) -> Option<bool> {
    let policy = field(document, "featurePolicy")?;
    let ask = |name: &str, argument: JsValue| {
        let function: Function = field(&policy, name)?.dyn_into().ok()?;
        function.call1(&policy, &argument).ok()
    };
    let known: js_sys::Array = ask("features", JsValue::UNDEFINED)?.dyn_into().ok()?;
    let name = JsValue::from_str("serial");
    known.includes(&name, 0).then(|| ask("allowsFeature", name)?.as_bool())?
}

fn platform(navigator: &web_sys::Navigator) -> String {
    let data = field(navigator, "userAgentData");
    let named = data.and_then(|data| field(&data, "platform")?.as_string()).filter(|name| !name.is_empty());
    named.unwrap_or_else(|| navigator.platform().unwrap_or_default())
}

fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
