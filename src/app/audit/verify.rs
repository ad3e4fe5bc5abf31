//! Proving the audit trail: the chain is whole, and what its entries name by hash is still so.
//!
//! The chain is walked in stretches, each read with the documents and decisions it names; orders
//! and requisitions are read when their turn comes. Nothing is written, so it works beside a
//! running server and on the files of one that stands still.

use std::collections::HashMap;

use crate::{
    domain::approval::Task,
    store::{
        self, Conn, StoreError,
        chain::{DocumentHash, Head, Link},
    },
};

use super::named::{self, Requisitions};

/// Entries read at once while walking.
const STRIDE: i64 = 2_000;

/// The chain is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub head: Head,
    /// Entries that wait for the sealer; their own hashes hold.
    pub waiting: usize,
    /// Decisions, requisitions, orders and documents that were compared with the hash their entry
    /// names.
    pub compared: usize,
    /// Exported heads that were found in the chain.
    pub anchors: usize,
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
    fn at(link: &Link, what: impl Into<String>) -> Self {
        let position = link.position.map_or_else(|| "-".to_owned(), |place| place.to_string());
        Self { entry: link.id.clone(), position, what: what.into() }
    }
}

/// What stops a walk: something broken, or a database that does not answer.
pub(super) enum Stop {
    Broken(Broken),
    Fault(StoreError),
}

impl From<StoreError> for Stop {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

/// Walks the chain from its first entry. `anchors` are heads that were exported before: each must
/// still stand in the chain, so that a cut tail is found. The connection should see one moment
/// (`Store::snapshot`) when a server writes meanwhile.
pub async fn verify(
    conn: &mut Conn,
    anchors: &[Head],
) -> Result<Result<Whole, Broken>, StoreError> {
    let mut anchors = anchors.to_vec();
    anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.position));
    let exported = anchors.len();
    let mut walk = Walk { anchors, ..Walk::default() };
    match walk.whole_chain(conn).await {
        Ok(waiting) => {
            Ok(Ok(Whole { head: walk.head, waiting, compared: walk.compared, anchors: exported }))
        }
        Err(Stop::Broken(broken)) => Ok(Err(broken)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// What a stretch of the chain names by hash, read at once.
#[derive(Default)]
pub(super) struct Evidence {
    pub documents: HashMap<String, DocumentHash>,
    pub tasks: HashMap<String, Task>,
    pub requisitions: Requisitions,
}

impl Evidence {
    /// The hashes of a document: as read with the stretch, or now.
    pub(super) async fn document(
        &mut self,
        conn: &mut Conn,
        id: &str,
    ) -> Result<Option<DocumentHash>, StoreError> {
        match self.documents.remove(id) {
            Some(found) => Ok(Some(found)),
            None => store::chain::document(conn, id).await,
        }
    }
}

#[derive(Default)]
struct Walk {
    head: Head,
    /// Those still to come, the nearest last.
    anchors: Vec<Head>,
    compared: usize,
    evidence: Evidence,
}

impl Walk {
    /// Answers how many entries wait for the sealer.
    async fn whole_chain(&mut self, conn: &mut Conn) -> Result<usize, Stop> {
        self.begins_at_zero()?;
        loop {
            let links = self.stretch(conn).await?;
            let Some(last) = links.last() else { break };
            let upto = last.position.unwrap_or_default();
            self.gather(conn, upto).await?;
            for link in &links {
                self.step(conn, link).await?;
            }
        }
        self.evidence = Evidence::default();
        let waiting = store::chain::unsealed(conn, i64::MAX).await?;
        for link in &waiting {
            self.content(conn, link).await?;
        }
        match self.anchors.last() {
            Some(anchor) => Err(Stop::Broken(self.cut_tail(anchor))),
            None => Ok(waiting.len()),
        }
    }

    /// A head of an empty chain says nothing.
    fn begins_at_zero(&mut self) -> Result<(), Stop> {
        while self.anchors.last().is_some_and(|anchor| anchor.position <= 0) {
            self.anchors.pop();
        }
        Ok(())
    }

    /// The next entries of the chain. One that cannot be read at all is broken.
    async fn stretch(&self, conn: &mut Conn) -> Result<Vec<Link>, Stop> {
        let mut many = STRIDE;
        loop {
            match store::chain::sealed(conn, self.head.position, many).await {
                Ok(links) => return Ok(links),
                Err(fault @ StoreError::Unavailable(_)) => return Err(fault.into()),
                Err(_) if many > 1 => many = (many / 10).max(1),
                Err(fault) => {
                    let Some(entry) = store::chain::id_behind(conn, self.head.position).await
                    else {
                        return Err(fault.into());
                    };
                    let position = (self.head.position + 1).to_string();
                    let what = format!("it cannot be read: {fault}");
                    return Err(Stop::Broken(Broken { entry, position, what }));
                }
            }
        }
    }

    /// Reads what the stretch names. What cannot be read at once is looked at one by one later.
    async fn gather(&mut self, conn: &mut Conn, upto: i64) -> Result<(), Stop> {
        let stretch = (self.head.position, upto);
        self.evidence = Evidence {
            documents: readable(store::chain::documents(conn, stretch).await)?,
            tasks: readable(store::chain::tasks(conn, stretch).await)?,
            requisitions: Requisitions::default(),
        };
        Ok(())
    }

    async fn step(&mut self, conn: &mut Conn, link: &Link) -> Result<(), Stop> {
        let next = self.head.followed_by(&link.entry_hash);
        let position = next.position;
        if link.position != Some(position) {
            let what = format!("an entry is missing before this one: expected place {position}");
            return Err(Stop::Broken(Broken::at(link, what)));
        }
        self.content(conn, link).await?;
        if link.chain_hash.as_ref() != Some(&next.hash) {
            let what = "its link to the entries before does not hold";
            return Err(Stop::Broken(Broken::at(link, what)));
        }
        self.head = next;
        while let Some(anchor) = self.anchors.pop_if(|anchor| anchor.position == position) {
            if anchor.hash != self.head.hash {
                let what = "an exported head differs: the chain was rewritten";
                return Err(Stop::Broken(Broken::at(link, what)));
            }
        }
        Ok(())
    }

    /// The entry's own hash, and the hash of what it names.
    async fn content(&mut self, conn: &mut Conn, link: &Link) -> Result<(), Stop> {
        if link.computed_hash() != link.entry_hash {
            let what = "its content was changed after it was written";
            return Err(Stop::Broken(Broken::at(link, what)));
        }
        match named::compare(conn, link, &mut self.evidence).await {
            Ok(named::Found::NamesNothing) => Ok(()),
            Ok(named::Found::Same) => {
                self.compared += 1;
                Ok(())
            }
            Ok(named::Found::Differs(what)) => Err(Stop::Broken(Broken::at(link, what))),
            Err(fault @ StoreError::Unavailable(_)) => Err(fault.into()),
            Err(fault) => {
                let what = format!("what it names cannot be read: {fault}");
                Err(Stop::Broken(Broken::at(link, what)))
            }
        }
    }

    fn cut_tail(&self, anchor: &Head) -> Broken {
        let what = format!(
            "the chain ends at {} but a head was exported at {}: its tail was cut",
            self.head.position, anchor.position
        );
        let position = (self.head.position + 1).to_string();
        Broken { entry: "missing".to_owned(), position, what }
    }
}

fn readable<T: Default>(read: Result<T, StoreError>) -> Result<T, StoreError> {
    match read {
        Err(fault @ StoreError::Unavailable(_)) => Err(fault),
        other => Ok(other.unwrap_or_default()),
    }
}
