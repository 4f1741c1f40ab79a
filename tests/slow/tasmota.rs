//! Tasmota's log, the slow way: every answer is put together first, then all lines are read in order.

use std::collections::HashMap;

use heapscope::dialect::{Answer, Event, EventKind, Extra, Finding, LineRange, Sample, What};
use heapscope::heap::{Amount, Figure, Figures, TimeOfDay};
use regex::Regex;

use super::AT_THE_END;

const LONGEST_PAYLOAD: usize = 32 * 1024;

/// See `heapscope::dialect`'s folder of the same name for the grammar.
pub fn read(lines: &[String]) -> Vec<(usize, Finding)> {
    let stamped: Vec<_> = lines.iter().map(|line| stamp(line)).collect();
    let (answers, taken) = put_together(lines, &stamped);
    let mut log = Log::default();
    for (number, line) in stamped.iter().enumerate() {
        for answer in answers.iter().filter(|answer| answer.ends_before == Some(number)) {
            log.payload(number, answer);
        }
        if !taken[number]
            && let Some(line) = line
        {
            log.line(number, line);
        }
        for answer in answers.iter().filter(|answer| answer.ends_with == Some(number)) {
            log.payload(number, answer);
        }
    }
    for answer in answers.iter().filter(|answer| answer.ends_before.or(answer.ends_with).is_none()) {
        log.payload(AT_THE_END, answer);
    }
    log.found
}

struct Stamped {
    time: TimeOfDay,
    free: Option<u64>,
    fragmentation: Option<u64>,
    text: String,
}

fn stamp(line: &str) -> Option<Stamped> {
    let form = regex!(
        r"(?x)^[\x20\t]*
        (?<h>[01][0-9]|2[0-3]):(?<m>[0-5][0-9]):(?<s>[0-5][0-9])
        (?:
            (?<tight>\.(?<ms>[0-9]{3})-(?:(?<f6>[0-9]{3})/(?<p6>100)|(?<f7>[1-9][0-9]{3,4})/(?<p7>100|[0-9]{2}))\x20?)
          | (?:\.(?<ms2>[0-9]{3})(?:-(?<f>[0-9]{3}|[1-9][0-9]{3,4})(?:/(?<p>[0-9]{2}|100))?)?)?(?:\x20|$)
        )
        (?<text>.*)$"
    );
    let captures = form.captures(line)?;
    // With the blank gone, a digit behind the numbers would be one of theirs.
    if captures["text"].starts_with(|next: char| next.is_ascii_digit())
        && captures.name("tight").is_some_and(|tight| !tight.as_str().ends_with(' '))
    {
        return None;
    }
    let number = |names: &[&str]| {
        let text = names.iter().find_map(|name| captures.name(name))?;
        Some(text.as_str().parse::<u64>().unwrap())
    };
    let millis = number(&["ms", "ms2"]);
    let clock = |name| number(&[name]).unwrap();
    let since_midnight = ((clock("h") * 60 + clock("m")) * 60 + clock("s")) * 1_000 + millis.unwrap_or(0);
    Some(Stamped {
        time: TimeOfDay::new(since_midnight as u32, millis.is_some()),
        free: number(&["f6", "f7", "f"]),
        fragmentation: number(&["p6", "p7", "p"]),
        text: captures["text"].to_owned(),
    })
}

/// An answer or telemetry object with all of its lines.
struct Payload {
    first: usize,
    last: usize,
    time: TimeOfDay,
    topic: String,
    is_answer: bool,
    text: String,
    /// It ended with this line.
    ends_with: Option<usize>,
    /// It ended because this line came.
    ends_before: Option<usize>,
}

/// Prefix, topic and payload.
fn published(text: &str) -> Option<(String, String, String)> {
    let captures = regex!(r"^(MQT|RSL|MSH): ([^ ]+) = (.*)$").captures(text)?;
    Some((captures[1].to_owned(), captures[2].to_owned(), captures[3].to_owned()))
}

/// All payloads that are read, and which lines were taken by one that had begun before.
fn put_together(lines: &[String], stamped: &[Option<Stamped>]) -> (Vec<Payload>, Vec<bool>) {
    let (mut payloads, mut taken) = (Vec::new(), vec![false; lines.len()]);
    // Another one may only begin behind the end of the one before, or with the line that ended it.
    let mut free_from = 0;
    for (first, line) in stamped.iter().enumerate() {
        let Some(line) = line else { continue };
        let Some((prefix, topic, text)) = published(&line.text) else { continue };
        if taken[first] || first < free_from {
            continue;
        }
        let last_segment = topic.rsplit('/').next().unwrap();
        let is_answer = regex!(r"^(RESULT|STATUS[0-9]*)$").is_match(last_segment)
            || regex!(r"(^|/)stat(/|$)").is_match(&topic)
            || (prefix == "RSL"
                && !topic.contains('/')
                && !regex!(r"^(LWT|STATE|SENSOR|INFO[123]|ENERGY|HASS_STATE)$").is_match(&topic));
        if !is_answer && !regex!(r"^(STATE|INFO[13])$").is_match(last_segment) {
            continue;
        }
        let text = text[..text.floor_char_boundary(LONGEST_PAYLOAD)].to_owned();
        let mut payload = Payload {
            first,
            last: first,
            time: line.time,
            topic: last_segment.to_owned(),
            is_answer,
            text: text.clone(),
            ends_with: None,
            ends_before: None,
        };
        let may_go_on = regex!(r#"^[{\[]"#).is_match(&text)
            && !regex!(r#"^\{"Command":"|(\.\.\.|truncated)$"#).is_match(&text);
        let mut open = if may_go_on { brackets(&text, 0) } else { 0 };
        if open == 0 {
            payload.ends_with = Some(first);
        }
        let is_spread = text == "{" || text == "[";
        let mut foreign = 0;
        let mut next = first + 1;
        while open > 0 && next < lines.len() {
            let other = stamped[next].as_ref();
            let content = other.map_or(lines[next].as_str(), |other| &other.text);
            let content = regex!(r"^[ \t]+").replace(content, "");
            let has_room = payload.text.len() + content.len() < LONGEST_PAYLOAD;
            let is_mine = other.is_none_or(|other| other.time == payload.time)
                && regex!(r#"^["{}\[\]]"#).is_match(&content)
                && has_room;
            if is_mine {
                payload.text += "\n";
                payload.text += &content;
                payload.last = next;
                taken[next] = true;
                open = brackets(&content, open);
                if open == 0 {
                    payload.ends_with = Some(next);
                }
            } else {
                foreign += 1;
                let is_published = other.is_some_and(|other| published(&other.text).is_some());
                if !is_spread || !has_room || foreign > 4 || is_published {
                    payload.ends_before = Some(next);
                    open = 0;
                }
            }
            next += 1;
        }
        free_from = payload.ends_before.or(payload.ends_with.map(|line| line + 1)).unwrap_or(lines.len());
        payloads.push(payload);
    }
    (payloads, taken)
}

/// How many are open behind a line.
fn brackets(line: &str, open_before: usize) -> usize {
    let strings = regex!(r#"(?s)"(?:[^"\\]|\\.)*"|".*$"#);
    strings.replace_all(line, "").chars().fold(open_before, |open, character| match character {
        '{' | '[' => open + 1,
        '}' | ']' => open.saturating_sub(1),
        _ => open,
    })
}

/// Parent, key and value of every field that stands in objects alone.
fn fields(json: &str) -> Vec<(String, String, String)> {
    let token = regex!(
        r#"(?xs)
        (?<string>"(?:[^"\\]|\\.)*") | (?<unfinished>") | (?<open>[{\[]) | (?<close>[}\]]) | (?<comma>,)
        | (?<between>[:\x20\t\r\n]) | (?<word>[^,}\]"{\[:\n\x20\t\r][^,}\]"{\[:\n]*)"#
    );
    let mut found = Vec::new();
    let mut open: Vec<Option<String>> = Vec::new();
    let mut key: Option<String> = None;
    let mut place = 0;
    while let Some(captures) = token.captures_at(json, place) {
        let all = captures.get(0).unwrap();
        place = all.end();
        let behind = &json[place..];
        let mut value = None;
        if captures.name("unfinished").is_some() {
            break;
        } else if let Some(string) = captures.name("string") {
            let string = string.as_str()[1..string.len() - 1].to_owned();
            match (key.take(), regex!(r"^\s*:").find(behind)) {
                (Some(key), _) => value = Some((key, string)),
                (None, Some(colon)) => {
                    place += colon.end();
                    key = Some(string);
                }
                (None, None) => {}
            }
        } else if let Some(bracket) = captures.name("open") {
            let parent = key.take().unwrap_or_default();
            open.push((bracket.as_str() == "{").then_some(parent));
        } else if captures.name("close").is_some() {
            open.pop();
            key = None;
        } else if captures.name("comma").is_some() {
            key = None;
        } else if let Some(word) = captures.name("word") {
            if behind.is_empty() {
                break;
            }
            let key = key.take().filter(|_| behind.starts_with([',', '}', ']', '\n']));
            value = key.map(|key| (key, word.as_str().trim_end().to_owned()));
        }
        if let Some((key, value)) = value
            && open.iter().all(Option::is_some)
            && open.len() <= 16
            && let Some(Some(parent)) = open.last()
        {
            found.push((parent.clone(), key, value));
        }
    }
    found
}

/// What is known of the board, and what was found.
#[derive(Default)]
struct Log {
    found: Vec<(usize, Finding)>,
    chip: Option<String>,
    version: Option<String>,
    build: Option<String>,
    core: Option<String>,
    has_banner: bool,
    boot_count: Option<u64>,
    is_crash_told: bool,
}

impl Log {
    fn find(&mut self, at: usize, lines: LineRange, time: TimeOfDay, what: What) {
        let finding = Finding { dialect: "tasmota", lines, device_time: Some(time), host_time: None, what };
        self.found.push((at, finding));
    }

    fn suppose_chip(&mut self, chip: &str) {
        self.chip.get_or_insert(chip.to_owned());
    }

    fn line(&mut self, number: usize, line: &Stamped) {
        let lines = LineRange::one(number as u64);
        if let Some(free) = line.free.filter(|free| *free <= 1_024) {
            if free > 80 {
                self.suppose_chip("ESP32");
            }
            let mut figures = Figures::default();
            figures.set(Figure::Free, Amount::kib_truncated(free));
            let is_esp32 = self.chip.as_deref().is_some_and(|chip| chip.starts_with("ESP32"));
            let kind = if is_esp32 { Figure::Fragmentation } else { Figure::FragmentationStamp };
            figures.set_known(kind, line.fragmentation.map(Amount::exact));
            self.find(number, lines, line.time, What::Sample(Sample { source: "timestamp", figures }));
        }
        let what = echo(&line.text)
            .or_else(|| oom(&line.text))
            .or_else(|| debug(&line.text))
            .or_else(|| log_end(&line.text))
            .or_else(|| self.banner(&line.text));
        if let Some(captures) = regex!(r"^HDW: (ESP[^ ]*)").captures(&line.text) {
            self.chip = Some(captures[1].to_owned());
        }
        if let Some(what) = what {
            self.find(number, lines, line.time, what);
        }
    }

    fn banner(&mut self, text: &str) -> Option<What> {
        let project = regex!(r"^[^ ]+ (?:[^ ]+ )??(?:tasmota|sonoff) (?:- )?(.*)$");
        let version = regex!(r"(?:^| )([0-9]+(?:\.[0-9]+){2,3})(?:\(([^)]*)\))?-(.*)$");
        // Three capitals and a colon are a prefix.
        if text.get(3..5) == Some(": ") {
            return None;
        }
        let rest = &project.captures(text)?[1];
        let captures = version.captures(rest)?;
        self.version = Some(captures[1].to_owned());
        self.build = captures.get(2).map(|build| build.as_str().to_owned()).filter(|build| !build.is_empty());
        self.core = core(&captures[3]);
        let of_build = self.build.as_deref().and_then(chip_of_build);
        if let Some(chip) = of_build.or_else(|| chip_of_core(self.core.as_deref()?)) {
            self.suppose_chip(chip);
        }
        (self.has_banner, self.is_crash_told) = (true, false);
        Some(What::Event(self.restart(None)))
    }

    fn restart(&self, reason: Option<&str>) -> Event {
        let text = match &self.version {
            Some(version) => format!("Tasmota {version} started"),
            None => "Tasmota started".into(),
        };
        let mut event = Event::new(EventKind::Restart, text);
        for (name, value) in [("version", &self.version), ("build", &self.build), ("core", &self.core)] {
            event.extras.extend(value.clone().map(|value| (name, Extra::Text(value))));
        }
        event.extras.extend(reason.map(|reason| ("reason", Extra::Text(reason.into()))));
        event
    }

    fn payload(&mut self, at: usize, payload: &Payload) {
        let lines = LineRange { first: payload.first as u64, last: payload.last as u64 };
        let topic = payload.topic.as_str();
        let all = fields(&payload.text);
        // The last one of several counts.
        let by_name: HashMap<(&str, &str), &str> = all
            .iter()
            .map(|(parent, key, value)| ((parent.as_str(), key.as_str()), value.as_str()))
            .collect();
        let get = |parent: &'static str, key: &'static str| by_name.get(&(parent, key)).copied();
        let has = |parent: &str, keys: &[&str]| keys.iter().any(|key| by_name.contains_key(&(parent, *key)));

        let memory = memory(&all);
        let state = state(&all);
        let berry = all.iter().rfind(|(parent, key, _)| parent.is_empty() && key == "Br");
        let berry = berry.map(|(_, _, map)| berry_memory(map)).unwrap_or_default();

        // In an INFO topic the inner object may be missing.
        let last_of = |inner: &str, key: &str| {
            let is_it = |(parent, name, _): &&(String, String, String)| {
                (parent == inner || parent.is_empty()) && name == key
            };
            all.iter().rfind(is_it).map(|(_, _, value)| value.as_str())
        };
        let firmware = all.iter().rfind(|(parent, key, _)| {
            let is_info = topic == "INFO1" && (parent == "Info1" || parent.is_empty());
            key == "Version" && (parent == "StatusFWR" || is_info)
        });
        if let Some((_, _, firmware)) = firmware {
            let captures = regex!(r"(?s)^([^(]*)(?:\(([^)]*))?").captures(firmware).unwrap();
            self.version = Some(captures[1].to_owned());
            self.build =
                captures.get(2).map(|build| build.as_str().to_owned()).filter(|build| !build.is_empty());
            if let Some(chip) = self.build.as_deref().and_then(chip_of_build) {
                self.suppose_chip(chip);
            }
        }
        if let Some(core) = get("StatusFWR", "Core").and_then(core) {
            if let Some(chip) = chip_of_core(&core) {
                self.suppose_chip(chip);
            }
            self.core = Some(core);
        }
        let hardware = get("StatusFWR", "Hardware");
        if let Some(captures) = hardware.and_then(|hardware| regex!(r"(?s)^(ESP[^ ]*)").captures(hardware)) {
            self.chip = Some(captures[1].to_owned());
        }
        let is_large =
            |figures: &Figures| figures.at_least(Figure::Free).is_some_and(|free| free > 80 * 1_024);
        if has("StatusMEM", &["PsrMax", "PsrFree", "StackLowMark"])
            || state.get(Figure::ScriptHeapUsed).is_some()
            || !berry.is_empty()
            || is_large(&memory)
            || is_large(&state)
        {
            self.suppose_chip("ESP32");
        }

        let is_info3 = topic == "INFO3";
        let any_reason = all.iter().rfind(|(parent, key, _)| {
            let is_info = is_info3 && (parent == "Info3" || parent.is_empty());
            key == "RestartReason" && (parent == "StatusPRM" || is_info)
        });
        let crash = crash(&all, &payload.text);
        let mut restart = None;
        if is_info3 && (any_reason.is_some() || crash.is_some()) {
            let count = last_of("Info3", "BootCount").and_then(small_number);
            let is_another = count.is_some() && count != self.boot_count;
            if !self.has_banner && (is_another || self.boot_count.is_none()) {
                self.is_crash_told = false;
                restart = Some(self.restart(any_reason.map(|(_, _, reason)| reason.as_str())));
            }
            self.has_banner = false;
            self.boot_count = count.or(self.boot_count);
        }
        let fault = regex!(r"(?i-u)exception|watchdog|watch dog|panic|not stable|blocked loop");
        let fault = any_reason.filter(|(_, _, reason)| is_info3 && fault.is_match(reason));
        let fault = fault.map(|(_, _, reason)| Event {
            extras: vec![("reason", Extra::Text(reason.clone()))],
            ..Event::new(EventKind::Crash, format!("{reason} before the restart"))
        });
        let crash = crash.or(fault).filter(|_| !self.is_crash_told);
        self.is_crash_told |= crash.is_some();

        let state_source = if topic.starts_with("STATUS") { "status11" } else { "state" };
        for (source, figures) in [("status4", memory), (state_source, state), ("berry_memory", berry)] {
            if !figures.is_empty() {
                self.find(at, lines, payload.time, What::Sample(Sample { source, figures }));
            }
        }
        for event in [restart, crash].into_iter().flatten() {
            self.find(at, lines, payload.time, What::Event(event));
        }
        if payload.is_answer {
            let refused = get("", "Command").filter(|command| matches!(*command, "Error" | "Unknown"));
            let text = match refused {
                Some(_) => {
                    let cut = || regex!(r#"(?s)"Input":"(.*?)(?:"\})?$"#).captures(&payload.text);
                    let cut = || {
                        cut()
                            .map(|captures| captures[1].strip_suffix('\\').unwrap_or(&captures[1]).to_owned())
                    };
                    get("", "Input").map(str::to_owned).or_else(cut).unwrap_or_default()
                }
                None => payload.text.clone(),
            };
            let answer = Answer { topic: topic.to_owned(), ok: refused.is_none(), text };
            self.find(at, lines, payload.time, What::Answer(answer));
        }
    }
}

fn digits(text: &str) -> Option<u64> {
    regex!(r"^[0-9]+$").is_match(text).then(|| text.parse().ok())?
}

fn small_number(text: &str) -> Option<u64> {
    digits(text).filter(|number| *number < 1 << 32)
}

fn kib(text: &str, most: u64) -> Option<Amount> {
    let whole = regex!(r"^([0-9]+)(?:\.[0-9]*)?$").captures(text)?;
    digits(&whole[1]).filter(|kib| *kib <= most).map(Amount::kib_truncated)
}

/// KB, or bytes where it is too much for KB.
fn heap(text: &str) -> Option<Amount> {
    kib(text, 1_024).or_else(|| digits(text).filter(|bytes| *bytes <= 1_024 * 1_024).map(Amount::exact))
}

fn percent(text: &str) -> Option<Amount> {
    digits(text).filter(|percent| *percent <= 100).map(Amount::exact)
}

fn memory(all: &[(String, String, String)]) -> Figures {
    let mine = || all.iter().filter(|(parent, ..)| parent == "StatusMEM");
    let mut figures: Vec<(Figure, Amount)> = Vec::new();
    for (_, key, value) in mine() {
        let (figure, amount) = match key.as_str() {
            "Heap" => (Figure::Free, heap(value)),
            "MaxFree" | "MaxFreeBlock" => (Figure::LargestFreeBlock, heap(value)),
            "Frag" => (Figure::Fragmentation, percent(value)),
            "OomCount" => (Figure::OomCount, small_number(value).map(Amount::exact)),
            "HeapLwm" => (Figure::LowWaterMark, heap(value)),
            "MaxAllocSz" => (Figure::LargestRequest, small_number(value).map(Amount::exact)),
            "StackLowMark" => (Figure::StackLowWaterMark, heap(value)),
            "PsrFree" => (Figure::PsramFree, kib(value, 65_536)),
            "PsrMax" => (Figure::PsramTotal, kib(value, 65_536)),
            _ => continue,
        };
        put(&mut figures, figure, amount);
    }
    // Without the mark of full statistics, the build has inline metrics, and those clear the count.
    let is_cleared = !mine().any(|(_, key, _)| key == "HeapLwm");
    figures.retain(|entry| !(is_cleared && *entry == (Figure::OomCount, Amount::exact(0))));
    collect(figures)
}

fn state(all: &[(String, String, String)]) -> Figures {
    let mut figures = Vec::new();
    let mut has_uptime = false;
    for (parent, key, value) in all {
        match (parent.as_str(), key.as_str()) {
            ("" | "StatusSTS", "Uptime") => has_uptime = true,
            ("" | "StatusSTS", "Heap") => put(&mut figures, Figure::Free, heap(value)),
            ("Berry", "HeapUsed") => put(&mut figures, Figure::ScriptHeapUsed, kib(value, 65_536)),
            ("Berry", "Objects") => {
                put(&mut figures, Figure::ScriptObjects, small_number(value).map(Amount::exact));
            }
            _ => {}
        }
    }
    let is_state = has_uptime && figures.iter().any(|(figure, _)| *figure == Figure::Free);
    if is_state { collect(figures) } else { Figures::default() }
}

fn berry_memory(map: &str) -> Figures {
    let mut figures = Vec::new();
    for captures in regex!(r"'([a-z_]*)': ?([0-9]*)").captures_iter(map) {
        let value = &captures[2];
        let (figure, amount) = match &captures[1] {
            "heap_free" => (Figure::Free, kib(value, 1_024)),
            "frag" => (Figure::Fragmentation, percent(value)),
            "stack_low" => (Figure::StackLowWaterMark, kib(value, 1_024)),
            "psram" => (Figure::PsramTotal, kib(value, 65_536)),
            "psram_free" => (Figure::PsramFree, kib(value, 65_536)),
            "iram_free" => (Figure::InstructionRamFree, kib(value, 1_024)),
            "gc_heap" => (Figure::ScriptHeapUsed, kib(value, 65_536)),
            _ => continue,
        };
        put(&mut figures, figure, amount);
    }
    let has_free = figures.iter().any(|(figure, _)| *figure == Figure::Free);
    if has_free { collect(figures) } else { Figures::default() }
}

/// A second value takes the place of the first.
fn put(figures: &mut Vec<(Figure, Amount)>, figure: Figure, amount: Option<Amount>) {
    let Some(amount) = amount else { return };
    match figures.iter_mut().find(|(known, _)| *known == figure) {
        Some(entry) => entry.1 = amount,
        None => figures.push((figure, amount)),
    }
}

fn collect(entries: Vec<(Figure, Amount)>) -> Figures {
    let mut figures = Figures::default();
    entries.into_iter().for_each(|(figure, amount)| figures.set(figure, amount));
    figures
}

fn crash(all: &[(String, String, String)], text: &str) -> Option<Event> {
    let last = |key: &str| {
        let is_it = |(parent, name, _): &&(String, String, String)| {
            matches!(parent.as_str(), "RestartReason" | "StatusSTK") && name == key
        };
        all.iter().rfind(is_it).map(|(_, _, value)| value.clone())
    };
    let (exception, reason) = (last("Exception").and_then(|text| small_number(&text)), last("Reason"));
    if exception.is_none() && reason.is_none() {
        return None;
    }
    let name = match (&reason, exception) {
        (Some(reason), Some(exception)) => format!("{reason} ({exception})"),
        (Some(reason), None) => reason.clone(),
        (None, exception) => format!("Exception {}", exception.unwrap()),
    };
    let mut event = Event::new(EventKind::Crash, format!("{name} before the restart"));
    let epc = regex!(r#""EPC"\s*:\s*\[([^\]]*)"#);
    let call_chain = regex!(r#""CallChain"\s*:\s*\[([^\]]*)"#);
    let list = |array: &Regex| -> Vec<String> {
        let array = array.captures(text).map(|captures| captures[1].to_owned()).unwrap_or_default();
        let addresses = regex!(r#""([0-9A-Fa-f]{1,8})""#);
        addresses.captures_iter(&array).take(64).map(|captures| captures[1].to_owned()).collect()
    };
    let epc = last("EPC").map_or_else(|| list(epc), |epc| vec![epc]);
    let call_chain = list(call_chain);
    let extras = [
        ("reason", reason.map(Extra::Text)),
        ("exception", exception.map(|number| Extra::Number(number as i64))),
        ("epc", (!epc.is_empty()).then_some(Extra::List(epc))),
        ("excvaddr", last("EXCVADDR").map(Extra::Text)),
        ("depc", last("DEPC").map(Extra::Text)),
        ("call_chain", (!call_chain.is_empty()).then_some(Extra::List(call_chain))),
    ];
    event.extras = extras.into_iter().filter_map(|(name, extra)| Some((name, extra?))).collect();
    Some(event)
}

fn core(text: &str) -> Option<String> {
    let form = regex!(r"^[0-9]{1,3}(?:[._][0-9]{1,3}){2}(?:[^0-9]|$)");
    let core = regex!(r"^[0-9]+[._][0-9]+[._][0-9]+(?:[._][0-9]{1,3}(?:[^0-9]|$))?").find(text)?.as_str();
    let core = core.trim_end_matches(|last: char| !last.is_ascii_digit()).replace('_', ".");
    form.is_match(text).then_some(core)
}

fn chip_of_build(build: &str) -> Option<&'static str> {
    let captures = regex!(r"tasmota32(c2|c3|c5|c6|s2|s3|p4)?").captures(build)?;
    Some(match captures.get(1).map(|kind| kind.as_str()) {
        Some("c2") => "ESP32-C2",
        Some("c3") => "ESP32-C3",
        Some("c5") => "ESP32-C5",
        Some("c6") => "ESP32-C6",
        Some("s2") => "ESP32-S2",
        Some("s3") => "ESP32-S3",
        Some("p4") => "ESP32-P4",
        _ => "ESP32",
    })
}

fn chip_of_core(core: &str) -> Option<&'static str> {
    match () {
        () if regex!(r"^2\.[3-7]\.").is_match(core) => Some("ESP8266"),
        () if regex!(r"^(?:[12]\.0|3)\.").is_match(core) => Some("ESP32"),
        () => None,
    }
}

fn echo(text: &str) -> Option<What> {
    let typed = match text {
        "CMD:" => "",
        _ => regex!(r"^CMD: (.*)$").captures(text)?.get(1)?.as_str(),
    };
    let debug = regex!(r"^(?:Grp [0-9]+, Cmd '|Group [0-9]+, Index |Using USB CDC|Fall back to serial port)");
    if debug.is_match(typed) {
        return None;
    }
    let ok = !regex!(r"^(?:Serial|USB) buffer overrun$").is_match(typed);
    Some(What::Answer(Answer { topic: "ECHO".into(), ok, text: typed.into() }))
}

fn oom(text: &str) -> Option<What> {
    let captures = regex!(r"^OOM: count ([0-9]+) \((?:\+([0-9]+)|test-trigger)\)$").captures(text)?;
    let count = small_number(&captures[1])?;
    let mut figures = Figures::default();
    figures.set(Figure::OomCount, Amount::exact(count));
    let Some(added) = captures.get(2) else {
        return Some(What::Sample(Sample { source: "oom_test", figures }));
    };
    let added = small_number(added.as_str())?;
    if added >= 1 << 31 {
        let text = "The counter of failed allocations was reset, so it does not tell how many failed.";
        return Some(What::Event(Event::new(EventKind::OomCounterReset, text)));
    }
    figures.set(Figure::OomCountAdded, Amount::exact(added));
    let allocations = if added == 1 { "allocation" } else { "allocations" };
    let text = format!("{added} {allocations} failed, {count} since boot");
    Some(What::Event(Event { figures, ..Event::new(EventKind::OutOfMemory, text) }))
}

fn debug(text: &str) -> Option<What> {
    let form = regex!(r"^DBG: (?:== [^ ]* )?FreeRam ([0-9]+), (?:FreeStack ([0-9]+)|CPU )");
    let captures = form.captures(text)?;
    let mut figures = Figures::default();
    figures.set(Figure::Free, Amount::exact(small_number(&captures[1])?));
    if let Some(stack) = captures.get(2) {
        figures.set(Figure::StackFree, Amount::exact(small_number(stack.as_str())?));
    }
    Some(What::Sample(Sample { source: "debug", figures }))
}

fn log_end(text: &str) -> Option<What> {
    let texts = regex!(
        "^APP: (?:Serial logging disabled|Serielles Logging deaktiviert|Journalisation série désactivée?\
        |Log serial deshabilitado|Registro attività seriale disabilitato|Log Seriale disabilitato\
        |Serieel logging uitgeschakeld|W(?:yłą|yla)czony dziennik na porcie szeregowym|Serial logging отключен\
        |串口日(?:志已禁|誌已禁)用|Logování na sériovém portu ukončeno|Logovanie na sériovom porte ukončené\
        |Logare serială dezactivată|Serial журнал вимкнений|Registro (?:em serie|de porta série) desabilitado\
        |Серийният лог изключен|Seri port loglaması kapalı|Serial logolás kikapcsolva\
        |Seriell loggning inaktiverad|Serijinis registravimas išjungtas|Serial logging útskeakele\
        |Η καταγραφή σειριακής θύρας είναι απενεργοποιημένη|Η σειριακής καταγραφή απενεργοποιήθηκε\
        |רישום טורי מושבת|Serial log 사용 안함|Registre Sèrie deshabilitat)$"
    );
    let explanation = "Tasmota stopped logging to the serial port; the next command switches it on again.";
    texts.is_match(text).then(|| What::Event(Event::new(EventKind::LogSwitchedOff, explanation)))
}
