//! What an arriving order encloses: every `cid:` address in it names a part that came with it.

use crate::{
    cxml::{item::Item, multipart, order::OrderRequest, values::Comments},
    domain::refusal::Refusal,
    store::attachment::Attachment,
};

/// Positions among the attachments that came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Enclosed {
    /// Of the whole order; with what came and no address names, so that nothing is lost.
    pub head: Vec<i64>,
    /// Of each line, in the order of the document.
    pub lines: Vec<Vec<i64>>,
}

/// Finds what the addresses of the order name. One that names nothing is refused with its place.
pub(super) fn find(
    request: &OrderRequest,
    attachments: &[Attachment],
) -> Result<Enclosed, Refusal> {
    let mut head = named(&request.comments, attachments, "OrderRequestHeader")?;
    let mut lines = Vec::with_capacity(request.items.len());
    for (number, item) in (1..).zip(&request.items) {
        let Item { comments, .. } = item;
        lines.push(named(comments, attachments, &format!("ItemOut[{number}]"))?);
    }
    for position in (0..).take(attachments.len()) {
        if !head.contains(&position) && !lines.iter().any(|line| line.contains(&position)) {
            head.push(position);
        }
    }
    Ok(Enclosed { head, lines })
}

fn named(
    comments: &[Comments],
    attachments: &[Attachment],
    place: &str,
) -> Result<Vec<i64>, Refusal> {
    let addresses = comments.iter().flat_map(|comment| &comment.attachments);
    let mut found = Vec::new();
    for address in addresses.filter(|address| multipart::cid(address).is_some()) {
        let position = attachments
            .iter()
            .position(|one| multipart::names(address, &one.content_id))
            .and_then(|position| i64::try_from(position).ok());
        match position {
            Some(position) if found.contains(&position) => {}
            Some(position) => found.push(position),
            None => return Err(dangling(place, address, attachments)),
        }
    }
    Ok(found)
}

fn dangling(place: &str, address: &str, attachments: &[Attachment]) -> Refusal {
    let ids: Vec<&str> = attachments.iter().map(|one| one.content_id.as_str()).collect();
    let came = match ids.is_empty() {
        true => "none came with the document".to_owned(),
        false => format!("these came: {}", ids.join(", ")),
    };
    Refusal::invalid("dangling-cid", "An attachment is named that did not come.")
        .field(format!("OrderRequest/{place}/Comments/Attachment/URL"))
        .got(crate::base::text::shorten(address, 120))
        .expected(format!("the Content-ID of a part of the multipart body; {came}"))
        .mend("Send the file as a part of its own whose Content-ID is what stands behind cid:.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment(id: &str) -> Attachment {
        Attachment {
            content_id: id.to_owned(),
            content_type: "application/pdf".to_owned(),
            name: String::new(),
            body: vec![1],
        }
    }

    fn naming(address: &str) -> Vec<Comments> {
        vec![Comments { attachments: vec![address.to_owned()], ..Comments::default() }]
    }

    #[test]
    fn an_address_finds_its_part_and_a_dangling_one_is_named() {
        let came = [attachment("a@x"), attachment("b@x")];
        assert_eq!(named(&naming("cid:b%40x"), &came, "ItemOut[1]"), Ok(vec![1]));
        assert_eq!(named(&naming("http://elsewhere/"), &came, "ItemOut[1]"), Ok(vec![]));
        let refused = named(&naming("cid:c@x"), &came, "ItemOut[2]").unwrap_err();
        assert_eq!(refused.code, "dangling-cid");
        assert_eq!(
            refused.field.as_deref(),
            Some("OrderRequest/ItemOut[2]/Comments/Attachment/URL")
        );
    }
}
