//! `heapscope read FILE`: the findings of a log as JSON lines, and what it said of the board.
//!
//! Reads as a stream: a log of any size, or one that is still being written, takes no more memory than its
//! longest report. The output is documented in [`heapscope::dialect::ndjson`].

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::process::ExitCode;

use flate2::bufread::MultiGzDecoder;
use heapscope::dialect::ndjson;
use heapscope::dialect::{self, Finding, Reader};
use heapscope::recording::{Recorder, Source};
use heapscope::sharing::archive::{self, ArchiveReader, Refusal};
use heapscope::stream::encoding::FileDecoder;

const USAGE: &str = "\
Reads a board's log and prints what it says about the heap: one JSON object a line.

Usage: heapscope read FILE [--firmware ID] [--symbols SYMBOLS]...

  FILE                 a log as it came from the board, or a recording that the page saved (.heapscope); either may be
                       compressed with gzip; - is standard input
  --firmware ID        which firmware printed it, where the log does not say: tasmota, toit
  --symbols SYMBOLS    a file that knows names behind its numbers, such as the <uuid>.snapshot of a Toit program

Each object has \"kind\" (sample, report, event, answer), \"dialect\", \"lines\": [first, last]
(counted from 1) and its figures by name, with the unit in the name. The last one, of kind board,
says which firmware it is and what is known of the board.
";

/// What a file begins with that is compressed (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

const CHUNK_BYTES: usize = 64 * 1024;

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
    let mut input = open(file)?;
    let mut output = BufWriter::new(io::stdout().lock());
    let begin = next_chunk(&mut input, file, archive::SIGNATURE.len())?;
    if begin.starts_with(archive::SIGNATURE) {
        let mut archive = ArchiveReader::default();
        let mut recorder = Recorder::new(Source::Saved { name: String::new() });
        let mut chunk = begin;
        let mut damage = None;
        while !chunk.is_empty() && damage.is_none() {
            damage = archive.feed(&chunk, &mut recorder).err();
            chunk = next_chunk(&mut input, file, CHUNK_BYTES)?;
        }
        // What stands before the damage is good.
        let say = |refusal: Refusal| format!("{file}: {} {}", refusal.what(), refusal.next());
        let damage = damage.or_else(|| archive.finish().err());
        if firmware.is_none()
            && let Some(info) = recorder.overruled_by()
        {
            reader.overrule(Some(info.id));
        }
        for segment in recorder.recording().log().segments() {
            reader.feed(segment, &mut findings);
            if !print_findings(&mut output, &mut findings)? {
                return Ok(());
            }
        }
        reader.flush(&mut findings);
        print_end(&mut output, &mut findings, &reader)?;
        return damage.map_or(Ok(()), |refusal| Err(say(refusal)));
    }
    let mut chunk = begin;
    while !chunk.is_empty() {
        decoder.feed(&chunk, &mut |text| reader.feed(text, &mut findings));
        if !print_findings(&mut output, &mut findings)? {
            return Ok(());
        }
        chunk = next_chunk(&mut input, file, CHUNK_BYTES)?;
    }
    decoder.finish(&mut |text| reader.feed(text, &mut findings));
    reader.flush(&mut findings);
    print_end(&mut output, &mut findings, &reader)
}

/// The bytes of a file or of standard input, uncompressed.
fn open(file: &str) -> Result<Box<dyn Read>, String> {
    let input: Box<dyn Read> = match file {
        "-" => Box::new(io::stdin().lock()),
        _ => {
            let open = File::open(file);
            Box::new(open.map_err(|error| format!("{file} cannot be opened: {error}. Check its name."))?)
        }
    };
    let mut input = input;
    let begin = next_chunk(&mut input, file, GZIP.len())?;
    let is_compressed = begin == GZIP;
    let whole = BufReader::new(io::Cursor::new(begin).chain(input));
    Ok(if is_compressed { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// The next bytes: so many, or what is left; none at the end. Of a log that is still written, what there is.
fn next_chunk(input: &mut impl Read, file: &str, most: usize) -> Result<Vec<u8>, String> {
    let mut chunk = vec![0; most];
    let mut length = 0;
    while length < most {
        match input.read(&mut chunk[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("{file} cannot be read: {error}.")),
        }
        // Only the first few bytes must be there together.
        if most == CHUNK_BYTES {
            break;
        }
    }
    chunk.truncate(length);
    Ok(chunk)
}

/// Prints what was found. False when nobody reads any more (`| head`).
fn print_findings(output: &mut impl Write, findings: &mut Vec<Finding>) -> Result<bool, String> {
    print(output, findings.drain(..).map(|finding| ndjson::to_line(&finding)))
}

/// Prints what was found last, and which board it was.
fn print_end(output: &mut impl Write, findings: &mut Vec<Finding>, reader: &Reader) -> Result<(), String> {
    let board = reader.detected().map(|detected| ndjson::board_line(&detected));
    print(output, findings.drain(..).map(|finding| ndjson::to_line(&finding)).chain(board)).map(drop)
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
