//! Pages of a list: newest first, continued after an id.

/// Items a page holds when the caller names no number.
pub const DEFAULT_LIMIT: u32 = 50;
/// Items a page holds at most, so that no call can ask for a whole table.
pub const MAX_LIMIT: u32 = 200;

/// Where a page starts and how long it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The id of the last item of the page before, as text.
    pub after: Option<String>,
    /// Between 1 and [`MAX_LIMIT`].
    pub limit: u32,
}

impl Cut {
    pub fn new(after: Option<String>, limit: Option<u32>) -> Self {
        let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
        Self { after: after.filter(|after| !after.is_empty()), limit }
    }

    /// How many rows to fetch: one more than shown, to know whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

impl Default for Cut {
    fn default() -> Self {
        Self::new(None, None)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// What goes into `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows fetched with [`Cut::fetch`]; `id` gives the text that continues it.
    pub fn of(mut rows: Vec<T>, cut: &Cut, id: impl Fn(&T) -> String) -> Self {
        let shown = cut.limit as usize;
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next = rows.last().filter(|_| more).map(id);
        Self { items: rows, next }
    }

    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(shape).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let cut = Cut::new(None, Some(2));
        let page = Page::of(vec![9, 8, 7], &cut, |n| n.to_string());
        assert_eq!((page.items, page.next), (vec![9, 8], Some("8".to_owned())));
        let page = Page::of(vec![7], &cut, |n: &i32| n.to_string());
        assert_eq!(page.next, None);
    }
}
