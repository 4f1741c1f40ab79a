//! The boot ROM's line: why the chip started.

use crate::dialect::scan::number;
use crate::dialect::{Event, EventKind, Extra};

/// Reads a whole line without blanks around it.
pub(super) fn read(text: &str) -> Option<Event> {
    match text.as_bytes().first()? {
        b'e' => esp8266(text),
        b'r' => esp32(text),
        _ => None,
    }
}

/// ` ets Jan  8 2013,rst cause:2, boot mode:(3,6)`
fn esp8266(text: &str) -> Option<Event> {
    let rest = text.strip_prefix("ets ")?;
    let comma = memchr::memchr(b',', rest.as_bytes())?;
    let (cause, rest) = number(rest[comma..].strip_prefix(",rst cause:")?)?;
    let (first, rest) = number(rest.strip_prefix(", boot mode:(")?)?;
    let (second, rest) = number(rest.strip_prefix(',')?)?;
    rest.strip_prefix(')')?;
    let reason = reset_cause(cause);
    let text = match reason {
        Some(reason) => format!("The chip started: {reason}"),
        None => format!("The chip started, reset cause {cause}"),
    };
    let mut event = Event::new(EventKind::Restart, text);
    event.extras.extend(reason.map(|reason| ("reason", Extra::Text(reason.into()))));
    event.extras.push(("reset_cause", Extra::Number(cause)));
    event.extras.push(("boot_mode", Extra::Text(format!("{first},{second}"))));
    Some(event)
}

/// Why an ESP8266 started (ESP8266 boot ROM; ESP8266 Technical Reference, "rst cause").
fn reset_cause(cause: i64) -> Option<&'static str> {
    Some(match cause {
        1 => "power on",
        2 => "reset pin, or wake-up from deep sleep",
        3 => "software reset",
        4 => "hardware watchdog",
        _ => return None,
    })
}

/// `rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)`
fn esp32(text: &str) -> Option<Event> {
    let rest = text.strip_prefix("rst:0x")?;
    let (cause, rest) = in_parentheses(rest)?;
    let (mode, _) = in_parentheses(rest.strip_prefix(",boot:0x")?)?;
    let mut event = Event::new(EventKind::Restart, format!("The chip started: {}", cause.1));
    event.extras.push(("reason", Extra::Text(cause.1.into())));
    event.extras.push(("reset_cause", Extra::Number(cause.0)));
    event.extras.push(("boot_mode", Extra::Text(mode.1.into())));
    Some(event)
}

/// `1f (NAME)`: the number, the name, and what follows.
fn in_parentheses(text: &str) -> Option<((i64, &str), &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let code = u32::from_str_radix(&text[..digits], 16).ok()?;
    let rest = text[digits..].strip_prefix(" (")?;
    let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let after = rest[name..].strip_prefix(')')?;
    (name > 0).then(|| ((i64::from(code), &rest[..name]), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(read(line).map(|event| event.text).as_deref(), expected, "{line}");
    }

    #[test]
    fn reasons_in_words() {
        check("ets Jan  8 2013,rst cause:4, boot mode:(3,6)", Some("The chip started: hardware watchdog"));
        check("ets Jan  8 2013,rst cause:7, boot mode:(3,6)", Some("The chip started, reset cause 7"));
        check(
            "rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
            Some("The chip started: SW_CPU_RESET"),
        );
        check(
            "rst:0x15 (USB_UART_CHIP_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)",
            Some("The chip started: USB_UART_CHIP_RESET"),
        );
    }

    #[test]
    fn what_is_no_boot() {
        check("ets Jul 29 2019 12:21:46", None);
        check("rst:0x1 (POWERON_RESET)", None);
        check("rst:0x (POWERON_RESET),boot:0x13 (X)", None);
        check("ets Jan  8 2013,rst cause:", None);
    }
}
