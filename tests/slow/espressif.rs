//! Crashes and boots of Espressif's chips, the slow way: every line becomes one letter, and where a crash ends is said
//! of the letters before.

use std::sync::LazyLock;

use heapscope::dialect::{Event, EventKind, Extra, Finding, LineRange, What};
use regex::{Captures, Regex};

use super::AT_THE_END;

type Extras = Vec<(&'static str, Extra)>;

/// See `heapscope::dialect`'s folder of the same name for the grammar.
pub fn read(lines: &[String]) -> Vec<(usize, Finding)> {
    // C cut, N name, ( and ) the stack's ends, R any other line of a crash, E its end, B boot, H damaged heap.
    let kinds: Vec<char> = lines.iter().map(|line| kind(line)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        match kinds[at] {
            'C' | 'N' | '(' => {
                let (end, certain) = end_of_crash(&kinds, at);
                found.extend(
                    crash(lines, &kinds, at, end, certain < AT_THE_END && certain < end)
                        .map(|f| (certain, f)),
                );
                at = end;
            }
            _ => at += 1,
        }
    }
    for (at, line) in lines.iter().enumerate() {
        let event = match kinds[at] {
            'B' => boot(line.trim()).unwrap(),
            'H' => damaged_heap(line).unwrap(),
            _ => continue,
        };
        found.push((at, finding(at, at, event)));
    }
    // A boot that ends a crash comes behind it.
    found.sort_by_key(|(at, _)| *at);
    found
}

fn finding(first: usize, last: usize, event: Event) -> Finding {
    let lines = LineRange { first: first as u64, last: last as u64 };
    Finding { dialect: "espressif", lines, device_time: None, host_time: None, what: What::Event(event) }
}

fn kind(line: &str) -> char {
    let text = line.trim();
    let kinds: &[(&Regex, char)] = &[
        (regex!(r"^$"), ' '),
        (regex!(r"^-+ CUT HERE FOR EXCEPTION DECODER -+$"), 'C'),
        (regex!(r"^>>>stack>>>$"), '('),
        (regex!(r"^<<<stack<<<$"), ')'),
        (regex!(REGISTERS), 'R'),
        (regex!(r"^ctx: (?:cont|sys|bearssl)$"), 'R'),
        (regex!(r"^sp: [0-9a-f]{8} end: [0-9a-f]{8} offset: [0-9a-f]{4}$"), 'R'),
        (regex!(r"^[0-9a-f]{8}: (?: [0-9a-f]{8}){4}(?: <)?$"), 'R'),
        (regex!(r"^[0-9a-f]{8}: 0x[0-9a-f]{8}"), 'R'),
        (regex!(r"^Core +[0-9]+ register dump:$"), 'R'),
        (regex!(r"^[A-Z](?:[A-Z0-9/]{0,7}) *: 0x[0-9a-f]{8} *(?:[A-Z0-9/]{1,8} *: 0x[0-9a-f]{8} *)*$"), 'R'),
        (regex!(r"^Backtrace:"), 'R'),
        (regex!(r"^Stack memory:$"), 'R'),
        (regex!(r"^ELF file SHA256: [0-9a-f]{1,64}(?:[^0-9a-f]|$)"), 'R'),
        (regex!(r"^(?:Rebooting\.\.\.|CPU halted\.|Entering gdb stub now\.)$"), 'E'),
    ];
    if damaged_heap(line).is_some() {
        return 'H';
    }
    if name(text).is_some() {
        return 'N';
    }
    if boot(text).is_some() {
        return 'B';
    }
    if failed(text).is_some() {
        return 'R';
    }
    kinds.iter().find(|(regex, _)| regex.is_match(text)).map_or('x', |(_, kind)| *kind)
}

/// The line behind the crash, and the line at which that is certain.
fn end_of_crash(kinds: &[char], begin: usize) -> (usize, usize) {
    for at in begin + 1..kinds.len() {
        let before: String = kinds[begin..at].iter().collect();
        let has_body = before.contains(['R', '(', ')']);
        let is_crash = before.contains(['N', '(']);
        let has_cut = before.contains('C');
        let is_last = match kinds[at] {
            'E' => true,
            ')' => !has_cut,
            'C' => (has_cut && is_crash) || (!has_cut && has_body),
            _ => false,
        };
        if is_last {
            return (at + 1, at);
        }
        let is_over = match kinds[at] {
            'B' => true,
            'C' => has_cut,
            'N' => has_body,
            'x' => before.matches('x').count() == 8,
            _ => false,
        };
        if is_over {
            return (at, at);
        }
    }
    (kinds.len(), AT_THE_END)
}

fn crash(lines: &[String], kinds: &[char], begin: usize, end: usize, is_whole: bool) -> Option<Finding> {
    let of = |letters: &str| -> Vec<&str> {
        (begin..end).filter(|&at| letters.contains(kinds[at])).map(|at| lines[at].trim()).collect()
    };
    if of("N(").is_empty() {
        return None;
    }
    let mut event = Event::new(EventKind::Crash, "Crash");
    for (place, line) in of("N").into_iter().enumerate() {
        let (text, extras) = name(line).unwrap();
        if place == 0 {
            event.text = text;
        }
        for (key, value) in extras {
            if !event.extras.iter().any(|(known, _)| *known == key) {
                event.extras.push((key, value));
            }
        }
    }
    let body = of("R");
    if let Some(registers) = body.iter().find_map(|line| regex!(REGISTERS).captures(line)) {
        for (at, name) in ["epc1", "epc2", "epc3", "excvaddr", "depc"].into_iter().enumerate() {
            event.extras.push((name, Extra::Text(format!("0x{}", &registers[at + 1]))));
        }
    }
    let is_registers = |line: &&&str| regex!(r"^[A-Z][A-Z0-9/]{0,7} *: 0x").is_match(line);
    let registers: Vec<String> = body
        .iter()
        .filter(is_registers)
        .flat_map(|line| {
            regex!(r"([A-Z0-9/]{1,8}) *: 0x([0-9a-f]{8})")
                .captures_iter(line)
                .map(|one| format!("{} 0x{}", &one[1], &one[2]))
        })
        .take(48)
        .collect();
    put_list(&mut event, "registers", registers);
    let context = body.iter().find_map(|line| line.strip_prefix("ctx: "));
    event.extras.extend(context.map(|context| ("context", Extra::Text(context.into()))));
    let rows = body.iter().filter(|line| regex!(r"^[0-9a-f]{8}: (?: [0-9a-f]{8}){4}(?: <)?$").is_match(line));
    let words = rows.flat_map(|line| regex!(r" (?:40(?:10|2[0-9a-f])[0-9a-f]{4})").find_iter(line));
    let addresses = words.map(|word| format!("0x{}", word.as_str().trim())).take(64).collect();
    put_list(&mut event, "stack_addresses", addresses);
    if let Some(backtrace) = body.iter().find(|line| line.starts_with("Backtrace:")) {
        let frames = regex!(r"^Backtrace:((?: ?0x[0-9a-f]{8}:0x[0-9a-f]{8})*)").captures(backtrace).unwrap();
        let frames = regex!("0x.{8}:0x.{8}").find_iter(frames.get(1).unwrap().as_str());
        let frames = frames.map(|frame| frame.as_str().to_owned()).take(64).collect();
        event.extras.push(("backtrace", Extra::List(frames)));
        let is_corrupted = backtrace.contains("|<-CORRUPTED");
        event.extras.push(("backtrace_is_corrupted", Extra::Flag(is_corrupted)));
    }
    if let Some(sha) = body.iter().find_map(|line| regex!("^ELF file SHA256: ([0-9a-f]+)").captures(line)) {
        event.extras.push(("elf_sha256", Extra::Text(sha[1].into())));
    }
    event.extras.extend(body.iter().find_map(|line| failed(line)).unwrap_or_default());
    if !is_whole && !of("CR()").is_empty() {
        event.extras.push(("is_cut_off", Extra::Flag(true)));
    }
    let last = (begin..end).rev().find(|&at| "CNR()E".contains(kinds[at])).unwrap();
    Some(finding(begin, last, event))
}

fn put_list(event: &mut Event, name: &'static str, list: Vec<String>) {
    if !list.is_empty() {
        event.extras.push((name, Extra::List(list)));
    }
}

const REGISTERS: &str = concat!(
    "^epc1=0x([0-9a-f]{8}) epc2=0x([0-9a-f]{8}) epc3=0x([0-9a-f]{8}) ",
    "excvaddr=0x([0-9a-f]{8}) depc=0x([0-9a-f]{8})$"
);

static END_OF_A_CRY: LazyLock<regex::bytes::Regex> =
    LazyLock::new(|| regex::bytes::Regex::new(r"(?s-u)(?:[.)]|0x[0-9a-f]{8}|[\x80-\xff])$").unwrap());

/// Words that stand at the front of a line, or end it.
fn cry<'a>(line: &'a str, words: &Regex) -> Option<regex::Match<'a>> {
    let found = words.find(line)?;
    let is_front = line[..found.start()].trim().is_empty();
    let line = line.trim_end();
    let is_table = line.ends_with(|last: char| ('\u{2500}'..='\u{257F}').contains(&last));
    (is_front || !is_table && END_OF_A_CRY.is_match(line.as_bytes())).then_some(found)
}

/// The text and the extras of a line that names a crash.
fn name(text: &str) -> Option<(String, Extras)> {
    let words = |text: &str| Extra::Text(shortened(text));
    if let Some(guru) = cry(text, regex!("Guru Meditation Error: .*")) {
        let details =
            regex!(r"^Guru Meditation Error: Core +([0-9]+) panic'ed \(([^)]*)\)").captures(guru.as_str());
        let details = details.and_then(|details| {
            let core = details[1].parse::<u32>().ok()?;
            Some(vec![("reason", words(&details[2])), ("core", Extra::Number(core.into()))])
        });
        return Some((shortened(guru.as_str()), details.unwrap_or_default()));
    }
    if let Some(exception) = regex!(r"^Exception \(([0-9]{1,9})\):$").captures(text) {
        let exception: i64 = exception[1].parse().unwrap();
        let number = ("exception", Extra::Number(exception));
        return Some(match CAUSES.iter().find(|(known, _)| *known == exception) {
            Some((_, cause)) => {
                (format!("Exception ({exception}): {cause}"), vec![("reason", words(cause)), number])
            }
            None => (format!("Exception ({exception})"), vec![number]),
        });
    }
    if let Some(abort) =
        regex!(r"^abort\(\) was called at PC 0x([0-9a-f]{1,8}) on core (-?[0-9]+)").captures(text)
    {
        let core = Extra::Number(abort[2].parse().ok()?);
        let address = format!("0x{:0>8}", &abort[1]);
        return Some((shortened(text), vec![("core", core), ("address", Extra::Text(address))]));
    }
    let overflow = regex!(r"^\*\*\*ERROR\*\*\* A stack overflow in task (.*?) has been detected");
    if let Some(task) = overflow.captures(text) {
        return Some((shortened(text), vec![("task", words(&task[1]))]));
    }
    let warning = regex!(
        r"(?x) ^(?: (?:E\ [0-9()\ ]*task_wdt:\ )? (?<a>Task\ watchdog\ got\ triggered.*)
                  | (?:E\ [0-9()\ ]*BOD:\ )? (?<b>Brownout\ detector\ was\ triggered.*) )$"
    );
    if let Some(warning) = warning.captures(text) {
        let text = warning.name("a").or(warning.name("b")).unwrap().as_str();
        return Some((shortened(text), Vec::new()));
    }
    let plain = regex!(
        r"(?x) ^(?: Soft\ WDT\ reset (?:\ -\ deliberate\ infinite\ loop\ detected)?$ | Abort\ called$ | Generic\ Reset$
          | User\ exception\ \(panic/abort/assert\)$ | Stack\ overflow\ detected\.?$
          | Stack\ smashing\ detected\ at\ 0x[0-9a-f]{8}$ | Unhandled\ C\+\+\ exception:\ . | assert\ failed:\ .
          | Panic\ [^\ ]*\.[^\ :]*:[0-9]+\  )"
    );
    plain.is_match(text).then(|| (shortened(text), Vec::new()))
}

/// Xtensa's EXCCAUSE.
const CAUSES: [(i64, &str); 12] = [
    (0, "illegal instruction"),
    (1, "system call"),
    (2, "instruction fetch error"),
    (3, "load or store error"),
    (4, "level-1 interrupt"),
    (5, "alloca"),
    (6, "division by zero"),
    (8, "privileged instruction"),
    (9, "unaligned load or store"),
    (20, "instruction fetch prohibited"),
    (28, "load prohibited"),
    (29, "store prohibited"),
];

/// At most 400 bytes, and no half character.
fn shortened(text: &str) -> String {
    let fits = |end: &usize| *end <= 400 && text.is_char_boundary(*end);
    text[..(0..=text.len()).rev().find(fits).unwrap()].to_owned()
}

fn failed(text: &str) -> Option<Extras> {
    let failed = regex!(r"^last failed alloc call: ([0-9A-F]{8})\(([0-9]+)\)(?:@(.*))?$").captures(text)?;
    let bytes = failed[2].parse::<u32>().ok()?;
    let mut extras = vec![
        ("last_failed_alloc_bytes", Extra::Number(bytes.into())),
        ("last_failed_alloc_caller", Extra::Text(format!("0x{}", failed[1].to_lowercase()))),
    ];
    let place = failed.get(3).map_or("", |place| place.as_str());
    if !place.is_empty() {
        extras.push(("last_failed_alloc_place", Extra::Text(shortened(place))));
    }
    Some(extras)
}

fn boot(text: &str) -> Option<Event> {
    let event = |reason: Option<&str>, cause: i64, mode: String| {
        let text = match reason {
            Some(reason) => format!("The chip started: {reason}"),
            None => format!("The chip started, reset cause {cause}"),
        };
        let mut event = Event::new(EventKind::Restart, text);
        event.extras.extend(reason.map(|reason| ("reason", Extra::Text(reason.into()))));
        event.extras.push(("reset_cause", Extra::Number(cause)));
        event.extras.push(("boot_mode", Extra::Text(mode)));
        event
    };
    let esp8266 = regex!(r"^ets [^,]*,rst cause:(-?[0-9]+), boot mode:\((-?[0-9]+),(-?[0-9]+)\)");
    if let Some(captures) = esp8266.captures(text) {
        let number = |captures: &Captures, at: usize| captures[at].parse::<i64>().ok();
        let cause = number(&captures, 1)?;
        let mode = format!("{},{}", number(&captures, 2)?, number(&captures, 3)?);
        let reasons = [
            (1, "power on"),
            (2, "reset pin, or wake-up from deep sleep"),
            (3, "software reset"),
            (4, "hardware watchdog"),
        ];
        let reason = reasons.iter().find(|(known, _)| *known == cause).map(|(_, reason)| *reason);
        return Some(event(reason, cause, mode));
    }
    let esp32 =
        regex!(r"^rst:0x([0-9a-fA-F]+) \(([0-9A-Za-z_]+)\),boot:0x([0-9a-fA-F]+) \(([0-9A-Za-z_]+)\)");
    let captures = esp32.captures(text)?;
    u32::from_str_radix(&captures[3], 16).ok()?;
    let cause = u32::from_str_radix(&captures[1], 16).ok()?;
    Some(event(Some(&captures[2]), cause.into(), captures[4].to_owned()))
}

fn damaged_heap(line: &str) -> Option<Event> {
    let text = cry(line, regex!("CORRUPT HEAP: .*"))?.as_str().trim_end();
    // The cry alone, without a blank behind it, says nothing.
    let mut event = Event::new(EventKind::HeapCorrupted, text);
    let mut rest = &text[text.len().min("CORRUPT HEAP: ".len())..];
    for (name, word) in [("address", " at "), ("expected", "xpected "), ("found", " got ")] {
        let Some((_, behind)) = rest.split_once(word) else { continue };
        let Some(captures) = regex!("^(?:<=)?0x([0-9a-fA-F]+)").captures(behind) else { continue };
        let Ok(value) = u32::from_str_radix(&captures[1], 16) else { continue };
        event.extras.push((name, Extra::Text(format!("0x{value:08x}"))));
        rest = &behind[captures[0].len()..];
    }
    Some(event)
}
