//! The reader that one writes in an afternoon with `regex` and `serde_json`: what Heapscope's is measured against.
//!
//! It reads only what the mixed log has, knows no damage, and is written for the benchmark alone; but as one does
//! who wants it fast without effort: patterns compiled once, a reused buffer, borrowed captures.

use regex::Regex;
use serde_json::Value;

use crate::sums::Sums;

/// What it found, as a program would keep it.
#[derive(Debug)]
#[allow(dead_code, reason = "kept as a program would keep it; only some of it is summed up")]
enum Found {
    Sample { millis: u64, free_bytes: u64, largest_free_block_bytes: Option<u64>, fragmentation: Option<u64> },
    BlockMap { blocks: Vec<[u64; 4]>, free_blocks: u64 },
    Table { marker: String, rows: Vec<(String, u64, u64)>, total_bytes: u64 },
    OutOfMemory { count: u64 },
}

/// Name, bytes, count.
type Row = (String, u64, u64);

pub struct Reference {
    rest: Vec<u8>,
    colour: Regex,
    stamp: Regex,
    answer: Regex,
    row: Regex,
    totals: Regex,
    start: Regex,
    table_row: Regex,
    table_total: Regex,
    failure: Regex,
    blocks: Vec<[u64; 4]>,
    table: Option<(String, Vec<Row>)>,
    found: Vec<Found>,
}

impl Reference {
    pub fn new() -> Self {
        let regex = |pattern: &str| Regex::new(pattern).unwrap();
        Reference {
            rest: Vec::new(),
            colour: regex(r"\x1b\[[0-9;]*m"),
            stamp: regex(r"^(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?(?:-(\d{3,5})(?:/(\d{2,3}))?)? ?(.*)$"),
            answer: regex(r"^(?:MQT|RSL|MSH): (\S+) = (\{.*\})"),
            row: regex(
                r"^\|0x([0-9a-f]{8})\|B +(\d+)\|NB +(\d+)\|PB +(\d+)\|Z +(\d+)\|(?:NF +(\d+)\|PF +(\d+)\|)?",
            ),
            totals: regex(r"^Total Blocks +(\d+) +Used Blocks +(\d+) +Free Blocks +(\d+)"),
            start: regex(r"^Heap report(?: @ (.*))?:$"),
            table_row: regex(r"^\s*[│|]\s+(\d+)\s+[│|]\s+(\d+)\s+[│|]\s+(\S.*?)\s*[│|]\s*$"),
            table_total: regex(r"^\s*Total: (\d+) bytes in (\d+) allocations \((\d+)%\)"),
            failure: regex(r"^OOM: count (\d+) \(\+(\d+)\)"),
            blocks: Vec::new(),
            table: None,
            found: Vec::new(),
        }
    }

    pub fn feed(&mut self, chunk: &[u8]) {
        let mut buffer = std::mem::take(&mut self.rest);
        buffer.extend_from_slice(chunk);
        let mut begin = 0;
        while let Some(length) = buffer[begin..].iter().position(|&byte| byte == b'\n') {
            let line = String::from_utf8_lossy(&buffer[begin..begin + length]);
            self.line(line.trim_end_matches('\r'));
            begin += length + 1;
        }
        buffer.drain(..begin);
        self.rest = buffer;
    }

    fn line(&mut self, line: &str) {
        let line = self.colour.replace_all(line, "");
        let number = |text: &str| text.parse::<u64>().unwrap_or(0);
        if let Some(captures) = self.stamp.captures(&line) {
            let part = |at: usize| captures.get(at).map(|part| number(part.as_str()));
            let clock = |at| part(at).unwrap_or(0);
            let millis = ((clock(1) * 60 + clock(2)) * 60 + clock(3)) * 1_000 + clock(4);
            if let Some(kib) = part(5) {
                let (free_bytes, fragmentation) = (kib * 1_024, part(6));
                self.found.push(Found::Sample {
                    millis,
                    free_bytes,
                    largest_free_block_bytes: None,
                    fragmentation,
                });
            }
            let text = &captures[7];
            if let Some(answer) = self.answer.captures(text) {
                self.found.extend(answered(millis, &answer[2]));
            } else if let Some(failure) = self.failure.captures(text) {
                self.found.push(Found::OutOfMemory { count: number(&failure[2]) });
            }
        } else if let Some(row) = self.row.captures(&line) {
            let address = u64::from_str_radix(&row[1], 16).unwrap_or(0);
            self.blocks.push([address, number(&row[2]), number(&row[5]), u64::from(row.get(6).is_some())]);
        } else if let Some(totals) = self.totals.captures(&line) {
            let blocks = std::mem::take(&mut self.blocks);
            self.found.push(Found::BlockMap { blocks, free_blocks: number(&totals[3]) });
        } else if let Some(start) = self.start.captures(&line) {
            let marker = start.get(1).map_or("", |marker| marker.as_str()).to_owned();
            if marker.starts_with("out of memory") {
                self.found.push(Found::OutOfMemory { count: 1 });
            }
            self.table = Some((marker, Vec::new()));
        } else if let Some((_, rows)) = &mut self.table {
            if let Some(row) = self.table_row.captures(&line) {
                rows.push((row[3].to_owned(), number(&row[1]), number(&row[2])));
            } else if let Some(total) = self.table_total.captures(&line) {
                let (marker, rows) = self.table.take().unwrap();
                self.found.push(Found::Table { marker, rows, total_bytes: number(&total[1]) });
            }
        }
    }

    /// Adds what was found since the last call, and forgets it.
    pub fn add_to(&mut self, sums: &mut Sums) {
        for found in self.found.drain(..) {
            match found {
                Found::Sample { free_bytes, .. } => {
                    sums.samples += 1;
                    sums.free_bytes += free_bytes;
                }
                Found::BlockMap { blocks, .. } => sums.blocks += blocks.len() as u64,
                Found::Table { rows, .. } => sums.table_bytes += rows.iter().map(|row| row.1).sum::<u64>(),
                Found::OutOfMemory { .. } => sums.failures += 1,
            }
        }
    }
}

fn answered(millis: u64, payload: &str) -> Option<Found> {
    let value: Value = serde_json::from_str(payload).ok()?;
    let memory = value.get("StatusMEM");
    let heap = match memory {
        Some(memory) => memory.get("Heap")?.as_u64()?,
        None => value.get("Uptime").and(value.get("Heap"))?.as_u64()?,
    };
    let figure = |name| memory?.get(name)?.as_u64();
    Some(Found::Sample {
        millis,
        free_bytes: heap * 1_024,
        largest_free_block_bytes: figure("MaxFree").map(|kib| kib * 1_024),
        fragmentation: figure("Frag"),
    })
}
