//! The container of a workbook, looked through before anything reads it: what kind of file it is,
//! whether it has a password, and how large it is unpacked.
//!
//! The sizes that an archive states of itself are not believed: every part is unpacked once and
//! counted. Nothing is kept but the head of a part and the table of texts.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::super::format;
use super::unreadable;
use crate::domain::refusal::Refusal;

/// Bytes of all parts together, unpacked: 200,000 lines of all our columns are about 130 MB.
const MAX_UNPACKED: usize = 256 * 1024 * 1024;
/// Bytes of a part that is neither a sheet nor the table of texts, where it is XML: each style of
/// five bytes becomes half a kilobyte in memory.
const MAX_PART: usize = 4 * 1024 * 1024;
/// Parts of a workbook: a sheet has one or two.
const MAX_PARTS: usize = 4_096;
/// Bytes unpacked at once.
const PIECE: usize = 64 * 1024;

const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The container of .xls files, and of every office file with a password.
pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(COMPOUND)
}

/// Refuses what is no XLSX workbook, or one that is too large when unpacked.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    within(bytes, MAX_UNPACKED)
}

/// As [`check`], with so many bytes of all parts together.
pub(super) fn within(bytes: &[u8], mut left: usize) -> Result<(), Refusal> {
    if is_compound(bytes) {
        return Err(format(match () {
            () if names(bytes, "EncryptedPackage") => "a workbook with a password",
            () if names(bytes, "Workbook") || names(bytes, "Book") => {
                "an XLS workbook, as Excel wrote until 2003"
            }
            () => "an office file that is no XLSX workbook",
        }));
    }
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|fault| unreadable(&fault.to_string()))?;
    if archive.len() > MAX_PARTS {
        return Err(unreadable(&format!("{} parts, at most {MAX_PARTS} are read", archive.len())));
    }
    let names = archive.file_names_raw().map(|name| name.to_ascii_lowercase());
    let names: Vec<String> =
        names.map(|name| String::from_utf8_lossy(&name).into_owned()).collect();
    let has = |name: &str| names.iter().any(|own| own.trim_start_matches('/') == name);
    match () {
        () if has("xl/workbook.bin") => return Err(format("an XLSB workbook")),
        () if has("meta-inf/manifest.xml") => {
            return Err(format("an OpenDocument file, as ODS is"));
        }
        () if !has("[content_types].xml") || names.iter().any(|own| own.starts_with("word/")) => {
            return Err(format("a zip archive that is no XLSX workbook"));
        }
        () => {}
    }
    for at in 0..archive.len() {
        part(&mut archive, at, &mut left)?;
    }
    Ok(())
}

/// Whether a name stands in the directory of the container, in its 16-bit letters.
fn names(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    bytes.windows(wide.len()).any(|piece| piece == wide)
}

fn part(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    at: usize,
    left: &mut usize,
) -> Result<(), Refusal> {
    let damaged = |fault: &dyn std::fmt::Display| unreadable(&fault.to_string());
    let is_locked = archive.by_index_raw(at).map_err(|fault| damaged(&fault))?.encrypted();
    if is_locked {
        return Err(format("a zip archive with a password"));
    }
    let mut part = archive.by_index(at).map_err(|fault| damaged(&fault))?;
    let name = String::from_utf8_lossy(part.name_raw()).to_ascii_lowercase();
    let is_texts = name.ends_with("sharedstrings.xml");
    let is_large = is_texts || name.contains("worksheets/");
    let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
    let most = if is_large || !is_xml { *left } else { MAX_PART.min(*left) };
    let (mut unpacked, mut kept) = (0, Vec::new());
    let mut piece = vec![0; PIECE];
    loop {
        let length = part.read(&mut piece).map_err(|fault| damaged(&fault))?;
        if length == 0 {
            break;
        }
        unpacked += length;
        if unpacked > most {
            let got = format!("more than {most} bytes unpacked in {name}");
            return Err(unreadable(&got));
        }
        if is_texts || kept.is_empty() {
            kept.extend_from_slice(piece.get(..length).unwrap_or_default());
        }
    }
    *left -= unpacked;
    match is_xml {
        true => sound(&name, &kept, is_texts.then_some(unpacked)),
        false => Ok(()),
    }
}

/// Refuses a part in another encoding than UTF-8, which nobody writes, and a table of texts that
/// says it has more of them than it has bytes: that much memory would be asked for at once.
fn sound(name: &str, kept: &[u8], texts: Option<usize>) -> Result<(), Refusal> {
    let head = kept.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(kept);
    let head = head.get(..head.len().min(200)).unwrap_or_default();
    let declaration = String::from_utf8_lossy(head);
    let declaration = declaration.split("?>").next().unwrap_or_default().to_ascii_lowercase();
    let other = declaration.contains("encoding") && !declaration.contains("utf-8");
    if other || head.contains(&0) || head.starts_with(b"\xFE\xFF") || head.starts_with(b"\xFF\xFE")
    {
        return Err(unreadable(&format!("{name} in another encoding than UTF-8")));
    }
    let Some(most) = texts else { return Ok(()) };
    let Ok(text) = std::str::from_utf8(kept) else {
        return Err(unreadable(&format!("{name} with bytes that are not UTF-8")));
    };
    for said in text.split("uniqueCount").skip(1) {
        let said = said.trim_start().trim_start_matches('=').trim_start();
        let said = said.trim_start_matches(['"', '\'']);
        let digits = said.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let count = digits.parse::<usize>().unwrap_or(usize::MAX);
        if !digits.is_empty() && count > most {
            return Err(unreadable(&format!("{name} with a count of {digits} texts")));
        }
    }
    Ok(())
}
