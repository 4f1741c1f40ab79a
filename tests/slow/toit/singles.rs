//! Single lines of Toit's log.

use heapscope::dialect::{Event, EventKind, Extra, Sample, What};
use heapscope::heap::{Amount, Figure, Figures};

use super::{Found, Log, finding, kept, marker, number, patterns};

patterns! {
    PRIMITIVE = "^out of memory in primitive N:N?$";
    QUOTED = "^out of memory in '(.*?)' (.*)$";
    ONLY_NUMBER = "^N$";
    NUMBERS = "^N:N?$";
    SYSTEM = "^Out of memory (?:in )?system process;";
    HOST = r"^Out of memory (?:in )?process N: (UUID)\.?$";
    ROOM = r"^\x4eot enough memory for a heap report(?: \(N bytes\))?$";
    METADATA = r"^\[toit\] ERROR: failed to allocate GC metadata";
    CHUNK = "^fatal: Can't allocate initial spare chunk";
    FATAL = "^fatal: ";
    THIRD_PRIMITIVE = r"^3rd time primitive failure N::N(?: \(malloc\))?$";
    THIRD_STACK = "^3rd time stack allocate failure N->N$";
    THIRD_OBJECT = "^3rd time allocate failure N$";
    LENGTH = r"^(?:string|byte array) allocation failed, length = N \(.*\)$";
    UNCAUGHT = "^Uncaught exception: (.*)$";
    SLEEPS = r"^\[toit\] WAR\x4e: entering deep sleep for (?:.* )?due to error$";
    JAGUAR = r"^\[jaguar\] (?:DEBUG|I\x4eFO|WAR\x4e|ERROR|FATAL): (.*)$";
    REBOOTS = "^rebooting due to (.*)$";
    FAILED = r"^running Jaguar failed due to '(.*)' \(N/N\)$";
    PROGRAM = "^program (UUID) stopped(.*)$";
    CONTAINER = "^container '(.*?)' stopped(.*)$";
    EXIT_CODE = r"^ - exit code \s*(-?[0-9]+)$";
    GC_KILOBYTES = r"^\[gc @ .* \| free: Nkb->Nkb(?: \(largest N(kb|K)?\))? N\.Nms\]$";
    GC_OVERALL = r"^\[gc @ .* \| overall: NK?/NK?@N% -> N(K?)/N(K?)@N% \| free: NK?/NK? -> N(K?)/N(K?) \| N\.Nms\]$";
    STATS = r"^(.*?)stats[:= ]*\[N, N, N, N, N, N, N, N, N, N, N\]$";
}

/// What the line at this place tells by itself.
pub(super) fn read(log: &Log<'_>, at: usize, found: &mut Found) {
    let line = log.lines[at];
    if let Some(marker) = marker(line).flatten()
        && let Some(mut event) = out_of_memory(log, at, &marker)
    {
        event.extras.extend(requested(log, at));
        found.push((at, 1, finding(at, at, What::Event(event))));
    }
    if let Some(mut event) = read_event(log, at) {
        if event.kind == EventKind::OutOfMemory {
            event.extras.extend(requested(log, at));
        }
        found.push((at, 2, finding(at, at, What::Event(event))));
    }
    if let Some(sample) = read_sample(log, at) {
        found.push((at, 3, finding(at, at, What::Sample(sample))));
    }
}

fn requested(log: &Log<'_>, at: usize) -> Option<(&'static str, Extra)> {
    let (place, length) =
        log.before(at).find_map(|(place, line)| Some((place, number(&LENGTH.captures(line)?[1]))))?;
    (at - place <= 10).then_some(("requested_bytes", Extra::Number(length as i64)))
}

fn count(text: &str) -> Extra {
    Extra::Number(number(text) as i64)
}

fn read_event(log: &Log<'_>, at: usize) -> Option<Event> {
    let line = log.lines[at];
    let event =
        |kind, extras: Vec<(&'static str, Extra)>| Some(Event { extras, ..Event::new(kind, kept(line)) });
    let text = |text: &str| Extra::Text(kept(text));
    if SYSTEM.is_match(line) || METADATA.is_match(line) || CHUNK.is_match(line) {
        return event(EventKind::OutOfMemory, vec![]);
    }
    if let Some(found) = HOST.captures(line) {
        return event(
            EventKind::OutOfMemory,
            vec![("process_id", count(&found[1])), ("program", text(&found[2]))],
        );
    }
    if let Some(found) = ROOM.captures(line) {
        let needed = found.get(1).map(|bytes| ("needed_bytes", count(bytes.as_str())));
        return event(EventKind::OutOfMemory, needed.into_iter().collect());
    }
    if let Some(found) = THIRD_PRIMITIVE.captures(line) {
        let primitive = format!("{}:{}", number(&found[1]), number(&found[2]));
        return event(EventKind::OutOfMemory, vec![("primitive", Extra::Text(primitive))]);
    }
    if let Some(found) = THIRD_STACK.captures(line) {
        let extras = vec![("old_words", count(&found[1])), ("new_words", count(&found[2]))];
        return event(EventKind::OutOfMemory, extras);
    }
    if let Some(found) = THIRD_OBJECT.captures(line) {
        return event(EventKind::OutOfMemory, vec![("class_id", count(&found[1]))]);
    }
    if let Some(found) = UNCAUGHT.captures(line).filter(|_| log.has_spoken(at)) {
        return event(EventKind::Exception, vec![("exception", text(&found[1]))]);
    }
    if SLEEPS.is_match(line) || FATAL.is_match(line) && log.has_spoken(at) {
        return event(EventKind::Crash, vec![]);
    }
    let jaguar = JAGUAR.captures(line)?;
    let said = &jaguar[1];
    if let Some(found) = REBOOTS.captures(said) {
        return event(EventKind::Exception, vec![("exception", text(&found[1]))]);
    }
    if let Some(found) = FAILED.captures(said) {
        let extras = vec![
            ("exception", text(&found[1])),
            ("attempt", count(&found[2])),
            ("attempts", count(&found[3])),
        ];
        return event(EventKind::Exception, extras);
    }
    let stopped = PROGRAM.captures(said).or_else(|| CONTAINER.captures(said))?;
    let mut extras = vec![("program", text(&stopped[1]))];
    if !stopped[2].is_empty() {
        let code = EXIT_CODE.captures(&stopped[2])?[1].parse().ok()?;
        extras.push(("exit_code", Extra::Number(code)));
    }
    event(EventKind::ProgramStopped, extras)
}

/// The failure that a marker tells of.
fn out_of_memory(log: &Log<'_>, at: usize, marker: &str) -> Option<Event> {
    let mut extras = Vec::new();
    let is_cut = marker.len() >= 49;
    let what = if marker == "out of memory" {
        String::new()
    } else {
        let what = if let Some(found) = PRIMITIVE.captures(marker) {
            extras.push(("reason", Extra::Text("primitive".into())));
            let index = found.get(2).filter(|_| !is_cut).map(|index| number(index.as_str()));
            format!(", in {}", primitive(log, at, number(&found[1]), index, &mut extras))
        } else {
            let found = QUOTED.captures(marker)?;
            let (reason, rest) = (&found[1], &found[2]);
            let (first, second) = match NUMBERS.captures(rest) {
                Some(numbers) => (
                    Some(count(&numbers[1])),
                    numbers.get(2).filter(|_| !is_cut).map(|text| count(text.as_str())),
                ),
                // The number that reaches to the end of the buffer may have had more digits.
                None if is_cut && ONLY_NUMBER.is_match(rest) => (None, None),
                None => return None,
            };
            extras.push(("reason", Extra::Text(reason.to_owned())));
            match reason {
                "allocate instance" => {
                    extras.extend(first.map(|class| ("class_id", class)));
                    ", of an object".to_owned()
                }
                "pushing error" => {
                    extras.extend(first.map(|class| ("class_id", class)));
                    ", of an exception".to_owned()
                }
                "stack grow" => {
                    extras.push(("old_words", first?));
                    extras.extend(second.map(|words| ("new_words", words)));
                    ", of a stack that was to grow".to_owned()
                }
                "gc a lot" => ", in a build for tests".to_owned(),
                _ => return None,
            }
        };
        extras.extend(log.version(at).map(|version| ("sdk_version", Extra::Text(version))));
        what
    };
    let text = format!("An allocation failed after two garbage collections{what}");
    Some(Event { extras, ..Event::new(EventKind::OutOfMemory, text) })
}

/// Looks the primitive up in the list of every release that it can be.
fn primitive(
    log: &Log<'_>,
    at: usize,
    module: u64,
    index: Option<u64>,
    extras: &mut Vec<(&'static str, Extra)>,
) -> String {
    let Some(index) = index else { return format!("a primitive of module {module}") };
    let numbers = format!("{module}:{index}");
    extras.push(("primitive", Extra::Text(numbers.clone())));
    let lists: Vec<Vec<&str>> = include_str!("../../../src/dialect/toit/primitives.txt")
        .lines()
        .map(|line| line.split(' ').collect())
        .collect();
    let releases = match log.alpha(at) {
        Some(alpha) if (147..=195).contains(&alpha) => alpha..=alpha,
        _ => 147..=195,
    };
    let (mut modules, mut names, mut is_known) = (Vec::new(), Vec::new(), true);
    for release in releases {
        let of_release = |list: &&Vec<&str>| {
            number(list[0]) == module && (number(list[1])..=number(list[2])).contains(&release)
        };
        let list = lists.iter().find(of_release);
        modules.extend(list.map(|list| list[3]));
        let name = list.and_then(|list| list[4..].get(usize::try_from(index).unwrap()));
        is_known &= name.is_some();
        names.extend(name.zip(list).map(|(name, list)| format!("{}.{name}", list[3])));
    }
    modules.dedup();
    names.dedup();
    match (&modules[..], &names[..]) {
        (_, [name]) if is_known => {
            extras.push(("requested_by", Extra::Text(name.clone())));
            format!("{name} (primitive {numbers})")
        }
        (_, [_, ..]) if is_known => {
            extras.push(("requested_by_one_of", Extra::List(names.clone())));
            format!("{} (primitive {numbers}), depending on the release", names.join(" or "))
        }
        ([module], _) => format!("primitive {numbers}, of the module {module}"),
        _ => format!("primitive {numbers}"),
    }
}

fn read_sample(log: &Log<'_>, at: usize) -> Option<Sample> {
    let line = log.lines[at];
    let mut figures = Figures::default();
    let amount = |digits: &str, unit: &str| match unit {
        "" => Amount::exact(number(digits)),
        _ => Amount::kib_truncated(number(digits)),
    };
    if let Some(found) = GC_KILOBYTES.captures(line) {
        figures.set(Figure::Free, amount(&found[2], "kb"));
        if let Some(largest) = found.get(3) {
            let unit = found.get(4).map_or("", |unit| unit.as_str());
            figures.set(Figure::LargestFreeBlock, amount(largest.as_str(), unit));
        }
        return Some(Sample { source: "gc", figures });
    }
    if let Some(found) = GC_OVERALL.captures(line) {
        figures.set(Figure::Used, amount(&found[4], &found[5]));
        figures.set(Figure::Total, amount(&found[6], &found[7]));
        figures.set(Figure::UsedPercent, Amount::exact(number(&found[8])));
        figures.set(Figure::LargestFreeBlock, amount(&found[11], &found[12]));
        figures.set(Figure::Free, amount(&found[13], &found[14]));
        return Some(Sample { source: "gc", figures });
    }
    let found = STATS.captures(line).filter(|_| !line.starts_with("[gc @ "))?;
    let is_named = ["process-", "process_", "process "].iter().any(|word| found[1].ends_with(word));
    if !is_named && !log.has_spoken(at) {
        return None;
    }
    let numbers: Vec<u64> = (2..13).map(|place| number(&found[place])).collect();
    let is_plausible = numbers[1] > 0
        && numbers[2] >= numbers[1]
        && numbers[8] > 0
        && numbers[7] >= numbers[8]
        && numbers[9] >= numbers[10];
    figures.set(Figure::Free, Amount::exact(numbers[7]));
    figures.set(Figure::LargestFreeBlock, Amount::exact(numbers[8]));
    is_plausible.then_some(Sample { source: "process_stats", figures })
}
