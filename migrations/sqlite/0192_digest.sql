-- Who has mail gathered into one letter a day; nobody without a row.
create table mail_choice (
    person_id text primary key references person (id),
    gather text not null check (gather in ('news', 'all')),
    hour integer not null check (hour between 0 and 23)  -- by the clock of the person's zone
) strict;

-- What waits for somebody's next letter; gone with it.
create table digest_item (
    id text primary key,
    person_id text not null references person (id),
    subject text not null,
    link text not null,                     -- what it is about, as in letters
    due_at integer not null,
    created_at integer not null
) strict;
create index digest_item_due on digest_item (due_at, person_id);
create index digest_item_by_person on digest_item (person_id, id);
