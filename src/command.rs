//! `heapscope read FILE`: the findings of a log as JSON lines.
//!
//! Reads as a stream: a log of any size, or one that is still being written, takes no more memory than its
//! longest report. The output is documented in [`heapscope::dialect::ndjson`].

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::process::ExitCode;

use heapscope::dialect::ndjson;
use heapscope::dialect::{Finding, Reader};
use heapscope::stream::encoding::FileDecoder;

const USAGE: &str = "\
Reads a board's log and prints what it says about the heap: one JSON object a line.

Usage: heapscope read FILE     FILE is a log as it came from the board; - is standard input

Each object has \"kind\" (sample, report, event, answer), \"dialect\", \"lines\": [first, last]
(counted from 1) and its figures by name, with the unit in the name.
";

pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["read", file] => read(file),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("heapscope: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn read(file: &str) -> Result<(), String> {
    let mut input: Box<dyn Read> = match file {
        "-" => Box::new(io::stdin().lock()),
        _ => {
            let open = File::open(file);
            Box::new(open.map_err(|error| format!("{file} cannot be opened: {error}. Check its name."))?)
        }
    };
    let mut output = BufWriter::new(io::stdout().lock());
    let (mut decoder, mut reader, mut findings) = (FileDecoder::default(), Reader::default(), Vec::new());
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let length = match input.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("{file} cannot be read: {error}.")),
        };
        let mut feed = |text: &[u8]| reader.feed(text, &mut |_| {}, &mut findings);
        match length {
            0 => {
                decoder.finish(&mut feed);
                reader.flush(&mut |_| {}, &mut findings);
            }
            length => decoder.feed(&chunk[..length], &mut feed),
        }
        if !print(&mut output, &mut findings)? || length == 0 {
            return Ok(());
        }
    }
}

/// Prints the findings and takes them away. False when nobody reads any more (`| head`).
fn print(output: &mut impl Write, findings: &mut Vec<Finding>) -> Result<bool, String> {
    let mut write = || -> io::Result<()> {
        for finding in findings.drain(..) {
            writeln!(output, "{}", ndjson::to_line(&finding))?;
        }
        // A log that is still being written is read as it comes.
        output.flush()
    };
    match write() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("the findings cannot be written: {error}.")),
    }
}
