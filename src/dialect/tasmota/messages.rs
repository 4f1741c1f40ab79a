//! Lines of Tasmota's log that are no answers: echoes, failed allocations, the debug driver, the log's end.
//!
//! ```text
//! echo       = "CMD: " the line that was typed, before it runs              T: support_tasmota.ino:1933
//! no echo    = "CMD: Grp " n ", Cmd '…" | "CMD: Group " n ", Index …" | "CMD: Using USB CDC" …
//! oom        = "OOM: count " N " (+" M ")" | "OOM: count " N " (test-trigger)"
//!                                                               T: support_esp8266.ino:139-151,168-176
//! debug      = "DBG: " [ "== " function " " ] "FreeRam " bytes ( ", FreeStack " bytes | ", CPU " … )
//!                                                               T: xdrv_127_debug.ino, formerly xdrv_99
//! log's end  = "APP: " one of LOG_ENDS                          T: support_tasmota.ino:1186-1193
//! ```

use crate::dialect::{Answer, Event, EventKind, Sample, What};
use crate::heap::{Amount, Figure, Figures};

/// `D_SERIAL_LOGGING_DISABLED` of Tasmota's translations (T: language/*.h, former texts of a language behind its
/// present one). The prefix `APP: ` is not translated.
const LOG_ENDS: [&str; 30] = [
    // en_GB, vi_VN
    "Serial logging disabled",
    // bg_BG
    "Серийният лог изключен",
    // ca_AD
    "Registre Sèrie deshabilitat",
    // cs_CZ
    "Logování na sériovém portu ukončeno",
    // de_DE
    "Serielles Logging deaktiviert",
    // el_GR
    "Η καταγραφή σειριακής θύρας είναι απενεργοποιημένη",
    "Η σειριακής καταγραφή απενεργοποιήθηκε",
    // es_ES
    "Log serial deshabilitado",
    // fr_FR
    "Journalisation série désactivée",
    "Journalisation série désactivé",
    // fy_NL
    "Serial logging útskeakele",
    // he_HE
    "רישום טורי מושבת",
    // hu_HU
    "Serial logolás kikapcsolva",
    // it_IT
    "Registro attività seriale disabilitato",
    "Log Seriale disabilitato",
    // ko_KO
    "Serial log 사용 안함",
    // lt_LT
    "Serijinis registravimas išjungtas",
    // nl_NL
    "Serieel logging uitgeschakeld",
    // pl_PL
    "Wyłączony dziennik na porcie szeregowym",
    "Wylaczony dziennik na porcie szeregowym",
    // pt_BR, pt_PT
    "Registro em serie desabilitado",
    "Registro de porta série desabilitado",
    // ro_RO
    "Logare serială dezactivată",
    // ru_RU
    "Serial logging отключен",
    // sk_SK, sv_SE, tr_TR, uk_UA
    "Logovanie na sériovom porte ukončené",
    "Seriell loggning inaktiverad",
    "Seri port loglaması kapalı",
    "Serial журнал вимкнений",
    // zh_CN, zh_TW
    "串口日志已禁用",
    "串口日誌已禁用",
];

/// `APP: …`, behind the prefix.
pub(super) fn log_switched_off(text: &str) -> Option<What> {
    if !LOG_ENDS.contains(&text) {
        return None;
    }
    let text = "Tasmota stopped logging to the serial port; the next command switches it on again.";
    Some(What::Event(Event::new(EventKind::LogSwitchedOff, text)))
}

/// `CMD: …`, behind the prefix.
pub(super) fn echo(text: &str) -> Option<What> {
    let is_debug = |group: &str, behind: &str| {
        let Some(rest) = text.strip_prefix(group) else { return false };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with(behind)
    };
    let is_port = ["Using USB CDC", "Fall back to serial port"].iter().any(|start| text.starts_with(start));
    if is_port || is_debug("Grp ", ", Cmd '") || is_debug("Group ", ", Index ") {
        return None;
    }
    let ok = !matches!(text, "Serial buffer overrun" | "USB buffer overrun");
    Some(What::Answer(Answer { topic: "ECHO".into(), ok, text: text.into() }))
}

/// `OOM: …`, behind the prefix.
pub(super) fn oom(text: &str) -> Option<What> {
    let (count, rest) = number(text.strip_prefix("count ")?)?;
    let mut figures = Figures::default();
    figures.set(Figure::OomCount, Amount::exact(count.into()));
    let rest = rest.strip_prefix(" (")?;
    if rest == "test-trigger)" {
        return Some(What::Sample(Sample { source: "oom_test", figures }));
    }
    let (added, _) = number(rest.strip_prefix('+')?).filter(|(_, rest)| *rest == ")")?;
    // A 32-bit difference that wrapped around: the counter jumped back. `umm_info()` clears it in builds
    // with UMM_INLINE_METRICS (tasmota/Arduino 2.7.8 umm_info.c:44).
    if added > i32::MAX.cast_unsigned() {
        let kind = EventKind::OomCounterReset;
        let text = "The counter of failed allocations was reset, so it does not tell how many failed.";
        return Some(What::Event(Event::new(kind, text)));
    }
    let times = if added == 1 { "allocation" } else { "allocations" };
    let text = format!("{added} {times} failed, {count} since boot");
    figures.set(Figure::OomCountAdded, Amount::exact(added.into()));
    Some(What::Event(Event { figures, ..Event::new(EventKind::OutOfMemory, text) }))
}

/// `DBG: …`, behind the prefix. Everything is in bytes.
pub(super) fn debug(text: &str) -> Option<What> {
    let text = match text.strip_prefix("== ") {
        Some(text) => &text[memchr::memchr(b' ', text.as_bytes())? + 1..],
        None => text,
    };
    let (free, rest) = number(text.strip_prefix("FreeRam ")?)?;
    let mut figures = Figures::default();
    figures.set(Figure::Free, Amount::exact(free.into()));
    if let Some((stack, _)) = rest.strip_prefix(", FreeStack ").and_then(number) {
        figures.set(Figure::StackFree, Amount::exact(stack.into()));
    } else if !rest.starts_with(", CPU ") {
        return None;
    }
    Some(What::Sample(Sample { source: "debug", figures }))
}

/// The digits at the front as a number of 32 bits, and what follows them.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text[..digits].parse().ok()?, &text[digits..]))
}
