//! Files that people attach to a requisition: to the whole, for those who sign it and nobody
//! outside the house; or to a line, which goes to the supplier with the order and is signed for.
//!
//! A file of a line is new content: whose signature it reopens is said by the edit rule alone.

use super::{
    AppError, Command, Cx, Need, Reader,
    requisition::{self, Edit, Signatures},
};
use crate::{
    base::{
        id::RequisitionId,
        text::{one_line, sha256_hex, shorten},
        time::Time,
    },
    domain::{fact::Fact, refusal::Refusal, requisition::Requisition},
    store::{self, attachment::Attachment, requisition_file::RequisitionFile},
};

/// Files of one requisition: what an approver still looks through.
const MOST: usize = 20;
/// Bytes of one file: a base64 text of it fits the body of a call.
pub const MOST_BYTES: usize = 5 << 20;

/// Attaches a file.
#[derive(Debug, Clone)]
pub struct Attach {
    pub requisition: RequisitionId,
    pub name: String,
    pub content_type: String,
    pub body: Vec<u8>,
    /// The number of the line it belongs to.
    pub line: Option<i64>,
}

impl Command for Attach {
    type Answer = String;
    const NEED: Need = Need::May("requisition", "read");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<String, AppError> {
        let name = self.checked_name()?;
        let files = match self.line {
            None => {
                let row = reached(cx, self.requisition).await?;
                need_room(cx, row.id).await?;
                let file = self.file(cx, name)?;
                store::requisition_file::insert(cx.conn, &file).await?;
                self.state(cx, file.id.to_string(), file.name)
            }
            Some(line) => self.to_line(cx, line, name).await?,
        };
        Ok(files)
    }
}

impl Attach {
    fn file(&self, cx: &Cx<'_>, name: String) -> Result<RequisitionFile, AppError> {
        Ok(RequisitionFile {
            id: cx.id::<crate::base::id::File>(),
            requisition: self.requisition,
            person: cx.actor.need_person()?.id,
            name,
            content_type: media_type(&self.content_type),
            body: self.body.clone(),
            made_at: cx.now,
        })
    }

    /// The line's content changes, so that the plan is made anew; what the change does not concern
    /// stands signed.
    async fn to_line(&self, cx: &mut Cx<'_>, line: i64, name: String) -> Result<String, AppError> {
        let mut requisition = requisition::own_to_change(cx, self.requisition).await?;
        need_room(cx, requisition.id).await?;
        let lines = store::requisition::lines(cx.conn, requisition.id).await?;
        let mut after = lines.clone();
        let target = after.iter_mut().find(|one| one.position == line).ok_or_else(|| {
            Refusal::invalid("no-such-line", "The requisition has no such line.")
                .field("line")
                .got(line.to_string())
        })?;
        let file = sha256_hex(&self.body);
        if target.attachments.contains(&file) {
            let message = "This very file is attached to the line already.";
            return Err(Refusal::conflict("attached-already", message).field("file").into());
        }
        target.attachments.push(file.clone());
        let place = (cx.id(), 0);
        let attachment = Attachment {
            content_id: String::new(),
            content_type: media_type(&self.content_type),
            name: name.clone(),
            body: self.body.clone(),
        };
        store::attachment::insert(cx.conn, place.0, &[attachment]).await?;
        store::attachment::enclose(cx.conn, requisition.id, Some(target.id), place).await?;
        let answer = self.state(cx, file, name);
        let before = requisition.clone();
        let edit = Edit { before: (&before, &lines), after, signatures: Signatures::Stand };
        let done = requisition::replan(cx, &mut requisition, edit).await?;
        requisition::settle(cx, &mut requisition, &done.steps).await?;
        Ok(answer)
    }

    fn state(&self, cx: &mut Cx<'_>, file: String, name: String) -> String {
        cx.fact(Fact::FileAttached {
            requisition: self.requisition.to_string(),
            file: file.clone(),
            name,
            sha256: sha256_hex(&self.body),
            line: self.line,
        });
        file
    }

    fn checked_name(&self) -> Result<String, Refusal> {
        let refusal = |message: &str| Refusal::invalid("bad-file", message).field("file");
        if self.body.is_empty() {
            return Err(refusal("There is nothing in this file.").mend("Choose a file."));
        }
        if self.body.len() > MOST_BYTES {
            return Err(refusal("This file is too large.")
                .got(format!("{} bytes", self.body.len()))
                .expected(format!("at most {MOST_BYTES} bytes")));
        }
        // Some browsers send the whole path.
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = shorten(&one_line(name), 120);
        if name.is_empty() {
            return Err(refusal("The file has no name.").expected("a file name"));
        }
        Ok(name)
    }
}

/// `type/subtype` as it was declared; what is none is just bytes.
fn media_type(declared: &str) -> String {
    let plain = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
    let sound = |part: &str| !part.is_empty() && part.len() <= 80 && part.chars().all(token);
    match plain.split_once('/') {
        Some((kind, sort)) if sound(kind) && sound(sort) => plain,
        _ => "application/octet-stream".to_owned(),
    }
}

/// The requisition, for whom it concerns.
async fn reached(cx: &mut Cx<'_>, id: RequisitionId) -> Result<Requisition, AppError> {
    let organisation = cx.actor.need_organisation()?;
    let me = cx.actor.need_person()?.id;
    let found = store::requisition::lock(cx.conn, organisation, id).await?;
    let row = found.ok_or_else(|| Refusal::not_found("requisition"))?;
    let concerned = requisition::concerns(cx.conn, row.id, me).await?;
    if row.requester != me && !concerned && !cx.may("requisition", "read-all").await? {
        return Err(Refusal::not_found("requisition").into());
    }
    Ok(row)
}

async fn need_room(cx: &mut Cx<'_>, id: RequisitionId) -> Result<(), AppError> {
    let own = store::requisition_file::of(cx.conn, id).await?.len();
    if own + store::attachment::listed(cx.conn, id).await?.len() < MOST {
        return Ok(());
    }
    Err(Refusal::conflict("too-many-files", "No more files can be attached here.")
        .field("file")
        .expected(format!("at most {MOST} files"))
        .into())
}

/// One file as it is listed.
#[derive(Debug, Clone)]
pub struct FileView {
    /// Its name in addresses: an id, or of what goes with the order its SHA-256.
    pub id: String,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    pub sha256: String,
    /// The number of its line; none: it belongs to the whole.
    pub line: Option<i64>,
    /// Who attached it, and when; unknown of what goes with the order.
    pub by: Option<(String, Time)>,
}

/// The files of a requisition that the reader may see: of the whole, then those that go with the
/// order.
pub async fn list(reader: &mut Reader<'_>, id: RequisitionId) -> Result<Vec<FileView>, AppError> {
    requisition::need_visible(reader, id).await?;
    let mut all = Vec::new();
    for file in store::requisition_file::of(&mut reader.conn, id).await? {
        let person = store::person::get(&mut reader.conn, file.person).await?;
        all.push(FileView {
            id: file.id.to_string(),
            name: file.name,
            content_type: file.content_type,
            bytes: file.bytes,
            sha256: file.sha256,
            line: None,
            by: person.map(|person| (person.name, file.made_at)),
        });
    }
    let lines = store::requisition::lines(&mut reader.conn, id).await?;
    let enclosed = store::attachment::listed(&mut reader.conn, id).await?;
    for (place, file) in (1..).zip(enclosed) {
        let at = lines.iter().find(|one| Some(one.id) == file.line);
        // Its line was taken away.
        if file.line.is_some() && at.is_none() {
            continue;
        }
        let unnamed = file.name.is_empty();
        all.push(FileView {
            id: file.sha256.clone(),
            name: if unnamed { format!("attachment-{place}") } else { file.name },
            content_type: file.content_type,
            bytes: file.bytes,
            sha256: file.sha256,
            line: at.map(|one| one.position),
            by: None,
        });
    }
    Ok(all)
}

/// One file of a requisition that the reader may see, with its bytes.
pub async fn get(
    reader: &mut Reader<'_>,
    id: RequisitionId,
    file: &str,
) -> Result<(FileView, Vec<u8>), AppError> {
    let missing = || Refusal::not_found("file");
    let all = list(reader, id).await?;
    let found = all.into_iter().find(|one| one.id == file).ok_or_else(missing)?;
    let conn = &mut reader.conn;
    let body = match found.by {
        Some(_) => store::requisition_file::body(conn, id, file).await?,
        None => store::attachment::body(conn, id, file).await?,
    };
    Ok((found, body.ok_or_else(missing)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_type_is_kept_only_when_it_is_one() {
        assert_eq!(media_type("Application/PDF; name=x"), "application/pdf");
        for odd in ["", "pdf", "a/b/c", "text/<script>", "/x", "text/ html"] {
            assert_eq!(media_type(odd), "application/octet-stream", "{odd}");
        }
    }
}
