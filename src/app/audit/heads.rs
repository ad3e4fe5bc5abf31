//! Heads of the audit chain, kept in a file outside the database: what was once written there must
//! still stand in the chain, so a cut tail and a rewritten chain are found.
//!
//! One line a head, `TIME POSITION:HASH`, only ever added at the end.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use crate::{base::time::Time, store::chain::Head};

/// The file's name in the data folder.
pub const FILE: &str = "audit-heads.log";

/// Adds a head and waits until it is on the disk.
pub fn append(path: &Path, at: Time, head: &Head) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{at} {head}\n").as_bytes())?;
    file.sync_data()
}

/// The heads of a file, none when there is no such file.
pub fn read(path: &Path) -> Result<Vec<Head>, String> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|fault| format!("{}: {fault}", path.display())),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(fault) => Err(format!("{}: {fault}", path.display())),
    }
}

fn parse(text: &str) -> Result<Vec<Head>, String> {
    // A last line without its end was cut by a crash while it was written.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let head = line.split_once(' ').map(|(_, head)| head.parse::<Head>());
            match head {
                Some(Ok(head)) => Ok(head),
                _ => Err(format!("line {}: expected TIME POSITION:HASH", number + 1)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_read_back_and_a_torn_last_line_is_no_fault() {
        let hash = "a".repeat(64);
        let head = Head { position: 7, hash };
        let line = format!("2026-11-21T09:30:00Z {head}\n");
        assert_eq!(parse(&line), Ok(vec![head.clone()]));
        assert_eq!(parse(&format!("{line}2026-11-22T09:3")), Ok(vec![head]));
        assert_eq!(parse(""), Ok(vec![]));
        let fault = parse(&format!("{line}2026-11-22T09:30:00Z 8:bad\n")).unwrap_err();
        assert!(fault.starts_with("line 2:"), "{fault}");
    }
}
