//! Single lines that tell what happened: the virtual machine's, the system's and Jaguar's.
//!
//! # Grammar
//!
//! ```text
//! boot     = … "[toit] INFO: starting <" VERSION ">" …
//! spiram   = "[toit] INFO: using SPIRAM for heap metadata and heap" [ "." ]          (src/os_esp32.cc:448)
//! chip     = "[toit] INFO: running on " CHIP …
//! name     = "[jaguar.http] INFO: running Jaguar device '" NAME "' (id: " …
//! spoken   = ( "[toit] " | "[jaguar] " | "[jaguar.http] " ) ( "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL" ) ": " …
//! system   = "Out of memory in system process;" …                                   (os_esp32.cc:509-524)
//! host     = "Out of memory " [ "in " ] "process " PID ": " UUID [ "." ]  (os_posix.cc:229, os_win.cc:394)
//! no room  = "Not enough memory for a heap report" [ " (" BYTES " bytes)" ]          (os_esp32.cc:841)
//!          | "[toit] ERROR: failed to allocate GC metadata" …
//!          | "fatal: Can't allocate initial spare chunk" …
//! third    = "3rd time primitive failure " M "::" I [ " (malloc)" ] | "3rd time allocate failure " CLASS
//!          | "3rd time stack allocate failure " OLD "->" NEW                          before v0.10.2
//! length   = ( "string" | "byte array" ) " allocation failed, length = " N " (" … ")" before v0.10.2
//! uncaught = "Uncaught exception: " VALUE                                 (lib/core/task.toit:327)
//! stopped  = "[jaguar] " LEVEL ": " ( "program " UUID | "container '" NAME "'" ) " stopped" [ " - exit code " N ]
//! failed   = "[jaguar] WARN: running Jaguar failed due to '" EXCEPTION "' (" N "/" M ")"
//! reboots  = "[jaguar] ERROR: rebooting due to " REASON
//! sleeps   = "[toit] WARN: entering deep sleep for " TIME " due to error"
//! fatal    = "fatal: " …
//! ```
//!
//! `uncaught`, and `fatal` but for the one about the spare chunk, are believed only in a log in which Toit spoke before:
//! other programs print such lines too. `length` alone is no failure, for a garbage collection follows; but it says
//! how much a failure in the [`REQUEST_LINES`] lines behind it asked for.
//!
//! Not read: `Potential deadlock detected` (a watchdog, not memory), `backing off for 5s`, `soft limit reached`,
//! `not using cmpctmalloc` (then there are no heap reports at all). They are signs of Toit at most.
//!
//! # Extras
//!
//! `program`: a program's UUID or a container's name. `exit_code`. `process_id`. `exception`: its name or text.
//! `attempt`, `attempts`. `needed_bytes`: what a heap report would have needed. `primitive`, `class_id`, `old_words`,
//! `new_words`: as with [markers](super::marker). `requested_bytes`: what `length` said.

use super::layout::is_uuid;
use super::{Past, text};
use crate::dialect::{Event, EventKind, Extra};

const BOOT: &str = "[toit] INFO: starting ";

/// So many lines behind it, what `length` said is of the same attempt.
pub(super) const REQUEST_LINES: u64 = 10;

/// `[toit] INFO: starting <v2.0.0-alpha.189>`: the version. It may stand behind what the boot ROM printed, and then ends the
/// line.
pub(super) fn read_version(line: &str) -> Option<&str> {
    let at = memchr::memchr(b'<', line.as_bytes())?;
    let (before, version) = line.split_at(at);
    let end = memchr::memchr(b'>', version.as_bytes())?;
    let is_alone = before == BOOT || (before.ends_with(BOOT) && line.ends_with('>'));
    is_alone.then_some(&version[1..end])
}

/// What follows the level, and whether it is Jaguar that speaks.
pub(super) fn read_spoken(line: &str) -> Option<(bool, &str)> {
    let (is_jaguar, rest) = match line.strip_prefix("[toit] ") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("[jaguar] ").or_else(|| line.strip_prefix("[jaguar.http] "))?),
    };
    let levels = ["DEBUG: ", "INFO: ", "WARN: ", "ERROR: ", "FATAL: "];
    let rest = levels.into_iter().find_map(|level| rest.strip_prefix(level))?;
    Some((is_jaguar, rest))
}

/// `[toit] INFO: using SPIRAM for heap metadata and heap`
pub(super) fn has_heap_in_psram(line: &str) -> bool {
    let rest = line.strip_prefix("[toit] INFO: using SPIRAM for heap metadata and heap");
    matches!(rest, Some("" | "."))
}

/// `[toit] INFO: running on ESP32S3 - revision 0.2`: the chip, with a dash as its maker writes it.
pub(super) fn read_chip(line: &str) -> Option<String> {
    let rest = line.strip_prefix("[toit] INFO: running on ")?;
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let chip = text::kept(&rest[..length]);
    Some(match chip.strip_prefix("ESP32") {
        Some(kind) if !kind.is_empty() => ["ESP32-", kind].concat(),
        _ => chip,
    })
}

/// `[jaguar.http] INFO: running Jaguar device 'tubby-fact' (id: …`: the device's name.
pub(super) fn read_name(line: &str) -> Option<String> {
    let (is_jaguar, said) = read_spoken(line)?;
    let (name, _) =
        crate::dialect::scan::split_once(said.strip_prefix("running Jaguar device '")?, "' (id: ")?;
    is_jaguar.then(|| text::kept(name))
}

/// `byte array allocation failed, length = 4096 (heap)`
pub(super) fn read_length(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("string").or_else(|| line.strip_prefix("byte array"))?;
    let (length, rest) = text::digits(rest.strip_prefix(" allocation failed, length = ")?)?;
    (rest.starts_with(" (") && rest.ends_with(')')).then_some(length)
}

/// What a single line tells.
pub(super) fn read_event(line: &str, past: &Past) -> Option<Event> {
    // Most lines end here.
    match line.as_bytes().first()? {
        b'[' => spoken(line),
        b'O' => process_out_of_memory(line),
        b'N' => no_room_for_report(line),
        b'3' => third_failure(line),
        b'U' if past.has_spoken => {
            let value = text::kept(line.strip_prefix("Uncaught exception: ")?);
            Some(event(EventKind::Exception, line, [("exception", Extra::Text(value))]))
        }
        b'f' if line.starts_with("fatal: Can't allocate initial spare chunk") => {
            Some(event(EventKind::OutOfMemory, line, []))
        }
        b'f' if past.has_spoken && line.starts_with("fatal: ") => Some(event(EventKind::Crash, line, [])),
        _ => None,
    }
}

fn event<const N: usize>(kind: EventKind, line: &str, extras: [(&'static str, Extra); N]) -> Event {
    Event { extras: extras.into(), ..Event::new(kind, text::kept(line)) }
}

fn number(number: u64) -> Extra {
    Extra::Number(number as i64)
}

/// What the system and Jaguar say.
fn spoken(line: &str) -> Option<Event> {
    let (is_jaguar, said) = read_spoken(line)?;
    if !is_jaguar {
        let is_error = line.starts_with("[toit] ERROR: ");
        let is_warning = line.starts_with("[toit] WARN: ");
        if is_error && said.starts_with("failed to allocate GC metadata") {
            return Some(event(EventKind::OutOfMemory, line, []));
        }
        let sleeps = said.starts_with("entering deep sleep for ") && said.ends_with(" due to error");
        return (is_warning && sleeps).then(|| event(EventKind::Crash, line, []));
    }
    if let Some(reason) = said.strip_prefix("rebooting due to ") {
        let reason = Extra::Text(text::kept(reason));
        return Some(event(EventKind::Exception, line, [("exception", reason)]));
    }
    jaguar_failed(line, said).or_else(|| stopped(line, said))
}

/// `running Jaguar failed due to 'MALLOC_FAILED' (1/3)`
fn jaguar_failed(line: &str, said: &str) -> Option<Event> {
    let rest = said.strip_prefix("running Jaguar failed due to '")?;
    let at = memchr::memrchr(b'\'', rest.as_bytes())?;
    let (attempt, of) = text::digits(rest[at..].strip_prefix("' (")?)?;
    let (attempts, rest_of) = text::digits(of.strip_prefix('/')?)?;
    let extras = [
        ("exception", Extra::Text(text::kept(&rest[..at]))),
        ("attempt", number(attempt)),
        ("attempts", number(attempts)),
    ];
    (rest_of == ")").then(|| event(EventKind::Exception, line, extras))
}

/// `program <uuid> stopped - exit code 1`, `container 'name' stopped`
fn stopped(line: &str, said: &str) -> Option<Event> {
    let (program, rest) = match said.strip_prefix("program ") {
        Some(rest) => {
            crate::dialect::scan::split_once(rest, " stopped").filter(|(program, _)| is_uuid(program))?
        }
        None => crate::dialect::scan::split_once(said.strip_prefix("container '")?, "' stopped")?,
    };
    let mut extras = vec![("program", Extra::Text(text::kept(program)))];
    if !rest.is_empty() {
        let (code, rest) = crate::dialect::scan::number_after(rest, " - exit code ")?;
        extras.push(("exit_code", Extra::Number(code)));
        if !rest.is_empty() {
            return None;
        }
    }
    Some(Event { extras, ..event(EventKind::ProgramStopped, line, []) })
}

/// What hosts print, and a device before it restarts.
fn process_out_of_memory(line: &str) -> Option<Event> {
    let rest = line.strip_prefix("Out of memory ")?;
    let rest = rest.strip_prefix("in ").unwrap_or(rest);
    if rest.starts_with("system process;") {
        return Some(event(EventKind::OutOfMemory, line, []));
    }
    let (process, rest) = text::digits(rest.strip_prefix("process ")?)?;
    let program = rest.strip_prefix(": ")?;
    let program = program.strip_suffix('.').unwrap_or(program);
    let extras = || [("process_id", number(process)), ("program", Extra::Text(program.into()))];
    is_uuid(program).then(|| event(EventKind::OutOfMemory, line, extras()))
}

/// `Not enough memory for a heap report (%d bytes)`
fn no_room_for_report(line: &str) -> Option<Event> {
    let rest = line.strip_prefix("Not enough memory for a heap report")?;
    let mut event = event(EventKind::OutOfMemory, line, []);
    if !rest.is_empty() {
        let (bytes, rest) = text::digits(rest.strip_prefix(" (")?)?;
        event.extras.push(("needed_bytes", number(bytes)));
        if rest != " bytes)" {
            return None;
        }
    }
    Some(event)
}

/// `3rd time primitive failure 3::4 (malloc)`: two garbage collections did not help.
fn third_failure(line: &str) -> Option<Event> {
    let rest = line.strip_prefix("3rd time ")?;
    if let Some(rest) = rest.strip_prefix("primitive failure ") {
        let (module, rest) = text::digits(rest)?;
        let (index, rest) = text::digits(rest.strip_prefix("::")?)?;
        let primitive = Extra::Text(format!("{module}:{index}"));
        return matches!(rest, "" | " (malloc)")
            .then(|| event(EventKind::OutOfMemory, line, [("primitive", primitive)]));
    }
    if let Some(rest) = rest.strip_prefix("stack allocate failure ") {
        let (old, rest) = text::digits(rest)?;
        let (new, rest) = text::digits(rest.strip_prefix("->")?)?;
        let extras = [("old_words", number(old)), ("new_words", number(new))];
        return rest.is_empty().then(|| event(EventKind::OutOfMemory, line, extras));
    }
    let (class, rest) = text::digits(rest.strip_prefix("allocate failure ")?)?;
    rest.is_empty().then(|| event(EventKind::OutOfMemory, line, [("class_id", number(class))]))
}
