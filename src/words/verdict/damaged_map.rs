//! What is said of block maps that came incomplete.

use crate::format;

pub const NEXT: &str = "Ask for another block map, and send nothing to the board while it prints. When characters go missing again, \
                        try another cable or a lower speed.";

pub fn headline(count: u64) -> String {
    match count {
        1 => "A block map came incomplete or changed: that happened on the way, and is no sign of damage in the board.".into(),
        _ => format!(
            "{} block maps came incomplete or changed: that happened on the way, and is no sign of damage in the board.",
            format::count(count)
        ),
    }
}

/// `problems`: the reader's own sentences.
pub fn explanation(problems: &[String]) -> String {
    format!(
        "{} The totals that a map ends with tell what was lost on the way, or left out by whoever copied it, from what is \
         wrong in the board's memory. So nothing is concluded from the blocks that are missing, and this map is \
         compared with no other.",
        problems.join(" ")
    )
}
