//! A small Toit program's snapshot, written as the compiler writes it: toitlang/toit src/ar.cc, src/snapshot_bundle.cc,
//! src/compiler/source_mapper.cc. The reader's own description of the format is not used.

/// The program's UUID.
pub const PROGRAM: [u8; 16] = *b"\x0b\x52\xd4\xf8\x66\xa7\x5c\x6a\x9d\x77\x53\xc0\xa6\x0a\x1a\x55";

/// A line of its log: an exception, with one frame in `main`.
pub const EXCEPTION_IN_MAIN: &str = concat!(
    "jag decode WyNVBVVYU1UQdjIuMC4wLWFscGhhLjE5NVNVBWVzcDMyWyRVI1UQC1LU+GanXGqdd1PApgoaVVsjVQRVRVNVDU1BTExPQ19GQUlMRURTVQBbI1UCVVNbI1UBWyNsAAAAA1VGVQBVNw==",
    "\r\n"
);

/// How a snapshot is written.
#[derive(Clone, Copy, Default)]
pub struct Form {
    /// Without source map.
    pub is_stripped: bool,
    /// As older compilers did: with the calls of publish and subscribe behind each method.
    pub has_subscriptions: bool,
}

struct Method {
    kind: u8,
    outer: Option<u32>,
    name: &'static str,
    holder: &'static str,
    path: &'static str,
    position: (u32, u32),
    bytecodes: u32,
    positions: &'static [(u32, u32, u32)],
}

/// Where each method begins among the bytecodes: in the order of [`methods`].
pub const ENTRY: u32 = 0;
pub const MAIN: u32 = 44;
pub const READ: u32 = 148;
pub const BLOCK: u32 = 352;
pub const LAMBDA: u32 = 406;
pub const CONSTRUCTOR: u32 = 440;
pub const NAMED_CONSTRUCTOR: u32 = 454;
pub const GLOBAL: u32 = 468;
pub const END: u32 = 482;

/// The class that has a name; the others are `Class0` and so on.
pub const SENSOR: u32 = 37;

fn methods() -> Vec<Method> {
    let method = |kind, outer, name, holder, path, position, bytecodes, positions| Method {
        kind,
        outer,
        name,
        holder,
        path,
        position,
        bytecodes,
        positions,
    };
    vec![
        method(4, None, "__entry__main", "", "<sdk>/core/entry.toit", (20, 1), 40, &[(4, 21, 3)]),
        method(4, None, "main", "", "main.toit", (3, 1), 100, &[(7, 4, 10), (60, 5, 3)]),
        method(
            0,
            Some(SENSOR),
            "read",
            "Sensor",
            "lib\\sensor.toit",
            (12, 3),
            200,
            &[(10, 13, 5), (199, 300, 9)],
        ),
        method(3, Some(READ), "<block>", "", "lib\\sensor.toit", (14, 20), 50, &[]),
        method(2, Some(BLOCK), "<lambda>", "", "lib\\sensor.toit", (15, 22), 30, &[]),
        method(4, Some(SENSOR), "constructor", "Sensor", "lib\\sensor.toit", (5, 3), 10, &[]),
        method(4, Some(SENSOR), "with-pins", "Sensor", "lib\\sensor.toit", (8, 3), 10, &[]),
        method(1, None, "config", "", "main.toit", (1, 1), 10, &[]),
    ]
}

#[derive(Default)]
struct Texts(Vec<String>);

impl Texts {
    fn index(&mut self, text: &str) -> u32 {
        let known = self.0.iter().position(|known| known == text);
        let place = known.unwrap_or_else(|| {
            self.0.push(text.to_owned());
            self.0.len() - 1
        });
        place as u32
    }
}

fn number(mut value: u32, out: &mut Vec<u8>) {
    while value >= 128 {
        out.push((value % 128 + 128) as u8);
        value >>= 7;
    }
    out.push(value as u8);
}

fn segment(tag: u32, content: &[u8]) -> Vec<u8> {
    let size = content.len() as u32 + 8;
    [&tag.to_le_bytes()[..], &size.to_le_bytes(), content].concat()
}

fn source_map(form: Form) -> Vec<u8> {
    let mut texts = Texts::default();
    let (mut all_methods, mut id) = (Vec::new(), 0);
    number(methods().len() as u32, &mut all_methods);
    for method in methods() {
        let out = &mut all_methods;
        number(id, out);
        number(method.bytecodes, out);
        out.push(method.kind);
        match method.outer {
            None => out.push(0),
            Some(outer) => {
                out.push(1);
                number(outer, out);
            }
        }
        let absolute = format!("/home/somebody/{}", method.path);
        for text in [method.name, method.holder, &absolute, method.path] {
            number(texts.index(text), out);
        }
        number(method.position.0, out);
        number(method.position.1, out);
        number(method.positions.len() as u32, out);
        for (bci, line, column) in method.positions {
            for part in [*bci, *line, *column] {
                number(part, out);
            }
        }
        // One check of a type.
        number(1, out);
        number(3, out);
        number(texts.index("Sensor"), out);
        if form.has_subscriptions {
            number(1, out);
            number(5, out);
            number(6, out);
            out.push(1);
            number(texts.index("cloud:topic"), out);
        }
        id += 4 + method.bytecodes;
    }
    assert_eq!(id, END);
    let mut classes = Vec::new();
    number(40, &mut classes);
    for class in 0..40 {
        let name = if class == SENSOR { "Sensor".to_owned() } else { format!("Class{class}") };
        number(u32::from(class > 0), &mut classes);
        number(900 + class, &mut classes);
        for text in [&name, "/home/somebody/main.toit", "main.toit"] {
            number(texts.index(text), &mut classes);
        }
        number(class + 1, &mut classes);
        number(7, &mut classes);
        number(class % 3, &mut classes);
        for field in 0..class % 3 {
            number(texts.index(&format!("field{field}_")), &mut classes);
        }
    }
    let mut globals = Vec::new();
    number(1, &mut globals);
    number(texts.index("config"), &mut globals);
    number(texts.index(""), &mut globals);
    number(0, &mut globals);
    let mut strings = Vec::new();
    number(texts.0.len() as u32, &mut strings);
    for text in &texts.0 {
        number(text.len() as u32, &mut strings);
        strings.extend(text.as_bytes());
    }
    let none = [0];
    [
        segment(70_177_018, &strings),
        segment(70_177_019, &all_methods),
        segment(70_177_020, &classes),
        segment(70_177_021, &none),
        segment(70_177_023, &globals),
        segment(70_177_022, &none),
        segment(70_177_024, &none),
    ]
    .concat()
}

/// The file.
pub fn snapshot_file(form: Form) -> Vec<u8> {
    let mut file = b"!<arch>\n".to_vec();
    let mut add = |name: &str, content: &[u8]| {
        let head = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len());
        assert_eq!(head.len(), 60);
        file.extend(head.bytes());
        file.extend(content);
        if content.len() % 2 == 1 {
            file.push(b'\n');
        }
    };
    add("toit", b"like a tiger");
    add("sdk-version", b"v2.0.0-alpha.195");
    add("snapshot", b"the program itself is not read.");
    add("uuid", &PROGRAM);
    if !form.is_stripped {
        add("source-map", &source_map(form));
    }
    file
}
