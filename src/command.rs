//! `heapscope read FILE`: the findings of a log as JSON lines, and what it said of the board.
//!
//! Reads as a stream: a log of any size, or one that is still being written, takes no more memory than its
//! longest report. The output is documented in [`heapscope::dialect::ndjson`].

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::process::ExitCode;

use heapscope::dialect::ndjson;
use heapscope::dialect::{self, Reader};
use heapscope::stream::encoding::FileDecoder;

const USAGE: &str = "\
Reads a board's log and prints what it says about the heap: one JSON object a line.

Usage: heapscope read FILE [--firmware ID] [--symbols SYMBOLS]...

  FILE                 a log as it came from the board; - is standard input
  --firmware ID        which firmware printed it, where the log does not say: tasmota, toit
  --symbols SYMBOLS    a file that knows names behind its numbers, such as the <uuid>.snapshot of a Toit program

Each object has \"kind\" (sample, report, event, answer), \"dialect\", \"lines\": [first, last]
(counted from 1) and its figures by name, with the unit in the name. The last one, of kind board,
says which firmware it is and what is known of the board.
";

pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["read", ref arguments @ ..] => match read_arguments(arguments) {
            Some(arguments) => read(&arguments),
            None => return misused(),
        },
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => return misused(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("heapscope: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn misused() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}

/// What is read, and how.
#[derive(Default)]
struct Arguments<'a> {
    file: &'a str,
    firmware: Option<&'a str>,
    symbols: Vec<&'a str>,
}

/// In any order. `None` when it is used wrongly.
fn read_arguments<'a>(arguments: &[&'a str]) -> Option<Arguments<'a>> {
    let (mut file, mut read) = (None, Arguments::default());
    let mut arguments = arguments.iter().copied();
    while let Some(argument) = arguments.next() {
        match argument {
            "--symbols" => read.symbols.push(arguments.next()?),
            "--firmware" if read.firmware.is_none() => read.firmware = Some(arguments.next()?),
            flag if flag.starts_with("--") => return None,
            _ if file.is_some() => return None,
            _ => file = Some(argument),
        }
    }
    Some(Arguments { file: file?, ..read })
}

/// Tells the reader which firmware it is.
fn overrule(reader: &mut Reader, firmware: &str) -> Result<(), String> {
    let known: Vec<_> = dialect::firmwares().map(|info| info.id).collect();
    if !known.contains(&firmware) {
        return Err(format!(
            "{firmware} is no firmware that is known here. Give one of these: {}.",
            known.join(", ")
        ));
    }
    reader.overrule(Some(firmware));
    Ok(())
}

/// Gives the reader a symbol file.
fn take_symbols(reader: &mut Reader, file: &str) -> Result<(), String> {
    let content =
        std::fs::read(file).map_err(|error| format!("{file} cannot be read: {error}. Check its name."))?;
    match reader.take_symbols(&content) {
        Some(_) => Ok(()),
        None => Err(format!(
            "{file} is no symbol file that is known here, or it is damaged. Give the snapshot of the Toit program that \
             wrote the log."
        )),
    }
}

fn read(&Arguments { file, firmware, ref symbols }: &Arguments<'_>) -> Result<(), String> {
    let (mut decoder, mut reader, mut findings) = (FileDecoder::default(), Reader::default(), Vec::new());
    if let Some(firmware) = firmware {
        overrule(&mut reader, firmware)?;
    }
    for symbols in symbols {
        take_symbols(&mut reader, symbols)?;
    }
    let mut input: Box<dyn Read> = match file {
        "-" => Box::new(io::stdin().lock()),
        _ => {
            let open = File::open(file);
            Box::new(open.map_err(|error| format!("{file} cannot be opened: {error}. Check its name."))?)
        }
    };
    let mut output = BufWriter::new(io::stdout().lock());
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let length = match input.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("{file} cannot be read: {error}.")),
        };
        let mut feed = |text: &[u8]| reader.feed(text, &mut findings);
        match length {
            0 => {
                decoder.finish(&mut feed);
                reader.flush(&mut findings);
            }
            length => decoder.feed(&chunk[..length], &mut feed),
        }
        let is_end = length == 0;
        let board = is_end.then(|| reader.detected()).flatten();
        let found = findings.drain(..).map(|finding| ndjson::to_line(&finding));
        if !print(&mut output, found.chain(board.map(|detected| ndjson::board_line(&detected))))? || is_end {
            return Ok(());
        }
    }
}

/// Prints these lines. False when nobody reads any more (`| head`).
fn print(output: &mut impl Write, lines: impl Iterator<Item = String>) -> Result<bool, String> {
    let write = || -> io::Result<()> {
        for line in lines {
            writeln!(output, "{line}")?;
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
