//! Proving the audit trail: the chain is whole, and what its entries name by hash is still so.

use crate::{
    base::text::sha256_hex,
    domain::fact::Fact,
    store::{
        self, Conn, StoreError,
        audit::{Entry, chain_hash},
        chain::Head,
    },
};

/// Entries read at once while walking.
const STRIDE: i64 = 1_000;

/// The chain is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub head: Head,
    /// Entries that wait for the sealer; their own hashes hold.
    pub waiting: usize,
    /// Decisions, orders and documents that were compared with the hash their entry names.
    pub compared: usize,
}

/// The first thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry} (position {position}): {what}")]
pub struct Broken {
    pub entry: String,
    /// `-` for an entry that was not sealed yet, or for a missing one its expected place.
    pub position: String,
    pub what: String,
}

impl Broken {
    fn at(entry: &Entry, what: impl Into<String>) -> Self {
        let position = entry.position.map_or_else(|| "-".to_owned(), |place| place.to_string());
        Self { entry: entry.id.to_string(), position, what: what.into() }
    }
}

/// Walks the chain from its first entry. `anchors` are heads that were exported before: each must
/// still stand in the chain, so that a cut tail is found.
pub async fn verify(
    conn: &mut Conn,
    anchors: &[Head],
) -> Result<Result<Whole, Broken>, StoreError> {
    let mut walk = Walk { anchors: anchors.to_vec(), ..Walk::default() };
    loop {
        let entries = store::chain::sealed(conn, walk.head.position, STRIDE).await?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            if let Err(broken) = walk.step(conn, entry).await? {
                return Ok(Err(broken));
            }
        }
    }
    let waiting = store::chain::unsealed(conn, i64::MAX).await?;
    for entry in &waiting {
        if let Err(broken) = walk.content(conn, entry).await? {
            return Ok(Err(broken));
        }
    }
    let missing = walk.anchors.iter().find(|anchor| anchor.position > walk.head.position);
    if let Some(anchor) = missing {
        let what = format!(
            "the chain ends at {} but a head was exported at {}: its tail was cut",
            walk.head.position, anchor.position
        );
        let position = (walk.head.position + 1).to_string();
        return Ok(Err(Broken { entry: "missing".to_owned(), position, what }));
    }
    Ok(Ok(Whole { head: walk.head, waiting: waiting.len(), compared: walk.compared }))
}

#[derive(Default)]
struct Walk {
    head: Head,
    anchors: Vec<Head>,
    compared: usize,
}

impl Walk {
    async fn step(
        &mut self,
        conn: &mut Conn,
        entry: &Entry,
    ) -> Result<Result<(), Broken>, StoreError> {
        let position = self.head.position + 1;
        if entry.position != Some(position) {
            let what = format!("an entry is missing before this one: expected place {position}");
            return Ok(Err(Broken::at(entry, what)));
        }
        if let Err(broken) = self.content(conn, entry).await? {
            return Ok(Err(broken));
        }
        let link = chain_hash(&self.head.hash, position, &entry.entry_hash);
        if entry.chain_hash.as_ref() != Some(&link) {
            return Ok(Err(Broken::at(entry, "its link to the entries before does not hold")));
        }
        self.head = Head { position, hash: link };
        let anchored = self.anchors.iter().find(|anchor| anchor.position == position);
        if anchored.is_some_and(|anchor| anchor.hash != self.head.hash) {
            return Ok(Err(Broken::at(entry, "an exported head differs: the chain was rewritten")));
        }
        Ok(Ok(()))
    }

    /// The entry's own hash, and the hash of what it names.
    async fn content(
        &mut self,
        conn: &mut Conn,
        entry: &Entry,
    ) -> Result<Result<(), Broken>, StoreError> {
        if entry.computed_hash() != entry.entry_hash {
            return Ok(Err(Broken::at(entry, "its content was changed after it was written")));
        }
        let Ok(fact) = serde_json::from_str::<Fact>(&entry.body) else {
            return Ok(Err(Broken::at(entry, "its content is not a fact of this version")));
        };
        let Some((noun, named, now)) = named_hash(conn, &fact).await? else { return Ok(Ok(())) };
        self.compared += 1;
        match now {
            Some(now) if now == named => Ok(Ok(())),
            Some(_) => Ok(Err(Broken::at(entry, format!("the {noun} it names was changed")))),
            None => Ok(Err(Broken::at(entry, format!("the {noun} it names is gone")))),
        }
    }
}

/// What a fact names by hash: the noun, the hash it named, and the hash of what stands there now.
async fn named_hash(
    conn: &mut Conn,
    fact: &Fact,
) -> Result<Option<(&'static str, String, Option<String>)>, StoreError> {
    Ok(match fact {
        Fact::DocumentKept { document, sha256, .. } => {
            let now = match document.parse() {
                Ok(id) => store::document::get(conn, id).await?.map(|kept| sha256_hex(&kept.body)),
                Err(_) => None,
            };
            Some(("document", sha256.clone(), now))
        }
        Fact::Decided(decided) => {
            let now = match decided.task.parse() {
                Ok(id) => store::step::task(conn, id).await?.and_then(|task| task.decision_hash()),
                Err(_) => None,
            };
            Some(("decision", decided.decision_hash.clone(), now))
        }
        _ => None,
    })
}
